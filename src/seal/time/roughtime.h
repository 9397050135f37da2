// Roughtime messages: maps from tags to values (RFC 10049 4), the same in Google's protocol.
//
// Ownership:  nothing is owned; values point into the input.
// Limits:     kRoughtimePacketMax, kRoughtimeTagsMax.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exhibit/beacon.h"

namespace exhibit::beacon {

/// A tag as the number that its letters are on the wire.
[[nodiscard]] constexpr std::uint32_t tag(std::string_view letters) {
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < letters.size(); ++i)
    out |= static_cast<std::uint32_t>(static_cast<unsigned char>(letters[i])) << (8 * i);
  return out;
}

struct Message {
  std::vector<std::pair<std::uint32_t, Bytes>> values;  // tags ascend
  /// The value of that tag; nullopt where it is absent or not of `size` bytes.
  [[nodiscard]] std::optional<Bytes> find(std::uint32_t wanted, std::size_t size) const;
  [[nodiscard]] std::optional<Bytes> find(std::uint32_t wanted) const;
};
[[nodiscard]] std::optional<Message> parse_message(Bytes bytes);
/// The bytes of a message. Tags must ascend, lengths be multiples of four.
[[nodiscard]] std::string write_message(
    std::span<const std::pair<std::uint32_t, std::string>> values);

inline constexpr std::string_view kPacketMagic = "ROUGHTIM";
/// The message of a packet: magic, length, message, and nothing else.
[[nodiscard]] std::optional<Bytes> open_packet(Bytes packet);
[[nodiscard]] std::string write_packet(std::string_view message);

[[nodiscard]] std::uint32_t little32(Bytes bytes);
[[nodiscard]] std::uint64_t little64(Bytes bytes);
[[nodiscard]] std::string sha512(std::string_view message);

}  // namespace exhibit::beacon
