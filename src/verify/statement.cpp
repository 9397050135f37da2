#include <algorithm>
#include <charconv>
#include <ranges>

#include "base/json.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "exhibit/verify.h"

namespace exhibit::verify {
namespace {

// exhibit/event.h numbers them; this floor cannot include it. Sealed: never renumber.
constexpr std::uint8_t kTypeUtf8 = 0x40;
constexpr std::uint8_t kTypeNumber = 0x41;
// Field 0 of a statement is its own: the names of the others.
constexpr std::size_t kOwnFields = seal::kStatementOwnSlots;

Result<std::string> from_lower_hex(const std::string* text, std::size_t size) {
  const auto bytes = text != nullptr ? base::from_hex(*text) : std::nullopt;
  if (!bytes || bytes->size() != size || base::to_hex(as_bytes(*bytes)) != *text)
    return fail(ErrorCode::malformed, "expected lower-case hexadecimal of the right length");
  return *bytes;
}

// Text as text; bytes that are not UTF-8 as tagged base64.
void write_value(base::JsonWriter& json, std::string_view value) {
  if (base::is_utf8(value)) {
    json.string(value);
  } else {
    json.begin_object().member("base64", base::to_base64(as_bytes(value))).end_object();
  }
}

Result<std::string> read_value(const base::JsonValue* value) {
  const std::string* text = value == nullptr ? nullptr : value->as_string();
  if (text != nullptr) return *text;
  const std::string* base64 = value == nullptr ? nullptr : value->find_string("base64");
  const auto bytes = base64 != nullptr ? base::from_base64(*base64) : std::nullopt;
  if (!bytes)
    return fail(ErrorCode::malformed, "a field's value is text, or base64 when it is not UTF-8");
  return *bytes;
}

Result<seal::FieldOpening> read_field(const base::JsonValue& json) {
  const std::string* name = json.find_string("name");
  const base::JsonValue* type = json.find("type");
  const auto type_number = type == nullptr ? std::nullopt : type->as_unsigned();
  if (name == nullptr || !type_number || *type_number > 0xff)
    return fail(ErrorCode::malformed, "a field has name, salt, type and value");
  seal::FieldOpening out;
  EXHIBIT_TRY(const std::string salt, from_lower_hex(json.find_string("salt"), out.salt.size()));
  std::ranges::copy(as_bytes(salt), out.salt.begin());
  out.path = *name;
  out.type = static_cast<std::uint8_t>(*type_number);
  EXHIBIT_TRY(out.value, read_value(json.find("value")));
  return out;
}

}  // namespace

std::vector<StatementField> Statement::fields() const {
  std::vector<StatementField> out;
  for (std::size_t i = kOwnFields; i < opening.fields.size(); ++i)
    out.push_back({.name = opening.fields[i].path,
                   .value = opening.fields[i].value,
                   .number = opening.fields[i].type == kTypeNumber});
  return out;
}

std::string_view Statement::get(std::string_view name) const {
  for (std::size_t i = kOwnFields; i < opening.fields.size(); ++i)
    if (opening.fields[i].path == name) return opening.fields[i].value;
  return {};
}

std::optional<std::uint64_t> Statement::number(std::string_view name) const {
  const std::string_view text = get(name);
  std::uint64_t out = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size())
    return std::nullopt;
  return out;
}

Statement make_statement(const seal::Key& case_key, std::uint64_t index, Entry entry,
                         std::span<const StatementField> fields) {
  Statement out;
  out.index = index;
  // Fresh for each statement, also when a killed run wrote another one at this index before: the
  // salts then differ and the two cannot be compared.
  seal::random_bytes(out.nonce);
  std::vector<seal::FieldView> views;
  views.reserve(fields.size());
  for (const StatementField& field : fields)
    views.push_back({.path = field.name,
                     .type = field.number ? kTypeNumber : kTypeUtf8,
                     .value = as_bytes(field.value)});
  out.opening =
      seal::open_statement(seal::derive_statement_key(case_key, out.nonce), out.nonce, views);
  entry.commitment = as_text(out.opening.commitment);
  out.entry = std::move(entry);
  return out;
}

std::string statement_json(const Statement& statement) {
  std::string out;
  base::JsonWriter json(out);
  json.begin_object()
      .member("commitment", base::to_hex(as_bytes(statement.entry.commitment)))
      .member("entry", statement.index)
      .key("fields")
      .begin_array();
  for (const seal::FieldOpening& field : statement.opening.fields) {
    json.begin_object()
        .member("name", field.path)
        .member("salt", base::to_hex(field.salt))
        .member("type", std::uint64_t{field.type})
        .key("value");
    write_value(json, field.value);
    json.end_object();
  }
  json.end_array()
      .member("kind", statement.entry.kind)
      .member("log", statement.entry.log)
      .member("nonce", base::to_hex(statement.nonce))
      .key("padding")
      .begin_array();
  for (const seal::Digest& digest : statement.opening.padding) json.string(base::to_hex(digest));
  json.end_array()
      .member("party", statement.entry.party)
      .member("time", statement.entry.time)
      .end_object();
  out += '\n';
  return out;
}

