// From rule files to a RulePack: parse, choose, route, map, lower.

#include <algorithm>
#include <map>
#include <set>
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

Formula renamed(Formula formula, const Target& target) {
  const auto rename = [&](std::string& field) {
    for (const auto& [from, to] : target.renames)
      if (base::ascii_iequals(from, field)) {
        field = to;
        return;
      }
  };
  if (formula.kind == Formula::Kind::leaf) {
    rename(formula.predicate.field);
    if (formula.predicate.op == Predicate::Op::field_text) rename(formula.predicate.text);
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
      any.push_back(leaf(std::move(p)));
    }
    parts.push_back(any_of(std::move(any)));
  }
  parts.push_back(std::move(formula));
  return all_of(std::move(parts));
}

void add_fields(const Formula& formula, std::set<std::string>& out) {
  if (formula.kind == Formula::Kind::leaf) {
    out.insert(formula.predicate.field.empty() ? "*" : formula.predicate.field);
    if (formula.predicate.op == Predicate::Op::field_text) out.insert(formula.predicate.text);
  }
  for (const Formula& part : formula.parts) add_fields(part, out);
}

class Loader {
 public:
  Loader(const LoadOptions& options, const Routing& routing)
      : options_(options), routing_(routing), predicates_(pack_.predicates) {}

  RulePack load(const std::vector<RuleFile>& files, std::vector<Diagnostic> before) {
    pack_.diagnostics = std::move(before);
    for (const auto& [name, bytes] : files) load_file(name, bytes);
    for (const Predicate& p : pack_.predicates) {
      if (!p.field.empty()) pack_.fields.add(p.field);
      if (p.op == Predicate::Op::field_text) pack_.fields.add(p.text);
    }
    hashes();
    return std::move(pack_);
  }

 private:
  void load_file(const std::string& name, const std::string& bytes) {
    const yaml::File file = yaml::parse(bytes);
    Diagnostics diagnostics(name, bytes, pack_.diagnostics);
    for (const yaml::Problem& problem : file.problems)
      diagnostics.error(problem.code, problem.mark, problem.reason, problem.hint);
    pack_.rejected += file.rejected;
    if (file.documents.empty() && file.problems.empty())
      diagnostics.warning("S106", yaml::Mark{.line = 0}, "the file holds no rule");
    for (const yaml::Document& document : file.documents) {
      RuleOutcome outcome = parse_rule(document, name, bytes, options_.placeholders, diagnostics);
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
    std::set<std::string> fields;
    add_fields(rule.detection, fields);
    route(index, rule, fields);
    pack_.read_sets.emplace_back(fields.begin(), fields.end());
    pack_.rules.push_back(std::move(rule.info));
  }

  void route(std::uint32_t index, const ParsedRule& rule, std::set<std::string>& fields) {
    const std::vector<Target> targets = routing_.targets(rule.info.logsource);
    for (const Target& target : targets) {
      if (is_builtin(rule.info.logsource, target)) continue;  // by the mapping, below
      Variant variant;
      variant.route = target.route;
      add(index, variant, with_conditions(renamed(rule.detection, target), target), fields);
    }
    const bool any_builtin = options_.builtin_mapping && map_builtin(index, rule, fields);
    if (targets.empty() && !any_builtin) pack_.unrouted.push_back(index);
  }

  // Also true when the rule turned out not to be applicable there: a route did lead to the event.
  bool map_builtin(std::uint32_t index, const ParsedRule& rule, std::set<std::string>& fields) {
    const LogSource& source = rule.info.logsource;
    bool any = false;
    for (const BuiltinEvent& event : builtin_events()) {
      if (!routing_.leads_to(source, event.category, event.channel)) continue;
      any = true;
      auto formula = map_to_builtin(rule.detection, event);
      if (!formula) {
        ++pack_.not_applicable;
        continue;
      }
      Variant variant;
      variant.builtin_mapping = true;
      variant.route.channels = {std::string(event.channel)};
      variant.route.event_ids = {event.event_ids.begin(), event.event_ids.end()};
      add(index, variant, *formula, fields);
    }
    return any;
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

  void add(std::uint32_t index, Variant& variant, const Formula& formula,
           std::set<std::string>& fields) {
    variant.rule = index;
    variant.condition = to_expression(formula, predicates_);
    add_fields(formula, fields);
    if (!variant.route.channels.empty()) fields.insert("Channel");
    if (!variant.route.event_ids.empty()) fields.insert("EventID");
    pack_.variants.push_back(std::move(variant));
  }

  void hashes() {
    std::vector<std::string> rules;
    for (const RuleInfo& rule : pack_.rules) rules.push_back(rule.sha256);
    std::sort(rules.begin(), rules.end());
    std::string list;
    for (const std::string& rule : rules) list += rule + "\n";
    pack_.rules_sha256 = hex_sha256(list);
    pack_.routing_sha256 = routing_.sha256();
    pack_.mapping_sha256 = mapping_sha256(options_.builtin_mapping);
    std::string placeholders;
    const auto append = [&](std::string_view text) {
      placeholders += std::to_string(text.size());
      placeholders += ':';
      placeholders += text;
    };
    for (const auto& [name, values] : options_.placeholders) {
      append(name);
      placeholders += std::to_string(values.size()) + "=";
      for (const std::string& value : values) append(value);
    }
    pack_.placeholders_sha256 = hex_sha256(placeholders);
  }

  RulePack pack_;
  const LoadOptions& options_;
  const Routing& routing_;
  PredicateTable predicates_;
  std::map<std::string, std::uint32_t> by_hash_, by_id_;
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

Result<RulePack> load_rules(const std::vector<std::string>& paths, const LoadOptions& options) {
  std::vector<Diagnostic> diagnostics;
  EXHIBIT_TRY(const std::optional<Routing> routing, user_routing(options, diagnostics));
  EXHIBIT_TRY(const std::vector<RuleFile> files, read_rule_files(paths));
  return Loader(options, routing ? *routing : Routing::standard())
      .load(files, std::move(diagnostics));
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
  return Loader(options, chosen).load(ordered, std::move(diagnostics));
}

}  // namespace exhibit::sigma
