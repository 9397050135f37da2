// Conditions as flat code: a list of tests, each with the place to go on at when it holds and when
// it does not. No stack, no recursion; a test is a load and a compare.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sigma/fast_terms.h"

namespace exhibit::sigma::fast {

struct Test {
  enum class Kind : std::uint8_t {
    atom,        // `index` is an atom
    null,        // `index` is a field slot
    present,     // `index` is a field slot
    field_text,  // `index` is a predicate
  };
  Kind kind = Kind::atom;
  std::uint32_t index = 0;
  std::uint32_t if_true = 0;  // a position in the program, or one of the two below
  std::uint32_t if_false = 0;
};

class Program {
 public:
  static constexpr std::uint32_t kHolds = 0xffff'ffff;
  static constexpr std::uint32_t kFails = 0xffff'fffe;

  /// Adds the code of `term` and returns where it starts. `numbers` renames atoms.
  std::uint32_t add(const Term& term, std::span<const AtomIndex> numbers);

  template <class Holds>  // bool(const Test&)
  [[nodiscard]] bool run(std::uint32_t at, Holds&& holds) const {
    while (at < kFails) {
      const Test& test = tests_[at];
      at = holds(test) ? test.if_true : test.if_false;
    }
    return at == kHolds;
  }
  [[nodiscard]] const std::vector<Test>& tests() const { return tests_; }

 private:
  std::uint32_t emit(const Term& term, std::span<const AtomIndex> numbers, std::uint32_t if_true,
                     std::uint32_t if_false);
  std::vector<Test> tests_;
};

}  // namespace exhibit::sigma::fast
