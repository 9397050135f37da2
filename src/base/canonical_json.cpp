#include "base/canonical_json.h"

#include <algorithm>
#include <charconv>

#include "base/json_writer.h"
#include "base/text.h"

namespace exhibit::base {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<Json> document() {
    EXHIBIT_TRY(Json value, read(0));
    if (at_ != text_.size()) return bad("nothing may follow the JSON value");
    return value;
  }

 private:
  [[nodiscard]] std::unexpected<Error> bad(Literal what) const {
    return fail(at_ >= text_.size() ? ErrorCode::truncated : ErrorCode::malformed, what, at_);
  }
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(std::string_view token) {
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }

  Result<Json> read(std::size_t depth) {
    if (depth > kJsonDepthMax) return fail(ErrorCode::limit, "JSON is nested too deeply", at_);
    if (++values_ > kJsonValuesMax) return fail(ErrorCode::limit, "JSON has too many values", at_);
    Json value;
    switch (peek()) {
      case '{':
        return object(depth);
      case '[':
        return array(depth);
      case '"': {
        value.kind = Json::Kind::string;
        EXHIBIT_TRY(value.text, string());
        return value;
      }
      case 't':
      case 'f':
        value.kind = Json::Kind::boolean;
        value.boolean = peek() == 't';
        if (!take(value.boolean ? "true" : "false")) return bad("expected true or false");
        return value;
      case 'n':
        if (!take("null")) return bad("expected null");
        return value;
      default:
        return number();
    }
  }

  Result<Json> object(std::size_t depth) {
    Json value;
    value.kind = Json::Kind::object;
    ++at_;
    if (take("}")) return value;
    for (;;) {
      const std::size_t start = at_;
      EXHIBIT_TRY(std::string name, string());
      // RFC 8785 3.2.3 sorts by UTF-16 code units; over ASCII names that is byte order.
      if (std::ranges::any_of(name, [](char c) { return static_cast<unsigned char>(c) > 0x7f; }))
        return fail(ErrorCode::malformed, "JSON member names must be ASCII", start);
      if (!value.members.empty() && name <= value.members.back().first)
        return fail(ErrorCode::malformed, "JSON members must be sorted, each once", start);
      if (!take(":")) return bad("expected ':' after a JSON member name");
      EXHIBIT_TRY(Json member, read(depth + 1));
      value.members.emplace_back(std::move(name), std::move(member));
      if (take("}")) return value;
      if (!take(",")) return bad("expected ',' or '}' in a JSON object");
    }
  }

  Result<Json> array(std::size_t depth) {
    Json value;
    value.kind = Json::Kind::array;
    ++at_;
    if (take("]")) return value;
    for (;;) {
      EXHIBIT_TRY(Json item, read(depth + 1));
      value.items.push_back(std::move(item));
      if (take("]")) return value;
      if (!take(",")) return bad("expected ',' or ']' in a JSON array");
    }
  }

  Result<Json> number() {
    const std::size_t start = at_;
    const bool negative = take("-");
    const std::size_t digits = at_;
    while (peek() >= '0' && peek() <= '9') ++at_;
    if (at_ == digits) return bad("expected a JSON value");
    const bool leading_zero = text_[digits] == '0' && (at_ - digits > 1 || negative);
    std::uint64_t size = 0;
    const auto parsed = std::from_chars(text_.data() + digits, text_.data() + at_, size);
    if (leading_zero || parsed.ec != std::errc{} || size > kJsonIntegerMax || peek() == '.' ||
        peek() == 'e' || peek() == 'E')
      return fail(ErrorCode::malformed, "canonical JSON numbers are integers of at most 2^53",
                  start);
    Json value;
    value.kind = Json::Kind::number;
    value.text = text_.substr(start, at_ - start);
    return value;
  }

  Result<std::string> string() {
    const std::size_t start = at_;
    if (!take("\"")) return bad("expected a JSON string");
    std::string out;
    for (;;) {
      if (at_ >= text_.size()) return bad("a JSON string has no end");
      const char c = text_[at_];
      if (c == '"') break;
      if (static_cast<unsigned char>(c) < 0x20)
        return bad("control characters in JSON strings are escaped");
      ++at_;
      if (c != '\\') {
        out.push_back(c);
        continue;
      }
      if (!escape(out)) return bad("unknown escape in a JSON string");
    }
    ++at_;
    // One spelling for each string: whatever else was escaped, or is not UTF-8, differs here.
    std::string again;
    if (!is_utf8(out)) return fail(ErrorCode::malformed, "JSON strings must be UTF-8", start);
    append_json_string(again, out);
    if (again != text_.substr(start, at_ - start))
      return fail(ErrorCode::malformed, "JSON string is not in canonical form", start);
    return out;
  }

  bool escape(std::string& out) {
    const char c = peek();
    ++at_;
    switch (c) {
      case '"':
      case '\\':
        out.push_back(c);
        return true;
      case 'b':
        out.push_back('\b');
        return true;
      case 'f':
        out.push_back('\f');
        return true;
      case 'n':
        out.push_back('\n');
        return true;
      case 'r':
        out.push_back('\r');
        return true;
      case 't':
        out.push_back('\t');
        return true;
      case 'u': {
        const auto bytes = from_hex(text_.substr(std::min(at_, text_.size()), 4));
        // Canonical form escapes only C0 controls this way.
        if (!bytes || bytes->size() != 2 || (*bytes)[0] != 0) return false;
        at_ += 4;
        out.push_back((*bytes)[1]);
        return true;
      }
      default:
        return false;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t values_ = 0;
};

}  // namespace

const Json* Json::find(std::string_view name) const {
  for (const auto& [key, value] : members)
    if (key == name) return &value;
  return nullptr;
}

std::optional<std::string_view> Json::string(std::string_view name) const {
  const Json* member = find(name);
  if (member == nullptr || member->kind != Kind::string) return std::nullopt;
  return member->text;
}

std::optional<std::uint64_t> Json::as_number() const {
  std::uint64_t out = 0;
  if (kind != Kind::number) return std::nullopt;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), out);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return out;
}

std::optional<std::uint64_t> Json::number(std::string_view name) const {
  const Json* member = find(name);
  return member == nullptr ? std::nullopt : member->as_number();
}

Result<Json> parse_canonical_json(std::string_view text) { return Reader(text).document(); }

}  // namespace exhibit::base
