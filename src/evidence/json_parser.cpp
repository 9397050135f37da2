#include "evidence/json_parser.h"

#include <simdjson.h>
#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "evidence/json_framer.h"
#include "evidence/json_keys.h"
#include "evidence/json_text.h"
#include "evidence/json_utf16.h"

namespace exhibit::evidence {
namespace {

using event::DamageKind;
using event::ValueType;
namespace ondemand = simdjson::ondemand;

static_assert(event::kBatchPaddingBytes >= simdjson::SIMDJSON_PADDING);
static_assert(event::kBatchPaddingBytes >= kUnescapeSlackBytes);

// A parser that met a larger record than this is replaced, so that one record does not keep some
// hundred megabytes for the rest of the run.
constexpr std::size_t kCapacityKeptBytes = std::size_t{1} << 20;

std::string_view without_blanks(std::string_view token) {
  while (!token.empty() && (token.back() == ' ' || token.back() == '\n' || token.back() == '\r' ||
                            token.back() == '\t'))
    token.remove_suffix(1);
  return token;
}

class JsonParser final : public Parser {
 public:
  explicit JsonParser(event::PathTable& paths) : keys_(paths) {}
  void parse(event::Batch& batch) override;

 private:
  using Node = JsonKeys::Node;
  enum class Outcome : std::uint8_t { read, several, not_utf8, not_json };

  Outcome parse_record(event::Event& event);
  void parse_several(const event::Event& line);
  Outcome parse_rewritten();
  Outcome parse_text(const char* text, std::size_t size);
  bool object(ondemand::object members, Node node, unsigned depth);
  bool array(ondemand::array items, Node node, unsigned depth);
  bool value(ondemand::value item, Node node, unsigned depth);
  bool string(std::string_view quoted, Node node);
  void add(Node node, std::string_view text, ValueType type);
  void report(const event::Event& event, DamageKind kind) {
    batch_->damage.push_back({event.offset, event.length, kind});
  }

