// Text forms: UTF-8, hexadecimal, base64, decimal numbers, lines. One form each, strictly.
#pragma once

#include "verify/core/bytes.h"

namespace exhibit::verify::core {

/// One code point of UTF-8; size 0 where there is none (overlong forms, surrogates, and values
/// above U+10FFFF included).
struct Decoded {
  char32_t codepoint = 0;
  std::uint8_t size = 0;
};
[[nodiscard]] Decoded decode_utf8(std::string_view text, std::size_t at);
[[nodiscard]] bool is_utf8(std::string_view text);

/// Digits without sign and leading zero, below 2^64.
[[nodiscard]] std::optional<std::uint64_t> parse_decimal(std::string_view text);
/// The next line, without its newline; nullopt when no newline is left.
[[nodiscard]] std::optional<std::string_view> take_line(std::string_view& text);

/// Into an array of exactly this size, from lower-case hexadecimal.
[[nodiscard]] bool from_hex(std::string_view text, std::span<std::uint8_t> out);
template <std::size_t N>
[[nodiscard]] std::optional<std::array<std::uint8_t, N>> hex_array(std::string_view text) {
  std::array<std::uint8_t, N> out;
  if (!from_hex(text, out)) return std::nullopt;
  return out;
}

/// RFC 4648 4, with padding, unused bits zero. nullopt where it is not that; text with null data
/// where the memory is used up.
[[nodiscard]] std::optional<std::string_view> from_base64(Arena& arena, std::string_view text);

/// Builds a text in an arena; what does not fit any more is left out, and ok() says so.
class Writer {
 public:
  explicit Writer(Arena& arena, std::size_t capacity)
      : at_(static_cast<char*>(arena.take(capacity, 1))),
        capacity_(at_ == nullptr ? 0 : capacity) {}
  Writer& text(std::string_view text);
  Writer& byte(char c) { return text({&c, 1}); }
  Writer& number(std::uint64_t value);
  Writer& hex(std::string_view bytes);
  [[nodiscard]] std::string_view view() const { return {at_, size_}; }
  [[nodiscard]] bool ok() const { return !cut_; }

 private:
  char* at_;
  std::size_t capacity_;
  std::size_t size_ = 0;
  bool cut_ = false;
};

}  // namespace exhibit::verify::core
