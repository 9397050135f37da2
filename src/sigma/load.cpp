// From rule files to a RulePack: parse, choose, route, map, lower.

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "exhibit/seal.h"
#include "exhibit/sigma.h"
#include "sigma/diagnostics.h"
#include "sigma/formula.h"
#include "sigma/mapping.h"
#include "sigma/pattern.h"
#include "sigma/routing.h"
#include "sigma/rule.h"
#include "sigma/rule_files.h"
#include "sigma/yaml_ahead.h"

namespace exhibit::sigma {
namespace {

constexpr std::size_t kIdPrefixMin = 8;  // what `rules list` shows of an id

std::string hex_sha256(std::string_view text) {
  const seal::Digest digest = seal::sha256(as_bytes(text));
  return base::to_hex(digest);
}

bool has_prefix(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && base::ascii_iequals(text.substr(0, prefix.size()), prefix);
}

bool is_wanted(const RuleInfo& rule, const LoadOptions& options) {
  if (rule.level < options.min_level) return false;
  if (options.min_status && rule.status < *options.min_status) return false;
  const auto is_id = [&](const std::string& id) {
    return id.size() < kIdPrefixMin ? base::ascii_iequals(id, rule.id) : has_prefix(rule.id, id);
  };
  if (!options.ids.empty() && std::none_of(options.ids.begin(), options.ids.end(), is_id))
    return false;
  const auto is_tagged = [&](const std::string& prefix) {
    return std::any_of(rule.tags.begin(), rule.tags.end(), [&](const std::string& tag) {
      return has_prefix(tag, prefix) || has_prefix(tag, "attack." + prefix);
    });
  };
  return options.tags.empty() || std::any_of(options.tags.begin(), options.tags.end(), is_tagged);
}

// The fields of one rule, each once. A predicate that was added before is passed over quickly.
class FieldsOfRule {
 public:
  explicit FieldsOfRule(const PredicateTable& predicates) : predicates_(predicates) {}

  void start() {
    ++rule_;
    names_.clear();
  }
  void add(std::string name) { names_.insert(std::move(name)); }
  void add(const Formula& formula) {
    if (formula.kind == Formula::Kind::leaf && is_new(formula.predicate)) {
      const Predicate& p = predicates_[formula.predicate];
      add(p.field.empty() ? "*" : p.field);
      if (p.op == Predicate::Op::field_text) add(p.text);
    }
    for (const Formula& part : formula.parts) add(part);
  }
  [[nodiscard]] std::vector<std::string> names() const { return {names_.begin(), names_.end()}; }

 private:
  bool is_new(std::uint32_t predicate) {
    if (predicate >= seen_in_.size()) seen_in_.resize(predicates_.size());
    return std::exchange(seen_in_[predicate], rule_) != rule_;
  }

  const PredicateTable& predicates_;
  std::uint32_t rule_ = 0;
  std::vector<std::uint32_t> seen_in_;  // the last rule that had the predicate
  std::set<std::string> names_;
};

class Loader {
 public:
  Loader(const LoadOptions& options, const Routing& routing,
         const std::atomic<bool>* stop = nullptr)
      : options_(options), routing_(routing), stop_(stop), fields_(predicates_) {
    if (!options.builtin_mapping) return;
    for (const BuiltinEvent& event : builtin_events()) mappers_.emplace_back(event, predicates_);
  }

  RulePack load(std::vector<RuleFile> files, std::vector<Diagnostic> before) {
    pack_.diagnostics = std::move(before);
    YamlAhead yaml(files, options_.threads);
    for (auto& [name, bytes] : files) {
      if (is_stopped()) break;
      load_file(name, bytes, yaml.next());
      pack_.files.push_back(std::move(bytes));
    }
    keep_predicates();
    for (const Predicate& p : pack_.predicates) {
      if (!p.field.empty()) pack_.fields.add(p.field);
      if (p.op == Predicate::Op::field_text) pack_.fields.add(p.text);
    }
    hashes();
    return std::move(pack_);
  }
  /// What load() gave, or gives, is not all.
  [[nodiscard]] bool is_stopped() const {
    return stop_ != nullptr && stop_->load(std::memory_order_relaxed);
  }

 private:
  void load_file(const std::string& name, const std::string& bytes, const yaml::File& file) {
    Diagnostics diagnostics(name, bytes, pack_.diagnostics);
    for (const yaml::Problem& problem : file.problems)
      diagnostics.error(problem.code, problem.mark, problem.reason, problem.hint);
    pack_.rejected += file.rejected;
    if (file.documents.empty() && file.problems.empty())
      diagnostics.warning("S106", yaml::Mark{.line = 0}, "the file holds no rule");
    for (const yaml::Document& document : file.documents) {
      if (is_stopped()) return;
      RuleOutcome outcome =
          parse_rule(document, name, bytes, options_.placeholders, predicates_, diagnostics);
      if (outcome.verdict == Verdict::unsupported) ++pack_.unsupported;
      if (outcome.verdict != Verdict::accepted)
        ++pack_.rejected;
      else if (!is_wanted(outcome.rule.info, options_))
        ++pack_.filtered_out;
      else
        take(std::move(outcome.rule), diagnostics);
    }
  }

