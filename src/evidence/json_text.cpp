#include "evidence/json_text.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#include "base/text.h"

namespace exhibit::evidence {
namespace {

static_assert(std::endian::native == std::endian::little,
              "the 8-byte steps below count from the low end");

constexpr std::uint64_t kOnes = 0x0101010101010101;
constexpr std::uint64_t kHighs = 0x8080808080808080;

std::uint64_t load8(const char* at) {
  std::uint64_t eight;
  std::memcpy(&eight, at, sizeof(eight));
  return eight;
}

// The high bit of every byte of `eight` that equals `c`; exact up to the first such byte.
std::uint64_t equal_bytes(std::uint64_t eight, char c) {
  const std::uint64_t x = eight ^ (kOnes * static_cast<unsigned char>(c));
  return (x - kOnes) & ~x & kHighs;
}
// Likewise for bytes below 0x20.
std::uint64_t control_bytes(std::uint64_t eight) {
  return (eight - kOnes * 0x20) & ~eight & kHighs;
}
std::size_t first_byte(std::uint64_t mask) {
  return static_cast<std::size_t>(std::countr_zero(mask)) / 8;
}

// Four hexadecimal digits; nullopt where they are not.
std::optional<char32_t> hex4(std::string_view text) {
  if (text.size() < 4) return std::nullopt;
  char32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const char c = text[i];
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return std::nullopt;
    value = value * 16 + static_cast<char32_t>(digit);
  }
  return value;
}

std::size_t put_codepoint(char32_t c, char* out) {
  if (c < 0x80) {
    out[0] = static_cast<char>(c);
    return 1;
  }
  if (c < 0x800) {
    out[0] = static_cast<char>(0xc0 | (c >> 6));
    out[1] = static_cast<char>(0x80 | (c & 63));
    return 2;
  }
  if (c < 0x10000) {
    out[0] = static_cast<char>(0xe0 | (c >> 12));
    out[1] = static_cast<char>(0x80 | ((c >> 6) & 63));
    out[2] = static_cast<char>(0x80 | (c & 63));
    return 3;
  }
  out[0] = static_cast<char>(0xf0 | (c >> 18));
  out[1] = static_cast<char>(0x80 | ((c >> 12) & 63));
  out[2] = static_cast<char>(0x80 | ((c >> 6) & 63));
  out[3] = static_cast<char>(0x80 | (c & 63));
  return 4;
}

char simple_escape(char c) {
  switch (c) {
    case '"':
    case '\\':
    case '/':
      return c;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return '\0';
  }
}

bool is_high(char32_t c) { return c >= 0xd800 && c < 0xdc00; }
bool is_low(char32_t c) { return c >= 0xdc00 && c < 0xe000; }

// The code point of the \u escapes at the front of `text` (behind the first `\u`); `used` says how
// many bytes they take.
std::optional<char32_t> unicode_escape(std::string_view text, std::size_t& used) {
  const std::optional<char32_t> first = hex4(text);
  used = 4;
  if (!first) return std::nullopt;
  if (is_high(*first) && text.substr(4).starts_with("\\u")) {
    const std::optional<char32_t> second = hex4(text.substr(6));
    if (second && is_low(*second)) {
      used = 10;
      return 0x10000 + ((*first - 0xd800) << 10) + (*second - 0xdc00);
    }
  }
  return is_high(*first) || is_low(*first) ? U'\ufffd' : *first;
}

}  // namespace

std::size_t find_string_special(std::string_view text, std::size_t at) {
  while (at + 8 <= text.size()) {
    const std::uint64_t eight = load8(text.data() + at);
    const std::uint64_t special =
        equal_bytes(eight, '"') | equal_bytes(eight, '\\') | control_bytes(eight);
    if (special != 0) return at + first_byte(special);
    at += 8;
  }
  for (; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c == '"' || c == '\\' || c < 0x20) break;
  }
  return at;
}

std::optional<std::size_t> unescape_portable(std::string_view raw, char* out) {
  char* to = out;
  std::size_t at = 0;
  while (at < raw.size()) {
    const std::uint64_t eight = load8(raw.data() + at);
    std::memcpy(to, &eight, sizeof(eight));
    const std::uint64_t found = equal_bytes(eight, '\\');
    if (found == 0) {
      at += 8;
      to += 8;
      continue;
    }
    const std::size_t run = first_byte(found);
    at += run;
    to += run;
    if (at >= raw.size()) break;
    if (at + 1 == raw.size()) return std::nullopt;
    const char kind = raw[at + 1];
    at += 2;
    if (kind == 'u') {
      std::size_t used = 0;
      const std::optional<char32_t> c = unicode_escape(raw.substr(at), used);
      if (!c) return std::nullopt;
      to += put_codepoint(*c, to);
      at += used;
    } else if (const char plain = simple_escape(kind); plain != '\0') {
      *to++ = plain;
    } else {
      return std::nullopt;
    }
  }
  // The last step may have copied bytes that lie behind `raw`.
  return static_cast<std::size_t>(to - out) - (at - raw.size());
}

#if defined(__x86_64__)

