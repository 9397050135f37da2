// Times on the command line, and time zones for display.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace exhibit::cli {

/// `--from` and `--to`: RFC 3339, a date (its midnight, UTC), or a whole number with m, h, d or w,
/// that long before `now`. nullopt for anything else.
[[nodiscard]] std::optional<base::Ticks> parse_time_argument(std::string_view text,
                                                             base::Ticks now);
/// The clock, in ticks. The only place of the program that reads it for a result.
[[nodiscard]] base::Ticks clock_now();

/// A zone of the system's time zone database. Only what people look at uses it.
///
/// Threads:  sets the process's zone, so one Zone at a time, made before any thread.
class Zone {
 public:
  /// UTC.
  Zone() = default;
  /// An IANA name (`Asia/Shanghai`), `UTC`, or `local`. nullopt for a name that the system's
  /// database does not have.
  [[nodiscard]] static std::optional<Zone> load(std::string_view name);

  [[nodiscard]] const std::string& name() const { return name_; }
  /// `2026-03-04 08:12:33`; spaces for no time.
  [[nodiscard]] std::string text(base::Ticks time) const;
  /// Days since 1601 of the local date.
  [[nodiscard]] std::int64_t day(base::Ticks time) const;

 private:
  [[nodiscard]] base::Ticks local(base::Ticks time) const;

  std::string name_ = "UTC";
  bool utc_ = true;
};

/// `2026-03-04` of a day since 1601.
[[nodiscard]] std::string day_text(std::int64_t day);

}  // namespace exhibit::cli
