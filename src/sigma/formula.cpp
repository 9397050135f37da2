#include "sigma/formula.h"

#include <functional>
#include <string_view>
#include <utility>

namespace exhibit::sigma {
namespace {

using Kind = Formula::Kind;

constexpr std::size_t kSlotsAtFirst = 1 << 16;  // for what a few thousand rules ask

Formula joined(Kind kind, std::vector<Formula> parts) {
  const Kind neutral = kind == Kind::and_ ? Kind::always : Kind::never;
  const Kind absorbing = kind == Kind::and_ ? Kind::never : Kind::always;
  Formula out;
  out.kind = kind;
  for (Formula& part : parts) {
    if (part.kind == neutral) continue;
    if (part.kind == absorbing) {
      Formula constant;
      constant.kind = absorbing;
      return constant;
    }
    if (part.kind == kind) {
      for (Formula& inner : part.parts) out.parts.push_back(std::move(inner));
    } else {
      out.parts.push_back(std::move(part));
    }
  }
  if (out.parts.empty()) {
    out.kind = neutral;
    return out;
  }
  if (out.parts.size() == 1) {
    Formula only = std::move(out.parts[0]);
    return only;
  }
  return out;
}

std::uint32_t hash_of(const Predicate& p) {
  constexpr std::size_t kPrime = 0x9e3779b97f4a7c15;  // of Fibonacci hashing
  std::size_t hash = static_cast<std::size_t>(p.op) * 2 + (p.cased ? 1 : 0);
  const auto mix = [&](std::size_t value) { hash = (hash ^ value) * kPrime ^ (hash >> 29); };
  const std::hash<std::string_view> text;
  mix(text(p.field));
  for (const PatternToken& token : p.pattern)
    mix(token.kind == PatternToken::Kind::literal ? text(token.text)
                                                  : static_cast<std::size_t>(token.kind));
  mix(text(p.text));
  mix(std::hash<double>()(p.number));
  mix(static_cast<std::size_t>(p.reference) * 8 + static_cast<std::size_t>(p.part));
  return static_cast<std::uint32_t>(hash >> 32);
}

std::uint32_t add_node(const Formula& formula, Expression& out) {
  Expression::Node node;
  node.kind = formula.kind;
  std::vector<std::uint32_t> children;
  switch (formula.kind) {
    case Kind::leaf:
      node.first = formula.predicate;
      node.count = 1;
      break;
    case Kind::and_:
    case Kind::or_:
    case Kind::not_:
      children.reserve(formula.parts.size());
      for (const Formula& part : formula.parts) children.push_back(add_node(part, out));
      node.first = static_cast<std::uint32_t>(out.children.size());
      node.count = static_cast<std::uint32_t>(children.size());
      out.children.insert(out.children.end(), children.begin(), children.end());
      break;
    case Kind::always:
    case Kind::never:
      break;
  }
  out.nodes.push_back(node);
  return static_cast<std::uint32_t>(out.nodes.size() - 1);
}

}  // namespace

Formula always() {
  Formula f;
  f.kind = Kind::always;
  return f;
}

Formula never() { return {}; }

Formula leaf(std::uint32_t predicate) {
  Formula f;
  f.kind = Kind::leaf;
  f.predicate = predicate;
  return f;
}

Formula all_of(std::vector<Formula> parts) { return joined(Kind::and_, std::move(parts)); }
Formula any_of(std::vector<Formula> parts) { return joined(Kind::or_, std::move(parts)); }

Formula negation(Formula part) {
  if (part.kind == Kind::always) return never();
  if (part.kind == Kind::never) return always();
  if (part.kind == Kind::not_) {
    Formula inner = std::move(part.parts[0]);
    return inner;
  }
  Formula f;
  f.kind = Kind::not_;
  f.parts.push_back(std::move(part));
  return f;
}

std::size_t node_count(const Formula& formula) {
  std::size_t count = 1;
  for (const Formula& part : formula.parts) count += node_count(part);
  return count;
}

PredicateTable::PredicateTable() : slots_(kSlotsAtFirst) {}

std::uint32_t PredicateTable::intern(Predicate predicate) {
  const std::uint32_t hash = hash_of(predicate);
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  for (; slots_[at].taken != 0; at = (at + 1) & mask) {
    const std::uint32_t id = slots_[at].taken - 1;
    if (slots_[at].hash == hash && predicates_[id] == predicate) return id;
  }
  predicates_.push_back(std::move(predicate));
  slots_[at] = {hash, static_cast<std::uint32_t>(predicates_.size())};
  if (predicates_.size() * 2 > slots_.size()) grow();
  return static_cast<std::uint32_t>(predicates_.size() - 1);
}

void PredicateTable::grow() {
  std::vector<Slot> wider(slots_.size() * 2);
  const std::size_t mask = wider.size() - 1;
  for (const Slot& slot : slots_) {
    if (slot.taken == 0) continue;
    std::size_t at = slot.hash & mask;
    while (wider[at].taken != 0) at = (at + 1) & mask;
    wider[at] = slot;
  }
  slots_ = std::move(wider);
}

Expression to_expression(const Formula& formula) {
  Expression out;
  out.root = add_node(formula, out);
  return out;
}

}  // namespace exhibit::sigma
