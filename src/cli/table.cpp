#include "cli/table.h"

#include <algorithm>

#include "base/text.h"
#include "cli/interrupt.h"
#include "cli/safe_text.h"
#include "cli/when_and_where.h"

namespace exhibit::cli {

namespace {

constexpr std::size_t kLevelCells = 13;  // `informational`

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

std::string joined(const std::vector<std::string>& items) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : ", ") + item;
  return out;
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
  // Hosts and techniques share what the times leave: hosts leave the techniques up to half of it,
  // techniques take what the hosts leave.
  const auto left = [&] {
    const std::size_t used = base::display_width(second) + 2;
    return console.width() - std::min(used, console.width());
  };
  const auto attack = techniques(rule);
  if (!line.hosts.empty()) {
    const std::size_t wish = attack.empty() ? 0 : base::display_width(joined(attack)) + 2;
    const std::string hosts = hosts_text(line, left() - std::min(wish, left() / 2));
    second += "  " + hosts;
  }
  if (const std::string shown = fitting_list(attack, left(), false); !shown.empty())
    second += "  " + shown;
  out += console.paint(Style::dim, second) + "\n";
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
  out += console.paint(Style::bold, summary.total() == 0
                                        ? "No finding"
                                        : counted(summary.total(), "finding") + " of " +
                                              counted(lines.size(), "rule")) +
         " in " +
         (result.filtered_out == 0 ? "" : grouped(result.records - result.filtered_out) + " of ") +
         counted(result.records, "record") + " from " + counted(sources, "source") + "\n";
  if (summary.total() == 0) return;
  out += all_levels(console, summary.by_level()) + "\n\n";
  std::size_t count_cells = 0;
  for (const auto* line : lines) count_cells = std::max(count_cells, grouped(line->count).size());
  for (const auto* line : lines) append_rule(out, console, summary, *line, count_cells);
  append_hosts(out, console, summary);
  append_days(out, console, summary);
  if (console.verbose()) append_time_line(out, console, summary);
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
