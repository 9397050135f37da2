#include "base/time.h"
#include "cli/custody_report.h"
#include "cli/help.h"
#include "cli/safe_text.h"

namespace exhibit::cli {

namespace {

using casefile::CustodyReport;
using casefile::Step;

constexpr std::size_t kLabelCells = 15;
constexpr std::size_t kHashShown = 12;
constexpr std::int64_t kNanosecondsPerTick = 100;

std::string name_of(const casefile::EntryRef& entry) {
  return safe_text(entry.party) + "/" + std::to_string(entry.index);
}

// `2026-03-04 08:12:33` of RFC 3339.
std::string short_time(std::string_view time) {
  std::string out = safe_text(time.substr(0, 19));
  if (const auto t = out.find('T'); t != std::string::npos) out[t] = ' ';
  return out;
}

std::string time_of(std::int64_t unix_ns) {
  return base::to_rfc3339(base::kUnixEpochTicks + unix_ns / kNanosecondsPerTick);
}

void row(std::string& out, const Console& console, std::string_view label,
         const std::string& text) {
  std::string left = "  " + std::string(label);
  left.append(left.size() < kLabelCells ? kLabelCells - left.size() : 1, ' ');
  out += left;
  append_wrapped(out, text, kLabelCells, left.size(), console.width());
  out += "\n";
}

std::string signature(const Console& console, const Step& step) {
  return step.is_signed ? console.paint(Style::good, "signed")
                        : console.paint(Style::bad, "NOT SIGNED AS IT SHOULD BE");
}

std::string who(const Step& step) {
  std::string out = "by " + (step.operator_name.empty() ? std::string("somebody unnamed")
                                                        : safe_text(step.operator_name));
  if (!step.said.role.empty()) out += " (" + safe_text(step.said.role) + ")";
  return out + " for " + safe_text(step.entry.party);
}

std::string clock_of(const casefile::Machine& machine) {
  std::string out(casefile::to_string(machine.ntp));
  out += ", error at most " +
         grouped(static_cast<std::uint64_t>(
             machine.maximum_error_ns < 0 ? 0 : machine.maximum_error_ns / 1'000'000)) +
         " ms";
  if (machine.zone_offset_s != 0)
    out += ", local time " + std::to_string(machine.zone_offset_s) + " s from UTC";
  return out;
}

void append_said(std::string& out, const Console& console, const casefile::Circumstances& said) {
  const auto put = [&](std::string_view label, const std::string& text) {
    if (!text.empty()) row(out, console, label, safe_text(text));
  };
  put("authority", said.authority);
  put("place", said.place);
  put("medium", said.medium);
  put("blocker", said.write_blocker);
  put("exhibit", said.exhibit_number);
  put("their clock", said.source_clock);
}

std::string tool_of(const Console& console, const Step& step) {
  return safe_text(step.tool_name) + " " + safe_text(step.tool_version) + ", program " +
         safe_text(std::string_view(step.tool_sha256)
                       .substr(0, console.verbose() ? std::string_view::npos : kHashShown));
}

void append_times(std::string& out, const Console& console, const CustodyReport::Source& source) {
  if (source.modified_unix_ns != 0) row(out, console, "modified", time_of(source.modified_unix_ns));
  if (source.changed_unix_ns != 0) row(out, console, "changed", time_of(source.changed_unix_ns));
  if (source.accessed_unix_ns) row(out, console, "accessed", time_of(*source.accessed_unix_ns));
  if (source.born_unix_ns) row(out, console, "born", time_of(*source.born_unix_ns));
  if (!source.file_system.empty())
    row(out, console, "file system",
        safe_text(source.file_system) +
            (source.time_resolution_ns == 0
                 ? std::string()
                 : ", times to " + grouped(source.time_resolution_ns) + " ns"));
  if (!source.began.empty())
    row(out, console, "read", safe_text(source.began) + " – " + safe_text(source.ended));
  row(out, console, "command", safe_text(source.acquired.command_line));
}

void append_source(std::string& out, const Console& console, const CustodyReport::Source& source) {
  const Step& step = source.acquired;
  out += "\n" + console.paint(Style::bold, safe_text(source.source.info.display())) + "\n";
  row(out, console, "SHA-256", source.source.sha256);
  for (const auto& [hash, hex] : source.digests.others)
    row(out, console, seal::to_string(hash), safe_text(hex));
  row(out, console, "acquired",
      short_time(step.time) + " " + who(step) + ", " + name_of(step.entry) + ", " +
          signature(console, step));
  append_said(out, console, step.said);
  row(out, console, "with",
      tool_of(console, step) +
          (step.machine ? ", on " + safe_text(step.machine->name) : std::string()));
  if (step.machine) row(out, console, "clock", clock_of(*step.machine));
  std::string read = grouped(source.source.size_bytes) + " bytes";
  if (source.read_errors != 0)
    read += ", " + console.paint(Style::bad, counted(source.read_errors, "read error"));
  if (source.same_after)
    read += *source.same_after
                ? ", the same when hashed once more"
                : ", " + console.paint(Style::bad, "NOT THE SAME") + " when hashed once more";
  row(out, console, "read", read);
  for (const auto& [sha256, as] : source.listed)
    row(out, console, "manifest",
        safe_text(std::string_view(sha256).substr(0, kHashShown)) + ": " +
            std::string(casefile::to_string(as)));
  if (console.verbose()) append_times(out, console, source);
}

void append_hand_over(std::string& out, const Console& console,
                      const CustodyReport::HandOver& hand_over) {
  const Step& given = hand_over.given;
  row(out, console, name_of(given.entry),
      short_time(given.time) + " " +
          (hand_over.whole ? std::string("the case")
                           : counted(hand_over.sources.size(), "source")) +
          " to " + safe_text(hand_over.to) + ", " + who(given) + ", " + signature(console, given));
  append_said(out, console, given.said);
  if (!hand_over.text.empty()) row(out, console, "", safe_text(hand_over.text));
  if (hand_over.arrivals.empty())
    row(out, console, "", console.paint(Style::doubtful, "not received, as far as is on record"));
  for (const auto& arrival : hand_over.arrivals)
    row(out, console, "  received",
        short_time(arrival.received.time) + " " + who(arrival.received) + ", " +
            name_of(arrival.received.entry) + ", " + signature(console, arrival.received) +
            "; it verified as " + safe_text(arrival.verdict) +
            (arrival.complete ? ", complete" : ", NOT COMPLETE"));
}

void append_log(std::string& out, const Console& console, const casefile::Report::Log& log) {
  row(out, console, safe_text(log.party),
      counted(log.tree_size, "entry", "entries") + " since " + short_time(log.opened) +
          ", fingerprint " + safe_text(log.fingerprint));
  for (const auto& seen : log.seen)
    row(out, console, "",
        "seen by " + safe_text(seen.party) + " at " + short_time(seen.time) + ": " +
            counted(seen.tree_size, "entry", "entries") +
            (seen.trusted ? "" : ", under a key that you have not said you trust"));
  for (const auto& stamp : log.stamps)
    row(out, console, "",
        "stamped by " + safe_text(stamp.authority) + " at " + short_time(stamp.time) + ": " +
            counted(stamp.tree_size, "entry", "entries") + ", " +
            std::string(verify::to_string(stamp.verdict)));
}

void append_gap(std::string& out, const Console& console, const CustodyReport::Gap& gap) {
  out += "  " + console.paint(Style::doubtful, gap.id) + "\n    ";
  std::string text = safe_text(gap.sentence);
  if (!gap.entries.empty()) {
    text += " (";
    for (const auto& entry : gap.entries)
      text += (text.ends_with('(') ? "" : ", ") + name_of(entry);
    if (gap.count > gap.entries.size())
      text += ", and " + grouped(gap.count - gap.entries.size()) + " more";
    text += ")";
  }
  append_wrapped(out, text, 4, 4, console.width());
  out += "\n";
}

}  // namespace

void append_custody_table(std::string& out, const Console& console, const CustodyReport& report) {
  out += "Case " + safe_text(report.case_id) + ": " + counted(report.sources.size(), "source") +
         ", " + counted(report.logs.size(), "log") + "\n";
  for (const auto& source : report.sources) append_source(out, console, source);
  const auto head = [&](std::string_view text) {
    out += "\n" + console.paint(Style::bold, text) + "\n";
  };
  if (!report.hand_overs.empty()) head("Hand-overs");
  for (const auto& hand_over : report.hand_overs) append_hand_over(out, console, hand_over);
  if (!report.acts.empty()) head("What else was done");
  for (const auto& act : report.acts)
    row(out, console, name_of(act.step.entry),
        short_time(act.step.time) + " " + safe_text(act.step.kind) + ", " + who(act.step) + ", " +
            signature(console, act.step) + ": " + safe_text(act.gist));
  head("Logs, and who else vouches for their time");
  for (const auto& log : report.logs) append_log(out, console, log);
  head(report.gaps.empty() ? "No gap" : counted(report.gaps.size(), "gap"));
  for (const auto& gap : report.gaps) append_gap(out, console, gap);
  out +=
      "\nTimes (UTC) are each party's own word, but for those of others who saw or stamped a log.\n"
      "`exhibit verify` checks every entry and every byte, and whose the keys are.\n";
}

}  // namespace exhibit::cli
