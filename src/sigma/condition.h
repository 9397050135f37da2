// Conditions: `selection and not 1 of filter_*`.
//
//   expression = term { "or" term }        term = factor { "and" factor }
//   factor     = "not" factor | quantity "of" pattern | identifier | "(" expression ")"
//   quantity   = "all" | "any" | number    pattern = "them" | identifier with `*`
//
// Source:  Sigma 2.1, "Condition". Keywords in any case. A pipe (aggregation, Sigma 1) is refused.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sigma/diagnostics.h"
#include "sigma/formula.h"
#include "sigma/yaml.h"

namespace exhibit::sigma {

inline constexpr std::size_t kMaxConditionSizeBytes = 16'384;
inline constexpr std::size_t kMaxConditionDepth = 100;
inline constexpr std::size_t kMaxCombinations = 2'000;  // that `N of` is written out to

struct SearchIdentifier {
  std::string name;
  yaml::Mark mark;
  Formula formula;
  mutable bool used = false;
};

/// `text` is a condition's scalar node. nullopt: refused, and the reason is in the diagnostics.
[[nodiscard]] std::optional<Formula> parse_condition(
    const yaml::Node& text, const std::vector<SearchIdentifier>& identifiers,
    Diagnostics& diagnostics);

}  // namespace exhibit::sigma
