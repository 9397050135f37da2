// Findings and coverage as JSON: docs/formats/findings.md has the schema.
#include <algorithm>
#include <set>

#include "base/json_writer.h"
#include "base/time.h"
#include "exhibit/hunt.h"

namespace exhibit::hunt {
namespace {

constexpr event::Ticks kTicksPerDay = 86'400 * base::kTicksPerSecond;
constexpr std::size_t kGapsMax = 1'000;

void write_strings(base::JsonWriter& json, std::string_view name,
                   const std::vector<std::string>& values) {
  json.key(name).begin_array();
  for (const std::string& value : values) json.string(value);
  json.end_array();
}

void write_time(base::JsonWriter& json, std::string_view name, event::Ticks time) {
  json.key(name);
  if (time == event::kNoTime) {
    json.null();
  } else {
    json.string(base::to_rfc3339(time));
  }
}

void write_event_id(base::JsonWriter& json, std::uint32_t event_id) {
  json.key("event_id");
  if (event_id == event::kNoEventId) {
    json.null();
  } else {
    json.number(std::uint64_t{event_id});
  }
}

// Days without any record between the first and the last day of a source.
void write_gaps(base::JsonWriter& json, const SourceReport& source) {
  json.key("empty_days").begin_array();
  std::size_t written = 0;
  std::int64_t expected = source.days.empty() ? 0 : source.days.begin()->first;
  for (const auto& [day, count] : source.days) {
    if (day > expected && written++ < kGapsMax) {
      json.begin_object();
      json.member("from", base::to_rfc3339(expected * kTicksPerDay).substr(0, 10));
      json.member("to", base::to_rfc3339((day - 1) * kTicksPerDay).substr(0, 10));
      json.end_object();
    }
    expected = day + 1;
  }
  json.end_array();
}

void write_damage(base::JsonWriter& json, const SourceReport& source) {
  json.member("damage", source.damage_count);
  json.key("damage_first").begin_array();
  constexpr std::size_t kShown = 20;
  for (std::size_t i = 0; i < std::min(source.damage.size(), kShown); ++i) {
    const event::Damage& damage = source.damage[i];
    json.begin_object();
    json.member("offset", damage.offset);
    json.member("length", damage.length);
    json.member("kind", event::to_string(damage.kind));
    json.end_object();
  }
  json.end_array();
}

std::uint32_t speakers_on(const HuntResult& result, const std::string& channel,
                          std::uint32_t event_id) {
  const auto found = result.speakers.find(channel + '\n' + std::to_string(event_id));
  return found == result.speakers.end() ? 0 : found->second;
}

void write_source(base::JsonWriter& json, const HuntResult& result, const SourceReport& source,
                  bool with_paths) {
  json.begin_object();
  if (with_paths) json.member("path", source.info.display());
  json.member("sha256", source.sha256);
  if (!source.container_sha256.empty()) json.member("container_sha256", source.container_sha256);
  json.member("format", source.container ? std::string_view("container")
                                         : evidence::to_string(source.info.format));
  json.member("complete", source.complete);
  json.member("bytes", source.size_bytes);
  json.member("records", source.records);
  if (source.slack_records != 0) json.member("slack_records", source.slack_records);
  json.member("findings", source.findings);
  write_time(json, "first", source.first);
  write_time(json, "last", source.last);
  write_damage(json, source);
  write_gaps(json, source);
  json.key("events").begin_array();
  for (const auto& [kind, count] : source.events) {
    json.begin_object();
    json.member("channel", kind.first);
    write_event_id(json, kind.second);
    json.member("records", count);
    json.member("rules", speakers_on(result, kind.first, kind.second));
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

}  // namespace

std::vector<const sigma::RuleInfo*> silent_rules(const sigma::RulePack& pack,
                                                 const HuntResult& result) {
  std::set<std::pair<std::string, std::uint32_t>> seen;
  for (const SourceReport& source : result.sources)
    for (const auto& [kind, count] : source.events) seen.insert(kind);
  std::vector<bool> spoke(pack.rules.size(), false);
  for (const sigma::Variant& variant : pack.variants) {
    if (spoke[variant.rule]) continue;
    for (const auto& [channel, event_id] : seen) {
      const auto product = channel.empty() ? event::Product::unknown : event::Product::windows;
      if (!sigma::admits(variant.route, channel, event_id, product)) continue;
      spoke[variant.rule] = true;
      break;
    }
  }
  std::vector<const sigma::RuleInfo*> silent;
  for (std::size_t rule = 0; rule < pack.rules.size(); ++rule)
    if (!spoke[rule]) silent.push_back(&pack.rules[rule]);
  std::ranges::sort(silent, {}, &sigma::RuleInfo::sha256);
  return silent;
}

void append_finding_json(std::string& out, const sigma::RulePack& pack, const SourceReport& source,
                         const Finding& finding, bool with_path) {
  const sigma::RuleInfo& rule = pack.rules[finding.rule];
  base::JsonWriter json(out);
  json.begin_object();
  json.member("schema", "exhibit/finding/" + std::to_string(kFindingSchemaVersion));
  json.member("id", finding.id);
  json.key("rule").begin_object();
  json.member("id", rule.id);
  json.member("title", rule.title);
  json.member("level", sigma::to_string(rule.level));
  json.member("status", sigma::to_string(rule.status));
  write_strings(json, "tags", rule.tags);
  json.member("author", rule.author);
  json.member("license", rule.license);
  json.member("sha256", rule.sha256);
  json.end_object();
  json.key("source").begin_object();
  json.member("sha256", source.sha256);
  if (with_path) json.member("path", source.info.display());
  json.end_object();
  json.key("record").begin_object();
  json.member("index", finding.record_index);
  json.member("id", finding.record_id);
  json.member("offset", finding.offset);
  json.member("length", finding.length);
  if (finding.slack) json.member("slack", true);
  json.end_object();
  json.key("event").begin_object();
  write_time(json, "time", finding.time);
  json.member("host", finding.host);
  json.member("channel", finding.channel);
  json.member("provider", finding.provider);
  write_event_id(json, finding.event_id);
  json.end_object();
  json.key("fields").raw(finding.fields_json);
  if (!finding.event_json.empty()) json.key("full").raw(finding.event_json);
  json.end_object();
}

void append_coverage_json(std::string& out, const sigma::RulePack& pack, const HuntResult& result,
                          bool with_paths) {
  base::JsonWriter json(out);
  json.begin_object();
  json.member("schema", "exhibit/coverage/1");
  json.member("complete", !result.interrupted);
  json.member("records", result.records);
  json.member("filtered_out", result.filtered_out);
  json.member("findings", result.findings);
  json.key("sources").begin_array();
  for (const SourceReport& source : result.sources) write_source(json, result, source, with_paths);
  json.end_array();
  if (with_paths) {
    json.key("duplicates").begin_array();
    for (const auto& [path, sha256] : result.duplicates)
      json.begin_object().member("path", path).member("sha256", sha256).end_object();
    json.end_array();
    json.key("skipped").begin_array();
    for (const evidence::Skipped& skipped : result.skipped)
      json.begin_object()
          .member("path", skipped.path)
          .member("reason", skipped.error.what.c_str())
          .end_object();
    json.end_array();
  }
  json.key("rules").begin_object();
  json.member("loaded", std::uint64_t{pack.rules.size()});
  json.member("rejected", pack.rejected);
  json.member("unrouted", std::uint64_t{pack.unrouted.size()});
  json.member("builtin_not_applicable", pack.not_applicable);
  json.key("nothing_to_match").begin_array();
  for (const sigma::RuleInfo* rule : silent_rules(pack, result))
    json.begin_object().member("id", rule->id).member("sha256", rule->sha256).end_object();
  json.end_array();
  json.end_object();
  json.end_object();
}

}  // namespace exhibit::hunt
