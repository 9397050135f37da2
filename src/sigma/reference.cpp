// The reference evaluator: what a verdict means, written to be read.
//
// Every admitted variant is evaluated on its own; every predicate is evaluated anew from the text
// of every value; nothing is remembered from one predicate, rule or event to the next, except
// compiled regular expressions and networks. docs/sigma.md states the semantics.

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"
#include "exhibit/sigma.h"
#include "sigma/cidr.h"
#include "sigma/pattern.h"
#include "sigma/regex.h"
#include "sigma/text_references.h"
#include "sigma/value.h"

namespace exhibit::sigma {
namespace {

using event::Value;
using Node = Expression::Node;
using Op = Predicate::Op;

// What a predicate needs beside itself.
struct Prepared {
  std::optional<Regex> regex;
  std::optional<Network> network;
};

// A value of the event with the two texts that predicates ask for.
struct Shown {
  Value value;
  std::string text, folded;
};
using Values = std::vector<const Shown*>;

class Evaluator {
 public:
  Evaluator(const RulePack& pack, const event::PathTable& paths) : pack_(pack), paths_(paths) {
    for (const Predicate& p : pack.predicates) {
      asked_.push_back(pack.fields.find(p.field));
      referred_.push_back(p.op == Op::field_text ? pack.fields.find(p.text) : std::nullopt);
    }
  }

  void start(const event::Batch& batch, const event::Event& event) {
    const auto fields = batch.event_fields(event);
    shown_.clear();
    references_.clear();
    shown_.reserve(fields.size());
    by_field_.assign(pack_.fields.size(), {});
    all_.clear();
    for (const event::Field& field : fields) {
      Shown shown{.value = field.value, .text = event::to_text(field.value), .folded = {}};
      shown.folded = base::folded(shown.text);
      shown_.push_back(std::move(shown));
      all_.push_back(&shown_.back());
      for (const event::FieldIndex index : paths_.fields(field.path))
        by_field_[index].push_back(&shown_.back());
    }
  }

  [[nodiscard]] bool admitted(const Variant& variant, const event::Event& event) const {
    return admits(variant.route, event::to_text(event.channel), event.event_id, event.product);
  }

  bool holds(const Expression& expression) { return node_holds(expression, expression.root); }

  bool node_holds(const Expression& e, std::uint32_t index) {
    const Node& node = e.nodes[index];
    const auto child = [&](std::uint32_t i) { return node_holds(e, e.children[node.first + i]); };
    switch (node.kind) {
      case Node::Kind::leaf:
        return predicate_holds(node.first);
      case Node::Kind::and_:
        for (std::uint32_t i = 0; i < node.count; ++i)
          if (!child(i)) return false;
        return true;
      case Node::Kind::or_:
        for (std::uint32_t i = 0; i < node.count; ++i)
          if (child(i)) return true;
        return false;
      case Node::Kind::not_:
        return !child(0);
      case Node::Kind::always:
        return true;
      case Node::Kind::never:
        return false;
    }
    return false;
  }

  bool predicate_holds(std::uint32_t index) {
    const Predicate& p = pack_.predicates[index];
    const Values& values = values_of(index);
    const auto is_null = [](const Shown* v) { return v->value.is_null(); };
    if (p.op == Op::is_null) return std::all_of(values.begin(), values.end(), is_null);
    if (p.op == Op::exists) return values.empty() == (p.number == 0);
    return std::any_of(values.begin(), values.end(),
                       [&](const Shown* v) { return value_satisfies(index, *v); });
  }

  /// The values that a predicate is about; of a keyword, all values of the event.
  [[nodiscard]] const Values& values_of(std::uint32_t predicate) const {
    return pack_.predicates[predicate].field.empty() ? all_ : values_at(asked_[predicate]);
  }

  bool value_satisfies(std::uint32_t index, const Shown& shown) {
    const Predicate& p = pack_.predicates[index];
    if (shown.value.is_null()) return false;
    switch (p.op) {
      case Op::text:
        return glob_matches(p.pattern, p.cased ? shown.text : shown.folded);
      case Op::regex: {
        const auto& regex = prepared(index).regex;
        return regex && regex->matches(shown.text);
      }
      case Op::cidr: {
        const auto& network = prepared(index).network;
        const auto ip = parse_ip(shown.text);
        return network && ip && network->contains(*ip);
      }
      case Op::less:
      case Op::less_equal:
      case Op::greater:
      case Op::greater_equal:
        return compares(p, shown.value);
      case Op::number:
        return number_equals(p, shown.value);
      case Op::field_text:
        return refers(index, shown);
      case Op::time_part:
        return time_part_equals(p, shown.value);
      case Op::is_null:
      case Op::exists:
        return false;  // asked of the field, not of a value
    }
    return false;
  }

 private:
  const Prepared& prepared(std::uint32_t index) {
    const auto [at, inserted] = prepared_.try_emplace(index);
    if (inserted) {
      const Predicate& p = pack_.predicates[index];
      std::string reason;
      if (p.op == Op::regex) at->second.regex = Regex::compile(p.text, reason);
      if (p.op == Op::cidr) at->second.network = parse_network(p.text);
    }
    return at->second;
  }

