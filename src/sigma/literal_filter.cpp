#include "sigma/literal_filter.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#define EXHIBIT_TARGET __attribute__((target("avx2")))
#endif

namespace exhibit::sigma::fast {
namespace {

using event::ValueType;
using Tables = LiteralFilter::Tables;

constexpr std::size_t kBuckets = 8;
// What event::append_text() writes for a value that is no text, folded.
constexpr std::string_view kNumberBytes = "0123456789abcdefilnrstuxz+-.:{}";
// Letters as rare as they are in English, and rarer what stands between words.
constexpr std::string_view kCommonFirst = "etaoinsrhldcumfpgwybvkxjqz";

bool is_usable(std::string_view literal) {
  return literal.size() >= LiteralFilter::kWindowBytes &&
         std::ranges::all_of(literal, [](char c) { return static_cast<signed char>(c) > 0; });
}

std::size_t rarity(char c) {
  const std::size_t letter = kCommonFirst.find(c);
  if (letter != std::string_view::npos) return letter;
  const bool frequent = (c >= '0' && c <= '9') || c == ' ' || c == '\\' || c == '.' || c == '-';
  return frequent ? 8 : kCommonFirst.size();
}

std::string_view rarest_window(std::string_view literal) {
  constexpr std::size_t kSize = LiteralFilter::kWindowBytes;
  std::size_t best = 0;
  std::size_t best_rarity = 0;
  for (std::size_t at = 0; at + kSize <= literal.size(); ++at) {
    std::size_t sum = 0;
    for (const char c : literal.substr(at, kSize)) sum += rarity(c);
    if (sum > best_rarity) {
      best = at;
      best_rarity = sum;
    }
  }
  return literal.substr(best, kSize);
}

// Where a window's bit is. Letters count as small, and so do a few other bytes: a bit more is set.
std::size_t window_bit(const char* at) {
  std::uint32_t window = 0;
  std::memcpy(&window, at, sizeof window);
  return ((window | 0x20202020U) * 0x9e3779b1U) >> (32 - LiteralFilter::kWindowBitsLog2);
}

void enter(Tables& tables, std::size_t place, unsigned char byte, std::size_t bucket) {
  const auto bit = static_cast<std::uint8_t>(1U << bucket);
  tables.low[place][byte & 15] = static_cast<std::uint8_t>(tables.low[place][byte & 15] | bit);
  tables.high[place][byte >> 4] = static_cast<std::uint8_t>(tables.high[place][byte >> 4] | bit);
}

#if defined(__x86_64__)

constexpr std::size_t kVectorBytes = 32;
constexpr std::size_t kPageBytes = 4096;  // the least that a processor protects on its own

alignas(kVectorBytes) constexpr auto kOnesThenZeros = [] {
  std::array<std::uint8_t, 2 * kVectorBytes> out{};
  std::fill_n(out.begin(), kVectorBytes, std::uint8_t{0xff});
  return out;
}();

EXHIBIT_TARGET inline __m256i load(const void* at) {
  return _mm256_loadu_si256(static_cast<const __m256i_u*>(at));
}

// `size` bytes (at most 32), then zeros. What stands behind them in the same page is read too, and
// dropped, which no sanitizer can know: most values are shorter than a vector, and to copy each
// would cost more than all the rest.
__attribute__((no_sanitize("address", "thread"))) EXHIBIT_TARGET inline __m256i load_up_to(
    const char* at, std::size_t size) {
  if (size >= kVectorBytes) return load(at);
  if (reinterpret_cast<std::uintptr_t>(at) % kPageBytes <= kPageBytes - kVectorBytes) [[likely]] {
    const __m256i bytes =
        _mm256_loadu_si256(static_cast<const __m256i_u*>(static_cast<const void*>(at)));
    return _mm256_and_si256(bytes, load(kOnesThenZeros.data() + kVectorBytes - size));
  }
  alignas(kVectorBytes) std::array<char, kVectorBytes> copy{};
  std::memcpy(copy.data(), at, size);
  return load(copy.data());
}

// `count` units of a text (at most 32), then zeros. What is not ASCII leaves a high bit.
struct Narrow {
  static constexpr std::size_t kWidth = 1;
  EXHIBIT_TARGET static __m256i units(const char* at, std::size_t count, __m256i& high) {
    const __m256i bytes = load_up_to(at, count);
    high = _mm256_or_si256(high, bytes);
    return bytes;
  }
};

struct Wide {  // UTF-16LE
  static constexpr std::size_t kWidth = 2;
  EXHIBIT_TARGET static __m256i units(const char* at, std::size_t count, __m256i& high) {
    const std::size_t size = count * kWidth;
    const __m256i first = load_up_to(at, size);
    const __m256i second = size > kVectorBytes ? load_up_to(at + kVectorBytes, size - kVectorBytes)
                                               : _mm256_setzero_si256();
    const __m256i any = _mm256_or_si256(first, second);
    const __m256i above = _mm256_cmpgt_epi16(_mm256_srli_epi16(any, 7), _mm256_setzero_si256());
    high = _mm256_or_si256(high, above);
    return _mm256_permute4x64_epi64(_mm256_packus_epi16(first, second), 0xd8);
  }
};

// The places of 32 bytes that fit, as the byte of a window at one place, by bucket.
EXHIBIT_TARGET inline __m256i fits(__m256i low, __m256i high, __m256i bytes) {
  const __m256i nibble = _mm256_set1_epi8(15);
  return _mm256_and_si256(
      _mm256_shuffle_epi8(low, _mm256_and_si256(bytes, nibble)),
      _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), nibble)));
}

