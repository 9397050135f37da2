#include "base/time.h"

#include <gtest/gtest.h>

namespace exhibit::base {
namespace {

TEST(Time, KeepsHundredNanoseconds) {
  EXPECT_EQ(to_rfc3339(kUnixEpochTicks), "1970-01-01T00:00:00.0000000Z");
  EXPECT_EQ(to_rfc3339(0), "1601-01-01T00:00:00.0000000Z");
  EXPECT_EQ(to_rfc3339(kUnixEpochTicks + 1), "1970-01-01T00:00:00.0000001Z");
}

TEST(Time, EveryDayRoundTrips) {
  constexpr Ticks kDay = 86'400 * kTicksPerSecond;
  for (Ticks t = 0; t < 200'000 * kDay; t += kDay)
    ASSERT_EQ(ticks_from_civil(civil_from_ticks(t)), t);
}

TEST(Time, ParsesWhatLogsWrite) {
  const auto expected = parse_time("2026-11-22T12:34:56.1234567Z");
  ASSERT_TRUE(expected);
  EXPECT_EQ(to_rfc3339(*expected), "2026-11-22T12:34:56.1234567Z");
  EXPECT_EQ(parse_time("2026-11-22 12:34:56.123456789"), expected);
  EXPECT_EQ(parse_time("2026-11-22T14:34:56.1234567+02:00"), expected);
  EXPECT_EQ(parse_time("2026-11-22T07:04:56.1234567-0530"), expected);
  EXPECT_EQ(to_rfc3339(*parse_time("2024-02-29")), "2024-02-29T00:00:00.0000000Z");
  for (const char* bad : {"", "2026", "2023-02-29", "2026-13-01", "2026-01-01T24:00:00Z",
                          "2026-01-01T00:00:00Zx", "2026-01-01T00:00:00.Z", "1500-01-01"})
    EXPECT_FALSE(parse_time(bad)) << bad;
}

TEST(Time, IsoWeek) {
  const auto week = [](const char* text) { return iso_week(civil_from_ticks(*parse_time(text))); };
  EXPECT_EQ(week("2021-01-03"), 53);
  EXPECT_EQ(week("2021-01-04"), 1);
  EXPECT_EQ(week("2026-12-31"), 53);
  EXPECT_EQ(week("2024-12-30"), 1);
}

}  // namespace
}  // namespace exhibit::base
