#include "support/evtx_value.h"

#include <array>
#include <bit>
#include <cstdio>
#include <initializer_list>
#include <stdexcept>

#include "base/json_writer.h"
#include "base/text.h"
#include "base/time.h"
#include "support/little_endian.h"

namespace exhibit::test {
namespace {

EvtxValue make(EvtxType type, std::string bytes, std::string text, std::string json) {
  const auto code = static_cast<std::uint8_t>(type);
  return {.type = code,
          .declared_type = code,
          .bytes = std::move(bytes),
          .text = std::move(text),
          .json = std::move(json),
          .items = {}};
}

std::string quoted(std::string_view text) {
  std::string out;
  base::append_json_string(out, text);
  return out;
}

EvtxValue make_quoted(EvtxType type, std::string bytes, std::string text) {
  std::string json = quoted(text);
  return make(type, std::move(bytes), std::move(text), std::move(json));
}

std::string hexadecimal(std::uint64_t value) {
  std::array<char, 19> text{};
  std::snprintf(text.data(), text.size(), "0x%llx", static_cast<unsigned long long>(value));
  return text.data();
}

std::size_t integer_width(EvtxType type) {
  switch (type) {
    case EvtxType::int8:
    case EvtxType::uint8:
      return 1;
    case EvtxType::int16:
    case EvtxType::uint16:
      return 2;
    case EvtxType::int32:
    case EvtxType::uint32:
      return 4;
    case EvtxType::int64:
    case EvtxType::uint64:
      return 8;
    default:
      throw std::invalid_argument("not an integer type");
  }
}

// What evtx_dump prints for TimeCreated: seven decimals.
std::string time_text(std::int64_t ticks) { return base::to_rfc3339(ticks); }

}  // namespace

void append_utf16le(std::string& out, std::string_view utf8) {
  for (std::size_t at = 0; at < utf8.size();) {
    if (static_cast<unsigned char>(utf8[at]) < 0x80) {
      const std::array<char, 2> unit = {utf8[at++], '\0'};
      out.append(unit.data(), unit.size());
      continue;
    }
    const base::Decoded next = base::decode_utf8(utf8, at);
    at += next.size_bytes;
    char32_t c = next.codepoint;
    if (c >= 0x10000) {
      c -= 0x10000;
      put_u16(out, static_cast<std::uint16_t>(0xd800 + (c >> 10)));
      c = 0xdc00 + (c & 0x3ff);
    }
    put_u16(out, static_cast<std::uint16_t>(c));
  }
}

std::string utf16le(std::string_view utf8) {
  std::string out;
  append_utf16le(out, utf8);
  return out;
}

EvtxValue evtx_null(EvtxType declared) {
  EvtxValue value = make(EvtxType::null, "", "", "\"\"");
  value.declared_type = static_cast<std::uint8_t>(declared);
  return value;
}

EvtxValue evtx_string(std::string_view utf8) {
  return make_quoted(EvtxType::utf16, utf16le(utf8), std::string(utf8));
}

EvtxValue evtx_ansi(std::string_view ascii) {
  return make_quoted(EvtxType::ansi, std::string(ascii), std::string(ascii));
}

EvtxValue evtx_integer(EvtxType type, std::int64_t value) {
  const std::size_t width = integer_width(type);
  std::string bytes;
  put_u64(bytes, static_cast<std::uint64_t>(value));
  bytes.resize(width);
  std::string text = type == EvtxType::uint64 ? std::to_string(static_cast<std::uint64_t>(value))
                                              : std::to_string(value);
  std::string json = text;
  return make(type, std::move(bytes), std::move(text), std::move(json));
}

EvtxValue evtx_uint32(std::uint32_t value) { return evtx_integer(EvtxType::uint32, value); }

EvtxValue evtx_real(double value, bool single) {
  std::string bytes;
  if (single) {
    put_u32(bytes, std::bit_cast<std::uint32_t>(static_cast<float>(value)));
  } else {
    put_u64(bytes, std::bit_cast<std::uint64_t>(value));
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%g", value);
  return make_quoted(single ? EvtxType::real32 : EvtxType::real64, std::move(bytes), text.data());
}

EvtxValue evtx_boolean(bool value, std::size_t width_bytes) {
  std::string bytes(width_bytes, '\0');
  if (value && width_bytes > 0) bytes[0] = 1;
  const char* text = value ? "true" : "false";
  return make(EvtxType::boolean, std::move(bytes), text, text);
}

EvtxValue evtx_binary(std::string_view bytes) {
  std::string text = base::to_hex(as_bytes(bytes));
  for (char& c : text) {
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
  }
  return make_quoted(EvtxType::binary, std::string(bytes), std::move(text));
}

EvtxValue evtx_guid(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != '-' && c != '{' && c != '}') digits += c;
  }
  const auto raw = base::from_hex(digits);
  if (!raw || raw->size() != 16) throw std::invalid_argument("not a GUID");
  // The first three groups are integers and so stand little-endian ([MS-DTYP] 2.3.4.2).
  std::string bytes;
  for (const std::size_t i :
       std::initializer_list<std::size_t>{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15}) {
    bytes += (*raw)[i];
  }
  const std::string hex = base::ascii_lower(digits);
  std::string shown = "{" + hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) +
                      "-" + hex.substr(16, 4) + "-" + hex.substr(20) + "}";
  return make_quoted(EvtxType::guid, std::move(bytes), std::move(shown));
}

