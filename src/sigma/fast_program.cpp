#include "sigma/fast_program.h"

#include <utility>

namespace exhibit::sigma::fast {

std::uint32_t Program::add(const Term& term, std::span<const AtomIndex> numbers) {
  return emit(term, numbers, kHolds, kFails);
}

// From the last child to the first, so that the places to go on at are known.
std::uint32_t Program::emit(const Term& term, std::span<const AtomIndex> numbers,
                            std::uint32_t if_true, std::uint32_t if_false) {
  Test test;
  switch (term.kind) {
    case Term::Kind::always:
      return if_true;
    case Term::Kind::never:
      return if_false;
    case Term::Kind::and_:
      for (std::size_t i = term.children.size(); i-- > 0;)
        if_true = emit(term.children[i], numbers, if_true, if_false);
      return if_true;
    case Term::Kind::or_:
      for (std::size_t i = term.children.size(); i-- > 0;)
        if_false = emit(term.children[i], numbers, if_true, if_false);
      return if_false;
    case Term::Kind::values:
      test.kind = Test::Kind::atom;
      test.index = numbers[term.atom];
      break;
    case Term::Kind::null:
      test.kind = Test::Kind::null;
      test.index = term.field;
      break;
    case Term::Kind::present:
      test.kind = Test::Kind::present;
      test.index = term.field;
      break;
    case Term::Kind::field_text:
      test.kind = Test::Kind::field_text;
      test.index = term.predicates.front();
      break;
  }
  if (term.negated) std::swap(if_true, if_false);
  test.if_true = if_true;
  test.if_false = if_false;
  tests_.push_back(test);
  return static_cast<std::uint32_t>(tests_.size() - 1);
}

}  // namespace exhibit::sigma::fast
