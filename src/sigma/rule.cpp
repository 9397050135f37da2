#include "sigma/rule.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "exhibit/seal.h"
#include "sigma/condition.h"

namespace exhibit::sigma {
namespace {

using yaml::Document;
using yaml::Kind;
using yaml::Node;

class RuleReader {
 public:
  RuleReader(const Document& document, const Placeholders& placeholders, PredicateTable& predicates,
             Diagnostics& diagnostics)
      : d_(document),
        root_(document[document.root]),
        context_{document, diagnostics, placeholders, predicates},
        out_(diagnostics) {}

  RuleOutcome read(std::string_view file, std::string_view bytes) {
    RuleOutcome outcome;
    if (root_.kind != Kind::mapping) {
      out_.error("S110", root_.mark,
                 "a rule must be a map, not " + std::string(to_string(root_.kind)));
      return outcome;
    }
    if (other_kind()) {
      outcome.verdict = Verdict::unsupported;
      return outcome;
    }
    RuleInfo& info = outcome.rule.info;
    info.file = file;
    info.line = d_.line;
    info.text = bytes.substr(d_.begin, d_.end - d_.begin);
    const seal::Digest digest = seal::sha256(as_bytes(info.text));
    info.sha256 = base::to_hex(digest);
    metadata(info);
    bool good = logsource(info.logsource);
    if (auto formula = detection())
      outcome.rule.detection = std::move(*formula);
    else
      good = false;
    if (good) outcome.verdict = Verdict::accepted;
    return outcome;
  }

 private:
  [[nodiscard]] const Node* find(std::string_view key) const { return d_.find(root_, key); }

  bool other_kind() {
    const auto refuse = [&](const char* key, const char* what) {
      const Node* node = find(key);
      if (node == nullptr) return false;
      out_.error("S111", node->mark, std::string(what) + " are not yet supported",
                 "only rules about single events are applied");
      return true;
    };
    return refuse("correlation", "correlation rules") || refuse("filter", "Sigma filters") ||
           refuse("action", "rule collections with 'action' (Sigma 1)");
  }

  std::string text_of(std::string_view key) {
    const Node* node = find(key);
    if (node == nullptr || node->kind == Kind::null) return {};
    if (!node->is_scalar()) {
      out_.warning(
          "S113", node->mark,
          "'" + std::string(key) + "' should be text, not " + std::string(to_string(node->kind)));
      return {};
    }
    return std::string(node->text);
  }

  std::vector<std::string> list_of(std::string_view key) {
    std::vector<std::string> list;
    const Node* node = find(key);
    if (node == nullptr) return list;
    if (node->is_scalar()) {
      if (node->kind != Kind::null) list.emplace_back(node->text);
      return list;
    }
    if (node->kind == Kind::sequence)
      for (const yaml::NodeId id : node->children)
        if (d_[id].is_scalar()) list.emplace_back(d_[id].text);
    return list;
  }

  void metadata(RuleInfo& info) {
    info.id = text_of("id");
    info.title = text_of("title");
    info.description = text_of("description");
    info.author = text_of("author");
    info.date = text_of("date");
    info.modified = text_of("modified");
    info.license = text_of("license");
    info.tags = list_of("tags");
    info.references = list_of("references");
    info.falsepositives = list_of("falsepositives");
    if (info.title.empty()) out_.warning("S112", root_.mark, "the rule has no title");
    if (const Node* node = find("level"); node != nullptr && node->kind != Kind::null) {
      const auto level = parse_level(node->text);
      info.has_level = level.has_value();
      if (level)
        info.level = *level;
      else
        warn_word("level", *node, {"informational", "low", "medium", "high", "critical"});
    }
    if (const Node* node = find("status"); node != nullptr && node->kind != Kind::null) {
      const auto status = parse_status(node->text);
      info.has_status = status.has_value();
      if (status)
        info.status = *status;
      else
        warn_word("status", *node, {"stable", "test", "experimental", "deprecated", "unsupported"});
    }
    if (const Node* related = find("related");
        related != nullptr && related->kind == Kind::sequence)
      for (const yaml::NodeId id : related->children) {
        const Node *rule = d_.find(d_[id], "id"), *type = d_.find(d_[id], "type");
        if (rule != nullptr && type != nullptr) info.related.emplace_back(rule->text, type->text);
      }
  }

  void warn_word(const char* key, const Node& node, const std::vector<std::string_view>& words) {
    const std::string_view near = nearest(node.text, words);
    std::string all;
    for (const std::string_view word : words) all += (all.empty() ? "" : ", ") + std::string(word);
    out_.warning(
        "S113", node.mark,
        "unknown " + std::string(key) + " '" + std::string(node.text) + "'; taken as not given",
        near.empty() ? "one of: " + all : "did you mean '" + std::string(near) + "'?");
  }

  bool logsource(LogSource& out) {
    const Node* node = find("logsource");
    if (node == nullptr) {
      out_.error("S114", root_.mark, "the rule has no 'logsource'",
                 "say which product, category or service it is for");
      return false;
    }
    if (node->kind != Kind::mapping) {
      out_.error("S114", node->mark,
                 "'logsource' must be a map, not " + std::string(to_string(node->kind)));
      return false;
    }
    const auto part = [&](const char* key) {
      const Node* value = d_.find(*node, key);
      return value == nullptr || !value->is_scalar() || value->kind == Kind::null
                 ? std::string_view()
                 : value->text;
    };
    out.category = part("category");
    out.product = part("product");
    out.service = part("service");
    out.definition = part("definition");
    if (out.category.empty() && out.product.empty() && out.service.empty()) {
      out_.error("S114", node->mark, "'logsource' names no product, category or service");
      return false;
    }
    return true;
  }

