// show: a case, or one finding with its event, bytes, reasons and proof.
#include "cli/show_parts.h"

#include <algorithm>
#include <filesystem>
#include <tuple>

#include "base/text.h"
#include "cli/case_access.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/json_text.h"
#include "cli/output.h"
#include "cli/safe_text.h"
#include "cli/table.h"
#include "cli/time_argument.h"
#include "cli/when_and_where.h"

namespace exhibit::cli {

namespace {

// What a run left out, in the words of the flags; empty where it took all records.
std::string filters_text(const hunt::Filters& filters, const Zone& zone) {
  std::string out;
  const auto add = [&out](std::string_view flag, std::string_view value) {
    out += (out.empty() ? "--" : " --") + std::string(flag) + " " + safe_text(value);
  };
  if (filters.from) add("from", zone.text(*filters.from));
  if (filters.to) add("to", zone.text(*filters.to));
  for (const auto& channel : filters.channels) add("channel", channel);
  for (const auto id : filters.event_ids) add("event-id", std::to_string(id));
  for (const auto& host : filters.hosts) add("host", host);
  return out;
}

Result<void> append_run(std::string& out, const Console& console, const casefile::Case& from,
                        const casefile::CaseRun& run, const Zone& zone) {
  LevelCounts counts{};
  std::vector<casefile::ListedFinding> moments;
  EXHIBIT_CHECK(casefile::for_each_finding(from, run.number, [&](const auto& finding) {
    ++counts[static_cast<std::size_t>(finding.level)];
    if (console.verbose() && moments.size() < Summary::kMomentsMax) moments.push_back(finding);
  }));
  const auto time = base::parse_time(run.time);
  out += "  " + std::to_string(run.number) + "  " +
         (time ? zone.text(*time) : safe_text(run.time)) + "  " + counted(run.findings, "finding") +
         (run.findings == 0 ? "" : ": " + worst_levels(console, counts, console.width())) +
         "\n     rules " + run.pack_sha256.substr(0, 12) + ", ledger entry " +
         std::to_string(run.run_entry) + "\n";
  if (run.rules_rejected != 0) out += "     " + counted(run.rules_rejected, "rule") + " rejected\n";
  if (const std::string only = filters_text(run.filters, zone); !only.empty())
    out += "     only " + only + "\n";
  std::ranges::sort(moments, {}, [](const auto& f) { return std::tie(f.time, f.id); });
  std::string day;
  for (const auto& finding : moments) {
    const std::string text = zone.text(finding.time);
    if (text.substr(0, 10) != day) {
      day = text.substr(0, 10);
      const bool timed = finding.time != base::kNoTime;
      out += console.paint(Style::dim, "  " + (timed ? day : "without a time")) + "\n";
    }
    append_time_line_row(out, console,
                         {.clock = std::string_view(text).substr(11),
                          .id = finding.id,
                          .host = finding.host,
                          .title = finding.title,
                          .level = finding.level});
  }
  if (console.verbose() && moments.size() < run.findings)
    out += "  and " + grouped(run.findings - moments.size()) + " more in runs/" +
           std::to_string(run.number) + "/findings.jsonl\n";
  return {};
}

void append_case(std::string& out, const Console& console, const casefile::Case& from,
                 const Zone& zone) {
  out += console.paint(Style::bold, safe_text(from.id())) + "\n\n";
  out += counted(from.sources().size(), "source") + "\n";
  for (const auto& source : from.sources()) {
    out += "  " + source.sha256.substr(0, 12) + "  " + safe_text(source.info.display()) + "\n";
    out += "                " +
           (source.container ? std::string("container") : counted(source.records, "record"));
    if (source.damage_count != 0)
      out += ", " + console.paint(Style::doubtful, counted(source.damage_count, "damaged place"));
    if (source.by_reference) out += ", by reference";
    if (!source.complete) out += ", " + console.paint(Style::bad, "not read to the end");
    out += "\n";
  }
  out += "\n" + counted(from.runs().size(), "run") + "\n";
  for (const auto& run : from.runs()) {
    if (const auto read = append_run(out, console, from, run, zone); !read)
      out += "  " + std::to_string(run.number) + "  " +
             console.paint(Style::bad, "its findings cannot be read: " + describe(read.error())) +
             "\n";
  }
  if (!from.runs().empty() && !console.verbose())
    out += "  -v lists the findings, and show ID --why explains one\n";
}

// Raw bytes only where no terminal takes them for commands.
int write_raw(Output& out, const Console& console, const casefile::Shown& shown) {
  if (out.is_terminal()) {
    console.error("--raw would send the record's bytes to the terminal; redirect it, or use --hex");
    return exit_usage;
  }
  out.write(shown.raw);
  return exit_done;
}

}  // namespace

int run_show(const Arguments& arguments, const Console& console) {
  int status = exit_internal;
  const auto home = open_home(console, status);
  if (!home) return status;
  const std::string directory(arguments.value("case", "."));
  std::error_code ignored;
  const bool packed = std::filesystem::is_regular_file(directory, ignored);
  if (!packed && !casefile::Case::is_case(directory)) {
    console.error("there is no case at " + safe_text(directory) + "; name one with --case DIR");
    return exit_usage;
  }
  const auto from = casefile::Case::open_read_only(*home, directory, &stop_flag());
  if (!from)
    return say_failed(console,
                      (packed ? "the packed handover " : "the case at ") + safe_text(directory),
                      from.error());
  const auto zone = Zone::load(arguments.value("tz", "UTC"));
  if (!zone) {
    console.error("--tz: the system's time zone database (package tzdata) has no `" +
                  safe_text(arguments.value("tz")) + "`; names are such as Asia/Shanghai");
    return exit_usage;
  }
  auto out = Output::open("-", false);
  if (!out) return say_failed(console, "standard output", out.error());
  std::string text;
  status = exit_done;
  if (arguments.positional.empty()) {
    const auto summary = from->summary();
    append_case(text, console, *from, *zone);
    append_seal(text, console, &summary);
    out->write(text);
  } else {
    const auto shown = casefile::show_finding(*from, arguments.positional[0]);
    if (!shown)
      return say_failed(console, "the finding " + safe_text(arguments.positional[0]),
                        shown.error());
    if (arguments.has("raw")) {
      status = write_raw(*out, console, *shown);
    } else if (arguments.has("json")) {
      out->write_json(shown->event_json + "\n");
    } else if (arguments.has("xml")) {
      if (shown->event_xml.empty()) {
        console.error("this record is JSON and has no XML form");
        return exit_usage;
      }
      out->write_lines(shown->event_xml + "\n");
    } else {
      if (arguments.has("hex")) append_hex_dump(text, shown->raw, shown->offset);
      if (arguments.has("proof")) append_proof(text, console, *shown);
      if (arguments.has("why")) append_why(text, console, *shown);
      if (text.empty()) append_finding(text, console, *shown);
      out->write(text);
    }
  }
  const auto done = out->finish();
  return done ? status : say_failed(console, "standard output", done.error());
}

}  // namespace exhibit::cli
