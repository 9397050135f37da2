// CSV cells, times on the command line, zones.
#include <gtest/gtest.h>

#include "cli/console.h"
#include "cli/csv.h"
#include "cli/time_argument.h"

namespace exhibit::cli {
namespace {

std::string row(const std::vector<std::string>& cells) {
  std::string out;
  append_csv_row(out, cells);
  return out;
}

TEST(Csv, QuotesWhatRfc4180Says) {
  EXPECT_EQ(row({"a", "b,c", "d\"e", "f\r\ng", ""}), "a,\"b,c\",\"d\"\"e\",\"f\r\ng\",\r\n");
}

TEST(Csv, NoCellIsAFormula) {
  for (const std::string start : {"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"})
    EXPECT_EQ(row({start + "cmd|' /C calc'!A0"}), "\"'" + start + "cmd|' /C calc'!A0\"\r\n");
  EXPECT_EQ(row({"a=b"}), "a=b\r\n");
}

TEST(TimeArgument, TakesTimesDatesAndSpans) {
  const auto now = *base::parse_time("2026-03-10T12:00:00Z");
  EXPECT_EQ(parse_time_argument("2026-03-01", now), base::parse_time("2026-03-01T00:00:00Z"));
  EXPECT_EQ(parse_time_argument("2026-03-01T08:00:00+08:00", now),
            base::parse_time("2026-03-01T00:00:00Z"));
  EXPECT_EQ(parse_time_argument("7d", now), base::parse_time("2026-03-03T12:00:00Z"));
  EXPECT_EQ(parse_time_argument("90m", now), base::parse_time("2026-03-10T10:30:00Z"));
  EXPECT_EQ(parse_time_argument("36h", now), base::parse_time("2026-03-09T00:00:00Z"));
  EXPECT_EQ(parse_time_argument("1000000w", now), 0);
  for (const auto* wrong : {"", "d", "7", "-7d", "yesterday", "7x", "2026-13-01", "1000001w"})
    EXPECT_FALSE(parse_time_argument(wrong, now)) << wrong;
}

TEST(Zone, ShowsLocalTimeAndLocalDays) {
  const auto time = *base::parse_time("2026-03-04T17:30:00.5Z");
  EXPECT_EQ(Zone().text(time), "2026-03-04 17:30:00");
  const auto zone = Zone::load("Asia/Shanghai");
  ASSERT_TRUE(zone) << "the tzdata package is missing";
  EXPECT_EQ(zone->text(time), "2026-03-05 01:30:00");
  EXPECT_EQ(day_text(zone->day(time)), "2026-03-05");
  EXPECT_EQ(day_text(Zone().day(time)), "2026-03-04");
  EXPECT_EQ(day_text(Zone().day(-1)), "1600-12-31");
}

TEST(Zone, AnUnknownNameIsNotUtc) {
  for (const auto* name : {"Asia/Shangai", "../etc/passwd", "/etc/localtime", "Asia", "zone.tab"})
    EXPECT_FALSE(Zone::load(name)) << name;
}

TEST(Numbers, AreReadable) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(counted(1, "file"), "1 file");
  EXPECT_EQ(counted(2, "entry", "entries"), "2 entries");
  EXPECT_EQ(readable_size(999), "999 B");
  EXPECT_EQ(readable_size(1000), "1.0 kB");
  EXPECT_EQ(readable_size(38'149'120), "38.1 MB");
}

}  // namespace
}  // namespace exhibit::cli
