#include "cli/verification_text.h"

#include <algorithm>
#include <array>

#include "cli/help.h"
#include "cli/safe_text.h"

namespace exhibit::cli {

namespace {

constexpr std::size_t kVerdictCells = 13;
constexpr std::size_t kFewChecks = 10;  // so few stand above the verdict in plain sight

Style style_of(verify::Verdict verdict) {
  switch (verdict) {
    case verify::Verdict::valid:
      return Style::good;
    case verify::Verdict::undecidable:
      return Style::doubtful;
    case verify::Verdict::invalid:
      break;
  }
  return Style::bad;
}

// `INVALID` stands out without colour.
std::string word_of(verify::Verdict verdict) {
  if (verdict == verify::Verdict::invalid) return "INVALID";
  return std::string(verify::to_string(verdict));
}

// Long hashes are cut to their beginning: what they name is listed whole with --verbose.
std::string with_short_hashes(std::string_view text) {
  constexpr std::size_t kHash = 64, kShown = 12;
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find_first_not_of("0123456789abcdef", at), text.size());
    if (end - at == kHash) {
      out += text.substr(at, kShown);
      out += "…";
    } else {
      out += text.substr(at, end - at);
    }
    at = end;
    if (at < text.size()) out += text[at++];
  }
  return out;
}

void append_check(std::string& out, const Console& console, const verify::Check& check) {
  const std::string word = word_of(check.verdict);
  out += console.paint(style_of(check.verdict), word);
  out.append(word.size() < kVerdictCells ? kVerdictCells - word.size() : 1, ' ');
  std::string rest = safe_text(check.id);
  if (!check.subject.empty() && check.subject != check.id) rest += " " + safe_text(check.subject);
  if (!check.why.empty()) rest += ": " + safe_text(check.why);
  if (!console.verbose()) rest = with_short_hashes(rest);
  if (console.terminal()) {
    append_wrapped(out, rest, kVerdictCells, kVerdictCells, console.width());
  } else {
    out += rest;  // one line for each check
  }
  out += "\n";
}

constexpr std::size_t kRepeated = 20;  // checks below the verdict

// What is not valid once more, where it is not out of sight: the worst first.
void append_reasons(std::string& out, const Console& console,
                    std::span<const verify::Check> checks) {
  std::size_t left = kRepeated, more = 0;
  for (const auto verdict : {verify::Verdict::invalid, verify::Verdict::undecidable}) {
    for (const auto& check : checks) {
      if (check.verdict != verdict) continue;
      if (left == 0) {
        ++more;
        continue;
      }
      --left;
      append_check(out, console, check);
    }
  }
  if (more != 0) out += "and " + grouped(more) + " more of these above\n";
}

// Every check, and the verdict of the whole.
void append_checks(std::string& out, const Console& console,
                   std::span<const verify::Check> checks) {
  for (const auto& check : checks) {
    if (console.quiet() && check.verdict == verify::Verdict::valid) continue;
    append_check(out, console, check);
  }
}

void append_verdict(std::string& out, const Console& console, verify::Verdict overall,
                    std::span<const verify::Check> checks) {
  std::array<std::uint64_t, 3> counts{};
  for (const auto& check : checks) ++counts[static_cast<std::size_t>(check.verdict)];
  out += console.paint(style_of(overall), overall == verify::Verdict::valid         ? "VALID"
                                          : overall == verify::Verdict::undecidable ? "UNDECIDABLE"
                                                                                    : "INVALID");
  out += ": " + counted(counts[0], "check") + " valid, " + grouped(counts[1]) + " undecidable, " +
         grouped(counts[2]) + " invalid\n";
  if (!console.quiet() && counts[0] > kFewChecks) append_reasons(out, console, checks);
}

// What a log stands on: its root, its signer, and since when somebody else says so too.
void append_log(std::string& out, const Console& console, const casefile::Report::Log& log,
                bool several) {
  if (several)
    out += "  log          " + safe_text(log.party) + ": " +
           console.paint(style_of(log.verdict), word_of(log.verdict)) + "\n";
  if (!log.root.empty())
    out += "  root         " + safe_text(log.root) + "  (" +
           counted(log.tree_size, "ledger entry", "ledger entries") + ")\n";
  if (!log.fingerprint.empty()) out += "  fingerprint  " + safe_text(log.fingerprint) + "\n";
  if (log.opened.empty()) return;
  bool fixed = false;
  for (const auto& seen : log.seen) {
    const std::string saw =
        safe_text(seen.party) + " saw " + counted(seen.tree_size, "entry", "entries");
    if (seen.trusted) {
      out += "  fixed since  " + safe_text(seen.time) + ": " + saw + " then\n";
    } else {
      out += "  said to be   seen: " + saw + " at " + safe_text(seen.time) +
             ",\n               signed with a key that you have not said you trust\n";
    }
    fixed = fixed || seen.trusted;
  }
  for (const auto& stamp : log.stamps) {
    const std::string says =
        safe_text(stamp.authority) + " stamped " + counted(stamp.tree_size, "entry", "entries");
    if (stamp.verdict == verify::Verdict::valid) {
      out += "  fixed since  " + safe_text(stamp.time) + ": " + says + " by then\n";
      if (!stamp.renew_before.empty())
        out += "               stamp again before " + safe_text(stamp.renew_before) + "\n";
      fixed = true;
    } else {
      out += "  said to be   stamped: " + says + ", " + safe_text(stamp.time) +
             ";\n               " + word_of(stamp.verdict) + ": " + safe_text(stamp.why) + "\n";
    }
  }
  out += fixed ? "               before that, and for later entries, there is " +
                     safe_text(log.party) + "'s word alone\n"
               : "  fixed since  " + safe_text(log.opened) +
                     ", on the signer's word alone:\n"
                     "               no witness and no time stamp that you trust says so\n";
}

