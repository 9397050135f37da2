#include "verify/core/text.h"

#include <algorithm>

namespace exhibit::verify::core {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

}  // namespace

void* Arena::take(std::size_t size, std::size_t align) {
  const std::size_t skip =
      (align - (reinterpret_cast<std::uintptr_t>(memory_.data()) + used_) % align) % align;
  if (memory_.size() - used_ < skip || memory_.size() - used_ - skip < size) {
    exhausted_ = true;
    return nullptr;
  }
  void* out = memory_.data() + used_ + skip;
  used_ += skip + size;
  return out;
}

Decoded decode_utf8(std::string_view text, std::size_t at) {
  const std::uint8_t first = byte_at(text, at);
  if (first < 0x80) return {first, 1};
  const std::uint8_t size = first < 0xc2   ? 0
                            : first < 0xe0 ? 2
                            : first < 0xf0 ? 3
                            : first < 0xf5 ? 4
                                           : 0;
  if (size == 0 || text.size() - at < size) return {};
  char32_t out = first & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    const std::uint8_t next = byte_at(text, at + i);
    if ((next & 0xc0) != 0x80) return {};
    out = out << 6 | (next & 0x3fU);
  }
  const bool overlong = (size == 3 && out < 0x800) || (size == 4 && out < 0x10000);
  if (overlong || out > 0x10ffff || (out >= 0xd800 && out < 0xe000)) return {};
  return {out, size};
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Decoded d = decode_utf8(text, at);
    if (d.size == 0) return false;
    at += d.size;
  }
  return true;
}

std::optional<std::uint64_t> parse_decimal(std::string_view text) {
  if (text.empty() || text.size() > 20 || (text.size() > 1 && text.front() == '0'))
    return std::nullopt;
  std::uint64_t out = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (out > (UINT64_MAX - digit) / 10) return std::nullopt;
    out = 10 * out + digit;
  }
  return out;
}

std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

bool from_hex(std::string_view text, std::span<std::uint8_t> out) {
  if (text.size() != 2 * out.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t digit = kHexDigits.find(text[i]);
    if (digit == std::string_view::npos) return false;
    out[i / 2] = static_cast<std::uint8_t>((i % 2 == 0 ? 0 : std::size_t{out[i / 2]} << 4) | digit);
  }
  return true;
}

std::optional<std::string_view> from_base64(Arena& arena, std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  const std::size_t pad = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  const std::size_t size = text.size() / 4 * 3 - pad;
  auto* out = static_cast<char*>(arena.take(size, 1));
  if (out == nullptr) return std::string_view{};
  std::uint32_t bits = 0;
  for (std::size_t i = 0, at = 0; i < text.size(); ++i) {
    const int digit = i >= text.size() - pad ? 0 : base64_value(text[i]);
    if (digit < 0) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    if (i % 4 != 3) continue;
    for (int shift = 16; shift >= 0; shift -= 8) {
      const auto byte = static_cast<std::uint8_t>(bits >> shift);
      if (at < size) {
        out[at++] = static_cast<char>(byte);
      } else if (byte != 0) {
        return std::nullopt;  // bits that the padding says are not there
      }
    }
    bits = 0;
  }
  return std::string_view{out, size};
}

Writer& Writer::text(std::string_view text) {
  const std::size_t n = std::min(text.size(), capacity_ - size_);
  if (n < text.size()) cut_ = true;
  if (n != 0) std::memcpy(at_ + size_, text.data(), n);
  size_ += n;
  return *this;
}

Writer& Writer::number(std::uint64_t value) {
  std::array<char, 20> digits;
  std::size_t at = digits.size();
  do {
    digits[--at] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  return text({digits.data() + at, digits.size() - at});
}

Writer& Writer::hex(std::string_view bytes) {
  for (const char c : bytes) {
    const auto b = static_cast<unsigned char>(c);
    byte(kHexDigits[b >> 4]).byte(kHexDigits[b & 15]);
  }
  return *this;
}

}  // namespace exhibit::verify::core
