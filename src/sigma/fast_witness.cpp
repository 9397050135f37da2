#include "sigma/fast_witness.h"

#include <algorithm>
#include <utility>

namespace exhibit::sigma::fast {
namespace {

using Op = Predicate::Op;

// Guesses of how often a predicate holds, per million values. Their order is what matters: a long
// literal is rare, `*` is common.
double text_cost(const Predicate& predicate) {
  std::size_t longest = 0;
  bool anchored = !predicate.pattern.empty();
  for (const PatternToken& token : predicate.pattern) {
    if (token.kind == PatternToken::Kind::literal)
      longest = std::max(longest, token.text.size());
    else
      anchored = false;
  }
  if (predicate.pattern.empty()) return 5'000;  // the empty value
  if (longest == 0) return 500'000;
  if (anchored) return longest < 6 ? 20'000 : 1'000;  // a whole value: short ones are flags
  if (longest < 3) return 200'000;
  if (longest < 5) return 50'000;
  if (longest < 8) return 10'000;
  return longest < 12 ? 3'000 : 1'000;
}

double cost_of(const Predicate& predicate) {
  switch (predicate.op) {
    case Op::text:
      return text_cost(predicate);
    case Op::regex:
      return 5'000;
    case Op::cidr:
      return 100'000;
    case Op::number:
      return 20'000;
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
    case Op::time_part:
      return 300'000;
    case Op::is_null:
    case Op::exists:
    case Op::field_text:
      break;
  }
  return 1'000'000;
}

}  // namespace

std::optional<Witnesses> find_witnesses(const RulePack& pack, const Term& term) {
  switch (term.kind) {
    case Term::Kind::never:
      return Witnesses{};
    case Term::Kind::always:
    case Term::Kind::null:
    case Term::Kind::present:
    case Term::Kind::field_text:
      return std::nullopt;
    case Term::Kind::values: {
      if (term.negated) return std::nullopt;
      Witnesses out{.cost = 0, .atoms = {term.atom}};
      for (const std::uint32_t predicate : term.predicates)
        out.cost += cost_of(pack.predicates[predicate]);
      return out;
    }
    case Term::Kind::or_: {  // whichever alternative holds must show
      Witnesses out;
      for (const Term& child : term.children) {
        auto of_child = find_witnesses(pack, child);
        if (!of_child) return std::nullopt;
        out.cost += of_child->cost;
        out.atoms.insert(out.atoms.end(), of_child->atoms.begin(), of_child->atoms.end());
      }
      std::sort(out.atoms.begin(), out.atoms.end());
      out.atoms.erase(std::unique(out.atoms.begin(), out.atoms.end()), out.atoms.end());
      return out;
    }
    case Term::Kind::and_: {  // all parts hold, so any part's witnesses will do
      std::optional<Witnesses> best;
      for (const Term& child : term.children) {
        auto of_child = find_witnesses(pack, child);
        if (of_child && (!best || of_child->cost < best->cost)) best = std::move(of_child);
      }
      return best;
    }
  }
  return std::nullopt;
}

}  // namespace exhibit::sigma::fast
