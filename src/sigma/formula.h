// A rule's detection as a tree of predicates: what a condition comes to before it is routed, its
// field names mapped, and its predicates shared with other rules.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_set>
#include <utility>
#include <vector>

#include "exhibit/sigma.h"

namespace exhibit::sigma {

/// Gives equal predicates one number. Rules repeat themselves: one number instead of a copy is what
/// makes formulas cheap to copy, route and map.
class PredicateTable {
 public:
  PredicateTable() = default;
  PredicateTable(const PredicateTable&) = delete;  // its set refers to its list
  PredicateTable& operator=(const PredicateTable&) = delete;

  std::uint32_t intern(Predicate predicate);
  const Predicate& operator[](std::uint32_t id) const { return predicates_[id]; }
  [[nodiscard]] std::size_t size() const { return predicates_.size(); }
  /// Moves one out; the table must not be asked for it again.
  Predicate take(std::uint32_t id) { return std::move(predicates_[id]); }

 private:
  static constexpr std::size_t kExpected = 16'384;  // what a few thousand rules ask
  struct Key {
    std::size_t hash;
    std::uint32_t id;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const noexcept { return key.hash; }
  };
  struct Same {
    const std::deque<Predicate>* predicates;
    bool operator()(const Key& a, const Key& b) const {
      return a.hash == b.hash && (*predicates)[a.id] == (*predicates)[b.id];
    }
  };
  std::deque<Predicate> predicates_;
  std::unordered_set<Key, Hash, Same> ids_{kExpected, Hash{}, Same{&predicates_}};
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
