// A rule's detection as a tree of predicates: what a condition comes to before it is routed, its
// field names mapped, and its predicates shared with other rules.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "exhibit/sigma.h"

namespace exhibit::sigma {

/// Gives equal predicates one number. Rules repeat themselves: one number instead of a copy is what
/// makes formulas cheap to copy, route and map.
class PredicateTable {
 public:
  PredicateTable();

  std::uint32_t intern(Predicate predicate);
  const Predicate& operator[](std::uint32_t id) const { return predicates_[id]; }
  [[nodiscard]] std::size_t size() const { return predicates_.size(); }
  /// Moves one out; the table must not be asked for it again.
  Predicate take(std::uint32_t id) { return std::move(predicates_[id]); }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t taken = 0;  // the predicate's number plus one; 0: empty
  };
  void grow();

  std::deque<Predicate> predicates_;
  std::vector<Slot> slots_;  // open addressing; a power of two, at most half full
};

struct Formula {
  using Kind = Expression::Node::Kind;
  Kind kind = Kind::never;
  std::uint32_t predicate = 0;  // leaf: its number in the table
  std::vector<Formula> parts;   // and_, or_: two or more; not_: one
};

[[nodiscard]] Formula always();
[[nodiscard]] Formula never();
[[nodiscard]] Formula leaf(std::uint32_t predicate);
/// These fold constants and flatten what nests in itself; the order of parts is kept.
[[nodiscard]] Formula all_of(std::vector<Formula> parts);
[[nodiscard]] Formula any_of(std::vector<Formula> parts);
[[nodiscard]] Formula negation(Formula part);
[[nodiscard]] std::size_t node_count(const Formula& formula);

/// Leaves are numbers of the formula's table.
[[nodiscard]] Expression to_expression(const Formula& formula);

}  // namespace exhibit::sigma
