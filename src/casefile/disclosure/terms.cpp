#include "casefile/disclosure/terms.h"

#include <array>

#include "base/json.h"
#include "base/text.h"

namespace exhibit::casefile {
namespace {

using base::JsonValue;

constexpr auto kTlps = std::to_array<std::pair<Tlp, std::string_view>>({
    {Tlp::clear, "CLEAR"},
    {Tlp::green, "GREEN"},
    {Tlp::amber, "AMBER"},
    {Tlp::amber_strict, "AMBER+STRICT"},
    {Tlp::red, "RED"},
});
constexpr auto kReasons = std::to_array<std::pair<Withheld, std::string_view>>({
    {Withheld::scope, "scope"},
    {Withheld::operational, "operational"},
    {Withheld::personal_data, "personal-data"},
    {Withheld::privilege, "privilege"},
    {Withheld::source_protection, "source-protection"},
    {Withheld::other_law, "other-law"},
});

JsonValue text(std::string_view value) { return JsonValue::string(value); }
JsonValue number(std::uint64_t value) { return JsonValue::unsigned_integer(value); }

JsonValue rules_json(const BundleTerms::Rules& rules) {
  JsonValue lists = JsonValue::array();
  for (const auto& [name, values] : rules.placeholders) {
    JsonValue list = JsonValue::array();
    for (const std::string& value : values) list.push(text(value));
    lists.push(
        std::move(JsonValue::object().set("name", text(name)).set("values", std::move(list))));
  }
  JsonValue out = JsonValue::object();
  out.set("builtin_mapping", JsonValue::boolean(rules.builtin_mapping))
      .set("mapping_sha256", text(rules.mapping_sha256))
      .set("placeholders", std::move(lists))
      .set("routing_sha256", text(rules.routing_sha256))
      .set("semantics_version", number(rules.semantics_version));
  return out;
}

JsonValue range_json(const BundleTerms::Range& range) {
  JsonValue runs = JsonValue::array();
  for (const BundleTerms::Run& run : range.withheld)
    runs.push(std::move(JsonValue::object()
                            .set("from", number(run.from))
                            .set("reason", text(to_string(run.reason)))
                            .set("to", number(run.to))));
  return std::move(JsonValue::object()
                       .set("from", number(range.from))
                       .set("source", text(range.source))
                       .set("stream", number(range.stream))
                       .set("to", number(range.to))
                       .set("withheld", std::move(runs)));
}

/// Reads members; remembers whether all were there.
class Reader {
 public:
  explicit Reader(const JsonValue& json) : json_(json) {}
  std::string text(std::string_view name) {
    const std::string* value = json_.find_string(name);
    good_ &= value != nullptr;
    return value == nullptr ? std::string() : *value;
  }
  std::uint64_t number(std::string_view name) {
    const JsonValue* value = json_.find(name);
    const auto out = value == nullptr ? std::nullopt : value->as_unsigned();
    good_ &= out.has_value();
    return out.value_or(0);
  }
  std::uint8_t stream() {
    const std::uint64_t value = number("stream");
    good_ &= value <= seal::kSlackStream;
    return static_cast<std::uint8_t>(value & seal::kSlackStream);
  }
  bool boolean(std::string_view name) {
    const JsonValue* value = json_.find(name);
    const auto out = value == nullptr ? std::nullopt : value->as_boolean();
    good_ &= out.has_value();
    return out.value_or(false);
  }
  const std::vector<JsonValue>& items(std::string_view name) {
    static const std::vector<JsonValue> none;
    const JsonValue* value = json_.find(name);
    good_ &= value != nullptr && value->kind() == JsonValue::Kind::array;
    return value == nullptr ? none : value->items();
  }
  void need(bool good) { good_ &= good; }
  [[nodiscard]] bool good(std::size_t members) const {
    return good_ && json_.kind() == JsonValue::Kind::object && json_.names().size() == members;
  }

