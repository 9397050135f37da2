#include <algorithm>
#include <map>

#include "base/text.h"
#include "cli/help.h"
#include "cli/hunt_request.h"
#include "cli/safe_text.h"
#include "cli/table.h"

namespace exhibit::cli {

namespace {

constexpr std::size_t kListed = 5;  // of each kind, without --verbose

void append_item(std::string& out, const Console& console, std::string_view text) {
  out += "  ";
  append_wrapped(out, text, 4, 2, console.width());
  out += "\n";
}

// Lists the first kListed of `items` one below the other, cut to the line; with --verbose all of
// them, whole.
void append_list(std::string& out, const Console& console, const std::vector<std::string>& items) {
  const std::size_t shown = console.verbose() ? items.size() : std::min(items.size(), kListed);
  for (std::size_t i = 0; i < shown; ++i) {
    out +=
        "    " +
        (console.verbose() ? safe_text(items[i]) : safe_cut_middle(items[i], console.width() - 4)) +
        "\n";
  }
  if (shown < items.size())
    out += "    and " + grouped(items.size() - shown) + " more (-v lists them)\n";
}

std::string span_text(const Zone& zone, base::Ticks first, base::Ticks last) {
  if (first == base::kNoTime) return "no times";
  return zone.text(first) + " – " + zone.text(last);
}

struct Channel {
  std::uint64_t records = 0, mute_records = 0;
};

void append_channels(std::string& out, const Console& console, const hunt::HuntResult& result) {
  std::map<std::string, Channel> channels;
  for (const auto& source : result.sources) {
    for (const auto& [kind, count] : source.events) {
      const auto found = result.speakers.find(kind.first + "\n" + std::to_string(kind.second));
      Channel& channel = channels[kind.first];
      channel.records += count;
      if (found == result.speakers.end() || found->second == 0) channel.mute_records += count;
    }
  }
  std::vector<std::string> spoken, mute;
  std::vector<std::pair<std::string, Channel>> order(channels.begin(), channels.end());
  std::ranges::stable_sort(order, std::ranges::greater{},
                           [](const auto& entry) { return entry.second.records; });
  std::uint64_t mute_records = 0;
  for (const auto& [name, channel] : order) {
    const std::string shown = name.empty() ? "(no channel)" : name;
    mute_records += channel.mute_records;
    std::string line = shown + ": " + counted(channel.records, "record");
    if (channel.mute_records == channel.records) {
      mute.push_back(std::move(line));
    } else {
      spoken.push_back(std::move(line));
    }
  }
  append_list(out, console, spoken);
  if (mute_records != 0) {
    append_item(out, console,
                counted(mute_records, "record") + " of kinds that no rule speaks on" +
                    (mute.empty() ? "" : ", among them all of:"));
    append_list(out, console, mute);
  }
}

void append_sources(std::string& out, const Console& console, const Zone& zone,
                    const hunt::HuntResult& result) {
  if (!console.verbose()) return;
  std::vector<std::pair<std::string, const hunt::SourceReport*>> order;  // as people look for them
  for (const auto& source : result.sources) {
    if (!is_unread(source)) order.emplace_back(source.info.display(), &source);
  }
  std::ranges::stable_sort(order, {}, &decltype(order)::value_type::first);
  for (const auto& [name, source] : order) {
    out += "    " + safe_text(name) + "\n      ";
    if (source->container) {
      out += "container, sha256 " + source->sha256.substr(0, 16) + "…\n";
      continue;
    }
    out += counted(source->records, "record") + ", " + counted(source->findings, "finding") + ", " +
           span_text(zone, source->first, source->last) + "\n";
  }
}

void append_damage(std::string& out, const Console& console, const hunt::HuntResult& result) {
  std::uint64_t places = 0;
  std::vector<std::string> damaged;
  std::uint64_t incomplete = 0;
  for (const auto& source : result.sources) {
    if (!source.complete) ++incomplete;
    if (source.damage_count == 0) continue;
    places += source.damage_count;
    std::map<std::string_view, std::uint64_t> kinds;
    for (const auto& [kind, count] : source.damage_kinds) kinds[event::to_string(kind)] = count;
    std::string what;
    for (const auto& [kind, count] : kinds)
      what += (what.empty() ? "" : ", ") + grouped(count) + " × " + std::string(kind);
    damaged.push_back(source.info.display() + ": " + what);
  }
  if (places != 0) {
    out += "  " +
           console.paint(Style::doubtful, counted(places, "damaged place") + " in " +
                                              counted(damaged.size(), "source")) +
           "; what could be read around them was\n";
    append_list(out, console, damaged);
  }
  if (incomplete != 0)
    out += "  " +
           console.paint(Style::bad, counted(incomplete, "source") + " not read to the end") + "\n";
}

void append_skipped(std::string& out, const Console& console, const hunt::HuntResult& result) {
  std::vector<std::string> unknown, empty, skipped;
  for (const auto& source : result.sources) {
    if (is_unread(source)) unknown.push_back(source.info.display());
    if (!source.container && source.complete && source.size_bytes == 0)
      empty.push_back(source.info.display());
  }
  for (const auto& skip : result.skipped)
    skipped.push_back(skip.path + ": " + describe(skip.error));
  std::ranges::sort(unknown);
  std::ranges::sort(empty);
  std::ranges::sort(skipped);
  const auto append = [&](std::string_view what, std::string_view why,
                          const std::vector<std::string>& items) {
    if (items.empty()) return;
    out += "  " + console.paint(Style::doubtful, counted(items.size(), what)) + std::string(why) +
           ":\n";
    append_list(out, console, items);
  };
  append("file", " not read, no log of a kind that is known here", unknown);
  append("file", " without a byte", empty);
  append("path", " not read", skipped);
}

void append_rules(std::string& out, const Console& console, const sigma::RulePack& pack,
                  const hunt::HuntResult& result) {
  if (pack.rejected != 0) {
    out += "  " + console.paint(Style::doubtful, counted(pack.rejected, "rule") + " rejected") +
           "; `exhibit rules lint` says why\n";
  }
  if (!pack.unrouted.empty()) {
    append_item(out, console,
                counted(pack.unrouted.size(), "rule") + " for logs that no routing leads to");
    if (console.verbose()) {
      std::vector<std::string> titles;
      for (const auto rule : pack.unrouted) titles.push_back(pack.rules[rule].title);
      append_list(out, console, titles);
    }
  }
  if (pack.not_applicable != 0) {
    append_item(out, console,
                counted(pack.not_applicable, "Sysmon rule") +
                    " not put to built-in events, which lack a field that they need");
  }
  const auto silent = hunt::silent_rules(pack, result);
  if (!silent.empty()) {
    append_item(out, console,
                counted(silent.size(), "rule") + " that nothing here could have matched");
    if (console.verbose()) {
      std::vector<std::string> titles;
      for (const auto* rule : silent) titles.push_back(rule->title);
      append_list(out, console, titles);
    }
  }
}

}  // namespace

void append_coverage_table(std::string& out, const Console& console, const Zone& zone,
                           const sigma::RulePack& pack, const hunt::HuntResult& result) {
  base::Ticks first = base::kNoTime, last = base::kNoTime;
  std::uint64_t sources = 0, slack = 0;
  for (const auto& source : result.sources) {
    if (source.container) continue;
    ++sources;
    slack += source.slack_records;
    if (source.first == base::kNoTime) continue;
    if (first == base::kNoTime || source.first < first) first = source.first;
    if (last == base::kNoTime || source.last > last) last = source.last;
  }
  out += "\n" + console.paint(Style::bold, "Looked at") + "\n";
  append_item(out, console,
              counted(sources, "source") + ", " + counted(result.records, "record") + ", " +
                  span_text(zone, first, last));
  if (result.filtered_out != 0) {
    append_item(out, console,
                counted(result.records - result.filtered_out, "record") +
                    " put to rules; the others were left out by --from, --to, --channel, "
                    "--event-id or --host");
  }
  if (slack != 0)
    append_item(out, console, counted(slack, "deleted record") + " recovered from slack");
  if (!result.duplicates.empty()) {
    append_item(out, console,
                counted(result.duplicates.size(), "file") +
                    " with the same bytes as another, counted once");
  }
  append_sources(out, console, zone, result);
  if (result.records != 0) {
    append_item(out, console,
                "against " + counted(pack.rules.size(), "rule") +
                    (result.filtered_out == 0 ? ":" : ", of all records, left out or not:"));
    append_channels(out, console, result);
  }

  std::string not_looked;
  append_damage(not_looked, console, result);
  append_skipped(not_looked, console, result);
  append_rules(not_looked, console, pack, result);
  if (!not_looked.empty())
    out += "\n" + console.paint(Style::bold, "Not looked at") + "\n" + not_looked;
}

}  // namespace exhibit::cli
