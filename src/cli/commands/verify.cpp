// verify: one line for each check, then the sum.
#include "exhibit/verify.h"

#include <array>
#include <filesystem>

#include "cli/case_access.h"
#include "cli/commands.h"
#include "cli/help.h"
#include "cli/hunt_request.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/safe_text.h"
#include "cli/verify_options.h"

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
void append_reasons(std::string& out, const Console& console, const casefile::Report& report) {
  std::size_t left = kRepeated, more = 0;
  for (const auto verdict : {verify::Verdict::invalid, verify::Verdict::undecidable}) {
    for (const auto& check : report.checks) {
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

void append_report(std::string& out, const Console& console, const casefile::Report& report) {
  std::array<std::uint64_t, 3> counts{};
  for (const auto& check : report.checks) {
    ++counts[static_cast<std::size_t>(check.verdict)];
    if (console.quiet() && check.verdict == verify::Verdict::valid) continue;
    append_check(out, console, check);
  }
  if (!report.unsealed_files.empty()) {
    out += counted(report.unsealed_files.size(), "file") +
           " that nothing seals, and that prove nothing:\n";
    for (const auto& file : report.unsealed_files) out += "  " + safe_text(file) + "\n";
  }
  if (!out.empty()) out += "\n";
  out += console.paint(style_of(report.overall), report.overall == verify::Verdict::valid ? "VALID"
                                                 : report.overall == verify::Verdict::undecidable
                                                     ? "UNDECIDABLE"
                                                     : "INVALID");
  out += ": " + counted(counts[0], "check") + " valid, " + grouped(counts[1]) + " undecidable, " +
         grouped(counts[2]) + " invalid\n";
  if (!console.quiet() && counts[0] > kFewChecks) append_reasons(out, console, report);
  out += "  case         " + safe_text(report.case_id) + "\n";
  for (const auto& log : report.logs) append_log(out, console, log, report.logs.size() > 1);
}

}  // namespace

int run_verify(const Arguments& arguments, const Console& console) {
  Brought brought;
  int status = exit_internal;
  if (!read_brought(arguments, console, brought, status)) return status;
  casefile::VerifyOptions& options = brought.options;
  const auto threads = threads_asked(arguments, console);
  if (!threads) return exit_usage;
  std::error_code ignored;
  if (!std::filesystem::exists(arguments.positional[0], ignored)) {
    console.error(safe_text(arguments.positional[0]) + ": cannot be found");
    return exit_usage;
  }
  options.replay = arguments.has("replay");
  options.threads = *threads;
  ProgressMeter meter(arguments, console);
  options.progress = meter.callback();
  const auto report = casefile::verify_case(arguments.positional[0], options);
  meter.done();
  if (!report) {
    const auto& error = report.error();
    status = say_failed(console, safe_text(arguments.positional[0]), error);
    return error.code == ErrorCode::malformed ? exit_usage : status;
  }
  std::string text;
  append_report(text, console, *report);
  const auto done = write_whole("-", text, false);
  if (!done) return say_failed(console, "standard output", done.error());
  switch (report->overall) {
    case verify::Verdict::valid:
      return exit_done;
    case verify::Verdict::undecidable:
      return exit_undecidable;
    case verify::Verdict::invalid:
      break;
  }
  return exit_no;
}

}  // namespace exhibit::cli
