// The bytes of commitments exhibit/v0, in one place: docs/formats/commitments.md is their
// specification, and its test vectors are checked against this code.
#pragma once

#include <algorithm>
#include <bit>
#include <cstring>
#include <string_view>

#include "exhibit/seal.h"
#include "seal/prf.h"

namespace exhibit::seal {

// Domain tags. None begins with 0x00 or 0x01, the prefixes of RFC 6962, so that no preimage of a
// commitment is one of a tree.
inline constexpr std::string_view kFieldTag = "exf0";
inline constexpr std::string_view kRecordTag = "exr0";
inline constexpr std::string_view kStatementTag = "exs0";
inline constexpr std::string_view kSourceKeyTag = "exhibit/v0/source";
inline constexpr std::string_view kStatementKeyTag = "exhibit/v0/statement";

// First byte of the blocks that keys, salts and padding are the encryptions of.
inline constexpr std::byte kRecordKeyBlock{0x01};
inline constexpr std::byte kSaltBlock{0x02};
inline constexpr std::byte kPaddingBlock{0x03};

// A field's preimage without path and value: tag, salt, index, two lengths, type.
inline constexpr std::size_t kFieldOverhead = 4 + 16 + 2 + 4 + 1 + 4;
inline constexpr std::size_t kOutlineOverhead = 1 + 8;  // stream, offset

[[nodiscard]] inline PrfBlock record_key_block(std::uint8_t stream, std::uint8_t half,
                                               std::uint64_t offset) {
  PrfBlock block{kRecordKeyBlock, std::byte{stream}, std::byte{half}};
  for (std::size_t i = 0; i < 8; ++i) block[8 + i] = static_cast<std::byte>(offset >> (56 - 8 * i));
  return block;
}
[[nodiscard]] inline PrfBlock salt_block(std::size_t slot) {
  PrfBlock block{kSaltBlock};
  block[14] = static_cast<std::byte>(slot >> 8);
  block[15] = static_cast<std::byte>(slot);
  return block;
}
[[nodiscard]] inline PrfBlock padding_block(std::uint8_t half, std::size_t slot) {
  PrfBlock block = salt_block(slot);
  block[0] = kPaddingBlock;
  block[1] = std::byte{half};
  return block;
}

/// Writes a preimage; the caller has made room.
class Preimage {
 public:
  explicit Preimage(std::byte* at) : at_(at) {}

  void bytes(Bytes bytes) {
    if (!bytes.empty()) std::memcpy(at_, bytes.data(), bytes.size());
    at_ += bytes.size();
  }
  void text(std::string_view text) { bytes(as_bytes(text)); }
  void u8(std::uint8_t value) { *at_++ = std::byte{value}; }
  void u16(std::uint16_t value) { big_endian(value); }
  void u32(std::uint32_t value) { big_endian(value); }
  void u64(std::uint64_t value) { big_endian(value); }
  [[nodiscard]] std::byte* at() const { return at_; }

 private:
  template <class T>
  void big_endian(T value) {
    if constexpr (std::endian::native == std::endian::little) value = std::byteswap(value);
    std::memcpy(at_, &value, sizeof value);
    at_ += sizeof value;
  }
  std::byte* at_;
};

/// Everything of a field's preimage before its value.
inline void write_field_head(Preimage& out, const PrfBlock& salt, std::size_t slot,
                             std::string_view path, std::uint8_t type, std::size_t value_size) {
  out.text(kFieldTag);
  out.bytes(salt);
  out.u16(static_cast<std::uint16_t>(slot));
  out.u32(static_cast<std::uint32_t>(path.size()));
  out.text(path);
  out.u8(type);
  out.u32(static_cast<std::uint32_t>(value_size));
}

[[nodiscard]] inline std::size_t outline_size(std::span<const FieldView> fields) {
  std::size_t size = kOutlineOverhead;
  for (const FieldView& field : fields) size += 4 + field.path.size();
  return size;
}

inline void write_outline(Preimage& out, std::uint8_t stream, std::uint64_t offset,
                          std::span<const FieldView> fields) {
  out.u8(stream);
  out.u64(offset);
  for (const FieldView& field : fields) {
    out.u32(static_cast<std::uint32_t>(field.path.size()));
    out.text(field.path);
  }
}

/// Slots that are fields: two of the record's own, then as many of the event's as fit.
[[nodiscard]] inline std::size_t used_slots(std::size_t field_count) {
  return std::min(field_count + 2, kSlotsMax);
}

}  // namespace exhibit::seal
