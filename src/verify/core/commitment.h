// Commitments exhibit/v1, as far as whoever opens one needs them (docs/formats/commitments.md).
#pragma once

#include "verify/core/prf.h"
#include "verify/core/text.h"
#include "verify/core/why.h"

namespace exhibit::verify::core {

using Salt = std::array<std::uint8_t, 16>;
using Pseudonym = std::array<std::uint8_t, 16>;

// Types of slots that are no fields of the event or statement.
inline constexpr std::uint8_t kRawType = 0xff;    // slot 0 of a record
inline constexpr std::uint8_t kShapeType = 0xfe;  // slot 1
inline constexpr std::uint8_t kPlaceType = 0xfd;  // slot 2
inline constexpr std::uint8_t kNamesType = 0xfc;  // slot 0 of a statement
inline constexpr std::uint8_t kTextType = 0x40;
inline constexpr std::uint8_t kNumberType = 0x41;
inline constexpr std::size_t kRecordOwnSlots = 3;
inline constexpr std::size_t kSlotsMax = 65'535;
inline constexpr std::size_t kShapePlacesMax = 1 << 20;

/// "Salts, padding, buckets"; `count` is at least 1.
[[nodiscard]] std::size_t bucket(std::size_t count);

/// F_f of an opened slot.
[[nodiscard]] Digest field_commitment(const Salt& salt, std::uint8_t type, std::string_view value);
/// The record tree's entry, over F_0 … F_b-1 one behind the other.
[[nodiscard]] std::array<std::uint8_t, 51> record_entry(const Pseudonym& source,
                                                        std::span<const Digest> slots);
[[nodiscard]] Digest statement_commitment(const Pseudonym& nonce, std::span<const Digest> slots);
/// P_i of an opened path.
[[nodiscard]] Digest path_commitment(const Salt& salt, std::string_view path);
/// C_shape over P_0 … .
[[nodiscard]] Digest shape_commitment(std::span<const Digest> places);
/// C_shape of a whole list, from its key: no other path is in it.
[[nodiscard]] Digest shape_commitment(const Key& shape_key,
                                      std::span<const std::string_view> paths);

}  // namespace exhibit::verify::core
