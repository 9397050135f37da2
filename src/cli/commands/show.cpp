// show: a case, or one finding with its event, bytes, reasons and proof.
#include "cli/show_parts.h"

#include "base/text.h"
#include "cli/case_access.h"
#include "cli/commands.h"
#include "cli/json_text.h"
#include "cli/output.h"
#include "cli/safe_text.h"
#include "cli/table.h"
#include "cli/time_argument.h"

namespace exhibit::cli {

namespace {

void append_case(std::string& out, const Console& console, const casefile::Case& from) {
  out += console.paint(Style::bold, safe_text(from.id())) + "\n\n";
  out += counted(from.sources().size(), "source") + "\n";
  for (const auto& source : from.sources()) {
    out += "  " + source.sha256.substr(0, 12) + "  " +
           safe_cut_middle(source.info.display(), console.width() - 16) + "\n";
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
    out += "  " + std::to_string(run.number) + "  " + safe_text(run.time) + "  " +
           counted(run.findings, "finding") + ", ledger entry " + std::to_string(run.run_entry) +
           "\n";
  }
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
  if (!casefile::Case::is_case(directory)) {
    console.error("there is no case at " + safe_text(directory) + "; name one with --case DIR");
    return exit_usage;
  }
  const auto from = casefile::Case::open_read_only(*home, directory);
  if (!from) return say_failed(console, "the case at " + safe_text(directory), from.error());
  const auto zone = Zone::load(arguments.value("tz", "UTC"));
  if (!zone) {
    console.error("--tz: the system's time zone database (package tzdata) has no `" +
                  safe_text(arguments.value("tz")) + "`");
    return exit_usage;
  }
  auto out = Output::open("-", false);
  if (!out) return say_failed(console, "standard output", out.error());
  std::string text;
  status = exit_done;
  if (arguments.positional.empty()) {
    const auto summary = from->summary();
    append_case(text, console, *from);
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
