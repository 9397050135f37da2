// A rule's detection as a tree of predicates: what a condition comes to before it is routed, its
// field names mapped, and its predicates shared with other rules.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "exhibit/sigma.h"

namespace exhibit::sigma {

struct Formula {
  using Kind = Expression::Node::Kind;
  Kind kind = Kind::never;
  Predicate predicate;         // leaf
  std::vector<Formula> parts;  // and_, or_: two or more; not_: one
};

[[nodiscard]] Formula always();
[[nodiscard]] Formula never();
[[nodiscard]] Formula leaf(Predicate predicate);
/// These fold constants and flatten what nests in itself; the order of parts is kept.
[[nodiscard]] Formula all_of(std::vector<Formula> parts);
[[nodiscard]] Formula any_of(std::vector<Formula> parts);
[[nodiscard]] Formula negation(Formula part);
[[nodiscard]] std::size_t node_count(const Formula& formula);

/// Gives equal predicates one number.
class PredicateTable {
 public:
  explicit PredicateTable(std::vector<Predicate>& predicates) : predicates_(predicates) {}
  std::uint32_t intern(const Predicate& predicate);

 private:
  std::vector<Predicate>& predicates_;
  std::unordered_map<std::string, std::uint32_t> by_key_;
};

[[nodiscard]] Expression to_expression(const Formula& formula, PredicateTable& table);

}  // namespace exhibit::sigma