EXHIBIT_TARGET inline __m256i table(const std::array<std::uint8_t, 16>& of) {
  return _mm256_broadcastsi128_si256(
      _mm_load_si128(static_cast<const __m128i*>(static_cast<const void*>(of.data()))));
}

// True when a window begins at one of the first 32 of the bytes in `now` and `next`.
class Scanner {
 public:
  EXHIBIT_TARGET explicit Scanner(const Tables& tables) : tables_(tables) {
    for (std::size_t i = 0; i < LiteralFilter::kWindowBytes; ++i) {
      low_[i] = table(tables.low[i]);
      high_[i] = table(tables.high[i]);
    }
  }
  EXHIBIT_TARGET bool any(__m256i now, __m256i next) const {
    const __m256i between = _mm256_permute2x128_si256(now, next, 0x21);
    const __m256i second = _mm256_alignr_epi8(between, now, 1);
    const __m256i third = _mm256_alignr_epi8(between, now, 2);
    const __m256i fourth = _mm256_alignr_epi8(between, now, 3);
    const __m256i all = _mm256_and_si256(
        _mm256_and_si256(fits(low_[0], high_[0], now), fits(low_[1], high_[1], second)),
        _mm256_and_si256(fits(low_[2], high_[2], third), fits(low_[3], high_[3], fourth)));
    const auto misses = static_cast<std::uint32_t>(
        _mm256_movemask_epi8(_mm256_cmpeq_epi8(all, _mm256_setzero_si256())));
    if (misses == 0xffff'ffffU) [[likely]]
      return false;
    return confirmed(~misses, now, next);
  }

 private:
  EXHIBIT_TARGET bool confirmed(std::uint32_t places, __m256i now, __m256i next) const {
    alignas(32) std::array<char, 64> bytes;
    _mm256_store_si256(static_cast<__m256i*>(static_cast<void*>(bytes.data())), now);
    _mm256_store_si256(static_cast<__m256i*>(static_cast<void*>(bytes.data() + 32)), next);
    for (; places != 0; places &= places - 1) {
      const std::size_t bit =
          window_bit(bytes.data() + static_cast<std::size_t>(std::countr_zero(places)));
      if ((tables_.windows[bit >> 6] >> (bit & 63) & 1) != 0) return true;
    }
    return false;
  }

  const Tables& tables_;
  __m256i low_[LiteralFilter::kWindowBytes];
  __m256i high_[LiteralFilter::kWindowBytes];
};

template <class Text>
EXHIBIT_TARGET bool scan(const Tables& tables, const char* text, std::size_t size) {
  constexpr std::size_t kStep = 32;
  const Scanner scanner(tables);
  __m256i high = _mm256_setzero_si256();
  __m256i now = Text::units(text, std::min(size, kStep), high);
  for (; size > kStep; size -= kStep) {
    text += kStep * Text::kWidth;
    const __m256i next = Text::units(text, std::min(size - kStep, kStep), high);
    if (scanner.any(now, next)) return true;
    now = next;
  }
  if (scanner.any(now, _mm256_setzero_si256())) return true;
  return _mm256_movemask_epi8(high) != 0;
}

bool is_supported() { return __builtin_cpu_supports("avx2"); }

#else

bool is_supported() { return false; }

#endif

}  // namespace

std::optional<LiteralFilter> LiteralFilter::make(std::span<const std::string_view> literals) {
  static const bool supported = is_supported();
  if (!supported || literals.empty() || literals.size() > kLiteralsMax ||
      !std::ranges::all_of(literals, is_usable))
    return std::nullopt;
  LiteralFilter out;
  std::vector<std::string_view> windows;
  for (const std::string_view literal : literals) {
    windows.push_back(rarest_window(literal));
    out.in_numbers_ |= literal.find_first_not_of(kNumberBytes) == std::string_view::npos;
  }
  std::ranges::sort(windows);  // so that like ones share a bucket
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const std::size_t bucket = i * kBuckets / windows.size();
    for (std::size_t place = 0; place < kWindowBytes; ++place) {
      const auto byte = static_cast<unsigned char>(windows[i][place]);
      enter(out.tables_, place, byte, bucket);
      if (byte >= 'a' && byte <= 'z')
        enter(out.tables_, place, static_cast<unsigned char>(byte - 'a' + 'A'), bucket);
    }
    const std::size_t bit = window_bit(windows[i].data());
    out.tables_.windows[bit >> 6] |= std::uint64_t{1} << (bit & 63);
  }
  return out;
}

bool LiteralFilter::may_hold(const event::Value& value) const {
  switch (value.type) {
#if defined(__x86_64__)
    case ValueType::utf8:
      return value.size >= kWindowBytes &&
             scan<Narrow>(tables_, reinterpret_cast<const char*>(value.data), value.size);
    case ValueType::utf16:
      return value.size % 2 != 0 ||
             (value.size / 2 >= kWindowBytes &&
              scan<Wide>(tables_, reinterpret_cast<const char*>(value.data), value.size / 2));
#endif
    case ValueType::ansi:
    case ValueType::evt_xml:
      return true;
    default:
      return in_numbers_;
  }
}

}  // namespace exhibit::sigma::fast