EvtxValue evtx_size(std::uint64_t value, std::size_t width_bytes) {
  std::string bytes;
  put_u64(bytes, value);
  bytes.resize(width_bytes);
  return make_quoted(EvtxType::size_type, std::move(bytes), hexadecimal(value));
}

EvtxValue evtx_filetime(std::int64_t ticks) {
  std::string bytes;
  put_u64(bytes, static_cast<std::uint64_t>(ticks));
  return make_quoted(EvtxType::filetime, std::move(bytes), time_text(ticks));
}

EvtxValue evtx_systemtime(std::int64_t ticks) {
  const base::CivilTime civil = base::civil_from_ticks(ticks);
  // 1601-01-01 was a Monday; SYSTEMTIME counts week days from Sunday ([MS-DTYP] 2.3.13).
  const auto weekday =
      static_cast<std::uint16_t>((ticks / (86'400 * base::kTicksPerSecond) + 1) % 7);
  std::string bytes;
  for (const int part :
       {civil.year, int{civil.month}, int{weekday}, int{civil.day}, int{civil.hour},
        int{civil.minute}, int{civil.second}, static_cast<int>(civil.tick / 10'000)}) {
    put_u16(bytes, static_cast<std::uint16_t>(part));
  }
  return make_quoted(EvtxType::systemtime, std::move(bytes),
                     time_text(ticks - static_cast<std::int64_t>(civil.tick % 10'000)));
}

EvtxValue evtx_sid(std::string_view text) {
  // [MS-DTYP] 2.4.2: revision, count, 48-bit big-endian authority, sub-authorities.
  std::vector<std::uint64_t> parts;
  std::size_t at = text.find('-');
  while (at != std::string_view::npos) {
    const std::size_t end = text.find('-', at + 1);
    parts.push_back(std::stoull(std::string(text.substr(at + 1, end - at - 1))));
    at = end;
  }
  if (parts.size() < 3 || parts[0] != 1) throw std::invalid_argument("not a SID");
  std::string bytes;
  put_u8(bytes, 1);
  put_u8(bytes, static_cast<std::uint8_t>(parts.size() - 2));
  for (int shift = 40; shift >= 0; shift -= 8) {
    put_u8(bytes, static_cast<std::uint8_t>(parts[1] >> shift));
  }
  for (std::size_t i = 2; i < parts.size(); ++i) {
    put_u32(bytes, static_cast<std::uint32_t>(parts[i]));
  }
  return make_quoted(EvtxType::sid, std::move(bytes), std::string(text));
}

EvtxValue evtx_hex32(std::uint32_t value) {
  std::string bytes;
  put_u32(bytes, value);
  return make_quoted(EvtxType::hex32, std::move(bytes), hexadecimal(value));
}

EvtxValue evtx_hex64(std::uint64_t value) {
  std::string bytes;
  put_u64(bytes, value);
  return make_quoted(EvtxType::hex64, std::move(bytes), hexadecimal(value));
}

EvtxValue evtx_string_array(const std::vector<std::string>& utf8) {
  EvtxValue value = make(EvtxType::utf16, "", "", "");
  value.type = value.declared_type = value.type | kEvtxArrayFlag;
  value.json = "[";
  for (const std::string& item : utf8) {
    value.bytes += utf16le(item);
    put_u16(value.bytes, 0);
    value.json += (value.items.empty() ? "" : ",") + quoted(item);
    value.items.push_back(item);
  }
  value.json += "]";
  return value;
}

EvtxValue evtx_array(const std::vector<EvtxValue>& scalars) {
  if (scalars.empty()) throw std::invalid_argument("an array needs an element to have a type");
  EvtxValue value;
  value.type = value.declared_type = scalars.front().type | kEvtxArrayFlag;
  value.json = "[";
  for (const EvtxValue& scalar : scalars) {
    if (scalar.type != scalars.front().type) throw std::invalid_argument("array of mixed types");
    value.bytes += scalar.bytes;
    value.json += (value.items.empty() ? "" : ",") + scalar.json;
    value.items.push_back(scalar.text);
  }
  value.json += "]";
  return value;
}

EvtxValue evtx_raw(std::uint8_t type, std::string_view bytes) {
  return {.type = type,
          .declared_type = type,
          .bytes = std::string(bytes),
          .text = "",
          .json = "null",
          .items = {}};
}

}  // namespace exhibit::test
