// Reads canonical JSON (RFC 8785), strictly: text that is not its own re-canonicalisation is
// malformed, so that no byte of a sealed JSON file can change without notice.
//
// Subset:   integers of at most 2^53 in size, no fractions or exponents; member names are ASCII.
// Limits:   kJsonDepthMax levels, kJsonValuesMax values.
// Not here: evidence in JSON (evidence reads that with simdjson and keeps what is odd).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exhibit/error.h"

namespace exhibit::base {

inline constexpr std::size_t kJsonDepthMax = 16;
inline constexpr std::size_t kJsonValuesMax = 1 << 20;
inline constexpr std::uint64_t kJsonIntegerMax = std::uint64_t{1} << 53;

struct Json {
  enum class Kind : std::uint8_t { null, boolean, number, string, array, object };
  Kind kind = Kind::null;
  bool boolean = false;
  std::string text;  // a string's value in UTF-8, or a number's token
  std::vector<Json> items;
  std::vector<std::pair<std::string, Json>> members;

  /// The member of that name; nullptr where there is none or this is no object.
  [[nodiscard]] const Json* find(std::string_view name) const;
  /// The text of a string member; nullopt where it is missing or no string.
  [[nodiscard]] std::optional<std::string_view> string(std::string_view name) const;
  [[nodiscard]] std::optional<std::uint64_t> number(std::string_view name) const;
  [[nodiscard]] std::optional<std::uint64_t> as_number() const;
};

/// Errors: malformed (not JSON, not canonical), truncated, limit; the offset says where.
[[nodiscard]] Result<Json> parse_canonical_json(std::string_view text);

}  // namespace exhibit::base
