#include "base/json.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "base/json_writer.h"
#include "base/text.h"

namespace exhibit::base {
namespace {

// Maps code points so that their order is that of their UTF-16 code units: supplementary ones start
// with a surrogate (U+D800…) and so come before U+E000…U+FFFF.
char32_t utf16_rank(char32_t c) {
  if (c >= 0x10000) return c - 0x10000 + 0xe000;
  return c >= 0xe000 ? c + 0x100000 : c;
}

}  // namespace

bool utf16_less(std::string_view a, std::string_view b) {
  // Equal bytes are equal code points, so only where the bytes part must be decoded.
  const auto [in_a, in_b] = std::ranges::mismatch(a, b);
  auto at = static_cast<std::size_t>(in_a - a.begin());
  if (at == a.size() || at == b.size()) return a.size() < b.size();
  while (at > 0 && (static_cast<unsigned char>(a[at]) & 0xc0) == 0x80) --at;
  return utf16_rank(decode_utf8(a, at).codepoint) < utf16_rank(decode_utf8(b, at).codepoint);
}

JsonValue JsonValue::boolean(bool value) {
  JsonValue out;
  out.kind_ = Kind::boolean;
  out.boolean_ = value;
  return out;
}

JsonValue JsonValue::integer(std::int64_t value) {
  if (value < -kJsonIntegerMax || value > kJsonIntegerMax) return string(std::to_string(value));
  JsonValue out;
  out.kind_ = Kind::integer;
  out.integer_ = value;
  return out;
}

JsonValue JsonValue::unsigned_integer(std::uint64_t value) {
  if (value > std::uint64_t{kJsonIntegerMax}) return string(std::to_string(value));
  return integer(static_cast<std::int64_t>(value));
}

JsonValue JsonValue::string(std::string_view utf8) {
  JsonValue out;
  out.kind_ = Kind::string;
  out.string_ = utf8;
  return out;
}

JsonValue JsonValue::array() {
  JsonValue out;
  out.kind_ = Kind::array;
  return out;
}

JsonValue JsonValue::object() {
  JsonValue out;
  out.kind_ = Kind::object;
  return out;
}

JsonValue& JsonValue::push(JsonValue item) {
  items_.push_back(std::move(item));
  return *this;
}

JsonValue& JsonValue::set(std::string_view name, JsonValue value) {
  const auto at = std::ranges::lower_bound(names_, name, utf16_less);
  const auto index = at - names_.begin();
  if (at != names_.end() && *at == name) {
    items_[static_cast<std::size_t>(index)] = std::move(value);
  } else {
    names_.emplace(at, name);
    items_.insert(items_.begin() + index, std::move(value));
  }
  return *this;
}

std::optional<bool> JsonValue::as_boolean() const {
  if (kind_ != Kind::boolean) return std::nullopt;
  return boolean_;
}

std::optional<std::int64_t> JsonValue::as_integer() const {
  if (kind_ != Kind::integer) return std::nullopt;
  return integer_;
}

std::optional<std::uint64_t> JsonValue::as_unsigned() const {
  if (kind_ == Kind::integer && integer_ >= 0) return static_cast<std::uint64_t>(integer_);
  if (kind_ != Kind::string) return std::nullopt;
  std::uint64_t value = 0;
  const char* end = string_.data() + string_.size();
  const auto read = std::from_chars(string_.data(), end, value);
  if (read.ec != std::errc{} || read.ptr != end || value <= std::uint64_t{kJsonIntegerMax} ||
      string_.front() == '0')
    return std::nullopt;
  return value;
}

const std::string* JsonValue::as_string() const {
  return kind_ == Kind::string ? &string_ : nullptr;
}

const JsonValue* JsonValue::find(std::string_view name) const {
  const auto at = std::ranges::lower_bound(names_, name, utf16_less);
  if (at == names_.end() || *at != name) return nullptr;
  return &items_[static_cast<std::size_t>(at - names_.begin())];
}

const std::string* JsonValue::find_string(std::string_view name) const {
  const JsonValue* value = find(name);
  return value != nullptr ? value->as_string() : nullptr;
}

void JsonValue::append_canonical(std::string& out) const {
  switch (kind_) {
    case Kind::null:
      out += "null";
      return;
    case Kind::boolean:
      out += boolean_ ? "true" : "false";
      return;
    case Kind::integer:
      out += std::to_string(integer_);
      return;
    case Kind::string:
      append_json_string(out, string_);
      return;
    case Kind::array:
    case Kind::object:
      break;
  }
  const bool named = kind_ == Kind::object;
  out += named ? '{' : '[';
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if (i != 0) out += ',';
    if (named) {
      append_json_string(out, names_[i]);
      out += ':';
    }
    items_[i].append_canonical(out);
  }
  out += named ? '}' : ']';
}

