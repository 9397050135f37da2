// Typed BinXML values for the EVTX writer: the bytes that stand in a record, the text that a
// template-less record holds instead, and the JSON token that evtx_dump prints.
//
// Threads:  pure functions.
// Errors:   std::invalid_argument for text that is no GUID or SID: the writer serves tests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::test {

/// Value types of [MS-EVEN6] 2.2.12 that the writer names.
enum class EvtxType : std::uint8_t {
  null = 0x00,
  utf16 = 0x01,
  ansi = 0x02,
  int8 = 0x03,
  uint8 = 0x04,
  int16 = 0x05,
  uint16 = 0x06,
  int32 = 0x07,
  uint32 = 0x08,
  int64 = 0x09,
  uint64 = 0x0a,
  real32 = 0x0b,
  real64 = 0x0c,
  boolean = 0x0d,
  binary = 0x0e,
  guid = 0x0f,
  size_type = 0x10,
  filetime = 0x11,
  systemtime = 0x12,
  sid = 0x13,
  hex32 = 0x14,
  hex64 = 0x15,
  handle = 0x20,
  binxml = 0x21,
  evt_xml = 0x23,
};
inline constexpr std::uint8_t kEvtxArrayFlag = 0x80;

struct EvtxValue {
  std::uint8_t type = 0;           // EvtxType, with kEvtxArrayFlag for an array
  std::uint8_t declared_type = 0;  // what the template says; differs for a NULL value
  std::string bytes;
  std::string text;                // of a scalar
  std::string json;                // a JSON token
  std::vector<std::string> items;  // texts of an array's elements
  [[nodiscard]] bool is_null() const { return type == 0; }
  [[nodiscard]] bool is_array() const { return (type & kEvtxArrayFlag) != 0; }
};

/// UTF-8 to UTF-16LE bytes.
[[nodiscard]] std::string utf16le(std::string_view utf8);
void append_utf16le(std::string& out, std::string_view utf8);

/// A value that is absent although the template has a place of type `declared` for it.
[[nodiscard]] EvtxValue evtx_null(EvtxType declared = EvtxType::utf16);
[[nodiscard]] EvtxValue evtx_string(std::string_view utf8);
[[nodiscard]] EvtxValue evtx_ansi(std::string_view windows1252_that_is_ascii);
/// Any of the eight integer types; `value` is cut to the type's width.
[[nodiscard]] EvtxValue evtx_integer(EvtxType type, std::int64_t value);
[[nodiscard]] EvtxValue evtx_uint32(std::uint32_t value);
[[nodiscard]] EvtxValue evtx_real(double value, bool single = false);
/// `width_bytes` other than 4 makes the irregular booleans that some providers write.
[[nodiscard]] EvtxValue evtx_boolean(bool value, std::size_t width_bytes = 4);
[[nodiscard]] EvtxValue evtx_binary(std::string_view bytes);
/// `8-4-4-4-12` hexadecimal digits, with or without braces.
[[nodiscard]] EvtxValue evtx_guid(std::string_view text);
[[nodiscard]] EvtxValue evtx_size(std::uint64_t value, std::size_t width_bytes = 8);
[[nodiscard]] EvtxValue evtx_filetime(std::int64_t ticks);
[[nodiscard]] EvtxValue evtx_systemtime(std::int64_t ticks);  // keeps milliseconds
/// `S-1-5-21-…`.
[[nodiscard]] EvtxValue evtx_sid(std::string_view text);
[[nodiscard]] EvtxValue evtx_hex32(std::uint32_t value);
[[nodiscard]] EvtxValue evtx_hex64(std::uint64_t value);
[[nodiscard]] EvtxValue evtx_string_array(const std::vector<std::string>& utf8);
/// An array of equal-sized scalars (integers, GUID, FILETIME, hex): all of one type.
[[nodiscard]] EvtxValue evtx_array(const std::vector<EvtxValue>& scalars);
/// Bytes under a type that they need not fit: how damage and odd providers look.
[[nodiscard]] EvtxValue evtx_raw(std::uint8_t type, std::string_view bytes);

}  // namespace exhibit::test