  JsonKeys keys_;
  HeadBuilder head_;
  std::optional<ondemand::parser> parser_;
  std::string rewritten_;  // a record as UTF-8, where its bytes are none
  std::string ascii_;
  event::Batch* batch_ = nullptr;  // during parse()
  std::vector<event::Event> events_;
  event::Batch split_;  // the records of a line that holds several
  const char* text_end_ = nullptr;
  std::size_t field_first_ = 0;
  bool too_deep_ = false;
  bool over_limit_ = false;
};

void JsonParser::parse(event::Batch& batch) {
  keys_.refresh();
  batch_ = &batch;
  events_.clear();
  for (event::Event& record : batch.events) {
    switch (parse_record(record)) {
      case Outcome::read:
        events_.push_back(record);
        break;
      case Outcome::several:
        parse_several(record);
        break;
      default:
        report(record, DamageKind::bad_json);
        break;
    }
  }
  batch.events.swap(events_);
  // The framer's damage stands before the parser's: a reader of it wants the source's order.
  std::ranges::sort(batch.damage, {},
                    [](const event::Damage& d) { return std::tuple(d.offset, d.length, d.kind); });
  if (parser_ && parser_->capacity() > kCapacityKeptBytes) parser_.reset();
  if (rewritten_.capacity() > kCapacityKeptBytes) rewritten_ = {};
}

// Objects one behind the other on one line: what a log looks like that was appended to one without
// a last newline.
void JsonParser::parse_several(const event::Event& line) {
  std::string_view rest = as_text(batch_->record_bytes(line));
  const JsonEncoding encoding = encoding_of_record(as_bytes(rest));
  const std::size_t unit = code_unit_bytes(encoding);
  JsonFramer framer(JsonFramer::Mode::values, line.offset / unit);
  while (rest.size() >= unit) {
    split_.clear();
    rest.remove_prefix(frame_json(framer, encoding, rest, true, split_, ascii_));
    for (event::Event& record : split_.events) {
      if (parse_record(record) == Outcome::read) {
        events_.push_back(record);
      } else {
        report(record, DamageKind::bad_json);
      }
    }
    batch_->damage.insert(batch_->damage.end(), split_.damage.begin(), split_.damage.end());
  }
}

JsonParser::Outcome JsonParser::parse_record(event::Event& event) {
  field_first_ = batch_->fields.size();
  const Bytes bytes = batch_->record_bytes(event);
  const JsonEncoding encoding = encoding_of_record(bytes);
  Outcome outcome{};
  if (encoding == JsonEncoding::utf8) {
    outcome = parse_text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  } else {
    rewritten_.clear();
    append_json_as_utf8(rewritten_, encoding, bytes);
    outcome = parse_rewritten();
  }
  if (outcome == Outcome::not_utf8) {
    rewritten_.clear();
    append_repaired_utf8(rewritten_, as_text(bytes));
    outcome = parse_rewritten();
    if (outcome == Outcome::read) report(event, DamageKind::invalid_utf8);
  }
  if (outcome != Outcome::read) {
    batch_->fields.resize(field_first_);
    return outcome;
  }
  if (too_deep_) report(event, DamageKind::nesting_too_deep);
  if (over_limit_) report(event, DamageKind::limit);
  event.field_first = static_cast<std::uint32_t>(field_first_);
  event.field_count = static_cast<std::uint32_t>(batch_->fields.size() - field_first_);
  head_.finish(event);
  return outcome;
}

// Fields refer to the text, so it is kept with the batch.
JsonParser::Outcome JsonParser::parse_rewritten() {
  const std::size_t size = rewritten_.size();
  rewritten_.append(event::kBatchPaddingBytes, '\0');
  return parse_text(batch_->arena.store(rewritten_).data(), size);
}

// `text` is followed by kBatchPaddingBytes readable bytes.
JsonParser::Outcome JsonParser::parse_text(const char* text, std::size_t size) {
  head_.clear();
  too_deep_ = over_limit_ = false;
  text_end_ = text + size;
  if (!parser_) parser_.emplace();
  ondemand::document document;
  const simdjson::error_code error =
      parser_->iterate(text, size, size + event::kBatchPaddingBytes).get(document);
  if (error == simdjson::UTF8_ERROR) return Outcome::not_utf8;
  ondemand::object root;
  if (error != simdjson::SUCCESS || document.get_object().get(root) != simdjson::SUCCESS ||
      !object(root, JsonKeys::kRoot, 1))
    return Outcome::not_json;
  // On-demand parsing stops at the closing brace: nothing may stand behind it.
  const char* behind = nullptr;
  if (document.current_location().get(behind) == simdjson::OUT_OF_BOUNDS) return Outcome::read;
  return behind != nullptr && behind < text_end_ && *behind == '{' ? Outcome::several
                                                                   : Outcome::not_json;
}

bool JsonParser::object(ondemand::object members, Node node, unsigned depth) {
  Node before = JsonKeys::kRoot;
  bool empty = true;
  for (auto member : members) {
    ondemand::field field;
    if (std::move(member).get(field) != simdjson::SUCCESS) return false;
    const char* key = field.key().raw();
    const Node child = keys_.member(node, before, {key, static_cast<std::size_t>(text_end_ - key)});
    if (child == JsonKeys::kRoot || !value(field.value(), child, depth)) return false;
    before = child;
    empty = false;
  }
  if (empty && node != JsonKeys::kRoot) add(node, "{}", ValueType::json_null);
  return true;
}

bool JsonParser::array(ondemand::array items, Node node, unsigned depth) {
  bool empty = true;
  for (auto item : items) {
    ondemand::value element;
    if (std::move(item).get(element) != simdjson::SUCCESS || !value(element, node, depth))
      return false;
    empty = false;
  }
  if (empty) add(node, "[]", ValueType::json_null);
  return true;
}

bool JsonParser::value(ondemand::value item, Node node, unsigned depth) {
  const std::string_view token = without_blanks(item.raw_json_token());
  if (token.empty()) return false;
  switch (token.front()) {
    case '"': {
      // Taken, not stepped over: stepping over a string takes a ':' behind it as well.
      ondemand::raw_json_string taken;
      return item.get_raw_json_string().get(taken) == simdjson::SUCCESS && string(token, node);
    }
    case '{':
    case '[': {
      if (depth >= kJsonDepthMax) {
        too_deep_ = true;  // the iterator steps over what is not looked at
        return true;
      }
      if (token.front() == '{') {
        ondemand::object members;
        return item.get_object().get(members) == simdjson::SUCCESS &&
               object(members, node, depth + 1);
      }
      ondemand::array items;
      return item.get_array().get(items) == simdjson::SUCCESS && array(items, node, depth + 1);
    }
    case 't':
    case 'f':
      if (token != "true" && token != "false") return false;
      add(node, token, ValueType::json_boolean);
      return true;
    case 'n':
      if (token != "null") return false;
      add(node, token, ValueType::json_null);
      return true;
    default:
      if (!is_json_number(token)) return false;
      add(node, token, ValueType::json_number);
      return true;
  }
}

bool JsonParser::string(std::string_view quoted, Node node) {
  if (quoted.size() < 2 || quoted.back() != '"') return false;
  const std::string_view inside = quoted.substr(1, quoted.size() - 2);
  if (inside.empty() || std::memchr(inside.data(), '\\', inside.size()) == nullptr) {
    add(node, inside, ValueType::utf8);
    return true;
  }
  std::byte* out = batch_->arena.allocate(inside.size() + kUnescapeSlackBytes);
  const auto size = unescape(inside, reinterpret_cast<char*>(out));
  if (!size) return false;
  batch_->arena.give_back(inside.size() + kUnescapeSlackBytes - *size);
  add(node, {reinterpret_cast<const char*>(out), *size}, ValueType::utf8);
  return true;
}

void JsonParser::add(Node node, std::string_view text, ValueType type) {
  if (keys_.is_cut(node)) over_limit_ = true;
  if (batch_->fields.size() - field_first_ >= kJsonFieldsPerRecordMax) {
    over_limit_ = true;
    return;
  }
  // The members one by one: what is built elsewhere and copied waits for its own stores.
  event::Field& out = batch_->fields.emplace_back();
  out.path = keys_.path(node);
  out.value.data = as_bytes(text).data();
  out.value.size = static_cast<std::uint32_t>(text.size());
  out.value.type = type;
  const HeadRole role = keys_.role(node);
  if (role.field != event::SystemField::none) head_.offer(role, out.value);
}

}  // namespace

std::unique_ptr<Parser> make_json_parser(event::PathTable& paths) {
  return std::make_unique<JsonParser>(paths);
}

}  // namespace exhibit::evidence
