// The witnesses of a condition: atoms of which at least one holds whenever the condition does.
//
// An engine then looks at a rule only when one of its witnesses fired. Not every condition has
// witnesses: `not a`, or `a or not b`, can hold on an event of which nothing is known. Such a rule
// is put to every event of its group. (Rules lost to a gate that forgot this are why the reference
// evaluator stays in the tree.)
#pragma once

#include <optional>
#include <vector>

#include "exhibit/sigma.h"
#include "sigma/fast_terms.h"

namespace exhibit::sigma::fast {

struct Witnesses {
  double cost = 0;  // how often one of them fires, guessed; only compared
  std::vector<AtomIndex> atoms;
};

/// The cheapest witnesses of `term`, whose atoms are numbered; nullopt when it has none.
[[nodiscard]] std::optional<Witnesses> find_witnesses(const RulePack& pack, const Term& term);

}  // namespace exhibit::sigma::fast
