// Rules as the command line asks for them.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/arguments.h"
#include "cli/console.h"
#include "exhibit/sigma.h"

namespace exhibit::cli {

struct LoadedRules {
  sigma::RulePack pack;
  sigma::LoadOptions options;
  bool starter = false;  // the built-in pack, because no -r was given
};

/// What the rule flags ask for. Errors are said on the console; then nullopt.
[[nodiscard]] std::optional<sigma::LoadOptions> load_options(const Arguments& arguments,
                                                             const Console& console);
/// Loads -r, or `paths` where they are given, else the starter pack, and says so in one line.
/// Errors are said on the console; then nullptr, and status_without_rules(). They live as long as
/// the process: to free their hundreds of thousands of small blocks would be a tenth of a small
/// hunt.
[[nodiscard]] const LoadedRules* load_rules_asked(const Arguments& arguments,
                                                  const Console& console,
                                                  const std::vector<std::string>& paths);
/// The exit status: interrupted, or a matter of usage.
[[nodiscard]] int status_without_rules();
/// False, and said why, when no rule is left.
[[nodiscard]] bool any_rule_left(const LoadedRules& rules, const Arguments& arguments,
                                 const Console& console);
/// Rejected rules: one line with their count, each of them with --verbose.
void report_rules(const LoadedRules& rules, const Console& console);

/// The starter pack's rules (not their tests), as load_rules_from_memory takes them.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> starter_rules();

}  // namespace exhibit::cli
