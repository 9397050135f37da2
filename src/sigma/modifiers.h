// Value modifiers: from `field|mod|mod: values` to a formula over predicates.
//
// Source:  Sigma 2.1, sigma-appendix-modifiers.md. docs/sigma.md says what each chain means and
//          which are refused.
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

inline constexpr std::size_t kMaxRuleNodes = 400'000;  // of one rule's formula
inline constexpr std::size_t kMaxModifiers = 16;       // on one field

using Placeholders = std::map<std::string, std::vector<std::string>>;

struct ModifierContext {
  const yaml::Document& document;
  Diagnostics& diagnostics;
  const Placeholders& placeholders;
  PredicateTable& predicates;
};

/// Lowers one item of a search identifier. `key` is its key node (`CommandLine|contains`); nullptr
/// for a bare keyword. nullopt: refused, and the reason is in the diagnostics.
[[nodiscard]] std::optional<Formula> lower_item(const ModifierContext& context,
                                                const yaml::Node* key, const yaml::Node& value);

}  // namespace exhibit::sigma
