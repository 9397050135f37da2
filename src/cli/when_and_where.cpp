#include "cli/when_and_where.h"

#include <algorithm>

#include "base/text.h"
#include "cli/safe_text.h"

namespace exhibit::cli {

namespace {

constexpr std::size_t kDayRowsMax = 31;
constexpr std::size_t kHostRows = 10;        // without --verbose
constexpr std::size_t kHostCellsMax = 40;    // of a host's name in the list of hosts
constexpr std::size_t kShortHostCells = 12;  // of its first label on the time line
constexpr std::size_t kShownIdSize = 8;      // of a finding's id: what `show` takes

struct DayRow {
  std::int64_t first = 0, last = 0;
  LevelCounts counts{};
  [[nodiscard]] std::uint64_t total() const {
    std::uint64_t sum = 0;
    for (const auto n : counts) sum += n;
    return sum;
  }
};

// Days, or longer spans of equal length where days would be too many rows.
std::vector<DayRow> day_rows(const std::map<std::int64_t, LevelCounts>& days) {
  for (std::int64_t span = 1;; span = span == 1 ? 7 : span * 2) {
    std::vector<DayRow> rows;
    const std::int64_t origin = days.begin()->first;
    for (const auto& [day, counts] : days) {
      const std::int64_t start = day - (day - origin) % span;
      if (rows.empty() || rows.back().first != start)
        rows.push_back({.first = start, .last = start + span - 1, .counts = {}});
      for (std::size_t i = 0; i < counts.size(); ++i) rows.back().counts[i] += counts[i];
    }
    if (rows.size() <= kDayRowsMax) return rows;
  }
}

std::string_view short_level(sigma::Level level) {
  return level == sigma::Level::informational ? "info" : sigma::to_string(level);
}

}  // namespace

void append_padded(std::string& out, std::string_view text, std::size_t cells) {
  out += text;
  const std::size_t used = base::display_width(text);
  if (used < cells) out.append(cells - used, ' ');
}

void append_right(std::string& out, std::string_view text, std::size_t cells) {
  const std::size_t used = base::display_width(text);
  if (used < cells) out.append(cells - used, ' ');
  out += text;
}

std::string worst_levels(const Console& console, const LevelCounts& counts, std::size_t cells) {
  std::string out;
  std::size_t used = 0;
  for (std::size_t i = counts.size(); i-- > 0;) {
    if (counts[i] == 0) continue;
    const auto level = static_cast<sigma::Level>(i);
    const std::string text = grouped(counts[i]) + " " + std::string(sigma::to_string(level));
    const bool more = std::any_of(counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(i),
                                  [](std::uint64_t count) { return count != 0; });
    const std::size_t needed = (used == 0 ? 0 : 2) + text.size() + (more ? 3 : 0);
    if (used + needed > cells) return out + (out.empty() ? "…" : ", …");
    out += (used == 0 ? "" : ", ") + console.paint(level, text);
    used += needed - (more ? 3 : 0);
  }
  return out;
}

void append_hosts(std::string& out, const Console& console, const Summary& summary) {
  const auto hosts = summary.hosts();
  if (hosts.size() < 2) return;
  const std::size_t shown =
      console.verbose() ? hosts.size() : std::min<std::size_t>(hosts.size(), kHostRows);
  std::size_t label_cells = 0;
  for (std::size_t i = 0; i < shown; ++i)
    label_cells = std::max(label_cells, base::display_width(safe_text(hosts[i].first)));
  label_cells = std::min({label_cells, kHostCellsMax, console.width() / 2});
  out += "\n" + console.paint(Style::bold, "By host") + "\n";
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& [name, counts] = hosts[i];
    std::uint64_t total = 0;
    for (const auto n : counts) total += n;
    out += "  ";
    append_padded(out, safe_cut(name, label_cells), label_cells);
    append_right(out, grouped(total), 8);
    out += "  " + worst_levels(console, counts, console.width() - label_cells - 12) + "\n";
  }
  if (shown < hosts.size())
    out += "  and " + grouped(hosts.size() - shown) + " more (-v lists them)\n";
  if (summary.on_more_hosts() != 0)
    out += "  and " + counted(summary.on_more_hosts(), "finding") + " on further hosts\n";
}

