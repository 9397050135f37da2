#include "casefile/manifest_json.h"

#include "base/text.h"

namespace exhibit::casefile {
namespace {

std::unexpected<Error> wrong() { return fail(ErrorCode::malformed, "this is no JSON object"); }

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  Result<void> object(const std::string& prefix, unsigned depth, JsonTexts& out) {
    if (depth > kManifestJsonDepthMax)
      return fail(ErrorCode::limit, "JSON is nested too deep for a manifest");
    if (!take('{')) return wrong();
    if (take('}')) return {};
    do {
      EXHIBIT_TRY(const std::string name, string());
      if (!take(':')) return wrong();
      EXHIBIT_CHECK(value(prefix + base::ascii_lower(name), depth, out));
    } while (take(','));
    return take('}') ? Result<void>{} : wrong();
  }
  [[nodiscard]] std::string_view rest() const { return text_; }

 private:
  void skip_space() {
    const auto first = text_.find_first_not_of(" \t\r\n");
    text_.remove_prefix(std::min(first, text_.size()));
  }
  bool take(char wanted) {
    skip_space();
    if (!text_.starts_with(wanted)) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool looking_at(char wanted) {
    skip_space();
    return text_.starts_with(wanted);
  }

  Result<void> value(const std::string& name, unsigned depth, JsonTexts& out) {
    if (looking_at('{')) return object(name + ".", depth + 1, out);
    if (looking_at('[')) return array(depth + 1);
    if (looking_at('"')) {
      EXHIBIT_TRY(std::string text, string());
      out.emplace_back(name, std::move(text));
      return {};
    }
    const auto end = std::min(text_.find_first_of(",]} \t\r\n\"{["), text_.size());
    if (end == 0) return wrong();
    text_.remove_prefix(end);  // a number, true, false or null
    return {};
  }

  Result<void> array(unsigned depth) {
    if (depth > kManifestJsonDepthMax)
      return fail(ErrorCode::limit, "JSON is nested too deep for a manifest");
    JsonTexts ignored;
    if (!take('[')) return wrong();
    if (take(']')) return {};
    do {
      EXHIBIT_CHECK(value({}, depth, ignored));
      ignored.clear();
    } while (take(','));
    return take(']') ? Result<void>{} : wrong();
  }

  Result<std::string> string() {
    if (!take('"')) return wrong();
    std::string out;
    while (!text_.empty() && text_.front() != '"') {
      const char c = text_.front();
      text_.remove_prefix(1);
      if (c == '\n') return wrong();
      if (c != '\\') {
        out += c;
        continue;
      }
      EXHIBIT_CHECK(escape(out));
    }
    if (!take('"')) return wrong();
    return out;
  }

  Result<void> escape(std::string& out) {
    if (text_.empty()) return wrong();
    const char c = text_.front();
    text_.remove_prefix(1);
    constexpr std::string_view kShort = "bfnrt\"\\/";
    constexpr std::string_view kMeans = "\b\f\n\r\t\"\\/";
    if (const auto at = kShort.find(c); at != std::string_view::npos) {
      out += kMeans[at];
      return {};
    }
    if (c != 'u') return wrong();
    EXHIBIT_TRY(char32_t unit, code_unit());
    if (unit >= 0xd800 && unit < 0xdc00 && text_.starts_with("\\u")) {
      text_.remove_prefix(2);
      EXHIBIT_TRY(const char32_t low, code_unit());
      if (low < 0xdc00 || low >= 0xe000) return wrong();
      unit = 0x10000 + ((unit - 0xd800) << 10U) + (low - 0xdc00);
    }
    if (unit >= 0xd800 && unit < 0xe000) return wrong();
    base::append_codepoint(out, unit);
    return {};
  }

  Result<char32_t> code_unit() {
    const auto bytes = base::from_hex(text_.substr(0, 4));
    if (!bytes || bytes->size() != 2) return wrong();
    text_.remove_prefix(4);
    return (static_cast<char32_t>(static_cast<unsigned char>((*bytes)[0])) << 8U) |
           static_cast<unsigned char>((*bytes)[1]);
  }

  std::string_view text_;
};

}  // namespace

Result<JsonTexts> take_json_object(std::string_view& text) {
  Scanner scanner(text);
  JsonTexts out;
  EXHIBIT_CHECK(scanner.object({}, 1, out));
  text = scanner.rest();
  return out;
}

}  // namespace exhibit::casefile
