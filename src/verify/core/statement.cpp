#include "verify/core/statement.h"

#include <algorithm>

namespace exhibit::verify::core {
namespace {

constexpr std::size_t kSizeMax = 1 << 20;
constexpr std::size_t kFieldsMax = 1024;
constexpr Why kNoStatement = "the statement is not in its one form";
constexpr Why kOther = "the opened fields are not what the entry committed to";

// Text, or {"base64":…} where it is not UTF-8.
Why read_value(Arena& arena, const Json& json, std::string_view& out) {
  constexpr std::array<std::string_view, 1> kMembers{"base64"};
  if (json.is(Json::Kind::string)) {
    out = json.text;
    return kHolds;
  }
  if (!json.has_exactly(kMembers) || !json.first->is(Json::Kind::string)) return kNoStatement;
  const auto bytes = from_base64(arena, json.first->text);
  if (!bytes) return kNoStatement;
  if (bytes->data() == nullptr) return kNoMemory;
  if (is_utf8(*bytes)) return kNoStatement;  // would stand as text
  out = *bytes;
  return kHolds;
}

// The commitment of an opened slot, and its name and value.
Why read_field(Arena& arena, const Json& json, OpenedField& out, Digest& slot) {
  constexpr std::array<std::string_view, 4> kMembers{"name", "salt", "type", "value"};
  if (!json.has_exactly(kMembers)) return kNoStatement;
  const auto name = json.string("name"), salt_text = json.string("salt");
  const auto salt = salt_text ? hex_array<16>(*salt_text) : std::nullopt;
  const auto type = json.number("type");
  if (!name || !salt || !type || *type > 0xff) return kNoStatement;
  out.path = *name;
  out.type = static_cast<std::uint8_t>(*type);
  EXHIBIT_WHY(read_value(arena, *json.find("value"), out.value));
  slot = field_commitment(*salt, out.type, out.value);
  return kHolds;
}

}  // namespace

std::optional<std::string_view> Statement::get(std::string_view name) const {
  for (const OpenedField& field : fields)
    if (field.path == name) return field.value;
  return std::nullopt;
}
std::optional<std::uint64_t> Statement::number(std::string_view name) const {
  const auto text = get(name);
  return text ? parse_decimal(*text) : std::nullopt;
}
std::optional<Digest> Statement::digest(std::string_view name) const {
  const auto text = get(name);
  return text ? hex_array<32>(*text) : std::nullopt;
}

Why parse_names(Arena& arena, std::string_view rest, std::span<const std::string_view>& out) {
  List<std::string_view> names;
  while (!rest.empty()) {
    if (rest.size() < 4 || names.size() == kFieldsMax) return kOther;
    const auto size =
        load_big_endian<std::uint32_t>(reinterpret_cast<const std::uint8_t*>(rest.data()));
    rest.remove_prefix(4);
    if (size > rest.size()) return kOther;
    if (!names.push(arena, rest.substr(0, size))) return kNoMemory;
    rest.remove_prefix(size);
  }
  out = names.items();
  return kHolds;
}

Why open_statement(Arena& arena, std::string_view text, Statement& out) {
  constexpr std::array<std::string_view, 9> kMembers{
      "commitment", "entry", "fields", "kind", "log", "nonce", "padding", "party", "time"};
  if (text.size() > kSizeMax || !text.ends_with('\n')) return kNoStatement;
  const Json* json = nullptr;
  EXHIBIT_WHY(parse_canonical_json(arena, text.substr(0, text.size() - 1), json));
  if (!json->has_exactly(kMembers)) return kNoStatement;
  const auto commitment = json->string("commitment"), kind = json->string("kind"),
             log = json->string("log"), nonce_text = json->string("nonce"),
             party = json->string("party"), time = json->string("time");
  const auto index = json->number("entry");
  const Json *fields = json->find("fields"), *padding = json->find("padding");
  const auto nonce = nonce_text ? hex_array<16>(*nonce_text) : std::nullopt;
  if (!commitment || !kind || !log || !nonce || !party || !time || !index ||
      !from_hex(*commitment, out.commitment) || !fields->is(Json::Kind::array) ||
      !padding->is(Json::Kind::array) || fields->size == 0 || fields->size > kFieldsMax ||
      padding->size > kFieldsMax)
    return kNoStatement;
  out.index = *index;
  out.kind = *kind;
  out.log = *log;
  out.party = *party;
  out.time = *time;
  if (fields->size + padding->size != bucket(fields->size))
    return "the statement does not open all of its fields";
  List<OpenedField> opened;
  List<Digest> slots;
  for (const Json* item = fields->first; item != nullptr; item = item->next) {
    OpenedField field{.slot = static_cast<std::uint32_t>(opened.size()), .path = {}, .value = {}};
    Digest slot;
    EXHIBIT_WHY(read_field(arena, *item, field, slot));
    if (!opened.push(arena, field) || !slots.push(arena, slot)) return kNoMemory;
  }
  for (const Json* item = padding->first; item != nullptr; item = item->next) {
    const auto slot = item->is(Json::Kind::string) ? hex_array<32>(item->text) : std::nullopt;
    if (!slot) return kNoStatement;
    if (!slots.push(arena, *slot)) return kNoMemory;
  }
  if (statement_commitment(*nonce, slots.items()) != out.commitment) return kOther;
  // Nothing above binds a name: that is what slot 0 is for.
  std::span<const std::string_view> names;
  EXHIBIT_WHY(parse_names(arena, opened[0].value, names));
  const std::span<const OpenedField> named = opened.items();
  out.fields = named.subspan(1);
  if (opened[0].type != kNamesType || !opened[0].path.empty() ||
      !std::equal(names.begin(), names.end(), out.fields.begin(), out.fields.end(),
                  [](std::string_view name, const OpenedField& f) { return name == f.path; }))
    return "the statement's fields have other names";
  return kHolds;
}

}  // namespace exhibit::verify::core
