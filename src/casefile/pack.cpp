#include "casefile/pack.h"

#include <algorithm>

#include "base/json.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "casefile/files.h"
#include "casefile/layout.h"

namespace exhibit::casefile {
namespace {

constexpr std::uint64_t kPackSizeMax = std::uint64_t{512} << 20;  // of all files of one run
constexpr std::string_view kSeparator = "---\n";

std::string hex_hash(std::string_view bytes) { return base::to_hex(seal::sha256(as_bytes(bytes))); }

void write_texts(base::JsonWriter& json, std::vector<std::string> texts) {
  std::ranges::sort(texts);  // their order on the command line means nothing
  json.begin_array();
  for (const std::string& text : texts) layout::write_text(json, text);
  json.end_array();
}

void write_load(base::JsonWriter& json, const sigma::LoadOptions& load) {
  json.begin_object().key("ids");
  write_texts(json, load.ids);
  json.member("min_level", sigma::to_string(load.min_level)).key("min_status");
  if (load.min_status) {
    json.string(sigma::to_string(*load.min_status));
  } else {
    json.null();
  }
  json.key("tags");
  write_texts(json, load.tags);
  json.end_object();
}

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

Result<std::vector<std::string>> read_texts(const base::JsonValue* list) {
  std::vector<std::string> out;
  if (list == nullptr || list->kind() != base::JsonValue::Kind::array)
    return fail(ErrorCode::malformed, "a manifest of criteria lacks a list");
  for (const base::JsonValue& item : list->items()) {
    EXHIBIT_TRY(std::string value, layout::read_text(&item));
    out.push_back(std::move(value));
  }
  return out;
}

Result<void> read_load(const base::JsonValue* json, sigma::LoadOptions& load) {
  const std::string* level = json == nullptr ? nullptr : json->find_string("min_level");
  const base::JsonValue* status = json == nullptr ? nullptr : json->find("min_status");
  const auto min_level = level == nullptr ? std::nullopt : sigma::parse_level(*level);
  if (!min_level || status == nullptr)
    return fail(ErrorCode::malformed, "a manifest of criteria lacks the choice of rules");
  load.min_level = *min_level;
  if (const std::string* word = status->as_string()) load.min_status = sigma::parse_status(*word);
  if (!status->is_null() && !load.min_status)
    return fail(ErrorCode::malformed, "a manifest of criteria names no known status");
  EXHIBIT_TRY(load.ids, read_texts(json->find("ids")));
  EXHIBIT_TRY(load.tags, read_texts(json->find("tags")));
  return {};
}

Result<std::string> read_named(const std::string& path, std::string_view sha256, Literal wrong) {
  EXHIBIT_TRY(std::string text, files::read(path, kPackSizeMax));
  if (hex_hash(text) != sha256) return fail(ErrorCode::proof_mismatch, wrong);
  return text;
}

// A folder that is there is whole: it came by one rename.
Result<void> write_folder(const std::string& place, const std::string& temporary,
                          const std::vector<std::pair<std::string, std::string_view>>& contents) {
  if (files::exists(place)) return {};
  const std::string folder = temporary + "criteria";
  EXHIBIT_CHECK(files::make_folders(folder));
  for (const auto& [name, text] : contents)
    EXHIBIT_CHECK(files::write_new(folder + "/" + name, text));
  return files::rename(folder, place);
}

std::string place_of(std::string_view sha256) {
  std::string out = layout::criteria_folder(sha256);
  out.pop_back();
  return out;
}

}  // namespace

Result<Manifest> parse_manifest(std::string_view text) {
  if (!text.ends_with('\n')) return fail(ErrorCode::truncated, "a manifest ends with a newline");
  EXHIBIT_TRY(const base::JsonValue json,
              base::parse_canonical_json(text.substr(0, text.size() - 1)));
  const base::JsonValue* builtin = json.find("builtin_mapping");
  const base::JsonValue* given = json.find("files");
  const base::JsonValue* placeholders = json.find("placeholders");
  const std::string* format = json.find_string("format");
  const std::string* mapping = json.find_string("mapping_sha256");
  const std::string* pack = json.find_string("pack_sha256");
  const std::string* routing = json.find_string("routing_sha256");
  if (format == nullptr || *format != kFormat || builtin == nullptr || !builtin->as_boolean() ||
      given == nullptr || placeholders == nullptr || mapping == nullptr || pack == nullptr ||
      routing == nullptr)
    return fail(ErrorCode::malformed, "a manifest of criteria lacks a member");
  Manifest out;
  out.mapping_sha256 = *mapping;
  out.pack_sha256 = *pack;
  out.routing_sha256 = *routing;
  if (!layout::is_sha256(out.pack_sha256))
    return fail(ErrorCode::malformed, "a pack is named by its SHA-256");
  out.load.builtin_mapping = *builtin->as_boolean();
  EXHIBIT_CHECK(read_load(json.find("choice"), out.load));
  for (const base::JsonValue& list : placeholders->items()) {
    EXHIBIT_TRY(const std::string name, layout::read_text(list.find("name")));
    EXHIBIT_TRY(out.load.placeholders[name], read_texts(list.find("values")));
  }
  const auto number = [](const base::JsonValue* value) {
    return value == nullptr ? std::nullopt : value->as_unsigned();
  };
  for (const base::JsonValue& file : given->items()) {
    const auto offset = number(file.find("offset"));
    const auto length = number(file.find("length"));
    if (!offset || !length)
      return fail(ErrorCode::malformed, "a manifest's file of rules has offset and length");
    out.files.emplace_back(*offset, *length);
  }
  return out;
}

Result<Criteria> make_criteria(const sigma::RulePack& pack, const sigma::LoadOptions& load) {
  Criteria out;
  out.mapping = pack.mapping_text;
  out.routing = pack.routing_text;
  std::vector<std::pair<std::string, std::string_view>> given;
  for (const std::string& file : pack.files) given.emplace_back(hex_hash(file), file);
  std::ranges::sort(given);
  std::string list;
  base::JsonWriter list_json(list);
  list_json.begin_array();
  std::uint64_t offset = 0, total = 0;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const auto& [sha256, file] = given[i];
    if (i == 0 || sha256 != given[i - 1].first) {  // the same file again is said again, kept once
      out.rules += kSeparator;
      offset = out.rules.size();
      out.rules += file;
      if (!out.rules.ends_with('\n')) out.rules += '\n';
    }
    list_json.begin_object()
        .member("length", std::uint64_t{file.size()})
        .member("offset", offset)
        .end_object();
    total += file.size() + kSeparator.size() + 1;
    if (total > kPackSizeMax)
      return fail(ErrorCode::limit, "a case takes at most 512 MiB of rules for one run");
  }
  list_json.end_array();
  out.pack_sha256 = hex_hash(out.rules);
  base::JsonWriter json(out.manifest);
  json.begin_object().member("builtin_mapping", load.builtin_mapping).key("choice");
  write_load(json, load);
  json.key("files")
      .raw(list)
      .member("format", kFormat)
      .member("mapping_sha256", hex_hash(out.mapping))
      .member("pack_sha256", out.pack_sha256)
      .key("placeholders");
  write_placeholders(json, load);
  json.member("routing_sha256", hex_hash(out.routing)).end_object();
  out.manifest += '\n';
  out.sha256 = hex_hash(out.manifest);
  return out;
}

