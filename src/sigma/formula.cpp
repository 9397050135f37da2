#include "sigma/formula.h"

#include <bit>
#include <utility>

namespace exhibit::sigma {
namespace {

using Kind = Formula::Kind;

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

void append_sized(std::string& key, std::string_view text) {
  key += std::to_string(text.size());
  key += ':';
  key += text;
}

std::string key_of(const Predicate& p) {
  std::string key;
  append_sized(key, p.field);
  key += std::to_string(static_cast<unsigned>(p.op));
  key += p.cased ? 'c' : 'f';
  for (const PatternToken& token : p.pattern) {
    key += std::to_string(static_cast<unsigned>(token.kind));
    append_sized(key, token.text);
  }
  key += '/';
  append_sized(key, p.text);
  append_sized(key, std::to_string(std::bit_cast<std::uint64_t>(p.number)));
  key += std::to_string(static_cast<unsigned>(p.reference));
  key += '/';
  key += std::to_string(static_cast<unsigned>(p.part));
  return key;
}

std::uint32_t add_node(const Formula& formula, PredicateTable& table, Expression& out) {
  Expression::Node node;
  node.kind = formula.kind;
  std::vector<std::uint32_t> children;
  switch (formula.kind) {
    case Kind::leaf:
      node.first = table.intern(formula.predicate);
      node.count = 1;
      break;
    case Kind::and_:
    case Kind::or_:
    case Kind::not_:
      children.reserve(formula.parts.size());
      for (const Formula& part : formula.parts) children.push_back(add_node(part, table, out));
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

Formula leaf(Predicate predicate) {
  Formula f;
  f.kind = Kind::leaf;
  f.predicate = std::move(predicate);
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

std::uint32_t PredicateTable::intern(const Predicate& predicate) {
  const auto [at, inserted] =
      by_key_.emplace(key_of(predicate), static_cast<std::uint32_t>(predicates_.size()));
  if (inserted) predicates_.push_back(predicate);
  return at->second;
}

Expression to_expression(const Formula& formula, PredicateTable& table) {
  Expression out;
  out.root = add_node(formula, table, out);
  return out;
}

}  // namespace exhibit::sigma
