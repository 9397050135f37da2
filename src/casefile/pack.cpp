#include "casefile/pack.h"

#include <algorithm>

#include "base/json.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "casefile/files.h"
#include "casefile/layout.h"

namespace exhibit::casefile {
namespace {

constexpr std::uint64_t kPackSizeMax = std::uint64_t{256} << 20;
constexpr std::string_view kSeparator = "---\n";

std::string hex_hash(std::string_view bytes) { return base::to_hex(seal::sha256(as_bytes(bytes))); }

void write_placeholders(base::JsonWriter& json, const sigma::LoadOptions& load) {
  json.begin_array();
  for (const auto& [name, values] : load.placeholders) {
    json.begin_object().key("name");
    layout::write_text(json, name);
    json.key("values").begin_array();
    for (const std::string& value : values) layout::write_text(json, value);
    json.end_array().end_object();
  }
  json.end_array();
}

struct Checked {
  Manifest manifest;
  std::string rules;
};

Result<Checked> read_checked(const std::string& folder, std::string_view sha256) {
  EXHIBIT_TRY(const std::string text, files::read(folder + "manifest.json", kPackSizeMax));
  if (hex_hash(text) != sha256)
    return fail(ErrorCode::proof_mismatch, "the manifest of the criteria has another hash");
  Checked out;
  EXHIBIT_TRY(out.manifest, parse_manifest(text));
  EXHIBIT_TRY(out.rules, files::read(folder + "rules.yml", kPackSizeMax));
  if (hex_hash(out.rules) != out.manifest.rules_sha256)
    return fail(ErrorCode::proof_mismatch, "rules.yml of the criteria has another hash");
  if (out.manifest.routing_sha256) {
    EXHIBIT_TRY(const std::string routing, files::read(folder + "routing.yml", kPackSizeMax));
    if (hex_hash(routing) != *out.manifest.routing_sha256)
      return fail(ErrorCode::proof_mismatch, "routing.yml of the criteria has another hash");
    out.manifest.load.routing_file = folder + "routing.yml";
  }
  for (std::size_t i = 0; i < out.manifest.rules.size(); ++i) {
    const auto [offset, length] = out.manifest.rules[i];
    if (offset > out.rules.size() || length > out.rules.size() - offset ||
        hex_hash(std::string_view(out.rules).substr(offset, length)) != out.manifest.rule_hashes[i])
      return fail(ErrorCode::proof_mismatch, "a rule of the criteria has another hash");
  }
  return out;
}

}  // namespace

Result<Manifest> parse_manifest(std::string_view text) {
  if (!text.ends_with('\n')) return fail(ErrorCode::truncated, "a manifest ends with a newline");
  EXHIBIT_TRY(const base::JsonValue json,
              base::parse_canonical_json(text.substr(0, text.size() - 1)));
  const base::JsonValue* mapping = json.find("builtin_mapping");
  const base::JsonValue* placeholders = json.find("placeholders");
  const base::JsonValue* routing = json.find("routing_sha256");
  const base::JsonValue* rules = json.find("rules");
  const std::string* format = json.find_string("format");
  const std::string* rules_sha256 = json.find_string("rules_sha256");
  if (format == nullptr || *format != kFormat || mapping == nullptr || !mapping->as_boolean() ||
      placeholders == nullptr || routing == nullptr || rules == nullptr || rules_sha256 == nullptr)
    return fail(ErrorCode::malformed, "a manifest of criteria lacks a member");
  Manifest out;
  out.rules_sha256 = *rules_sha256;
  out.load.builtin_mapping = *mapping->as_boolean();
  if (const std::string* own = routing->as_string()) out.routing_sha256 = *own;
  for (const base::JsonValue& list : placeholders->items()) {
    EXHIBIT_TRY(const std::string name, layout::read_text(list.find("name")));
    std::vector<std::string>& values = out.load.placeholders[name];
    if (const base::JsonValue* items = list.find("values"))
      for (const base::JsonValue& item : items->items()) {
        EXHIBIT_TRY(std::string value, layout::read_text(&item));
        values.push_back(std::move(value));
      }
  }
  const auto number = [](const base::JsonValue* value) {
    return value == nullptr ? std::nullopt : value->as_unsigned();
  };
  for (const base::JsonValue& rule : rules->items()) {
    const auto offset = number(rule.find("offset"));
    const auto length = number(rule.find("length"));
    const std::string* sha256 = rule.find_string("sha256");
    if (!offset || !length || sha256 == nullptr)
      return fail(ErrorCode::malformed, "a manifest's rule has offset, length and sha256");
    out.rules.emplace_back(*offset, *length);
    out.rule_hashes.push_back(*sha256);
  }
  return out;
}

Result<PackFiles> make_pack(const sigma::RulePack& pack, const sigma::LoadOptions& load) {
  PackFiles out;
  if (load.routing_file) {
    EXHIBIT_TRY(out.routing, files::read(*load.routing_file, kPackSizeMax));
  }
  std::vector<const sigma::RuleInfo*> rules;
  for (const sigma::RuleInfo& rule : pack.rules) rules.push_back(&rule);
  std::ranges::sort(rules, {}, [](const sigma::RuleInfo* r) { return r->sha256; });
  std::string list;
  base::JsonWriter list_json(list);
  list_json.begin_array();
  for (const sigma::RuleInfo* rule : rules) {
    out.rules += kSeparator;
    list_json.begin_object()
        .member("length", std::uint64_t{rule->text.size()})
        .member("offset", std::uint64_t{out.rules.size()})
        .member("sha256", hex_hash(rule->text))
        .end_object();
    out.rules += rule->text;
    if (!out.rules.ends_with('\n')) out.rules += '\n';
  }
  list_json.end_array();
  base::JsonWriter json(out.manifest);
  json.begin_object()
      .member("builtin_mapping", load.builtin_mapping)
      .member("format", kFormat)
      .key("placeholders");
  write_placeholders(json, load);
  json.key("routing_sha256");
  if (out.routing) {
    json.string(hex_hash(*out.routing));
  } else {
    json.null();
  }
  json.key("rules").raw(list).member("rules_sha256", hex_hash(out.rules)).end_object();
  out.manifest += '\n';
  out.sha256 = hex_hash(out.manifest);
  return out;
}

Result<void> write_pack(const PackFiles& pack, const std::string& folder) {
  EXHIBIT_CHECK(files::make_folders(folder.substr(0, folder.size() - 1)));
  EXHIBIT_CHECK(files::write_new(folder + "rules.yml", pack.rules));
  if (pack.routing) EXHIBIT_CHECK(files::write_new(folder + "routing.yml", *pack.routing));
  return files::write_new(folder + "manifest.json", pack.manifest);
}

Result<std::vector<std::string>> check_pack(const std::string& folder, std::string_view sha256) {
  EXHIBIT_TRY(const Checked checked, read_checked(folder, sha256));
  std::vector<std::string> out{"manifest.json", "rules.yml"};
  if (checked.manifest.routing_sha256) out.emplace_back("routing.yml");
  return out;
}

Result<sigma::RulePack> load_pack(const std::string& folder, std::string_view sha256) {
  EXHIBIT_TRY(const Checked checked, read_checked(folder, sha256));
  std::vector<std::pair<std::string, std::string>> rules;
  for (std::size_t i = 0; i < checked.manifest.rules.size(); ++i) {
    const auto [offset, length] = checked.manifest.rules[i];
    rules.emplace_back(checked.manifest.rule_hashes[i] + ".yml",
                       checked.rules.substr(offset, length));
  }
  return sigma::load_rules_from_memory(rules, checked.manifest.load);
}

}  // namespace exhibit::casefile
