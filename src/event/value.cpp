// Values: the text, number and time that the bytes of a typed value stand for.
#include <array>
#include <bit>
#include <charconv>
#include <cstring>

#include "base/text.h"
#include "base/time.h"
#include "exhibit/event.h"

namespace exhibit::event {
namespace {

// Windows-1252 0x80-0x9f; 0 where the code page leaves a hole (shown as U+FFFD).
constexpr std::array<char16_t, 32> kWindows1252{
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

constexpr std::size_t kSidSubauthoritiesMax = 15;  // SID_MAX_SUB_AUTHORITIES, [MS-DTYP] 2.4.2

template <class T>
T load(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  if constexpr (std::endian::native == std::endian::big && std::integral<T>)
    value = std::byteswap(value);
  return value;
}

template <class T>
void append_number(std::string& out, T value) {
  std::array<char, 64> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out.append(digits.data(), end.ptr);
}

void append_hex_number(std::string& out, std::uint64_t value) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16);
  out += "0x";
  out.append(digits.data(), end.ptr);
}

void append_upper_hex(std::string& out, Bytes bytes) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const std::byte b : bytes) {
    out += kDigits[std::to_integer<unsigned>(b) >> 4];
    out += kDigits[std::to_integer<unsigned>(b) & 15];
  }
}

void append_windows1252(std::string& out, Bytes bytes) {
  for (const std::byte b : bytes) {
    const auto c = std::to_integer<unsigned>(b);
    const bool mapped = c >= 0x80 && c < 0xa0;
    const char32_t codepoint = mapped ? kWindows1252[c - 0x80] : c;
    base::append_codepoint(out, mapped && codepoint == 0 ? 0xfffd : codepoint);
  }
}

// {00112233-4455-6677-8899-aabbccddeeff}, as Windows writes it: the first three parts are
// little-endian ([MS-DTYP] 2.3.4.2).
void append_guid(std::string& out, Bytes b) {
  constexpr std::array<std::size_t, 16> kOrder{3, 2, 1,  0,  5,  4,  7,  6,
                                               8, 9, 10, 11, 12, 13, 14, 15};
  out += '{';
  for (std::size_t i = 0; i < kOrder.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    base::append_hex(out, b.subspan(kOrder[i], 1));
  }
  out += '}';
}

bool append_sid(std::string& out, Bytes b) {
  if (b.size() < 8) return false;
  const auto count = std::to_integer<std::size_t>(b[1]);
  if (count > kSidSubauthoritiesMax || b.size() != 8 + 4 * count) return false;
  std::uint64_t authority = 0;  // big-endian, 48 bits ([MS-DTYP] 2.4.2.2)
  for (std::size_t i = 2; i < 8; ++i) authority = authority << 8 | std::to_integer<unsigned>(b[i]);
  out += "S-";
  append_number(out, std::to_integer<unsigned>(b[0]));
  out += '-';
  append_number(out, authority);
  for (std::size_t i = 0; i < count; ++i) {
    out += '-';
    append_number(out, load<std::uint32_t>(b.data() + 8 + 4 * i));
  }
  return true;
}

