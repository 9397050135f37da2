// Text: hexadecimal, base64, UTF-16 to UTF-8, simple case folding, display width.
//
// Ownership:  output is appended to a caller's string, so that hot paths reuse one buffer.
// Threads:    pure functions, safe from any thread; no locale is consulted.
// Not here:   escaping for a terminal or CSV (cli), JSON (base/json_writer.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "exhibit/error.h"
#include "exhibit/export.h"

namespace exhibit::base {

void append_hex(std::string& out, Bytes bytes);  // lower case
[[nodiscard]] std::string to_hex(Bytes bytes);
/// Decodes lower- or upper-case hexadecimal; nullopt on odd length or any other character.
[[nodiscard]] std::optional<std::string> from_hex(std::string_view text);

/// Standard alphabet with padding (RFC 4648 section 4).
void append_base64(std::string& out, Bytes bytes);
[[nodiscard]] std::string to_base64(Bytes bytes);
/// Strict: canonical padding, no white space, unused bits zero. nullopt otherwise.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

/// Appends UTF-16LE bytes as UTF-8. A lone surrogate becomes U+FFFD; an odd last byte is dropped.
void append_utf16le(std::string& out, Bytes utf16le);
void append_codepoint(std::string& out, char32_t codepoint);

/// One step of UTF-8 decoding: the code point at `at` and how many bytes it took (1 for an invalid
/// byte, which yields U+FFFD). Overlong forms, surrogates and values above U+10FFFF are invalid.
struct Decoded {
  char32_t codepoint;
  std::uint8_t size_bytes;
  bool valid;
};
[[nodiscard]] Decoded decode_utf8(std::string_view text, std::size_t at);
[[nodiscard]] bool is_utf8(std::string_view text);

/// Unicode simple case folding (CaseFolding.txt, status C and S). Source: Unicode 15.0,
/// section 3.13.
[[nodiscard]] char32_t fold_codepoint(char32_t codepoint);
/// Appends `text` folded; invalid bytes become U+FFFD.
void append_folded(std::string& out, std::string_view text);
[[nodiscard]] std::string folded(std::string_view text);

/// A decimal number in its one form: digits, no sign, no leading zero. nullopt otherwise, and above
/// 2^64 - 1.
[[nodiscard]] std::optional<std::uint64_t> parse_decimal(std::string_view text);

/// Takes the next line off `text`, and returns it without its newline; nullopt when no newline is
/// left.
[[nodiscard]] std::optional<std::string_view> take_line(std::string_view& text);

/// ASCII-only lower case, for keywords of formats that are ASCII by definition.
[[nodiscard]] std::string ascii_lower(std::string_view text);
[[nodiscard]] bool ascii_iequals(std::string_view a, std::string_view b);

/// Terminal cells that a code point takes: 0 (combining), 1 or 2 (East Asian wide, emoji).
/// Source: Unicode 15.0 EastAsianWidth.txt (W, F) and general categories Mn, Me, Cf.
[[nodiscard]] int display_width(char32_t codepoint);
[[nodiscard]] std::size_t display_width(std::string_view utf8);

}  // namespace exhibit::base
