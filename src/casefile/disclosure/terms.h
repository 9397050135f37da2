// bundle.json: what is disclosed, what is withheld, to whom, under which marking.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "exhibit/disclosure.h"

namespace exhibit::casefile {

inline constexpr std::string_view kBundleFormat = "exhibit/bundle/1";

struct BundleTerms {
  struct Finding {
    std::string source;  // pseudonym, hex
    std::uint8_t stream = 0;
    std::uint64_t record = 0;
    std::string rule_sha256;
    auto operator<=>(const Finding&) const = default;
  };
  struct Member {
    std::string name, sha256;
    std::uint64_t size = 0;
  };
  struct Run {  // of records that are withheld
    std::uint64_t from = 0, to = 0;
    Withheld reason = Withheld::scope;
  };
  struct Range {
    std::string source;
    std::uint8_t stream = 0;
    std::uint64_t from = 0, to = 0;
    std::vector<Run> withheld;
  };
  /// How the findings' rules were set up.
  struct Rules {
    bool builtin_mapping = true;
    std::string mapping_sha256, routing_sha256;
    std::map<std::string, std::vector<std::string>> placeholders;
    std::uint64_t semantics_version = 0;
  };
  std::string case_id, party, to;
  Tlp tlp = Tlp::amber;
  std::vector<Finding> findings;  // in this order, and so are the others
  std::vector<Member> members;
  std::vector<Range> ranges;
  std::optional<Rules> rules;  // none without findings
};
/// Canonical JSON and a newline. Errors: limit (too many of something for one document).
[[nodiscard]] Result<std::string> bundle_json(const BundleTerms& terms);
/// Errors: malformed, limit.
[[nodiscard]] Result<BundleTerms> parse_bundle_json(std::string_view text);

}  // namespace exhibit::casefile