std::string JsonValue::canonical() const {
  std::string out;
  append_canonical(out);
  return out;
}

// Recursive descent over `text_`; the depth is bounded.
class JsonParser {
 public:
  explicit JsonParser(std::string_view text) : text_(text) {}

  Result<JsonValue> document() {
    EXHIBIT_TRY(JsonValue value, this->value(0));
    skip_space();
    if (at_ != text_.size())
      return fail(ErrorCode::malformed, "something follows the JSON value", at_);
    return value;
  }

 private:
  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }

  void skip_space() {
    while (!at_end() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t'))
      ++at_;
  }

  bool take(std::string_view literal) {
    if (!text_.substr(at_).starts_with(literal)) return false;
    at_ += literal.size();
    return true;
  }

  Result<JsonValue> value(std::size_t depth) {
    skip_space();
    if (at_end()) return fail(ErrorCode::truncated, "expected a JSON value", at_);
    if (++values_ > kJsonValuesMax)
      return fail(ErrorCode::limit, "a JSON document has at most 1048576 values", at_);
    switch (text_[at_]) {
      case '{':
      case '[':
        if (depth == kJsonDepthMax)
          return fail(ErrorCode::limit, "a JSON document is at most 64 deep", at_);
        return text_[at_] == '{' ? object(depth) : array(depth);
      case '"': {
        EXHIBIT_TRY(const std::string text, string());
        return JsonValue::string(text);
      }
      case 't':
        if (take("true")) return JsonValue::boolean(true);
        break;
      case 'f':
        if (take("false")) return JsonValue::boolean(false);
        break;
      case 'n':
        if (take("null")) return JsonValue{};
        break;
      default:
        return number();
    }
    return fail(ErrorCode::malformed, "expected a JSON value", at_);
  }

  Result<JsonValue> number() {
    const std::size_t start = at_;
    const bool negative = take("-");
    std::int64_t value = 0;
    const std::size_t digits = at_;
    for (; !at_end() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
      value = value * 10 + (text_[at_] - '0');
      if (value > kJsonIntegerMax)
        return fail(ErrorCode::limit, "a JSON number is at most 2^53", start);
    }
    const std::size_t count = at_ - digits;
    const bool leading_zero = count > 1 && text_[digits] == '0';
    if (count == 0 || leading_zero || (negative && value == 0))
      return fail(ErrorCode::malformed, "expected a JSON value", start);
    if (!at_end() && (text_[at_] == '.' || text_[at_] == 'e' || text_[at_] == 'E'))
      return fail(ErrorCode::malformed, "a JSON number here is an integer", start);
    return JsonValue::integer(negative ? -value : value);
  }

  Result<std::uint32_t> four_hex() {
    std::uint32_t unit = 0;
    if (text_.size() - at_ < 4)
      return fail(ErrorCode::truncated, "a JSON string is not ended", at_);
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = text_[at_];
      const int digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) return fail(ErrorCode::malformed, "\\u takes four hexadecimal digits", at_);
      unit = unit * 16 + static_cast<std::uint32_t>(digit);
    }
    return unit;
  }

  Result<void> escape(std::string& out) {
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kValues = "\"\\/\b\f\n\r\t";
    if (at_end()) return fail(ErrorCode::truncated, "a JSON string is not ended", at_);
    const std::size_t start = at_;
    const char name = text_[at_++];
    if (const std::size_t i = kNames.find(name); i != std::string_view::npos) {
      out += kValues[i];
      return {};
    }
    if (name != 'u') return fail(ErrorCode::malformed, "unknown escape in a JSON string", start);
    EXHIBIT_TRY(char32_t c, four_hex());
    if (c >= 0xd800 && c < 0xe000) {
      std::uint32_t low = 0;
      if (c < 0xdc00 && take("\\u")) {
        EXHIBIT_TRY(low, four_hex());
      }
      if (low < 0xdc00 || low > 0xdfff)
        return fail(ErrorCode::malformed, "a lone surrogate in a JSON string", start);
      c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
    append_codepoint(out, c);
    return {};
  }

  Result<std::string> string() {
    ++at_;  // the quote
    std::string out;
    while (!at_end()) {
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (c == '"') {
        ++at_;
        return out;
      }
      if (c == '\\') {
        ++at_;
        EXHIBIT_CHECK(escape(out));
        continue;
      }
      if (c < 0x20) return fail(ErrorCode::malformed, "a control character in a JSON string", at_);
      const Decoded d = decode_utf8(text_, at_);
      if (!d.valid) return fail(ErrorCode::malformed, "a JSON string is UTF-8", at_);
      out.append(text_, at_, d.size_bytes);
      at_ += d.size_bytes;
    }
    return fail(ErrorCode::truncated, "a JSON string is not ended", at_);
  }

  // After an element: true if another follows, false if `close` ended the container.
  Result<bool> more(char close) {
    skip_space();
    if (at_end()) return fail(ErrorCode::truncated, "a JSON array or object is not ended", at_);
    if (text_[at_] != ',' && text_[at_] != close)
      return fail(ErrorCode::malformed, "expected a comma or the end of the JSON container", at_);
    return text_[at_++] == ',';
  }

  Result<JsonValue> array(std::size_t depth) {
    ++at_;
    JsonValue out = JsonValue::array();
    skip_space();
    if (take("]")) return out;
    for (bool another = true; another;) {
      EXHIBIT_TRY(JsonValue item, value(depth + 1));
      out.items_.push_back(std::move(item));
      EXHIBIT_TRY(another, more(']'));
    }
    return out;
  }

  Result<JsonValue> object(std::size_t depth) {
    const std::size_t start = at_++;
    std::vector<std::string> names;
    std::vector<JsonValue> values;
    skip_space();
    for (bool another = !take("}"); another;) {
      skip_space();
      if (at_end() || text_[at_] != '"')
        return fail(ErrorCode::malformed, "expected the name of a JSON member", at_);
      EXHIBIT_TRY(std::string name, string());
      skip_space();
      if (!take(":")) return fail(ErrorCode::malformed, "expected a colon after the name", at_);
      EXHIBIT_TRY(JsonValue item, value(depth + 1));
      names.push_back(std::move(name));
      values.push_back(std::move(item));
      EXHIBIT_TRY(another, more('}'));
    }
    std::vector<std::size_t> order(names.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, utf16_less, [&](std::size_t i) { return std::string_view(names[i]); });
    JsonValue out = JsonValue::object();
    for (const std::size_t i : order) {
      if (!out.names_.empty() && out.names_.back() == names[i])
        return fail(ErrorCode::malformed, "a JSON object names a member twice", start);
      out.names_.push_back(std::move(names[i]));
      out.items_.push_back(std::move(values[i]));
    }
    return out;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t values_ = 0;
};

Result<JsonValue> parse_json(std::string_view text) {
  if (text.size() > kJsonSizeMax)
    return fail(ErrorCode::limit, "a JSON document is at most 16 MiB");
  return JsonParser(text).document();
}

Result<JsonValue> parse_canonical_json(std::string_view text) {
  EXHIBIT_TRY(JsonValue value, parse_json(text));
  const std::string canonical = value.canonical();
  if (canonical != text) {
    const auto parted = std::ranges::mismatch(canonical, text);
    return fail(ErrorCode::malformed, "expected canonical JSON (RFC 8785)",
                static_cast<std::uint64_t>(parted.in2 - text.begin()));
  }
  return value;
}

}  // namespace exhibit::base