// ---- what a bundle shows

constexpr std::size_t kRecordsShown = 10;
constexpr std::size_t kValueShown = 500;  // bytes
constexpr std::size_t kIndent = 4;

std::string reasons_text(const std::map<std::string, std::uint64_t>& withheld) {
  std::string out;
  for (const auto& [reason, count] : withheld)
    out += (out.empty() ? "" : ", ") + grouped(count) + " (" + safe_text(reason) + ")";
  return out;
}

void append_line(std::string& out, const Console& console, std::string_view text,
                 std::size_t indent) {
  out.append(indent, ' ');
  append_wrapped(out, text, indent + 2, indent, console.width());
  out += "\n";
}

void append_record(std::string& out, const Console& console,
                   const casefile::BundleReport::Record& record,
                   const casefile::BundleReport& report) {
  std::string head = "record " + std::to_string(record.index) + (record.slack ? " (deleted)" : "") +
                     " of source " + safe_text(record.source);
  if (!record.holds) head += ": " + console.paint(Style::bad, "DOES NOT HOLD");
  append_line(out, console, head, 2);
  for (const auto& finding : report.findings)
    if (finding.source == record.source && finding.slack == record.slack &&
        finding.record == record.index)
      append_line(
          out, console,
          console.paint(style_of(finding.verdict), word_of(finding.verdict)) +
              " finding: " + safe_text(finding.title.empty() ? finding.rule_sha256 : finding.title),
          kIndent);
  for (const auto& field : record.fields)
    append_line(out, console,
                safe_text(field.path) + ": " + safe_text(field.text.substr(0, kValueShown)) +
                    (field.text.size() > kValueShown ? "…" : ""),
                kIndent);
  if (!record.raw.empty())
    append_line(out, console, "its bytes are opened: " + counted(record.raw.size(), "byte"),
                kIndent);
  if (record.whole_list)
    append_line(out, console,
                "all names of its fields are known; " +
                    counted(record.named.size(), "value is", "values are") + " withheld",
                kIndent);
  if (!record.withheld.empty())
    append_line(out, console,
                "places withheld, some of which hold nothing: " + reasons_text(record.withheld),
                kIndent);
}

void append_records(std::string& out, const Console& console,
                    const casefile::BundleReport& report) {
  std::size_t shown = 0;
  for (const auto& record : report.records) {
    if (shown == kRecordsShown && !console.verbose()) break;
    ++shown;
    append_record(out, console, record, report);
  }
  if (shown < report.records.size())
    append_line(out, console,
                "and " + counted(report.records.size() - shown, "more record") + " (-v shows all)",
                2);
  for (const auto& range : report.ranges)
    append_line(out, console,
                "source " + safe_text(range.source) + ": " +
                    (range.slack ? "deleted records" : "records") +
                    " withheld: " + reasons_text(range.withheld),
                2);
}

}  // namespace

void append_report(std::string& out, const Console& console, const casefile::Report& report) {
  append_checks(out, console, report.checks);
  if (!report.unsealed_files.empty()) {
    out += counted(report.unsealed_files.size(), "file") +
           " that nothing seals, and that prove nothing:\n";
    for (const auto& file : report.unsealed_files) out += "  " + safe_text(file) + "\n";
  }
  if (!out.empty()) out += "\n";
  append_verdict(out, console, report.overall, report.checks);
  out += "  case         " + safe_text(report.case_id) + "\n";
  for (const auto& log : report.logs) append_log(out, console, log, report.logs.size() > 1);
}

void append_report(std::string& out, const Console& console, const casefile::BundleReport& report) {
  if (!report.tlp.empty())
    out += "TLP:" + safe_text(report.tlp) + "  disclosed by " + safe_text(report.party) + " to " +
           safe_text(report.to) + "\n\n";
  append_checks(out, console, report.checks);
  append_checks(out, console, report.beyond);
  if (!report.records.empty() && !console.quiet()) {
    out += "\nDisclosed\n";
    append_records(out, console, report);
  }
  if (!out.empty()) out += "\n";
  append_verdict(out, console, report.overall, report.checks);
  if (!report.beyond.empty())
    out +=
        "  beyond it    no bundle can decide that opened fields are those of the raw\n"
        "               records, or that every record was sealed: that takes the source\n";
  out += "  case         " + safe_text(report.case_id) + "\n";
  for (const auto& log : report.logs) append_log(out, console, log, report.logs.size() > 1);
}

}  // namespace exhibit::cli
