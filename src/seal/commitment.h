// The bytes of commitments exhibit/v1, in one place: docs/formats/commitments.md is their
// specification, and its test vectors are checked against this code.
#pragma once

#include <algorithm>
#include <bit>
#include <cstring>
#include <string_view>

#include "exhibit/seal.h"
#include "seal/check.h"
#include "seal/prf.h"

namespace exhibit::seal {

// First byte of each kind of preimage. None is 0x00 or 0x01, the prefixes of RFC 6962, so that no
// preimage of a commitment is one of a tree.
inline constexpr std::uint8_t kFieldTag = 'f';
inline constexpr std::uint8_t kRecordTag = 'r';
inline constexpr std::uint8_t kStatementTag = 's';
inline constexpr std::uint8_t kPathTag = 'p';
inline constexpr std::uint8_t kShapeTag = 'h';
inline constexpr std::string_view kSourceKeyTag = "exhibit/v1/source";
inline constexpr std::string_view kStatementKeyTag = "exhibit/v1/statement";

// First byte of the blocks that keys, salts and padding are the encryptions of.
inline constexpr std::byte kRecordKeyBlock{0x01};
inline constexpr std::byte kSaltBlock{0x02};
inline constexpr std::byte kPaddingBlock{0x03};
inline constexpr std::byte kShapesKeyBlock{0x04};

inline constexpr std::size_t kFieldOverhead = 1 + 16 + 1;  // tag, salt, type
inline constexpr std::size_t kPathOverhead = 1 + 16;       // tag, salt
inline constexpr std::size_t kPlaceSize = 1 + 8;           // stream, offset

[[nodiscard]] inline PrfBlock record_key_block(std::uint8_t stream, std::uint8_t half,
                                               std::uint64_t offset) {
  PrfBlock block{kRecordKeyBlock, std::byte{stream}, std::byte{half}};
  for (std::size_t i = 0; i < 8; ++i) block[8 + i] = static_cast<std::byte>(offset >> (56 - 8 * i));
  return block;
}
[[nodiscard]] inline PrfBlock salt_block(std::size_t slot) {
  PrfBlock block{kSaltBlock};
  for (std::size_t i = 0; i < 4; ++i) block[12 + i] = static_cast<std::byte>(slot >> (24 - 8 * i));
  return block;
}
[[nodiscard]] inline PrfBlock padding_block(std::uint8_t half, std::size_t slot) {
  PrfBlock block = salt_block(slot);
  block[0] = kPaddingBlock;
  block[1] = std::byte{half};
  return block;
}
/// What K_shapes is the encryption of.
[[nodiscard]] inline std::array<PrfBlock, 2> shapes_key_blocks() {
  return {PrfBlock{kShapesKeyBlock, std::byte{0}}, PrfBlock{kShapesKeyBlock, std::byte{1}}};
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

/// Everything of a slot's preimage before its value.
inline void write_field_head(Preimage& out, const PrfBlock& salt, std::uint8_t type) {
  out.u8(kFieldTag);
  out.bytes(salt);
  out.u8(type);
}

inline void write_place(Preimage& out, std::uint8_t stream, std::uint64_t offset) {
  out.u8(stream);
  out.u64(offset);
}

/// The number of things that `count` of them are padded to.
[[nodiscard]] inline std::size_t bucket_size(std::size_t count) {
  check(count >= 1 && count <= UINT32_MAX / 2);  // of lists: the numbers of places are 32 bits
  const std::size_t step = std::max<std::size_t>(8, std::bit_floor(count - 1) / 4);
  return (count + step - 1) / step * step;
}
/// Slots in use: the record's own, then as many of the event's fields as fit.
[[nodiscard]] inline std::size_t used_slots(std::size_t field_count) {
  return std::min(field_count + kRecordOwnSlots, kSlotsMax);
}
/// Places of a shape: as many as its record has slots, so that neither tells more than the other.
[[nodiscard]] inline std::size_t shape_places(std::size_t path_count) {
  return bucket_size(path_count + kRecordOwnSlots);
}

}  // namespace exhibit::seal
