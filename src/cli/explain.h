// The compiled form of a rule, for people.
#pragma once

#include <cstdint>
#include <string>

#include "cli/console.h"
#include "exhibit/sigma.h"

namespace exhibit::cli {

/// What the rule says of itself, and for each variant: the logs that it is put to, its condition as
/// a tree of predicates, and the fields that it reads.
void append_explanation(std::string& out, const Console& console, const sigma::RulePack& pack,
                        std::uint32_t rule);

}  // namespace exhibit::cli