Ticks systemtime_ticks(Bytes b) {
  const auto field = [&](std::size_t i) { return load<std::uint16_t>(b.data() + 2 * i); };
  const auto in = [](unsigned v, unsigned low, unsigned high) { return v >= low && v <= high; };
  if (!in(field(0), 1601, 30'827) || !in(field(1), 1, 12) || !in(field(3), 1, 31) ||
      field(4) > 23 || field(5) > 59 || field(6) > 59 || field(7) > 999)
    return kNoTime;
  return base::ticks_from_civil({.year = field(0),
                                 .month = static_cast<std::uint8_t>(field(1)),
                                 .day = static_cast<std::uint8_t>(field(3)),
                                 .hour = static_cast<std::uint8_t>(field(4)),
                                 .minute = static_cast<std::uint8_t>(field(5)),
                                 .second = static_cast<std::uint8_t>(field(6)),
                                 .tick = static_cast<std::uint32_t>(field(7)) * 10'000U});
}

Ticks filetime_ticks(Bytes b) {
  const auto ticks = load<std::uint64_t>(b.data());
  constexpr std::uint64_t kMax = 0x7fff'35f4'f06c'58f0;  // 30827-12-31, the last SYSTEMTIME
  return ticks <= kMax ? static_cast<Ticks>(ticks) : kNoTime;
}

std::optional<std::int64_t> integer_of_text(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::uint64_t unsigned_of(Bytes b) {
  std::uint64_t value = 0;
  for (std::size_t i = b.size(); i > 0; --i)
    value = value << 8 | std::to_integer<std::uint64_t>(b[i - 1]);
  return value;
}

}  // namespace

std::uint32_t fixed_size(ValueType type) {
  switch (type) {
    case ValueType::int8:
    case ValueType::uint8:
      return 1;
    case ValueType::int16:
    case ValueType::uint16:
      return 2;
    case ValueType::int32:
    case ValueType::uint32:
    case ValueType::real32:
    case ValueType::hex32:
      return 4;
    case ValueType::int64:
    case ValueType::uint64:
    case ValueType::real64:
    case ValueType::filetime:
    case ValueType::hex64:
      return 8;
    case ValueType::guid:
    case ValueType::systemtime:
      return 16;
    default:
      return 0;
  }
}

void append_text(std::string& out, const Value& value) {
  const Bytes b = value.bytes();
  if (value.is_null() || b.empty()) return;
  if (const std::uint32_t size = fixed_size(value.type); size != 0 && size != b.size())
    return append_upper_hex(out, b);
  switch (value.type) {
    case ValueType::utf16:
    case ValueType::evt_xml:
      return base::append_utf16le(out, b);
    case ValueType::ansi:
      return append_windows1252(out, b);
    case ValueType::int8:
      return append_number(out, int{load<std::int8_t>(b.data())});
    case ValueType::uint8:
      return append_number(out, unsigned{load<std::uint8_t>(b.data())});
    case ValueType::int16:
      return append_number(out, load<std::int16_t>(b.data()));
    case ValueType::uint16:
      return append_number(out, load<std::uint16_t>(b.data()));
    case ValueType::int32:
      return append_number(out, load<std::int32_t>(b.data()));
    case ValueType::uint32:
      return append_number(out, load<std::uint32_t>(b.data()));
    case ValueType::int64:
      return append_number(out, load<std::int64_t>(b.data()));
    case ValueType::uint64:
      return append_number(out, load<std::uint64_t>(b.data()));
    case ValueType::real32:
      return append_number(out, load<float>(b.data()));
    case ValueType::real64:
      return append_number(out, load<double>(b.data()));
    case ValueType::boolean: {
      bool any = false;
      for (const std::byte byte : b) any |= byte != std::byte{0};
      out += any ? "true" : "false";
      return;
    }
    case ValueType::guid:
      return append_guid(out, b);
    case ValueType::size_type:
    case ValueType::handle:
      if (b.size() > 8) return append_upper_hex(out, b);
      return append_hex_number(out, unsigned_of(b));
    case ValueType::hex32:
    case ValueType::hex64:
      return append_hex_number(out, unsigned_of(b));
    case ValueType::filetime:
    case ValueType::systemtime: {
      const Ticks ticks =
          value.type == ValueType::filetime ? filetime_ticks(b) : systemtime_ticks(b);
      if (ticks == kNoTime) return append_upper_hex(out, b);
      return base::append_rfc3339(out, ticks);
    }
    case ValueType::sid:
      if (!append_sid(out, b)) append_upper_hex(out, b);
      return;
    case ValueType::utf8:
    case ValueType::json_number:
    case ValueType::json_boolean:
      out += as_text(b);
      return;
    default:
      return append_upper_hex(out, b);
  }
}

std::string to_text(const Value& value) {
  std::string out;
  append_text(out, value);
  return out;
}

std::optional<std::int64_t> to_integer(const Value& value) {
  const Bytes b = value.bytes();
  if (const std::uint32_t size = fixed_size(value.type); size != 0 && size != b.size())
    return std::nullopt;
  switch (value.type) {
    case ValueType::int8:
      return load<std::int8_t>(b.data());
    case ValueType::int16:
      return load<std::int16_t>(b.data());
    case ValueType::int32:
      return load<std::int32_t>(b.data());
    case ValueType::int64:
      return load<std::int64_t>(b.data());
    case ValueType::uint8:
    case ValueType::uint16:
    case ValueType::uint32:
    case ValueType::uint64:
    case ValueType::hex32:
    case ValueType::hex64:
    case ValueType::size_type:
    case ValueType::handle: {
      if (b.empty() || b.size() > 8) return std::nullopt;
      const std::uint64_t v = unsigned_of(b);
      if (v > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return std::nullopt;
      return static_cast<std::int64_t>(v);
    }
    case ValueType::boolean: {
      bool any = false;
      for (const std::byte byte : b) any |= byte != std::byte{0};
      return any ? 1 : 0;
    }
    case ValueType::utf8:
    case ValueType::json_number:
      return integer_of_text(as_text(b));
    case ValueType::json_boolean:
      return as_text(b) == "true" ? 1 : 0;
    case ValueType::utf16:
    case ValueType::ansi:
      return integer_of_text(to_text(value));
    default:
      return std::nullopt;
  }
}

Ticks to_time(const Value& value) {
  const Bytes b = value.bytes();
  switch (value.type) {
    case ValueType::filetime:
      return b.size() == 8 ? filetime_ticks(b) : kNoTime;
    case ValueType::systemtime:
      return b.size() == 16 ? systemtime_ticks(b) : kNoTime;
    case ValueType::utf8:
      return base::parse_time(as_text(b)).value_or(kNoTime);
    case ValueType::utf16:
    case ValueType::ansi:
      return base::parse_time(to_text(value)).value_or(kNoTime);
    default:
      return kNoTime;
  }
}

}  // namespace exhibit::event