  [[nodiscard]] const Values& values_at(std::optional<event::FieldIndex> field) const {
    static const Values kNone;
    return field ? by_field_[*field] : kNone;
  }

  bool refers(std::uint32_t predicate, const Shown& shown) {
    const Predicate& p = pack_.predicates[predicate];
    const auto text_of = [&](const Shown& value) -> const std::string& {
      return p.cased ? value.text : value.folded;
    };
    const auto [at, inserted] = references_.try_emplace(predicate);
    if (inserted) {
      at->second.clear(p.reference);
      for (const Shown* value : values_at(referred_[predicate]))
        if (!value->value.is_null()) at->second.add(text_of(*value));
    }
    return at->second.hold(text_of(shown));
  }

  const RulePack& pack_;
  const event::PathTable& paths_;
  std::vector<std::optional<event::FieldIndex>> asked_, referred_;  // by predicate
  std::vector<Shown> shown_;
  Values all_;
  std::vector<Values> by_field_;
  std::map<std::uint32_t, Prepared> prepared_;
  std::map<std::uint32_t, TextReferences> references_;  // of the event, by predicate
};

class ReferenceEngine : public Engine {
 public:
  ReferenceEngine(const RulePack& pack, const event::PathTable& paths)
      : pack_(pack), evaluator_(pack, paths) {}

  void match(const event::Batch& batch, const event::Event& event,
             std::vector<std::uint32_t>& matches) override {
    matches.clear();
    evaluator_.start(batch, event);
    for (const Variant& variant : pack_.variants)
      if (evaluator_.admitted(variant, event) && evaluator_.holds(variant.condition))
        matches.push_back(variant.rule);
    std::sort(matches.begin(), matches.end());
    matches.erase(std::unique(matches.begin(), matches.end()), matches.end());
  }

 private:
  const RulePack& pack_;
  Evaluator evaluator_;
};

// Collects the leaves that decide why a node is what it is.
class Explainer {
 public:
  Explainer(const RulePack& pack, const Variant& variant, Evaluator& evaluator)
      : pack_(pack), e_(variant.condition), evaluator_(evaluator) {}

  std::vector<Reason> explain() {
    collect(e_.root, true);
    return std::move(reasons_);
  }

 private:
  void collect(std::uint32_t index, bool holds) {
    const Node& node = e_.nodes[index];
    if (node.kind == Node::Kind::leaf) return add(node.first, holds);
    if (node.kind == Node::Kind::not_) return collect(e_.children[node.first], !holds);
    // Of a true `or` and a false `and`, only the parts that make it so are reasons.
    for (std::uint32_t i = 0; i < node.count; ++i) {
      const std::uint32_t child = e_.children[node.first + i];
      if (evaluator_.node_holds(e_, child) == holds) collect(child, holds);
    }
  }

  void add(std::uint32_t predicate, bool holds) {
    for (const Reason& known : reasons_)
      if (known.predicate == predicate) return;
    const Predicate& p = pack_.predicates[predicate];
    Reason reason{.predicate = predicate, .holds = holds, .field = p.field, .values = {}};
    if (holds)
      for (const Shown* value : evaluator_.values_of(predicate)) {
        const bool decides = p.op == Op::exists || evaluator_.value_satisfies(predicate, *value);
        const bool is_new = std::find(reason.values.begin(), reason.values.end(), value->text) ==
                            reason.values.end();
        if (decides && is_new) reason.values.push_back(value->text);
      }
    reasons_.push_back(std::move(reason));
  }

  const RulePack& pack_;
  const Expression& e_;
  Evaluator& evaluator_;
  std::vector<Reason> reasons_;
};

}  // namespace

Engine::~Engine() = default;

std::unique_ptr<Engine> make_reference_engine(const RulePack& pack, const event::PathTable& paths) {
  return std::make_unique<ReferenceEngine>(pack, paths);
}

struct MatchExplainer::Impl {
  Impl(const RulePack& of, const event::PathTable& paths)
      : pack(of), evaluator(of, paths), variants(of.rules.size()) {
    for (std::uint32_t i = 0; i < of.variants.size(); ++i)
      variants[of.variants[i].rule].push_back(i);
  }

  const RulePack& pack;
  Evaluator evaluator;
  std::vector<std::vector<std::uint32_t>> variants;  // by rule
};

MatchExplainer::MatchExplainer(const RulePack& pack, const event::PathTable& paths)
    : impl_(std::make_unique<Impl>(pack, paths)) {}
MatchExplainer::~MatchExplainer() = default;

void MatchExplainer::start(const event::Batch& batch, const event::Event& event) {
  impl_->evaluator.start(batch, event);
}

std::optional<Explanation> MatchExplainer::explain(const event::Event& event, std::uint32_t rule) {
  for (const std::uint32_t index : impl_->variants[rule]) {
    const Variant& variant = impl_->pack.variants[index];
    if (!impl_->evaluator.admitted(variant, event)) continue;
    if (!impl_->evaluator.holds(variant.condition)) continue;
    return Explanation{.variant = index,
                       .reasons = Explainer(impl_->pack, variant, impl_->evaluator).explain()};
  }
  return std::nullopt;
}

}  // namespace exhibit::sigma
