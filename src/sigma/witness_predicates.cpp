// The gate of a variant, for people: what the fast engine's witnesses are in terms of predicates.
#include <algorithm>

#include "exhibit/sigma.h"
#include "sigma/fast_terms.h"
#include "sigma/fast_witness.h"

namespace exhibit::sigma {

std::optional<std::vector<std::uint32_t>> witness_predicates(const RulePack& pack,
                                                             const Variant& variant) {
  fast::KnownEventId event_id;
  if (variant.route.event_ids.size() == 1)
    event_id = {.known = true, .id = variant.route.event_ids.front()};
  fast::FieldSlots slots(pack.fields);
  fast::Term term = fast::Simplifier(pack, event_id, slots).simplify(variant.condition);
  fast::AtomTable atoms;
  atoms.number(term);
  const auto witnesses = fast::find_witnesses(pack, term);
  if (!witnesses) return std::nullopt;
  std::vector<std::uint32_t> predicates;
  for (const fast::AtomIndex atom : witnesses->atoms) {
    const auto& of_atom = atoms.predicates(atom);
    predicates.insert(predicates.end(), of_atom.begin(), of_atom.end());
  }
  std::ranges::sort(predicates);
  predicates.erase(std::ranges::unique(predicates).begin(), predicates.end());
  return predicates;
}

}  // namespace exhibit::sigma
