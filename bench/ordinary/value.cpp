#include "ordinary/value.h"

#include <array>
#include <charconv>
#include <utility>

#include "base/time.h"

namespace exhibit::ordinary {
namespace {

void append_number(std::string& out, std::uint64_t value, int base) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.begin(), digits.end(), value, base).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

void append_integer(std::string& out, std::uint64_t value, int size_bytes) {
  for (int i = 0; i < size_bytes; ++i) out += static_cast<char>(value >> (8 * i));
}

void append_digits(std::string& out, std::uint64_t value, int first, int count) {
  for (int i = first; i < first + count; ++i) {
    out += "0123456789abcdef"[value >> (60 - 4 * i) & 15];
  }
}

}  // namespace

Sid make_sid(std::string text) {
  test::EvtxValue value = test::evtx_sid(text);
  return {.text = std::move(text), .bytes = std::move(value.bytes)};
}

void append_guid(std::string& out, Guid guid) {
  append_digits(out, guid.high, 0, 8);
  out += '-';
  append_digits(out, guid.high, 8, 4);
  out += '-';
  append_digits(out, guid.high, 12, 4);
  out += '-';
  append_digits(out, guid.low, 0, 4);
  out += '-';
  append_digits(out, guid.low, 4, 12);
}

void append_bytes(std::string& out, EvtxType type, const Value& value) {
  switch (type) {
    case EvtxType::uint8:
      return append_integer(out, value.number, 1);
    case EvtxType::uint16:
      return append_integer(out, value.number, 2);
    case EvtxType::uint32:
    case EvtxType::hex32:
    case EvtxType::boolean:
      return append_integer(out, value.number, 4);
    case EvtxType::uint64:
    case EvtxType::hex64:
    case EvtxType::filetime:
      return append_integer(out, value.number, 8);
    case EvtxType::guid:  // three little-endian integers, then bytes ([MS-DTYP] 2.3.4.2)
      append_integer(out, value.number >> 32, 4);
      append_integer(out, value.number >> 16, 2);
      append_integer(out, value.number, 2);
      for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(value.low >> shift);
      return;
    case EvtxType::sid:
      out += value.bytes;
      return;
    default:
      test::append_utf16le(out, value.text);
  }
}

void append_text(std::string& out, EvtxType type, const Value& value) {
  switch (type) {
    case EvtxType::uint8:
    case EvtxType::uint16:
    case EvtxType::uint32:
    case EvtxType::uint64:
      return append_number(out, value.number, 10);
    case EvtxType::hex32:
    case EvtxType::hex64:
      out += "0x";
      return append_number(out, value.number, 16);
    case EvtxType::boolean:
      out += value.number != 0 ? "true" : "false";
      return;
    case EvtxType::filetime:
      return base::append_rfc3339(out, static_cast<base::Ticks>(value.number));
    case EvtxType::guid:
      out += '{';
      append_guid(out, {.high = value.number, .low = value.low});
      out += '}';
      return;
    default:
      out += value.text;
  }
}

}  // namespace exhibit::ordinary
