#include "casefile/layout.h"

#include <algorithm>

#include "base/text.h"
#include "casefile/home.h"

namespace exhibit::casefile::layout {
namespace {

constexpr std::string_view kDisplay = "\n[display]\n";
constexpr std::string_view kKeyTag = "exhibit/source-key/v1";
constexpr std::uint64_t kExactIntegerMax = std::uint64_t{1} << 53;

// Canonical JSON: integers above 2^53 as decimal strings.
void write_number(base::JsonWriter& json, std::string_view name, std::uint64_t value) {
  if (value <= kExactIntegerMax) {
    json.member(name, value);
  } else {
    json.member(name, std::to_string(value));
  }
}

}  // namespace

std::string toml_head(std::string_view case_id) {
  return "format = \"" + std::string(kFormat) + "\"\ncase = \"" + std::string(case_id) + "\"\n" +
         std::string(kDisplay);
}

Result<std::string> read_toml(std::string_view text) {
  const std::string format = "format = \"" + std::string(kFormat) + "\"\ncase = \"";
  if (!text.starts_with(format))
    return fail(text.starts_with("format = \"") ? ErrorCode::unsupported : ErrorCode::malformed,
                "expected exhibit.toml to begin with format = \"exhibit/v1\" and the case id");
  const std::string_view rest = text.substr(format.size());
  const std::string_view id = rest.substr(0, rest.find('"'));
  if (!is_plain_name(id) || !text.starts_with(toml_head(id)))
    return fail(ErrorCode::malformed, "expected the head of exhibit.toml as it is written");
  return std::string(id);
}

std::string origin(std::string_view case_id, std::string_view party) {
  return std::string(case_id) + "/" + std::string(party);
}
std::string ledger_folder(std::string_view party) { return "ledger/" + std::string(party) + "/"; }
std::string cosigned_folder(std::string_view party) { return ledger_folder(party) + "cosigned/"; }
std::string cosigned_path(std::string_view party, std::uint64_t tree_size) {
  return cosigned_folder(party) + std::to_string(tree_size);
}
std::string stamped_folder(std::string_view party) { return ledger_folder(party) + "stamped/"; }
std::string stamped_path(std::string_view party, std::uint64_t tree_size) {
  return stamped_folder(party) + std::to_string(tree_size) + "/";
}
std::string forks_folder(std::string_view party) { return "forks/" + std::string(party) + "/"; }
std::string statement_path(std::string_view party, std::uint64_t index) {
  return "statements/" + std::string(party) + "/" + std::to_string(index) + ".json";
}
std::string inputs_path(std::string_view party, std::uint64_t index) {
  return "statements/" + std::string(party) + "/" + std::to_string(index) + ".inputs.jsonl";
}
std::string source_folder(std::string_view sha256) {
  return "sources/" + std::string(sha256) + "/";
}
std::string criteria_folder(std::string_view sha256) {
  return "criteria/" + std::string(sha256) + "/";
}
std::string run_folder(std::uint32_t number) { return "runs/" + std::to_string(number) + "/"; }

bool is_sha256(std::string_view name) {
  return name.size() == 64 && std::ranges::all_of(name, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

void write_text(base::JsonWriter& json, std::string_view value) {
  if (base::is_utf8(value)) {
    json.string(value);
  } else {
    json.begin_object().member("base64", base::to_base64(as_bytes(value))).end_object();
  }
}

Result<std::string> read_text(const base::JsonValue* value) {
  if (value != nullptr && value->as_string() != nullptr) return *value->as_string();
  const std::string* base64 = value == nullptr ? nullptr : value->find_string("base64");
  const auto bytes = base64 != nullptr ? base::from_base64(*base64) : std::nullopt;
  if (!bytes) return fail(ErrorCode::malformed, "expected text, or base64 of what is not UTF-8");
  return *bytes;
}

void append_damage(std::string& out, const event::Damage& damage) {
  base::JsonWriter json(out);
  json.begin_object().member("kind", event::to_string(damage.kind));
  write_number(json, "length", damage.length);
  write_number(json, "offset", damage.offset);
  json.end_object();
  out += '\n';
}

std::string reference_json(const evidence::SourceInfo& info) {
  std::string out;
  base::JsonWriter json(out);
  json.begin_object().key("members").begin_array();
  for (const std::string& member : info.members) write_text(json, member);
  json.end_array().key("path");
  write_text(json, info.path);
  json.end_object();
  out += '\n';
  return out;
}

std::string run_json(const verify::Statement& statement) {
  std::vector<verify::StatementField> fields = statement.fields();
  std::ranges::stable_sort(fields, {}, &verify::StatementField::name);
  std::string out;
  base::JsonWriter json(out);
  json.begin_object().member("entry", statement.index).key("fields").begin_object();
  for (std::size_t i = 0; i < fields.size();) {
    const auto end = std::find_if(fields.begin() + static_cast<std::ptrdiff_t>(i), fields.end(),
                                  [&](const auto& f) { return f.name != fields[i].name; });
    const auto count = static_cast<std::size_t>(end - fields.begin()) - i;
    json.key(fields[i].name);
    if (count > 1) json.begin_array();
    for (std::size_t k = i; k < i + count; ++k) write_text(json, fields[k].value);
    if (count > 1) json.end_array();
    i += count;
  }
  json.end_object()
      .member("kind", statement.entry.kind)
      .member("log", statement.entry.log)
      .member("time", statement.entry.time)
      .end_object();
  out += '\n';
  return out;
}

std::string source_key_text(const seal::Key& key) { return base::to_hex(key) + "\n"; }

Result<seal::Key> parse_source_key(std::string_view text) {
  seal::Key key;
  const auto bytes = base::from_hex(text.substr(0, 2 * key.size()));
  if (!bytes || bytes->size() != key.size())
    return fail(ErrorCode::malformed, "a source key is 64 hexadecimal digits and a newline");
  std::ranges::copy(as_bytes(*bytes), key.begin());
  if (source_key_text(key) != text)
    return fail(ErrorCode::malformed, "a source key is 64 hexadecimal digits and a newline");
  return key;
}

std::string source_key_commitment(const seal::Key& key) {
  std::string preimage(kKeyTag);
  preimage += as_text(key);
  return base::to_hex(seal::sha256(as_bytes(preimage)));
}

std::string case_key_commitment(const seal::Key& key) {
  std::string preimage("exhibit/case-key/v1");
  preimage += as_text(key);
  return base::to_hex(seal::sha256(as_bytes(preimage)));
}

// C2SP tlog-tiles: at level l, floor(size / 256^l) hashes in full tiles of 256 and one partial.
Result<void> for_each_tile(std::uint64_t size,
                           const std::function<Result<void>(const std::string&)>& take) {
  const auto each = [&](std::uint64_t hashes, const auto& path) -> Result<void> {
    for (std::uint64_t i = 0; i < hashes / seal::kTileWidth; ++i)
      EXHIBIT_CHECK(take(path(i, seal::kTileWidth)));
    const auto rest = static_cast<std::uint32_t>(hashes % seal::kTileWidth);
    return rest == 0 ? Result<void>{} : take(path(hashes / seal::kTileWidth, rest));
  };
  unsigned level = 0;
  for (std::uint64_t hashes = size; hashes != 0; hashes /= seal::kTileWidth, ++level)
    EXHIBIT_CHECK(each(hashes, [level](std::uint64_t i, std::uint32_t width) {
      return seal::tile_path(level, i, width);
    }));
  return each(size, seal::entry_bundle_path);
}

bool is_tile(std::string_view path, std::uint64_t size) {
  constexpr std::string_view kFolder = "tile/";
  if (!path.starts_with(kFolder)) return false;
  std::string_view rest = path.substr(kFolder.size());
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view kind = rest.substr(0, slash);
  rest.remove_prefix(slash + 1);
  // Every digit of the number, whatever it is split by; the whole is compared in the end.
  std::uint64_t index = 0;
  for (const char c : rest.substr(0, rest.find(".p/"))) {
    if (c < '0' || c > '9') continue;
    if (index > (std::uint64_t{1} << 56)) return false;
    index = index * 10 + static_cast<std::uint64_t>(c - '0');
  }
  unsigned level = 0;
  if (kind != "entries") {
    if (kind.size() != 1 || kind[0] < '0' || kind[0] > '7') return false;
    level = static_cast<unsigned>(kind[0] - '0');
  }
  const std::uint64_t hashes = size >> (8 * level);
  if (index > hashes / seal::kTileWidth) return false;
  const bool full = index < hashes / seal::kTileWidth;
  const auto width =
      full ? seal::kTileWidth : static_cast<std::uint32_t>(hashes % seal::kTileWidth);
  if (width == 0) return false;
  return path == (kind == "entries" ? seal::entry_bundle_path(index, width)
                                    : seal::tile_path(level, index, width));
}

}  // namespace exhibit::casefile::layout
