// A finding by its id, in the files of the case's runs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "casefile/impl.h"

namespace exhibit::casefile {

struct FoundFinding {
  std::string id;
  std::string line;                  // with its newline
  std::uint64_t index = 0;           // of the line
  std::vector<seal::Digest> leaves;  // of all lines
  const RunFacts* run = nullptr;     // of the case
};
/// By the id or an unambiguous prefix of at least 4 digits, latest run first. Errors: not_found,
/// usage (ambiguous, or no such prefix), and those of reading.
[[nodiscard]] Result<FoundFinding> find_finding(const Case::Impl& impl, std::string_view id);

/// Where a line of findings says that it is from. Views into the line.
struct FindingLine {
  std::string_view id, rule_sha256, source_sha256;
  std::uint64_t record_index = 0, offset = 0, length = 0;
  bool slack = false;
};
/// Errors: malformed.
[[nodiscard]] Result<FindingLine> read_finding_line(std::string_view line);

/// What follows `key` in a line of findings. The keys looked for hold unescaped quotes, so no text
/// of evidence or rule, whose quotes are escaped, can stand for them.
[[nodiscard]] std::string_view text_after(std::string_view line, std::string_view key);

}  // namespace exhibit::casefile