Result<Statement> parse_statement(std::string_view text) {
  if (text.size() > kStatementSizeBytesMax)
    return fail(ErrorCode::limit, "a statement is at most 1 MiB");
  if (!text.ends_with('\n')) return fail(ErrorCode::truncated, "a statement ends with a newline");
  EXHIBIT_TRY(const base::JsonValue json,
              base::parse_canonical_json(text.substr(0, text.size() - 1)));
  const std::string* kind = json.find_string("kind");
  const std::string* log = json.find_string("log");
  const std::string* party = json.find_string("party");
  const std::string* time = json.find_string("time");
  const base::JsonValue* entry = json.find("entry");
  const auto index = entry == nullptr ? std::nullopt : entry->as_unsigned();
  const base::JsonValue* fields = json.find("fields");
  const base::JsonValue* padding = json.find("padding");
  if (kind == nullptr || log == nullptr || party == nullptr || time == nullptr || !index ||
      fields == nullptr || padding == nullptr)
    return fail(ErrorCode::malformed, "a statement lacks a member");
  if (fields->items().size() > kStatementFieldsMax || padding->items().size() > kStatementFieldsMax)
    return fail(ErrorCode::limit, "a statement has too many fields");
  Statement out;
  out.index = *index;
  EXHIBIT_TRY(out.entry.commitment,
              from_lower_hex(json.find_string("commitment"), out.opening.commitment.size()));
  std::ranges::copy(as_bytes(out.entry.commitment), out.opening.commitment.begin());
  out.entry.kind = *kind;
  out.entry.log = *log;
  out.entry.party = *party;
  out.entry.time = *time;
  EXHIBIT_TRY(const std::string nonce, from_lower_hex(json.find_string("nonce"), out.nonce.size()));
  std::ranges::copy(as_bytes(nonce), out.nonce.begin());
  for (const base::JsonValue& item : fields->items()) {
    EXHIBIT_TRY(seal::FieldOpening field, read_field(item));
    out.opening.fields.push_back(std::move(field));
  }
  for (const base::JsonValue& item : padding->items()) {
    seal::Digest digest;
    EXHIBIT_TRY(const std::string bytes, from_lower_hex(item.as_string(), digest.size()));
    std::ranges::copy(as_bytes(bytes), digest.begin());
    out.opening.padding.push_back(digest);
  }
  if (statement_json(out) != text)
    return fail(ErrorCode::malformed, "a statement is not in canonical form");
  return out;
}

Result<void> verify_statement(const Statement& statement, const Entry& entry) {
  if (statement.entry.kind != entry.kind || statement.entry.log != entry.log ||
      statement.entry.party != entry.party || statement.entry.time != entry.time ||
      statement.entry.commitment != entry.commitment)
    return fail(ErrorCode::proof_mismatch, "the statement stands beside another entry");
  const std::vector<seal::FieldOpening>& fields = statement.opening.fields;
  if (fields.size() < kOwnFields || fields.size() > kStatementFieldsMax ||
      fields.size() + statement.opening.padding.size() != seal::bucket_slots(fields.size()))
    return fail(ErrorCode::proof_mismatch, "the statement does not open all of its fields");
  std::vector<seal::Digest> slots;
  for (const seal::FieldOpening& field : fields)
    slots.push_back(seal::field_commitment(field.salt, field.type, as_bytes(field.value)));
  slots.insert(slots.end(), statement.opening.padding.begin(), statement.opening.padding.end());
  if (as_text(seal::statement_commitment(statement.nonce, slots)) != entry.commitment)
    return fail(ErrorCode::proof_mismatch, "the opened fields are not what the entry committed to");
  // Nothing above binds a name: that is what field 0 is for.
  const seal::FieldOpening& own = fields.front();
  EXHIBIT_TRY(const std::vector<std::string> names, seal::parse_names(own.value));
  const bool named = own.type == seal::kNamesFieldType && own.path.empty() &&
                     std::ranges::equal(names, fields | std::views::drop(kOwnFields), {}, {},
                                        &seal::FieldOpening::path);
  if (!named) return fail(ErrorCode::proof_mismatch, "the statement's fields have other names");
  return {};
}

}  // namespace exhibit::verify
