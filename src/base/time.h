// Time as 100 ns ticks since 1601-01-01T00:00:00Z (FILETIME), and RFC 3339.
//
// Threads:  pure functions; no time zone database, no locale, no clock.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace exhibit::base {

using Ticks = std::int64_t;
inline constexpr Ticks kNoTime = std::numeric_limits<Ticks>::min();
inline constexpr Ticks kTicksPerSecond = 10'000'000;
inline constexpr Ticks kUnixEpochTicks = 116'444'736'000'000'000;  // 1970-01-01 in ticks

struct CivilTime {
  std::int32_t year;
  std::uint8_t month, day, hour, minute, second;  // 1-12, 1-31, 0-23, 0-59, 0-59
  std::uint32_t tick;                             // 100 ns within the second
};
[[nodiscard]] CivilTime civil_from_ticks(Ticks ticks);  // proleptic Gregorian, UTC
[[nodiscard]] Ticks ticks_from_civil(const CivilTime& civil);

/// ISO 8601 week number, 1-53.
[[nodiscard]] int iso_week(const CivilTime& civil);

/// Appends `2026-11-22T12:34:56.1234567Z`: always seven digits, so that equal times are equal text.
void append_rfc3339(std::string& out, Ticks ticks);
[[nodiscard]] std::string to_rfc3339(Ticks ticks);

/// Reads RFC 3339 and what logs write beside it: `T` or a space between date and time, one to nine
/// decimals (digits beyond 100 ns are cut), `Z`, `+hh:mm`, `+hhmm` (a space may
/// stand before it), or no zone (taken as UTC); a
/// date alone is its midnight. nullopt for anything else.
[[nodiscard]] std::optional<Ticks> parse_time(std::string_view text);

}  // namespace exhibit::base
