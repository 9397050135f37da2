// Tests that come with rules: SigmaHQ's regression folders (info.yml) and ours (*.test.yml).
// Floor 2, beside exhibit/sigma.h.
//
// Ours:      rule: <id>
//            positive: [events that the rule must match]
//            negative: [events that it must not match]
//            each event a mapping of field names to values, as flat JSON has them.
// SigmaHQ's: rule_metadata: [{id: <rule id>, …}]
//            regression_tests_info: [{name, type: evtx|json, path, match_count: <at least; 1>}]
//
// Threads:   pure functions over files, safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "exhibit/error.h"
#include "exhibit/export.h"

namespace exhibit::sigma {

/// One question to one rule.
struct RuleTest {
  std::string file;           // that holds it
  std::uint32_t line = 1;     // where it stands there
  std::string name;           // `positive 2`, or as its author named it
  std::string rule_id;        // lower case
  std::string event_json;     // ours: the event, one JSON object without newline
  std::string evidence_path;  // SigmaHQ's: a file beside info.yml
  std::uint64_t matches_min = 0;
  std::uint64_t matches_max = 0;  // records that the rule matches
};

struct RuleTests {
  std::vector<RuleTest> tests;
  std::vector<std::string> problems;  // `file:line: what is wrong`; such tests have failed
};

/// Takes the tests of one file from its bytes. A file name that ends in `.test.yml` is ours, one
/// that is `info.yml` is SigmaHQ's; another has none.
EXHIBIT_EXPORT void parse_rule_tests(std::string_view file, std::string_view bytes, RuleTests& out);
/// Finds and takes the tests of files and folders (recursively, in order of path). Errors:
/// not_found, io for a path that cannot be read at all.
[[nodiscard]] EXHIBIT_EXPORT Result<RuleTests> load_rule_tests(
    const std::vector<std::string>& paths);

}  // namespace exhibit::sigma