Result<void> write_criteria(const Criteria& criteria, const std::string& root,
                            const std::string& temporary) {
  EXHIBIT_CHECK(write_folder(root + place_of(criteria.pack_sha256), temporary,
                             {{"rules.yml", criteria.rules}}));
  return write_folder(root + place_of(criteria.sha256), temporary,
                      {{"mapping.json", criteria.mapping},
                       {"routing.yml", criteria.routing},
                       {"manifest.json", criteria.manifest}});
}

std::vector<std::string> criteria_files(std::string_view sha256) {
  const std::string folder = layout::criteria_folder(sha256);
  return {folder + "manifest.json", folder + "mapping.json", folder + "routing.yml"};
}
std::string pack_file(std::string_view pack_sha256) {
  return layout::criteria_folder(pack_sha256) + "rules.yml";
}

Result<Manifest> read_criteria(const std::string& root, std::string_view sha256) {
  const std::string folder = root + layout::criteria_folder(sha256);
  EXHIBIT_TRY(const std::string text, read_named(folder + "manifest.json", sha256,
                                                 "the manifest of the criteria has another hash"));
  EXHIBIT_TRY(Manifest out, parse_manifest(text));
  EXHIBIT_TRY([[maybe_unused]] const std::string mapping,
              read_named(folder + "mapping.json", out.mapping_sha256,
                         "mapping.json of the criteria has another hash"));
  EXHIBIT_TRY([[maybe_unused]] const std::string routing,
              read_named(folder + "routing.yml", out.routing_sha256,
                         "routing.yml of the criteria has another hash"));
  out.load.routing_file = folder + "routing.yml";
  return out;
}

Result<std::string> read_pack(const std::string& root, std::string_view pack_sha256) {
  return read_named(root + pack_file(pack_sha256), pack_sha256,
                    "rules.yml of the criteria has another hash");
}

Result<sigma::RulePack> load_criteria(const std::string& root, std::string_view sha256) {
  EXHIBIT_TRY(const Manifest manifest, read_criteria(root, sha256));
  EXHIBIT_TRY(const std::string rules, read_pack(root, manifest.pack_sha256));
  std::vector<std::pair<std::string, std::string>> given;
  std::uint64_t total = 0;
  for (const auto& [offset, length] : manifest.files) {
    if (offset > rules.size() || length > rules.size() - offset || (total += length) > kPackSizeMax)
      return fail(ErrorCode::malformed, "a file of the criteria lies beyond rules.yml");
    const std::string file = rules.substr(offset, length);
    given.emplace_back(hex_hash(file) + ".yml", file);
  }
  return sigma::load_rules_from_memory(given, manifest.load);
}

}  // namespace exhibit::casefile
