#include "base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace exhibit::base {
namespace {

struct FoldRange {
  char32_t first;
  char32_t last;
  std::int32_t delta;   // added to every code point of the range that `stride` selects
  std::uint8_t stride;  // 1: every code point; 2: every second one, from `first`
};
struct WidthRange {
  char32_t first;
  char32_t last;
};
#include "base/unicode_tables.inc"

constexpr char32_t kReplacement = 0xfffd;
constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> kBase64Values = [] {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < kBase64Digits.size(); ++i)
    values[static_cast<unsigned char>(kBase64Digits[i])] = static_cast<std::int8_t>(i);
  return values;
}();

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

template <class Range, std::size_t N>
const Range* find_range(const std::array<Range, N>& ranges, char32_t codepoint) {
  const auto* at = std::ranges::upper_bound(ranges, codepoint, {}, &Range::first);
  if (at == ranges.begin()) return nullptr;
  --at;
  return codepoint <= at->last ? at : nullptr;
}

}  // namespace

void append_hex(std::string& out, Bytes bytes) {
  for (const std::byte b : bytes) {
    const auto v = std::to_integer<unsigned>(b);
    out += kHexDigits[v >> 4];
    out += kHexDigits[v & 15];
  }
}

std::string to_hex(Bytes bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  append_hex(out, bytes);
  return out;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]);
    const int low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

void append_base64(std::string& out, Bytes bytes) {
  std::size_t i = 0;
  const auto at = [&](std::size_t k) { return std::to_integer<std::uint32_t>(bytes[k]); };
  for (; i + 3 <= bytes.size(); i += 3) {
    const std::uint32_t v = (at(i) << 16) | (at(i + 1) << 8) | at(i + 2);
    out += kBase64Digits[v >> 18];
    out += kBase64Digits[(v >> 12) & 63];
    out += kBase64Digits[(v >> 6) & 63];
    out += kBase64Digits[v & 63];
  }
  if (bytes.size() - i == 1) {
    const std::uint32_t v = at(i) << 16;
    out += kBase64Digits[v >> 18];
    out += kBase64Digits[(v >> 12) & 63];
    out += "==";
  } else if (bytes.size() - i == 2) {
    const std::uint32_t v = (at(i) << 16) | (at(i + 1) << 8);
    out += kBase64Digits[v >> 18];
    out += kBase64Digits[(v >> 12) & 63];
    out += kBase64Digits[(v >> 6) & 63];
    out += '=';
  }
}

std::string to_base64(Bytes bytes) {
  std::string out;
  append_base64(out, bytes);
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const bool last = i + 4 == text.size();
    const int pad = last ? (text[i + 2] == '=' && text[i + 3] == '=' ? 2
                            : text[i + 3] == '='                     ? 1
                                                                     : 0)
                         : 0;
    std::uint32_t v = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      const bool padding = static_cast<int>(k) >= 4 - pad;
      const int digit = padding ? 0 : kBase64Values[static_cast<unsigned char>(text[i + k])];
      if (digit < 0) return std::nullopt;
      v = (v << 6) | static_cast<std::uint32_t>(digit);
    }
    if ((pad == 1 && (v & 0xff) != 0) || (pad == 2 && (v & 0xffff) != 0)) return std::nullopt;
    out += static_cast<char>(v >> 16);
    if (pad < 2) out += static_cast<char>((v >> 8) & 0xff);
    if (pad < 1) out += static_cast<char>(v & 0xff);
  }
  return out;
}

std::optional<std::uint64_t> parse_decimal(std::string_view text) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc{} || at != end) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return value;
}

std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

void append_codepoint(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 63));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 63));
    out += static_cast<char>(0x80 | (c & 63));
  } else {
    out += static_cast<char>(0xf0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 63));
    out += static_cast<char>(0x80 | ((c >> 6) & 63));
    out += static_cast<char>(0x80 | (c & 63));
  }
}

void append_utf16le(std::string& out, Bytes utf16le) {
  const std::size_t units = utf16le.size() / 2;
  const auto unit = [&](std::size_t i) {
    return static_cast<char32_t>(std::to_integer<unsigned>(utf16le[2 * i]) |
                                 (std::to_integer<unsigned>(utf16le[2 * i + 1]) << 8));
  };
  std::size_t i = 0;
  while (i < units) {
    // Four ASCII units at a time: most log text is ASCII.
    std::uint64_t four = 0;
    if (i + 4 <= units) {
      std::memcpy(&four, utf16le.data() + 2 * i, 8);
      if ((four & 0xff80ff80ff80ff80ULL) == 0) {
        const std::array<char, 4> ascii{static_cast<char>(four), static_cast<char>(four >> 16),
                                        static_cast<char>(four >> 32),
                                        static_cast<char>(four >> 48)};
        out.append(ascii.data(), 4);
        i += 4;
        continue;
      }
    }
    char32_t c = unit(i++);
    if (c >= 0xd800 && c < 0xdc00 && i < units && unit(i) >= 0xdc00 && unit(i) < 0xe000) {
      c = 0x10000 + ((c - 0xd800) << 10) + (unit(i++) - 0xdc00);
    } else if (c >= 0xd800 && c < 0xe000) {
      c = kReplacement;
    }
    append_codepoint(out, c);
  }
}

Decoded decode_utf8(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at);
  if (lead < 0x80) return {lead, 1, true};
  const int size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || at + static_cast<std::size_t>(size) > text.size())
    return {kReplacement, 1, false};
  char32_t c = lead & (0x7fU >> size);
  for (int i = 1; i < size; ++i) {
    const unsigned char next = byte(at + static_cast<std::size_t>(i));
    if ((next & 0xc0) != 0x80) return {kReplacement, 1, false};
    c = (c << 6) | (next & 0x3fU);
  }
  const bool overlong = (size == 3 && c < 0x800) || (size == 4 && c < 0x10000);
  if (overlong || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff) return {kReplacement, 1, false};
  return {c, static_cast<std::uint8_t>(size), true};
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Decoded d = decode_utf8(text, at);
    if (!d.valid) return false;
    at += d.size_bytes;
  }
  return true;
}

char32_t fold_codepoint(char32_t c) {
  if (c < 0x80) return c >= U'A' && c <= U'Z' ? c + 32 : c;
  const FoldRange* range = find_range(kFoldRanges, c);
  if (range == nullptr || (c - range->first) % range->stride != 0) return c;
  return static_cast<char32_t>(static_cast<std::int32_t>(c) + range->delta);
}

void append_folded(std::string& out, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c < 0x80) {
      out += ascii_lower(text[at]);
      ++at;
      continue;
    }
    const Decoded d = decode_utf8(text, at);
    append_codepoint(out, fold_codepoint(d.codepoint));
    at += d.size_bytes;
  }
}

std::string folded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  append_folded(out, text);
  return out;
}

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = ascii_lower(c);
  return out;
}

bool ascii_iequals(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

int display_width(char32_t codepoint) {
  if (codepoint < 0x300) return codepoint == 0xad ? 0 : 1;
  if (find_range(kZeroWidth, codepoint) != nullptr) return 0;
  return find_range(kDoubleWidth, codepoint) != nullptr ? 2 : 1;
}

std::size_t display_width(std::string_view utf8) {
  std::size_t cells = 0;
  for (std::size_t at = 0; at < utf8.size();) {
    const Decoded d = decode_utf8(utf8, at);
    cells += static_cast<std::size_t>(display_width(d.codepoint));
    at += d.size_bytes;
  }
  return cells;
}

}  // namespace exhibit::base