  std::optional<Formula> detection() {
    const Node* node = find("detection");
    if (node == nullptr || node->kind != Kind::mapping) {
      out_.error("S115", node == nullptr ? root_.mark : node->mark,
                 node == nullptr
                     ? std::string("the rule has no 'detection'")
                     : "'detection' must be a map, not " + std::string(to_string(node->kind)));
      return std::nullopt;
    }
    const Node* condition = nullptr;
    std::vector<SearchIdentifier> identifiers;
    bool good = true;
    std::size_t nodes = 0;
    for (std::size_t i = 0; i + 1 < node->children.size(); i += 2) {
      const Node &key = d_[node->children[i]], &value = d_[node->children[i + 1]];
      if (key.text == "condition") {
        condition = &value;
        continue;
      }
      if (key.text == "timeframe") {
        out_.error("S116", key.mark,
                   "'timeframe' belonged to aggregations, which are no longer part of a condition",
                   "write a correlation rule instead (Sigma 2); those are not yet supported here");
        good = false;
        continue;
      }
      auto formula = search_identifier(value);
      if (!formula) {
        good = false;
        continue;
      }
      nodes += node_count(*formula);
      if (nodes > kMaxRuleNodes) {
        out_.error("S123", key.mark,
                   "the rule comes to more than " + std::to_string(kMaxRuleNodes) + " parts");
        return std::nullopt;
      }
      identifiers.push_back({std::string(key.text), key.mark, std::move(*formula)});
    }
    if (condition == nullptr) {
      out_.error("S115", node->mark, "the detection has no 'condition'");
      return std::nullopt;
    }
    if (!good) return std::nullopt;
    auto formula = conditions(*condition, identifiers);
    if (formula)
      for (const SearchIdentifier& identifier : identifiers)
        if (!identifier.used && !identifier.name.starts_with('_'))
          out_.warning("S158", identifier.mark,
                       "the condition never uses '" + identifier.name + "'");
    return formula;
  }

  std::optional<Formula> conditions(const Node& node,
                                    const std::vector<SearchIdentifier>& identifiers) {
    if (node.is_scalar() && node.kind != Kind::null)
      return parse_condition(node, identifiers, out_);
    if (node.kind != Kind::sequence || node.children.empty()) {
      out_.error(
          "S151", node.mark,
          "a condition must be text or a list of texts, not " + std::string(to_string(node.kind)));
      return std::nullopt;
    }
    std::vector<Formula> parts;
    for (const yaml::NodeId id : node.children) {
      if (!d_[id].is_scalar()) {
        out_.error("S151", d_[id].mark,
                   "a condition must be text, not " + std::string(to_string(d_[id].kind)));
        return std::nullopt;
      }
      auto part = parse_condition(d_[id], identifiers, out_);
      if (!part) return std::nullopt;
      parts.push_back(std::move(*part));
    }
    return any_of(std::move(parts));
  }

  // A map: all of its items. A list: any of its maps and keywords. A scalar: one keyword.
  std::optional<Formula> search_identifier(const Node& node) {
    if (node.kind == Kind::mapping) return map(node);
    if (node.kind != Kind::sequence) return lower_item(context_, nullptr, node);
    if (node.children.empty()) {
      out_.error("S121", node.mark, "an empty list can never match");
      return std::nullopt;
    }
    std::vector<Formula> parts;
    for (const yaml::NodeId id : node.children) {
      const Node& item = d_[id];
      if (item.kind == Kind::sequence) {
        out_.error("S121", item.mark, "a list inside a list has no meaning here");
        return std::nullopt;
      }
      auto part = item.kind == Kind::mapping ? map(item) : lower_item(context_, nullptr, item);
      if (!part) return std::nullopt;
      parts.push_back(std::move(*part));
    }
    return any_of(std::move(parts));
  }

  std::optional<Formula> map(const Node& node) {
    if (node.children.empty()) {
      out_.error("S121", node.mark, "an empty map has no meaning here");
      return std::nullopt;
    }
    std::vector<Formula> parts;
    bool good = true;
    for (std::size_t i = 0; i + 1 < node.children.size(); i += 2) {
      auto part = lower_item(context_, &d_[node.children[i]], d_[node.children[i + 1]]);
      if (!part)
        good = false;
      else
        parts.push_back(std::move(*part));
    }
    if (!good) return std::nullopt;
    return all_of(std::move(parts));
  }

  const Document& d_;
  const Node& root_;
  const ModifierContext context_;
  Diagnostics& out_;
};

}  // namespace

RuleOutcome parse_rule(const yaml::Document& document, std::string_view file,
                       std::string_view bytes, const Placeholders& placeholders,
                       PredicateTable& predicates, Diagnostics& diagnostics) {
  return RuleReader(document, placeholders, predicates, diagnostics).read(file, bytes);
}

}  // namespace exhibit::sigma