  void take(ParsedRule rule, Diagnostics& diagnostics) {
    const auto index = static_cast<std::uint32_t>(pack_.rules.size());
    const yaml::Mark mark{.line = rule.info.line, .column = 1, .length = 1};
    const auto [same, is_new] = by_hash_.emplace(rule.info.sha256, index);
    if (!is_new) {
      const RuleInfo& first = pack_.rules[same->second];
      diagnostics.warning("S107", mark,
                          "the same rule, byte for byte, as " + first.file + ":" +
                              std::to_string(first.line) + "; taken once");
      return;
    }
    if (!rule.info.id.empty()) {
      const auto [known, unique] = by_id_.emplace(base::ascii_lower(rule.info.id), index);
      if (!unique) {
        const RuleInfo& first = pack_.rules[known->second];
        diagnostics.warning(
            "S108", mark,
            "another rule has the same id: " + first.file + ":" + std::to_string(first.line),
            "give this one an id of its own");
      }
    }
    fields_.start();
    fields_.add(rule.detection);
    route(index, rule);
    pack_.read_sets.push_back(fields_.names());
    pack_.rules.push_back(std::move(rule.info));
  }

  // Where a log source leads. Thousands of rules have a few dozen log sources.
  struct Ways {
    std::vector<Target> targets;        // without those that the built-in mapping knows more of
    std::vector<std::size_t> builtins;  // of builtin_events()
    bool any = false;
  };

  const Ways& ways_of(const LogSource& source) {
    const auto [known, is_new] =
        ways_.try_emplace(std::array{source.category, source.product, source.service});
    Ways& ways = known->second;
    if (!is_new) return ways;
    ways.targets = routing_.targets(source);
    ways.any = !ways.targets.empty();
    std::erase_if(ways.targets, [&](const Target& target) { return is_builtin(source, target); });
    for (std::size_t i = 0; i < mappers_.size(); ++i) {
      const BuiltinEvent& event = builtin_events()[i];
      if (routing_.leads_to(source, event.category, event.channel)) ways.builtins.push_back(i);
    }
    ways.any |= !ways.builtins.empty();
    return ways;
  }

  void route(std::uint32_t index, const ParsedRule& rule) {
    const Ways& ways = ways_of(rule.info.logsource);
    if (!ways.any) pack_.unrouted.push_back(index);
    for (const Target& target : ways.targets) {
      Variant variant;
      variant.route = target.route;
      if (target.renames.empty() && target.conditions.empty())
        add(index, std::move(variant), rule.detection);
      else
        add(index, std::move(variant), with_conditions(renamed(rule.detection, target), target));
    }
    for (const std::size_t i : ways.builtins) {
      const BuiltinEvent& event = builtin_events()[i];
      auto formula = mappers_[i].map(rule.detection);
      if (!formula) {  // the rule leads there, but what it needs is not known there
        ++pack_.not_applicable;
        continue;
      }
      Variant variant;
      variant.builtin_mapping = true;
      variant.route.channels = {std::string(event.channel)};
      variant.route.event_ids = {event.event_ids.begin(), event.event_ids.end()};
      add(index, std::move(variant), *formula);
    }
  }

  Formula renamed(Formula formula, const Target& target) {
    const auto rename = [&](std::string& field) {
      for (const auto& [from, to] : target.renames)
        if (base::ascii_iequals(from, field)) {
          field = to;
          return;
        }
    };
    if (formula.kind == Formula::Kind::leaf && !target.renames.empty()) {
      Predicate p = predicates_[formula.predicate];
      rename(p.field);
      if (p.op == Predicate::Op::field_text) rename(p.text);
      formula.predicate = predicates_.intern(std::move(p));
    }
    for (Formula& part : formula.parts) part = renamed(std::move(part), target);
    return formula;
  }

  Formula with_conditions(Formula formula, const Target& target) {
    std::vector<Formula> parts;
    for (const auto& [field, values] : target.conditions) {
      std::vector<Formula> any;
      for (const std::string& value : values) {
        Predicate p;
        p.field = field;
        p.op = Predicate::Op::text;
        p.pattern = folded(parse_pattern(value));
        any.push_back(leaf(predicates_.intern(std::move(p))));
      }
      parts.push_back(any_of(std::move(any)));
    }
    parts.push_back(std::move(formula));
    return all_of(std::move(parts));
  }

  // A routing table may itself send a category to a built-in event; the mapping knows more of it.
  static bool is_builtin(const LogSource& source, const Target& target) {
    const auto covers = [&](const BuiltinEvent& event) {
      const auto is_id = [&](std::uint32_t id) {
        return std::find(event.event_ids.begin(), event.event_ids.end(), id) !=
               event.event_ids.end();
      };
      return base::ascii_iequals(event.category, source.category) &&
             target.route.channels.size() == 1 &&
             base::ascii_iequals(event.channel, target.route.channels[0]) &&
             !target.route.event_ids.empty() &&
             std::all_of(target.route.event_ids.begin(), target.route.event_ids.end(), is_id);
    };
    const auto events = builtin_events();
    return std::any_of(events.begin(), events.end(), covers);
  }

