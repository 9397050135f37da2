// A value of a template instance, as its descriptor gives it, and the items of one that is an array
// ([MS-EVEN6] 2.2.12: the type's high bit is set).
//
// Ownership:  slots and values point into the chunk.
// Threads:    pure functions, safe from any thread.
#pragma once

#include <algorithm>
#include <cstdint>

#include "evidence/evtx_format.h"
#include "exhibit/event.h"

namespace exhibit::evidence::evtx {

/// The type may be one that an event's Value cannot have: an array (0x80) or a fragment (0x21).
struct Slot {
  const std::byte* data = nullptr;
  std::uint32_t size = 0;
  std::uint8_t type = 0;

  [[nodiscard]] bool is_null() const { return type == 0; }
  [[nodiscard]] bool is_array() const { return (type & kTypeArray) != 0; }
  [[nodiscard]] bool is_fragment() const { return type == kTypeBinXml; }
  /// One value of a type that BinXML has: what almost every slot is.
  [[nodiscard]] bool is_plain() const { return type != 0 && type < kTypesEnd && !is_fragment(); }
  /// NULL, or an array or a fragment of no bytes: no content, wherever it stands.
  [[nodiscard]] bool is_nothing() const {
    return is_null() || (size == 0 && (is_array() || is_fragment()));
  }
  /// The slot as one value: of a fragment, where no element can stand, and of types that BinXML
  /// does not have, the bytes.
  [[nodiscard]] event::Value value() const;
};

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

/// Bytes of one item; 0 where items have no fixed size. `array_size` is the size of the array.
[[nodiscard]] std::uint32_t array_item_size(event::ValueType type, std::uint32_t array_size);

/// Calls `item(Value)` for each item of `array` until it returns false. Strings end with NUL, of
/// which the last may lack; an item that is cut off is given as far as it goes; an array whose
/// items have no known size is one binary item; an array of no bytes has no items.
template <class Item>
void for_each_item(const Slot& array, Item&& item) {
  using event::Value;
  using event::ValueType;
  const auto type = static_cast<ValueType>(array.type & ~kTypeArray);
  const Bytes bytes{array.data, array.size};
  const std::uint32_t size = array.size;
  if (type == ValueType::utf16 || type == ValueType::ansi) {
    const std::uint32_t unit = type == ValueType::utf16 ? 2 : 1;
    std::uint32_t first = 0;
    for (std::uint32_t at = 0; at + unit <= size; at += unit) {
      if (bytes[at] != std::byte{0} || bytes[at + unit - 1] != std::byte{0}) continue;
      if (!item(Value{bytes.data() + first, at - first, type})) return;
      first = at + unit;
    }
    if (first + unit <= size) item(Value{bytes.data() + first, size - first, type});
    return;
  }
  const bool sids = type == ValueType::sid;
  std::uint32_t step = array_item_size(type, size);
  if (step == 0 && !sids) {
    if (size > 0) item(Value{bytes.data(), size, ValueType::binary});
    return;
  }
  for (std::uint32_t at = 0; at < size;) {
    // Revision, count of subauthorities, authority (6 bytes), subauthorities ([MS-DTYP] 2.4.2).
    if (sids) step = 8U + 4U * load_or_zero<std::uint8_t>(bytes, at + 1);
    const std::uint32_t length = std::min(step, size - at);
    if (!item(Value{bytes.data() + at, length, type})) return;
    at += length;
  }
}

}  // namespace exhibit::evidence::evtx
