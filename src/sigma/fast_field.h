// What a group asks of the values of one field, compiled: value in, atoms out.
//
// Threads:    const after construction; the scratch belongs to one worker.
// Invariant:  evaluate() depends on nothing but the value's type and bytes, so that its result may
//             be remembered (sigma/value_cache.h).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "exhibit/event.h"
#include "exhibit/sigma.h"
#include "sigma/cidr.h"
#include "sigma/fast_glob.h"
#include "sigma/fast_regexes.h"
#include "sigma/fast_terms.h"
#include "sigma/fast_text.h"
#include "sigma/literal_filter.h"
#include "sigma/matcher.h"

namespace exhibit::sigma::fast {

/// A predicate and the atoms that hold when it does: `count` from `first`, in a list beside it.
struct Question {
  std::uint32_t predicate = 0;
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

struct FieldScratch {
  ValueText text;
  HitSet literals;
  HitSet checks;
  HitSet atoms;
  std::uint64_t work = 0;  // bytes looked at for a single question
};

class FieldPlan {
 public:
  FieldPlan(const RulePack& pack, std::span<const Question> questions, std::vector<AtomIndex> atoms,
            RegexPool& regexes);

  /// The atoms that `value`, which is not null, makes hold; ascending. In scratch.atoms.members().
  void evaluate(const event::Value& value, std::size_t atom_count, FieldScratch& scratch) const;
  /// True when no value can make an atom hold: nothing but presence is asked of the field.
  [[nodiscard]] bool asks_nothing() const { return question_count_ == 0; }
  /// True when `value` makes no atom hold, as far as that is seen at a glance.
  [[nodiscard]] bool rules_out(const event::Value& value) const {
    return filter_ && !filter_->may_hold(value);
  }

 private:
  struct Range {
    std::uint32_t first = 0, count = 0;
  };
  // What no literal decides alone. Run for every value, or behind literals.
  struct Check {
    enum class Kind : std::uint8_t { glob, cased_glob, regex };
    Kind kind = Kind::glob;
    Pattern pattern;
    const Regex* regex = nullptr;
    Range atoms;
  };
  struct Literals;  // those of the matcher while it is built
  struct Numeric {
    double number = 0;
    const Predicate* predicate = nullptr;
    Range atoms;
  };
  struct Cidr {
    Network network;
    Range atoms;
  };

  [[nodiscard]] bool only_literals_decide() const;
  void add_text(const Predicate& predicate, Range atoms, Literals& literals);
  void add_regex(std::uint32_t predicate, Range atoms, RegexPool& regexes, Literals& literals);
  void add_number(const Predicate& predicate, Range atoms, Literals& literals);
  void evaluate_numbers(const event::Value& value, HitSet& atoms) const;
  void hold(Range range, HitSet& atoms) const;
  [[nodiscard]] bool holds(const Check& check, ValueText& text) const;

  std::size_t question_count_ = 0;
  std::vector<AtomIndex> atoms_;  // ranges point here
  Matcher matcher_;
  std::optional<LiteralFilter> filter_;
  std::vector<std::uint32_t> literal_first_;  // by literal: its actions, up to the next one's
  std::vector<std::uint32_t> actions_;        // kCheckBit | check, or a position in direct_
  std::vector<Range> direct_;
  std::vector<Check> checks_;
  std::vector<std::uint32_t> unguarded_;  // checks that every value needs
  std::vector<Range> everything_;         // `*`
  std::vector<Numeric> equal_;            // Op::number by number
  std::vector<Numeric> compare_;          // less, greater, …
  std::vector<Numeric> times_;
  std::vector<Cidr> networks_;
};

}  // namespace exhibit::sigma::fast