namespace {

#define EXHIBIT_TARGET __attribute__((target("avx512f,avx512bw,avx512vbmi2")))

// The bytes among `where` that are `c`.
EXHIBIT_TARGET inline std::uint64_t equal_to(char c, __m512i bytes, std::uint64_t where) {
  return _mm512_mask_cmpeq_epi8_mask(where, bytes, _mm512_set1_epi8(c));
}

// Puts `plain` in place of the escaped `c`; takes its places from `others`.
EXHIBIT_TARGET inline __m512i with_escape(char c, char plain, __m512i bytes,
                                          std::uint64_t& others) {
  const std::uint64_t here = equal_to(c, bytes, others);
  others &= ~here;
  return _mm512_mask_mov_epi8(bytes, here, _mm512_set1_epi8(plain));
}

// 64 bytes a step: the backslashes that begin an escape are taken out by one compress (AVX-512
// VBMI2), after what they escape has become what it stands for. Paths of Windows have an escape in
// every ten bytes, at which a loop over bytes would guess wrongly each time.
EXHIBIT_TARGET std::optional<std::size_t> unescape_vbmi2(std::string_view raw, char* out) {
  constexpr std::size_t kStep = 64;
  constexpr std::uint64_t kEven = 0x5555555555555555;
  char* to = out;
  std::uint64_t escaped_first = 0;  // 1: the first byte of this step, by the last of the one before
  for (std::size_t at = 0; at < raw.size(); at += kStep) {
    const std::size_t size = std::min(kStep, raw.size() - at);
    const std::uint64_t all = ~std::uint64_t{0} >> (kStep - size);
    __m512i bytes = _mm512_maskz_loadu_epi8(all, raw.data() + at);
    const std::uint64_t any = equal_to('\\', bytes, all);
    // Of a run of backslashes, the first, third, … begin an escape. Adding a run's first bit to it
    // carries it away: that tells the runs that begin at even places from the others.
    const std::uint64_t slashes = any & ~escaped_first;
    const std::uint64_t even_firsts = slashes & ~(slashes << 1) & kEven;
    const std::uint64_t in_even_runs = slashes & ~(slashes + even_firsts);
    const std::uint64_t begins = (in_even_runs & kEven) | (slashes & ~in_even_runs & ~kEven);
    const std::uint64_t escaped = (begins << 1 | escaped_first) & all;
    escaped_first = begins >> (kStep - 1);
    if (std::uint64_t others = escaped & ~any; others != 0) {
      others &= ~(equal_to('"', bytes, others) | equal_to('/', bytes, others));
      bytes = with_escape('n', '\n', bytes, others);
      bytes = with_escape('r', '\r', bytes, others);
      bytes = with_escape('t', '\t', bytes, others);
      if (others != 0) return unescape_portable(raw, out);  // \u, or what is no escape
    }
    if ((begins >> (size - 1) & 1) != 0 && size < kStep) return std::nullopt;
    const std::uint64_t kept = all & ~begins;
    _mm512_storeu_si512(to, _mm512_maskz_compress_epi8(kept, bytes));
    to += std::popcount(kept);
  }
  if (escaped_first != 0) return std::nullopt;
  return static_cast<std::size_t>(to - out);
}

}  // namespace

std::optional<std::size_t> unescape(std::string_view raw, char* out) {
  static const bool has_vbmi2 =
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi2");
  return has_vbmi2 ? unescape_vbmi2(raw, out) : unescape_portable(raw, out);
}

#else

std::optional<std::size_t> unescape(std::string_view raw, char* out) {
  return unescape_portable(raw, out);
}

#endif

bool is_json_number(std::string_view token) {
  std::size_t at = 0;
  const auto peek = [&] { return at < token.size() ? token[at] : '\0'; };
  const auto digits = [&] {
    const std::size_t first = at;
    while (peek() >= '0' && peek() <= '9') ++at;
    return at > first;
  };
  if (peek() == '-') ++at;
  if (peek() == '0') {
    ++at;
  } else if (!digits()) {
    return false;
  }
  if (peek() == '.') {
    ++at;
    if (!digits()) return false;
  }
  if (peek() == 'e' || peek() == 'E') {
    ++at;
    if (peek() == '+' || peek() == '-') ++at;
    if (!digits()) return false;
  }
  return at == token.size();
}

void append_repaired_utf8(std::string& out, std::string_view text) {
  std::size_t clean = 0;
  for (std::size_t at = 0; at < text.size();) {
    const base::Decoded d = base::decode_utf8(text, at);
    if (!d.valid) {
      out += text.substr(clean, at - clean);
      base::append_codepoint(out, d.codepoint);
      clean = at + d.size_bytes;
    }
    at += d.size_bytes;
  }
  out += text.substr(clean);
}

void append_compact_json(std::string& out, std::string_view json) {
  bool in_string = false;
  std::size_t kept = 0;
  std::string compact;
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (in_string) {
      if (c == '\\') {
        ++at;
      } else if (c == '"') {
        in_string = false;
      }
    } else if (c == '"') {
      in_string = true;
    } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      compact += json.substr(kept, at - kept);
      kept = at + 1;
    }
  }
  if (kept < json.size()) compact += json.substr(kept);
  append_repaired_utf8(out, compact);
}

}  // namespace exhibit::evidence
