// One document of a rule file: what the rule says of itself, and its detection as a formula.
//
// Not here: log sources (routing.h), other field names (mapping.h).
#pragma once

#include <cstdint>
#include <optional>

#include "sigma/diagnostics.h"
#include "sigma/formula.h"
#include "sigma/modifiers.h"
#include "sigma/yaml.h"

namespace exhibit::sigma {

struct ParsedRule {
  RuleInfo info;
  Formula detection;
};

enum class Verdict : std::uint8_t { accepted, rejected, unsupported };

struct RuleOutcome {
  Verdict verdict = Verdict::rejected;
  ParsedRule rule;
};

/// `bytes` is the whole file that `document` was read from. Why a rule is rejected, or a kind of
/// document that is not supported yet, is in the diagnostics. The detection's leaves are numbers of
/// `predicates`.
[[nodiscard]] RuleOutcome parse_rule(const yaml::Document& document, std::string_view file,
                                     std::string_view bytes, const Placeholders& placeholders,
                                     PredicateTable& predicates, Diagnostics& diagnostics);

}  // namespace exhibit::sigma
