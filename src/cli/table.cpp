#include "cli/table.h"

#include <algorithm>

#include "base/text.h"
#include "cli/interrupt.h"
#include "cli/safe_text.h"

namespace exhibit::cli {

namespace {

constexpr std::size_t kLevelCells = 13;  // `informational`
constexpr std::size_t kDayRowsMax = 31;

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

// `a, b, c +4`, as many as fit.
std::string fitting_list(const std::vector<std::string>& items, std::size_t cells, bool more) {
  std::string out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::size_t left = items.size() - i - 1;
    std::string tail;
    if (left > 0 || more) tail = " +" + grouped(left) + (more ? " or more" : "");
    std::string next = out + (out.empty() ? "" : ", ") + safe_text(items[i]);
    if (base::display_width(next) + base::display_width(tail) > cells) {
      if (out.empty()) return safe_cut(items[i], cells - std::min(cells, tail.size())) + tail;
      return out + " +" + grouped(left + 1) + (more ? " or more" : "");
    }
    out = std::move(next);
  }
  return more ? out + " or more" : out;
}

// `critical 1   high 0 …`: every level.
std::string all_levels(const Console& console, const LevelCounts& counts) {
  std::string out;
  for (std::size_t i = counts.size(); i-- > 0;) {
    const auto level = static_cast<sigma::Level>(i);
    const std::string text = std::string(sigma::to_string(level)) + " " + grouped(counts[i]);
    out += (out.empty() ? "" : "   ") + (counts[i] == 0 ? text : console.paint(level, text));
  }
  return out;
}

// `1 critical, 4 high, …`: the levels that occur, the worst first, as many as fit.
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

// `2026-03-04 08:12:33 – 2026-03-05 11:02:10`, the second date left out on the same day.
std::string times_text(const Zone& zone, const Summary::RuleLine& line) {
  if (line.first == base::kNoTime) return "(no time)";
  const std::string first = zone.text(line.first);
  std::string last = zone.text(line.last);
  if (last == first) return first;
  if (last.substr(0, 10) == first.substr(0, 10)) last.erase(0, 11);
  return first + " – " + last;
}

// Whole names where they fit, else the first label of each.
std::string hosts_text(const Summary::RuleLine& line, std::size_t cells) {
  std::vector<std::string> whole(line.hosts.begin(), line.hosts.end()), first;
  std::size_t needed = line.more_hosts ? cells + 1 : 0;
  for (const auto& host : whole) {
    needed += base::display_width(safe_text(host)) + 2;
    const std::string label = host.substr(0, host.find('.'));
    if (first.empty() || first.back() != label) first.push_back(label);
  }
  return fitting_list(needed <= cells + 2 ? whole : first, cells, line.more_hosts);
}

void append_rule(std::string& out, const Console& console, const Summary& summary,
                 const Summary::RuleLine& line, std::size_t count_cells) {
  const sigma::RuleInfo& rule = summary.info(line);
  std::string level;
  append_padded(level, sigma::to_string(rule.level), kLevelCells);
  out += console.paint(rule.level, level) + " ";
  append_right(out, grouped(line.count), count_cells);
  out += "  ";
  const std::size_t room = console.width() - kLevelCells - count_cells - 3;
  out += console.paint(Style::bold, safe_cut(rule.title, room)) + "\n";
  std::string second = "  " + times_text(summary.zone(), line);
  const auto gap = [&second] { second += "  "; };
  const std::string attack = fitting_list(techniques(rule), console.width() / 3, false);
  if (!line.hosts.empty()) {
    gap();
    const std::size_t used = base::display_width(second) + base::display_width(attack) + 2;
    second += hosts_text(
        line, std::max<std::size_t>(8, console.width() - std::min(used, console.width())));
  }
  if (!attack.empty() &&
      base::display_width(second) + 2 + base::display_width(attack) <= console.width()) {
    gap();
    second += attack;
  }
  out += console.paint(Style::dim, second) + "\n";
}

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

void append_days(std::string& out, const Console& console, const Summary& summary) {
  if (summary.days().empty()) return;
  const auto rows = day_rows(summary.days());
  const bool spans = rows.front().last != rows.front().first;
  const std::size_t label_cells = spans ? 23 : 10;
  std::uint64_t most = 0;
  for (const auto& row : rows) most = std::max(most, row.total());
  out += "\n" + console.paint(Style::bold, "By day") + " (" + summary.zone().name() + ")\n";
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

}  // namespace

void append_findings_table(std::string& out, const Console& console, const Summary& summary,
                           const hunt::HuntResult& result) {
  const auto lines = summary.lines();
  if (stop_flag().load()) {
    out += console.paint(Style::bad, "INCOMPLETE: interrupted; this is what was found until then") +
           "\n";
  }
  std::uint64_t sources = 0;
  for (const auto& source : result.sources) sources += source.container ? 0 : 1;
  out += console.paint(Style::bold, counted(summary.total(), "finding") + " of " +
                                        counted(lines.size(), "rule")) +
         " in " + counted(result.records, "record") + " from " + counted(sources, "source") + "\n";
  if (summary.total() == 0) return;
  out += all_levels(console, summary.by_level()) + "\n\n";
  std::size_t count_cells = 0;
  for (const auto* line : lines) count_cells = std::max(count_cells, grouped(line->count).size());
  for (const auto* line : lines) append_rule(out, console, summary, *line, count_cells);
  append_days(out, console, summary);
}

void append_seal(std::string& out, const Console& console, const casefile::SealSummary* seal) {
  out += "\n" + console.paint(Style::bold, "Seal") + "\n";
  if (seal == nullptr) {
    out += "  Nothing is sealed. To seal this: the same command with --case DIR\n";
    return;
  }
  out += "  " + safe_text(seal->case_id) + ": " +
         counted(seal->tree_size, "ledger entry", "ledger entries");
  if (seal->run) out += ", run " + std::to_string(*seal->run);
  if (seal->sources_added != 0) out += ", " + counted(seal->sources_added, "new source");
  if (seal->sources_known != 0)
    out += ", " + counted(seal->sources_known, "source") + " known before";
  out += "\n  root         " + base::to_base64(seal->root) + "\n  fingerprint  " +
         seal->fingerprint + "\n  Hand these two over by another way than the case itself.\n";
}

}  // namespace exhibit::cli
