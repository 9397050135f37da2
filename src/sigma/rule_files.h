// The files that rules are loaded from: named ones, and those below folders.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "exhibit/error.h"

namespace exhibit::sigma {

inline constexpr std::size_t kMaxRuleFiles = 200'000;
inline constexpr std::size_t kMaxRulesSizeBytes = 256 << 20;  // of all files together

using RuleFile = std::pair<std::string, std::string>;  // path, bytes

/// Every file once, in order of path bytes. In a folder, `*.yml` and `*.yaml` count, but not
/// `*.test.yml` (tests of rules); links to folders are not followed. A named file counts whatever
/// its name; a zip's members count as a folder's files do, named `rules.zip!path`.
/// Errors: not_found; io; limit (a file too large, too many files); those of a zip (zip.h).
/// Read by two threads where there are two processors and `threads` (0: any number) allows it.
[[nodiscard]] Result<std::vector<RuleFile>> read_rule_files(const std::vector<std::string>& paths,
                                                            unsigned threads = 0);
[[nodiscard]] Result<std::string> read_rule_file(const std::string& path);

}  // namespace exhibit::sigma
