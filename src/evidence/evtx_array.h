// The items of a BinXML array value ([MS-EVEN6] 2.2.12: the type's high bit is set).
//
// Threads:  pure functions, safe from any thread.
#pragma once

#include <algorithm>
#include <cstdint>

#include "evidence/evtx_format.h"
#include "exhibit/event.h"

namespace exhibit::evidence::evtx {

/// The size of a value without the NULs that end a string: some providers write a terminator into
/// the value, which is no part of the text. NULs within are kept.
[[nodiscard]] inline std::uint32_t text_size(const std::byte* data, std::uint32_t size,
                                             event::ValueType type) {
  if (type == event::ValueType::utf16) {
    while (size >= 2 && data[size - 1] == std::byte{0} && data[size - 2] == std::byte{0}) size -= 2;
  } else if (type == event::ValueType::ansi) {
    while (size >= 1 && data[size - 1] == std::byte{0}) --size;
  }
  return size;
}
[[nodiscard]] inline event::Value without_terminator(event::Value value) {
  value.size = text_size(value.data, value.size, value.type);
  return value;
}

/// Bytes of one item; 0 where items have no fixed size. `array_size` is the size of the array.
[[nodiscard]] std::uint32_t array_item_size(std::uint8_t type, std::uint32_t array_size);

/// Calls `item(Value)` for each item of the array of `type` (without kTypeArray) in `bytes` until
/// it returns false. Strings end with NUL, of which the last may lack; an item that is cut off is
/// given as far as it goes; an array whose items have no known size is one binary item; an array of
/// no bytes has no items.
template <class Item>
void for_each_item(std::uint8_t type, Bytes bytes, Item&& item) {
  using event::Value;
  using event::ValueType;
  const auto value_type = static_cast<ValueType>(type);
  const auto size = static_cast<std::uint32_t>(bytes.size());
  if (value_type == ValueType::utf16 || value_type == ValueType::ansi) {
    const std::uint32_t unit = value_type == ValueType::utf16 ? 2 : 1;
    std::uint32_t first = 0;
    for (std::uint32_t at = 0; at + unit <= size; at += unit) {
      if (bytes[at] != std::byte{0} || bytes[at + unit - 1] != std::byte{0}) continue;
      if (!item(Value{bytes.data() + first, at - first, value_type})) return;
      first = at + unit;
    }
    if (first + unit <= size) item(Value{bytes.data() + first, size - first, value_type});
    return;
  }
  const bool sids = value_type == ValueType::sid;
  std::uint32_t step = array_item_size(type, size);
  if (step == 0 && !sids) {
    if (size > 0) item(Value{bytes.data(), size, ValueType::binary});
    return;
  }
  for (std::uint32_t at = 0; at < size;) {
    // Revision, count of subauthorities, authority (6 bytes), subauthorities ([MS-DTYP] 2.4.2).
    if (sids) step = 8U + 4U * load_or_zero<std::uint8_t>(bytes, at + 1);
    const std::uint32_t length = std::min(step, size - at);
    if (!item(Value{bytes.data() + at, length, value_type})) return;
    at += length;
  }
}

}  // namespace exhibit::evidence::evtx
