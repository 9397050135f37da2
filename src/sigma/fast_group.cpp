#include "sigma/fast_group.h"

#include <algorithm>
#include <utility>

#include "sigma/fast_witness.h"

namespace exhibit::sigma::fast {

std::uint32_t count_rules(const RulePack& pack, std::span<const std::uint32_t> variants,
                          KnownEventId event_id) {
  FieldSlots slots(pack.fields);
  Simplifier simplifier(pack, event_id, slots);
  std::vector<std::uint32_t> rules;
  for (const std::uint32_t variant : variants)
    if (simplifier.simplify(pack.variants[variant].condition).kind != Term::Kind::never)
      rules.push_back(pack.variants[variant].rule);
  std::sort(rules.begin(), rules.end());
  return static_cast<std::uint32_t>(std::unique(rules.begin(), rules.end()) - rules.begin());
}

Group::Group(const RulePack& pack, std::span<const std::uint32_t> variants,
             const GroupOptions& options, RegexPool& regexes)
    : options_(options) {
  FieldSlots slots(pack.fields);
  AtomTable atoms;
  Simplifier simplifier(pack, options.event_id, slots);
  std::vector<Term> terms;
  for (const std::uint32_t variant : variants) {
    Term term = simplifier.simplify(pack.variants[variant].condition);
    if (term.kind == Term::Kind::never) continue;
    atoms.number(term);
    terms.push_back(std::move(term));
    conditions_.push_back({.rule = pack.variants[variant].rule, .variant = variant, .entry = 0});
  }
  atom_count_ = atoms.size();
  choose_witnesses(pack, terms, atoms.size());
  for (std::size_t i = 0; i < terms.size(); ++i)
    conditions_[i].entry = program_.add(terms[i], numbers_);
  for (const Test& test : program_.tests()) {
    if (test.kind != Test::Kind::field_text) continue;
    const Predicate& predicate = pack.predicates[test.index];
    references_[test.index] = {.left = slots.field(slots.known(predicate.field)),
                               .right = slots.field(slots.known(predicate.text))};
  }
  build_plans(pack, atoms, slots, regexes);
}

void Group::choose_witnesses(const RulePack& pack, std::span<const Term> terms, std::size_t atoms) {
  std::vector<std::vector<std::uint32_t>> calls(atoms);
  for (std::uint32_t i = 0; i < terms.size(); ++i) {
    if (const auto witnesses = find_witnesses(pack, terms[i]))
      for (const AtomIndex atom : witnesses->atoms) calls[atom].push_back(i);
    else
      uncalled_.push_back(i);
  }
  // Witnesses get the low numbers, so that the ascending result of a value is its witnesses and
  // then the rest, of which only the stamp matters.
  numbers_.resize(atoms);
  called_first_.push_back(0);
  for (AtomIndex atom = 0; atom < atoms; ++atom) {
    if (calls[atom].empty()) continue;
    numbers_[atom] = witness_count_++;
    called_.insert(called_.end(), calls[atom].begin(), calls[atom].end());
    called_first_.push_back(static_cast<std::uint32_t>(called_.size()));
  }
  AtomIndex next = witness_count_;
  for (AtomIndex atom = 0; atom < atoms; ++atom)
    if (calls[atom].empty()) numbers_[atom] = next++;
}

void Group::build_plans(const RulePack& pack, const AtomTable& atoms, const FieldSlots& slots,
                        RegexPool& regexes) {
  slot_plus_one_.assign(pack.fields.size(), 0);
  for (FieldSlot slot = 0; slot < slots.size(); ++slot)
    if (const auto field = slots.field(slot)) slot_plus_one_[*field] = slot + 1;
  keyword_ = slots.keyword();

  struct Asked {
    FieldSlot slot = 0;
    std::uint32_t predicate = 0;
    AtomIndex atom = 0;
    auto operator<=>(const Asked&) const = default;
  };
  std::vector<Asked> asked;
  for (AtomIndex atom = 0; atom < atoms.size(); ++atom) {
    const auto& predicates = atoms.predicates(atom);
    const FieldSlot slot = slots.known(pack.predicates[predicates.front()].field);
    for (const std::uint32_t predicate : predicates)
      asked.push_back({slot, predicate, numbers_[atom]});
  }
  std::sort(asked.begin(), asked.end());
  plans_.reserve(slots.size());
  std::vector<Question> questions;
  std::vector<AtomIndex> answers;
  auto at = asked.begin();
  for (FieldSlot slot = 0; slot < slots.size(); ++slot) {
    questions.clear();
    answers.clear();
    for (; at != asked.end() && at->slot == slot; ++at) {
      if (questions.empty() || questions.back().predicate != at->predicate)
        questions.push_back({at->predicate, static_cast<std::uint32_t>(answers.size()), 0});
      answers.push_back(at->atom);
      ++questions.back().count;
    }
    plans_.emplace_back(pack, questions, answers, regexes);
  }
}

}  // namespace exhibit::sigma::fast