void append_days(std::string& out, const Console& console, const Summary& summary) {
  if (summary.days().empty()) return;
  const auto rows = day_rows(summary.days());
  const bool spans = rows.front().last != rows.front().first;
  const std::size_t label_cells = spans ? 23 : 10;
  std::uint64_t most = 0;
  for (const auto& row : rows) most = std::max(most, row.total());
  const std::string heading =
      spans ? "By spans of " +
                  counted(static_cast<std::uint64_t>(rows.front().last - rows.front().first + 1),
                          "day")
            : "By day";
  out += "\n" + console.paint(Style::bold, heading) + " (" + summary.zone().name() + ")\n";
  const std::size_t bar_cells = spans ? 12 : 24;
  const std::size_t level_cells = console.width() - label_cells - bar_cells - 14;
  std::int64_t expected = rows.front().first;
  for (const auto& row : rows) {
    if (row.first > expected) {
      out += console.paint(Style::dim,
                           "  " + counted(static_cast<std::uint64_t>(row.first - expected), "day") +
                               " without findings") +
             "\n";
    }
    expected = row.last + 1;
    std::string label = day_text(row.first);
    if (spans) label += " – " + day_text(row.last);
    out += "  ";
    append_padded(out, label, label_cells);
    const auto eighths = std::max<std::uint64_t>(1, row.total() * bar_cells * 2 / most);
    std::string bar;
    for (std::uint64_t i = 0; i < eighths / 2; ++i) bar += "█";
    if (eighths % 2 != 0) bar += "▌";
    out += "  ";
    append_padded(out, bar, bar_cells);
    append_right(out, grouped(row.total()), 8);
    out += "  " + worst_levels(console, row.counts, level_cells) + "\n";
  }
  if (summary.without_day() != 0)
    out += "  " + counted(summary.without_day(), "finding") + " without a time\n";
}

void append_time_line_row(std::string& out, const Console& console, const TimeLineRow& row) {
  std::string line = "  ";
  append_padded(line, row.clock, 8);
  line += "  ";
  append_padded(line, safe_text(row.id.substr(0, kShownIdSize)), kShownIdSize);
  out += line + "  ";
  std::string level;
  append_padded(level, short_level(row.level), 8);
  out += console.paint(row.level, level) + "  ";
  append_padded(out, safe_cut(row.host.substr(0, row.host.find('.')), kShortHostCells),
                kShortHostCells);
  out += "  ";
  const std::size_t used = 2 + 8 + 2 + kShownIdSize + 2 + 8 + 2 + kShortHostCells + 2;
  out += safe_cut(row.title, console.width() - std::min(used, console.width())) + "\n";
}

void append_time_line(std::string& out, const Console& console, const Summary& summary) {
  const auto moments = summary.moments();
  if (moments.empty()) return;
  out += "\n" + console.paint(Style::bold, "Time line") + " (" + summary.zone().name() + ")\n";
  std::string day;
  for (const auto& moment : moments) {
    const std::string text = summary.zone().text(moment.time);
    if (text.substr(0, 10) != day) {
      day = text.substr(0, 10);
      out += console.paint(Style::dim, "  " + day) + "\n";
    }
    const sigma::RuleInfo& rule = summary.info(moment);
    append_time_line_row(out, console,
                         {.clock = std::string_view(text).substr(11),
                          .id = moment.id,
                          .host = moment.host,
                          .title = rule.title,
                          .level = rule.level});
  }
  if (moments.size() < summary.total())
    out += "  and " + counted(summary.total() - moments.size(), "finding") +
           " more, or without a time (--format csv has all)\n";
}

}  // namespace exhibit::cli
