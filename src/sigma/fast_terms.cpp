#include "sigma/fast_terms.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/text.h"
#include "sigma/fast_glob.h"

namespace exhibit::sigma::fast {
namespace {

using Op = Predicate::Op;

constexpr std::string_view kEventIdField = "EventID";

// The literal that the whole text must be, if the predicate asks for just that.
std::optional<std::string> whole_text(const Predicate& predicate) {
  if (predicate.op != Op::text) return std::nullopt;
  const Pattern pattern = normalised(predicate.pattern);
  if (pattern.empty()) return std::string();
  if (pattern.size() != 1 || pattern.front().kind != PatternToken::Kind::literal)
    return std::nullopt;
  return pattern.front().text;
}

std::optional<std::uint32_t> canonical_id(std::string_view text) {
  std::uint32_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return std::to_string(id) == text ? std::optional(id) : std::nullopt;
}

bool is_event_id(const Predicate& predicate) {
  return base::ascii_iequals(predicate.field, kEventIdField);
}

}  // namespace

FieldSlot FieldSlots::slot(std::string_view name) {
  const auto known = by_name_.find(name);
  if (known != by_name_.end()) return known->second;
  const std::optional<event::FieldIndex> field = name.empty() ? std::nullopt : names_.find(name);
  auto slot = static_cast<FieldSlot>(fields_.size());
  if (field) {
    const auto [same_field, is_new] = by_field_.try_emplace(*field, slot);
    slot = same_field->second;
    if (is_new) fields_.push_back(field);
  } else {
    fields_.push_back(field);
    if (name.empty()) keyword_ = slot;
  }
  by_name_.emplace(name, slot);
  return slot;
}

std::optional<std::uint32_t> named_event_id(const Predicate& predicate) {
  if (!is_event_id(predicate)) return std::nullopt;
  if (const auto text = whole_text(predicate)) return canonical_id(*text);
  if (predicate.op != Op::number) return std::nullopt;
  const double number = predicate.number;
  if (!(number >= 0 && number < 4294967296.0)) return std::nullopt;
  const auto id = static_cast<std::uint32_t>(number);
  return static_cast<double>(id) == number ? std::optional(id) : std::nullopt;
}

// Only what is the same for every event of the group: the id is one value, an integer, whose text
// is its canonical decimal form.
std::optional<bool> Simplifier::constant(const Predicate& predicate) const {
  if (!event_id_.known || !is_event_id(predicate)) return std::nullopt;
  switch (predicate.op) {
    case Op::is_null:
      return false;
    case Op::exists:
      return predicate.number != 0;
    case Op::text:
      if (!whole_text(predicate)) return std::nullopt;
      [[fallthrough]];
    case Op::number: {
      const auto named = named_event_id(predicate);
      return named && event_id_.id && *named == *event_id_.id;
    }
    default:
      return std::nullopt;
  }
}

Term Simplifier::simplify(const Expression& condition) {
  if (condition.nodes.empty()) return {};
  return visit(condition, condition.root, false);
}

Term Simplifier::visit(const Expression& condition, std::uint32_t index, bool negated) {
  using NodeKind = Expression::Node::Kind;
  const Expression::Node& node = condition.nodes[index];
  switch (node.kind) {
    case NodeKind::leaf:
      return leaf(node.first, negated);
    case NodeKind::not_:
      return visit(condition, condition.children[node.first], !negated);
    case NodeKind::always:
    case NodeKind::never: {
      Term term;
      term.kind =
          (node.kind == NodeKind::always) != negated ? Term::Kind::always : Term::Kind::never;
      return term;
    }
    case NodeKind::and_:
    case NodeKind::or_:
      break;
  }
  return join(condition, index, negated);
}

Term Simplifier::leaf(std::uint32_t index, bool negated) {
  const Predicate& predicate = pack_.predicates[index];
  Term term;
  if (const auto value = constant(predicate)) {
    term.kind = *value != negated ? Term::Kind::always : Term::Kind::never;
    return term;
  }
  term.negated = negated;
  term.field = slots_.slot(predicate.field);
  switch (predicate.op) {
    case Op::is_null:
      term.kind = Term::Kind::null;
      return term;
    case Op::exists:
      term.kind = Term::Kind::present;
      term.negated = (predicate.number == 0) != negated;
      return term;
    case Op::field_text:
      term.kind = Term::Kind::field_text;
      slots_.slot(predicate.text);
      break;
    default:
      term.kind = Term::Kind::values;
      break;
  }
  term.predicates.push_back(index);
  return term;
}

Term Simplifier::join(const Expression& condition, std::uint32_t index, bool negated) {
  const Expression::Node& node = condition.nodes[index];
  // De Morgan: under `not`, and becomes or.
  const bool is_and = (node.kind == Expression::Node::Kind::and_) != negated;
  Term out;
  out.kind = is_and ? Term::Kind::and_ : Term::Kind::or_;
  const Term::Kind absorbing = is_and ? Term::Kind::never : Term::Kind::always;
  const Term::Kind neutral = is_and ? Term::Kind::always : Term::Kind::never;
  // `a or b` of one field is one atom, and so is `not a and not b`, its negation.
  std::vector<std::pair<FieldSlot, std::size_t>> merged;  // field, its place among the children
  const auto take = [&](Term&& child) {
    if (child.kind == Term::Kind::values && child.negated == is_and) {
      const auto at = std::find_if(merged.begin(), merged.end(),
                                   [&](const auto& m) { return m.first == child.field; });
      if (at != merged.end()) {
        auto& set = out.children[at->second].predicates;
        set.insert(set.end(), child.predicates.begin(), child.predicates.end());
        return;
      }
      merged.emplace_back(child.field, out.children.size());
    }
    out.children.push_back(std::move(child));
  };
  for (std::uint32_t i = 0; i < node.count; ++i) {
    Term child = visit(condition, condition.children[node.first + i], negated);
    if (child.kind == neutral) continue;
    if (child.kind == absorbing) return child;
    if (child.kind == out.kind)
      for (Term& grandchild : child.children) take(std::move(grandchild));
    else
      take(std::move(child));
  }
  for (const auto& [field, place] : merged) {
    auto& set = out.children[place].predicates;
    std::sort(set.begin(), set.end());
    set.erase(std::unique(set.begin(), set.end()), set.end());
  }
  if (out.children.empty()) {
    out.kind = neutral;
  } else if (out.children.size() == 1) {
    Term only = std::move(out.children.front());
    return only;
  }
  return out;
}

void AtomTable::number(Term& term) {
  for (Term& child : term.children) number(child);
  if (term.kind != Term::Kind::values) return;
  const auto [at, is_new] =
      index_.try_emplace(term.predicates, static_cast<AtomIndex>(sets_.size()));
  if (is_new) sets_.push_back(&at->first);
  term.atom = at->second;
}

}  // namespace exhibit::sigma::fast
