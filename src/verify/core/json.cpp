#include "verify/core/json.h"

namespace exhibit::verify::core {
namespace {

constexpr std::size_t kSizeMax = 16 << 20;
constexpr std::size_t kDepthMax = 64;
constexpr std::size_t kValuesMax = 1 << 20;
constexpr std::int64_t kIntegerMax = std::int64_t{1} << 53;

constexpr Why kNotCanonical = "the JSON is not in its one form (RFC 8785)";
constexpr Why kTooMuch = "the JSON is larger or deeper than it may be";

// Orders code points as their UTF-16 code units are ordered: those above U+FFFF begin with a
// surrogate (U+D800), and so come before U+E000.
char32_t utf16_rank(char32_t c) {
  if (c >= 0x10000) return c - 0x10000 + 0xe000;
  return c >= 0xe000 ? c + 0x100000 : c;
}

// RFC 8785 3.2.3. Both are UTF-8.
bool utf16_less(std::string_view a, std::string_view b) {
  std::size_t at = 0;
  while (at < a.size() && at < b.size() && a[at] == b[at]) ++at;
  if (at == a.size() || at == b.size()) return a.size() < b.size();
  while (at > 0 && (byte_at(a, at) & 0xc0) == 0x80) --at;
  return utf16_rank(decode_utf8(a, at).codepoint) < utf16_rank(decode_utf8(b, at).codepoint);
}

class Parser {
 public:
  Parser(Arena& arena, std::string_view text) : arena_(arena), text_(text) {}

  Why document(const Json*& out) {
    Json* root = nullptr;
    EXHIBIT_WHY(value(0, root));
    if (at_ != text_.size()) return kNotCanonical;
    out = root;
    return kHolds;
  }

 private:
  bool take(std::string_view literal) {
    if (!text_.substr(at_).starts_with(literal)) return false;
    at_ += literal.size();
    return true;
  }

  Why value(std::size_t depth, Json*& out) {
    void* memory = arena_.take(sizeof(Json), alignof(Json));
    if (memory == nullptr) return kNoMemory;
    out = new (memory) Json();
    if (++values_ > kValuesMax) return kTooMuch;
    if (at_ == text_.size()) return kNotCanonical;
    const char c = text_[at_];
    if (c == '{' || c == '[') {
      if (depth == kDepthMax) return kTooMuch;
      return container(depth, *out, c == '{');
    }
    if (c == '"') {
      out->kind = Json::Kind::string;
      return string(out->text);
    }
    if (take("null")) return kHolds;
    if (c == 't' || c == 'f') {
      out->kind = Json::Kind::boolean;
      out->boolean = c == 't';
      return take(c == 't' ? "true" : "false") ? kHolds : kNotCanonical;
    }
    out->kind = Json::Kind::integer;
    return number(out->integer);
  }

  Why number(std::int64_t& out) {
    const bool negative = take("-");
    const std::size_t start = at_;
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
      out = out * 10 + (text_[at_] - '0');
      if (out > kIntegerMax) return kTooMuch;
    }
    const std::size_t digits = at_ - start;
    if (digits == 0 || (digits > 1 && text_[start] == '0') || (negative && out == 0))
      return kNotCanonical;
    if (negative) out = -out;
    return kHolds;  // a fraction or exponent is not what may follow
  }

  // RFC 8785 3.2.2.2: the shortest escape where there must be one, and nowhere else.
  Why escape(char& out) {
    constexpr std::string_view kNames = "\"\\bfnrt";
    constexpr std::string_view kValues = "\"\\\b\f\n\r\t";
    constexpr std::string_view kHex = "0123456789abcdef";
    if (at_ == text_.size()) return kNotCanonical;
    if (const std::size_t i = kNames.find(text_[at_]); i != std::string_view::npos) {
      ++at_;
      out = kValues[i];
      return kHolds;
    }
    if (!take("u00") || text_.size() - at_ < 2) return kNotCanonical;
    const std::size_t high = kHex.find(text_[at_]), low = kHex.find(text_[at_ + 1]);
    if (high > 1 || low == std::string_view::npos) return kNotCanonical;
    at_ += 2;
    out = static_cast<char>(high << 4 | low);
    return kValues.find(out) == std::string_view::npos ? kHolds : kNotCanonical;
  }