  void add(std::uint32_t index, Variant variant, const Formula& formula) {
    variant.rule = index;
    variant.condition = to_expression(formula);
    fields_.add(formula);
    if (!variant.route.channels.empty()) fields_.add("Channel");
    if (!variant.route.event_ids.empty()) fields_.add("EventID");
    pack_.variants.push_back(std::move(variant));
  }

  // The pack holds the predicates that its variants ask, in the order in which they first do; the
  // table also has those of rejected rules, and what they were before they were mapped.
  void keep_predicates() {
    constexpr auto kNotKept = static_cast<std::uint32_t>(-1);
    std::vector<std::uint32_t> kept(predicates_.size(), kNotKept);
    pack_.predicates.reserve(predicates_.size());
    for (Variant& variant : pack_.variants)
      for (Expression::Node& node : variant.condition.nodes) {
        if (node.kind != Expression::Node::Kind::leaf) continue;
        std::uint32_t& number = kept[node.first];
        if (number == kNotKept) {
          number = static_cast<std::uint32_t>(pack_.predicates.size());
          pack_.predicates.push_back(predicates_.take(node.first));
        }
        node.first = number;
      }
  }

  void hashes() {
    std::vector<std::string> rules;
    for (const RuleInfo& rule : pack_.rules) rules.push_back(rule.sha256);
    std::sort(rules.begin(), rules.end());
    std::string list;
    for (const std::string& rule : rules) list += rule + "\n";
    pack_.rules_sha256 = hex_sha256(list);
    pack_.routing_text = routing_.text();
    pack_.routing_sha256 = routing_.sha256();
    pack_.mapping_text = mapping_text(options_.builtin_mapping);
    pack_.mapping_sha256 = hex_sha256(pack_.mapping_text);
    pack_.placeholders_sha256 = placeholders_sha256(options_.placeholders);
  }

  RulePack pack_;
  const LoadOptions& options_;
  const Routing& routing_;
  const std::atomic<bool>* stop_;
  PredicateTable predicates_;
  FieldsOfRule fields_;
  std::vector<BuiltinMapper>
      mappers_;  // in the order of builtin_events(); none: the mapping is off
  std::map<std::array<std::string, 3>, Ways> ways_;
  std::unordered_map<std::string, std::uint32_t> by_hash_, by_id_;
};

// nullopt inside: the compiled-in table.
Result<std::optional<Routing>> user_routing(const LoadOptions& options,
                                            std::vector<Diagnostic>& diagnostics) {
  if (!options.routing_file) return std::nullopt;
  EXHIBIT_TRY(const std::string text, read_rule_file(*options.routing_file));
  auto routing = Routing::parse(*options.routing_file, text, diagnostics);
  if (!routing) return fail(ErrorCode::malformed, "the routing table cannot be used");
  return routing;
}

}  // namespace

std::string placeholders_sha256(const std::map<std::string, std::vector<std::string>>& lists) {
  std::string text;
  const auto append = [&](std::string_view part) {
    text += std::to_string(part.size());
    text += ':';
    text += part;
  };
  for (const auto& [name, values] : lists) {
    append(name);
    text += std::to_string(values.size()) + "=";
    for (const std::string& value : values) append(value);
  }
  return hex_sha256(text);
}

Result<RulePack> load_rules(const std::vector<std::string>& paths, const LoadOptions& options) {
  std::vector<Diagnostic> diagnostics;
  EXHIBIT_TRY(const std::optional<Routing> routing, user_routing(options, diagnostics));
  EXHIBIT_TRY(std::vector<RuleFile> files, read_rule_files(paths, options.threads));
  Loader loader(options, routing ? *routing : Routing::standard(), options.stop);
  RulePack pack = loader.load(std::move(files), std::move(diagnostics));
  if (loader.is_stopped()) return fail(ErrorCode::interrupted, "stopped");
  return pack;
}

RulePack load_rules_from_memory(const std::vector<std::pair<std::string, std::string>>& files,
                                const LoadOptions& options) {
  std::vector<Diagnostic> diagnostics;
  const auto routing = user_routing(options, diagnostics);
  if (!routing && diagnostics.empty()) {
    Diagnostics(*options.routing_file, {}, diagnostics)
        .error("S204", yaml::Mark{.line = 0}, routing.error().what.c_str());
  }
  // Without a usable table nothing is routed, and every rule is reported so.
  static const Routing kNowhere;
  const Routing& chosen = !routing ? kNowhere : *routing ? **routing : Routing::standard();
  std::vector<RuleFile> ordered(files.begin(), files.end());
  std::sort(ordered.begin(), ordered.end());
  return Loader(options, chosen).load(std::move(ordered), std::move(diagnostics));
}

}  // namespace exhibit::sigma
