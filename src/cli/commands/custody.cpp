// custody: the chain, and its gaps.
#include "cli/case_access.h"
#include "cli/commands.h"
#include "cli/custody_report.h"
#include "cli/output.h"
#include "cli/safe_text.h"
#include "cli/verify_options.h"

namespace exhibit::cli {

int run_custody(const Arguments& arguments, const Console& console) {
  const auto format = arguments.value("format", "table");
  if (format != "table" && format != "json") {
    console.error("`custody` prints a table or json, not " + std::string(format));
    return exit_usage;
  }
  int status = exit_internal;
  Brought brought;
  if (!read_brought(arguments, console, brought, status)) return status;
  const auto report = casefile::read_custody(arguments.positional[0], brought.options);
  if (!report) return say_failed(console, safe_text(arguments.positional[0]), report.error());
  auto out = Output::open(arguments.value("output"), arguments.has("force"));
  if (!out)
    return say_failed(console, "--output " + safe_text(arguments.value("output")), out.error());
  std::string text;
  if (format == "json") {
    append_custody_json(text, *report);
    out->write_json(text + "\n");
  } else {
    Console to_output = console;
    if (out->is_file() && arguments.value("color") != "always") to_output.plain();
    append_custody_table(text, to_output, *report);
    out->write(text);
  }
  if (const auto written = out->finish(); !written)
    return say_failed(console, "writing the chain", written.error());
  return arguments.has("fail-on-gaps") && !report->gaps.empty() ? exit_no : exit_done;
}

}  // namespace exhibit::cli
