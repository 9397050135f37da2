// The parts of the table that say where and when: hosts, days, and the time line.
//
// Invariant:  lines fit the console's width; text from evidence passes through safe_text.
#pragma once

#include <string>
#include <string_view>

#include "cli/console.h"
#include "cli/summary.h"

namespace exhibit::cli {

void append_padded(std::string& out, std::string_view text, std::size_t cells);
void append_right(std::string& out, std::string_view text, std::size_t cells);

/// `1 critical, 4 high, …`: the levels that occur, the worst first, as many as fit.
[[nodiscard]] std::string worst_levels(const Console& console, const LevelCounts& counts,
                                       std::size_t cells);

/// The hosts with the worst findings; nothing where there are not two.
void append_hosts(std::string& out, const Console& console, const Summary& summary);
/// A histogram of days, or of longer spans where days would be too many rows.
void append_days(std::string& out, const Console& console, const Summary& summary);
/// Every finding that has a time, by day: time, id (what `show` takes), level, host, title.
void append_time_line(std::string& out, const Console& console, const Summary& summary);

/// One finding of a time line, below the heading of its day.
struct TimeLineRow {
  std::string_view clock;  // `08:12:33`
  std::string_view id, host, title;
  sigma::Level level = sigma::Level::informational;
};
void append_time_line_row(std::string& out, const Console& console, const TimeLineRow& row);

}  // namespace exhibit::cli
