#include "cli/safe_text.h"

#include <array>

#include "base/text.h"

namespace exhibit::cli {

namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

struct Range {
  char32_t first, last;
};
// Unicode 15.0: bidirectional controls, and format characters that a reader cannot see and that
// change what stands around them.
constexpr std::array kHarmful = std::to_array<Range>({
    {0x00, 0x1f},        // C0
    {0x7f, 0x9f},        // DEL and C1
    {0xad, 0xad},        // soft hyphen
    {0x61c, 0x61c},      // Arabic letter mark
    {0x180e, 0x180e},    // Mongolian vowel separator
    {0x200b, 0x200f},    // zero width space, joiners, left-to-right and right-to-left mark
    {0x2028, 0x202e},    // line and paragraph separator, embeddings and overrides
    {0x2060, 0x206f},    // word joiner, invisible operators, isolates, deprecated controls
    {0xfeff, 0xfeff},    // byte order mark
    {0xfff9, 0xfffb},    // interlinear annotation
    {0xe0000, 0xe0fff},  // tags
});

bool is_harmful(char32_t c) {
  for (const auto& range : kHarmful) {
    if (c >= range.first && c <= range.last) return true;
  }
  return false;
}

void append_hex_byte(std::string& out, unsigned char byte) {
  out += "\\x";
  out += kHexDigits[byte >> 4U];
  out += kHexDigits[byte & 15U];
}

void append_code(std::string& out, char32_t c) {
  if (c == '\n') {
    out += "\\n";
  } else if (c == '\r') {
    out += "\\r";
  } else if (c == '\t') {
    out += "\\t";
  } else if (c < 0x100) {
    append_hex_byte(out, static_cast<unsigned char>(c));
  } else {
    out += "\\u{";
    bool started = false;
    for (int shift = 20; shift >= 0; shift -= 4) {
      const auto digit = (c >> static_cast<unsigned>(shift)) & 15U;
      started = started || digit != 0;
      if (started) out += kHexDigits[digit];
    }
    out += '}';
  }
}

}  // namespace

void append_safe(std::string& out, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto decoded = base::decode_utf8(text, at);
    if (!decoded.valid) {
      append_hex_byte(out, static_cast<unsigned char>(text[at]));
    } else if (is_harmful(decoded.codepoint)) {
      append_code(out, decoded.codepoint);
    } else {
      out.append(text.substr(at, decoded.size_bytes));
    }
    at += decoded.size_bytes;
  }
}

std::string safe_text(std::string_view text) {
  std::string out;
  append_safe(out, text);
  return out;
}

std::string safe_cut(std::string_view text, std::size_t width) {
  const std::string safe = safe_text(text);
  if (base::display_width(safe) <= width) return safe;
  std::string out;
  std::size_t used = 0;
  for (std::size_t at = 0; at < safe.size();) {
    const auto decoded = base::decode_utf8(safe, at);
    const auto cells = static_cast<std::size_t>(base::display_width(decoded.codepoint));
    if (used + cells + 1 > width) break;
    out.append(safe, at, decoded.size_bytes);
    used += cells;
    at += decoded.size_bytes;
  }
  if (width > 0) out += "…";
  return out;
}

std::string safe_cut_middle(std::string_view text, std::size_t width) {
  const std::string safe = safe_text(text);
  if (base::display_width(safe) <= width) return safe;
  const std::size_t head_width = width / 3;
  std::string head = safe_cut(safe, head_width + 1);
  // The tail: from the first code point after which no more than the rest of the width follows.
  const std::size_t tail_width = width - base::display_width(head);
  std::size_t at = 0;
  while (at < safe.size() && base::display_width(std::string_view(safe).substr(at)) > tail_width)
    at += base::decode_utf8(safe, at).size_bytes;
  return head + safe.substr(at);
}

std::string shell_word(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+:@%,";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos)
    return std::string(text);
  std::string out;
  if (safe_text(text) == text) {
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return "'" + out + "'";
  }
  for (const char c : text) {
    if (c >= ' ' && c < '\x7f' && c != '\'' && c != '\\') {
      out += c;
    } else {
      out += "\\x";
      base::append_hex(out, as_bytes(std::string_view(&c, 1)));
    }
  }
  return "$'" + out + "'";
}

}  // namespace exhibit::cli