 private:
  const JsonValue& json_;
  bool good_ = true;
};

bool read_range(const JsonValue& json, BundleTerms::Range& out) {
  Reader in(json);
  out = {.source = in.text("source"),
         .stream = in.stream(),
         .from = in.number("from"),
         .to = in.number("to"),
         .withheld = {}};
  for (const JsonValue& item : in.items("withheld")) {
    Reader run(item);
    const auto reason = parse_withheld(run.text("reason"));
    run.need(reason.has_value());
    out.withheld.push_back({.from = run.number("from"),
                            .to = run.number("to"),
                            .reason = reason.value_or(Withheld::scope)});
    in.need(run.good(3));
  }
  return in.good(5);
}

bool read_rules(const JsonValue& json, BundleTerms::Rules& out) {
  Reader in(json);
  out.builtin_mapping = in.boolean("builtin_mapping");
  out.mapping_sha256 = in.text("mapping_sha256");
  out.routing_sha256 = in.text("routing_sha256");
  out.semantics_version = in.number("semantics_version");
  for (const JsonValue& item : in.items("placeholders")) {
    Reader list(item);
    std::vector<std::string>& values = out.placeholders[list.text("name")];
    for (const JsonValue& value : list.items("values")) {
      list.need(value.as_string() != nullptr);
      if (value.as_string() != nullptr) values.push_back(*value.as_string());
    }
    in.need(list.good(2));
  }
  return in.good(5);
}

}  // namespace

std::string_view to_string(Tlp tlp) {
  for (const auto& [value, name] : kTlps)
    if (value == tlp) return name;
  return "?";
}

std::optional<Tlp> parse_tlp(std::string_view text) {
  const std::string lower = base::ascii_lower(text.substr(0, 4)) == "tlp:"
                                ? base::ascii_lower(text.substr(4))
                                : base::ascii_lower(text);
  for (const auto& [value, name] : kTlps)
    if (base::ascii_lower(name) == lower) return value;
  return std::nullopt;
}

std::string_view to_string(Withheld reason) {
  for (const auto& [value, name] : kReasons)
    if (value == reason) return name;
  return "?";
}

std::optional<Withheld> parse_withheld(std::string_view text) {
  for (const auto& [value, name] : kReasons)
    if (name == text) return value;
  return std::nullopt;
}

Result<std::string> bundle_json(const BundleTerms& terms) {
  JsonValue findings = JsonValue::array();
  for (const BundleTerms::Finding& finding : terms.findings)
    findings.push(std::move(JsonValue::object()
                                .set("record", number(finding.record))
                                .set("rule", text(finding.rule_sha256))
                                .set("source", text(finding.source))
                                .set("stream", number(finding.stream))));
  JsonValue members = JsonValue::array();
  for (const BundleTerms::Member& member : terms.members)
    members.push(std::move(JsonValue::object()
                               .set("name", text(member.name))
                               .set("sha256", text(member.sha256))
                               .set("size", number(member.size))));
  JsonValue ranges = JsonValue::array();
  for (const BundleTerms::Range& range : terms.ranges) ranges.push(range_json(range));
  JsonValue json = JsonValue::object();
  json.set("case", text(terms.case_id))
      .set("findings", std::move(findings))
      .set("format", text(kBundleFormat))
      .set("members", std::move(members))
      .set("party", text(terms.party))
      .set("ranges", std::move(ranges))
      .set("rules", terms.rules ? rules_json(*terms.rules) : JsonValue())
      .set("tlp", text(to_string(terms.tlp)))
      .set("to", text(terms.to));
  std::string out = json.canonical() + "\n";
  if (const auto read = parse_bundle_json(out); !read) return std::unexpected(read.error());
  return out;
}

Result<BundleTerms> parse_bundle_json(std::string_view text) {
  if (!text.ends_with('\n')) return fail(ErrorCode::truncated, "bundle.json ends with a newline");
  EXHIBIT_TRY(const JsonValue json, base::parse_canonical_json(text.substr(0, text.size() - 1)));
  Reader in(json);
  BundleTerms out;
  out.case_id = in.text("case");
  out.party = in.text("party");
  out.to = in.text("to");
  const auto tlp = parse_tlp(in.text("tlp"));
  in.need(tlp && to_string(*tlp) == in.text("tlp") && in.text("format") == kBundleFormat);
  out.tlp = tlp.value_or(Tlp::red);
  for (const JsonValue& item : in.items("findings")) {
    Reader finding(item);
    out.findings.push_back({.source = finding.text("source"),
                            .stream = finding.stream(),
                            .record = finding.number("record"),
                            .rule_sha256 = finding.text("rule")});
    in.need(finding.good(4));
  }
  for (const JsonValue& item : in.items("members")) {
    Reader member(item);
    out.members.push_back({.name = member.text("name"),
                           .sha256 = member.text("sha256"),
                           .size = member.number("size")});
    in.need(member.good(3));
  }
  for (const JsonValue& item : in.items("ranges"))
    in.need(read_range(item, out.ranges.emplace_back()));
  const JsonValue* rules = json.find("rules");
  in.need(rules != nullptr);
  if (rules != nullptr && !rules->is_null()) {
    BundleTerms::Rules read;
    in.need(read_rules(*rules, read));
    out.rules = std::move(read);
  }
  if (!in.good(9))
    return fail(ErrorCode::malformed, "bundle.json has not the members that it must");
  return out;
}

}  // namespace exhibit::casefile