  Why string(std::string_view& out) {
    const std::size_t start = ++at_;
    while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\') {
      const Decoded d = decode_utf8(text_, at_);
      if (d.size == 0 || d.codepoint < 0x20) return kNotCanonical;
      at_ += d.size;
    }
    if (at_ == text_.size()) return kNotCanonical;
    out = text_.substr(start, at_ - start);
    if (text_[at_++] == '"') return kHolds;
    return escaped(start, out);
  }

  // The rest of a string that has escapes: unescaped it is no longer than it stands here.
  Why escaped(std::size_t start, std::string_view& out) {
    const std::size_t end = string_end();
    if (end == std::string_view::npos) return kNotCanonical;
    auto* copy = static_cast<char*>(arena_.take(end - start, 1));
    if (copy == nullptr) return kNoMemory;
    std::memcpy(copy, out.data(), out.size());
    std::size_t size = out.size();
    --at_;  // back to the first escape
    while (at_ < end) {
      if (text_[at_] == '\\') {
        ++at_;
        EXHIBIT_WHY(escape(copy[size]));
        ++size;
        continue;
      }
      const Decoded d = decode_utf8(text_, at_);
      if (d.size == 0 || d.codepoint < 0x20) return kNotCanonical;
      std::memcpy(copy + size, text_.data() + at_, d.size);
      size += d.size;
      at_ += d.size;
    }
    if (at_ != end) return kNotCanonical;
    ++at_;  // the quote
    out = {copy, size};
    return kHolds;
  }

  [[nodiscard]] std::size_t string_end() const {
    for (std::size_t at = at_ - 1; at < text_.size(); ++at) {
      if (text_[at] == '"') return at;
      if (text_[at] == '\\') ++at;
    }
    return std::string_view::npos;
  }

  Why container(std::size_t depth, Json& out, bool named) {
    ++at_;
    out.kind = named ? Json::Kind::object : Json::Kind::array;
    if (take(named ? "}" : "]")) return kHolds;
    const Json* last = nullptr;
    for (const Json** place = &out.first;;) {
      std::string_view name;
      if (named) {
        if (at_ == text_.size() || text_[at_] != '"') return kNotCanonical;
        EXHIBIT_WHY(string(name));
        if (last != nullptr && !utf16_less(last->name, name)) return kNotCanonical;
        if (!take(":")) return kNotCanonical;
      }
      Json* item = nullptr;
      EXHIBIT_WHY(value(depth + 1, item));
      item->name = name;
      *place = item;
      last = item;
      place = &item->next;
      ++out.size;
      if (take(",")) continue;
      return take(named ? "}" : "]") ? kHolds : kNotCanonical;
    }
  }

  Arena& arena_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t values_ = 0;
};

}  // namespace

const Json* Json::find(std::string_view wanted) const {
  if (kind != Kind::object) return nullptr;
  for (const Json* member = first; member != nullptr; member = member->next)
    if (member->name == wanted) return member;
  return nullptr;
}

bool Json::has_exactly(std::span<const std::string_view> names) const {
  if (kind != Kind::object || size != names.size()) return false;
  const Json* member = first;
  for (const std::string_view expected : names) {
    if (member->name != expected) return false;
    member = member->next;
  }
  return true;
}

std::optional<std::string_view> Json::string(std::string_view wanted) const {
  const Json* member = find(wanted);
  if (member == nullptr || member->kind != Kind::string) return std::nullopt;
  return member->text;
}

std::optional<std::uint64_t> Json::number(std::string_view wanted) const {
  const Json* member = find(wanted);
  if (member == nullptr || member->kind != Kind::integer || member->integer < 0)
    return std::nullopt;
  return static_cast<std::uint64_t>(member->integer);
}

Why parse_canonical_json(Arena& arena, std::string_view text, const Json*& out) {
  if (text.size() > kSizeMax) return kTooMuch;
  return Parser(arena, text).document(out);
}

}  // namespace exhibit::verify::core
