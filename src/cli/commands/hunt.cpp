#include <algorithm>
#include <chrono>

#include "cli/case_access.h"
#include "cli/commands.h"
#include "cli/custody_options.h"
#include "cli/findings_writer.h"
#include "cli/hunt_request.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/rule_options.h"
#include "cli/safe_text.h"
#include "cli/standard_input.h"
#include "cli/summary.h"
#include "cli/table.h"

namespace exhibit::cli {

namespace {

constexpr std::string_view kNoRun =
    "  This run is not sealed: not every source was read to its end. Those that were are sealed.\n";

// The files that a hunt writes, opened before it begins: a long run must not end in "it is there
// already".
struct Outputs {
  Output findings;
  std::optional<Output> coverage;
};

std::optional<Output> open_output(const Arguments& arguments, const Console& console,
                                  std::string_view flag) {
  auto out = Output::open(arguments.value(flag), arguments.has("force"));
  if (out) return *std::move(out);
  console.error("--" + std::string(flag) + " " + safe_text(arguments.value(flag)) + ": " +
                describe(out.error()));
  return std::nullopt;
}

std::optional<Outputs> open_outputs(const Arguments& arguments, const Console& console) {
  auto findings = open_output(arguments, console, "output");
  if (!findings) return std::nullopt;
  Outputs outputs{*std::move(findings), std::nullopt};
  if (arguments.has("coverage")) {
    auto coverage = open_output(arguments, console, "coverage");
    if (!coverage) return std::nullopt;
    outputs.coverage.emplace(*std::move(coverage));
  }
  return outputs;
}

bool asks_for_sense(const Arguments& arguments, const Console& console) {
  if (arguments.positional.empty() && !arguments.has("case")) {
    console.error("`hunt` needs a PATH to read, or --case DIR; see `exhibit help hunt`");
    return false;
  }
  if (arguments.has("full") && arguments.value("format") != "jsonl") {
    console.error("--full goes with --format jsonl");
    return false;
  }
  for (const std::string_view flag : {"by-reference", "as", "operator"}) {
    if (!arguments.has(flag) || arguments.has("case")) continue;
    console.error("--" + std::string(flag) + " goes with --case DIR");
    return false;
  }
  for (const std::string_view flag : kAcquiringFlags) {
    if (!arguments.has(flag) || (arguments.has("case") && !arguments.positional.empty())) continue;
    console.error("--" + std::string(flag) +
                  " is said of what is acquired: it goes with a PATH and --case DIR");
    return false;
  }
  return true;
}

struct Done {
  hunt::HuntResult result;
  std::optional<casefile::SealSummary> seal;
  Manifests manifests{};
  ChangedAfter changed_after{};
};

std::optional<Done> hunt_now(const Arguments& arguments, const Console& console,
                             const LoadedRules& rules, hunt::HuntOptions options,
                             const evidence::Listing& listing, int& status) {
  if (!arguments.has("case")) {
    auto result = hunt::hunt(listing, rules.pack, options);
    if (result) return Done{.result = *std::move(result), .seal = std::nullopt};
    status = say_failed(console, "the hunt", result.error());
    return std::nullopt;
  }
  auto asked = seal_options(arguments, console, status);
  if (!asked) return std::nullopt;
  auto home = open_home(console, status);
  if (!home) return std::nullopt;
  auto into = open_case(arguments, console, *home, std::string(arguments.value("case")),
                        !arguments.positional.empty(), status);
  if (!into) return std::nullopt;
  auto done = casefile::hunt_into_case(*into, listing, rules.pack, rules.options,
                                       std::move(options), *asked);
  if (done)
    return Done{.result = std::move(done->result),
                .seal = std::move(done->seal),
                .manifests = std::move(done->manifests),
                .changed_after = std::move(done->changed_after)};
  status = say_failed(console, "the hunt", done.error());
  return std::nullopt;
}

// How to get from the table to one finding.
void append_next(std::string& out, const Arguments& arguments, const Console& console,
                 const Done& done) {
  if (done.result.findings == 0) return;
  if (!done.seal || !done.seal->run) {
    if (!console.verbose()) out += "\n-v lists every finding in order of time.\n";
    return;
  }
  const std::string at = " --case " + shell_word(arguments.value("case"));
  out += "\n" + console.paint(Style::bold, "Next") + "\n  exhibit show" + at +
         " -v\n    lists every finding in order of time\n  exhibit show ID" + at +
         " --why\n    says why one matched, with the way to the signed checkpoint\n";
}

Result<void> write_table(const Arguments& arguments, Output& out, const Console& console,
                         const Zone& zone, const LoadedRules& rules, const Done& done) {
  Summary summary(rules.pack, zone);
  EXHIBIT_CHECK(done.result.for_each([&](const hunt::Finding& finding) { summary.add(finding); }));
  std::string text;
  append_findings_table(text, console, summary, done.result);
  append_coverage_table(text, console, zone, rules.pack, done.result);
  append_compared(text, console, done.manifests, done.changed_after);
  append_seal(text, console, done.seal ? &*done.seal : nullptr);
  if (done.seal && !done.seal->run) text += kNoRun;
  append_next(text, arguments, console, done);
  out.write(text);
  return {};
}

Result<void> write_findings(const Arguments& arguments, const Console& console, const Zone& zone,
                            const LoadedRules& rules, const Done& done, Output& out) {
  const auto format = arguments.value("format", "table");
  if (format == "jsonl") return write_jsonl(out, rules.pack, done.result);
  if (format == "csv") return write_csv(out, rules.pack, done.result);
  if (format == "json")
    return write_json(out, rules.pack, done.result, done.seal ? &*done.seal : nullptr);
  Console to_output = console;
  if (out.is_file() && arguments.value("color") != "always") to_output.plain();
  return write_table(arguments, out, to_output, zone, rules, done);
}

// What the machine formats leave out goes to standard error, in a line or two.
void say_seal(const Arguments& arguments, const Console& console, const Done& done) {
  if (arguments.value("format", "table") == "table") return;
  if (stop_flag().load()) console.note("INCOMPLETE: interrupted");
  if (!done.seal) {
    console.note("Nothing is sealed. To seal this: the same command with --case DIR");
    return;
  }
  std::string text;
  append_compared(text, console, done.manifests, done.changed_after);
  append_seal(text, console, &*done.seal);
  if (!done.seal->run) text += kNoRun;
  console.note(text.substr(1, text.size() - 2));
}

void say_speed(const Console& console, const hunt::HuntResult& result, double seconds) {
  std::uint64_t bytes = 0;
  for (const auto& source : result.sources) bytes += source.container ? 0 : source.size_bytes;
  const auto tenths = static_cast<std::uint64_t>(seconds * 100);
  console.note(counted(result.records, "record") + ", " + readable_size(bytes) + " in " +
               std::to_string(tenths / 100) + "." + (tenths % 100 < 10 ? "0" : "") +
               std::to_string(tenths % 100) + " s");
}

Result<bool> reaches_level(const LoadedRules& rules, const hunt::HuntResult& result,
                           sigma::Level level) {
  bool reached = false;
  EXHIBIT_CHECK(result.for_each([&](const hunt::Finding& finding) {
    reached = reached || rules.pack.rules[finding.rule].level >= level;
  }));
  return reached;
}

}  // namespace

int run_hunt(const Arguments& arguments, const Console& console) {
  if (!asks_for_sense(arguments, console)) return exit_usage;
  const auto zone = Zone::load(arguments.value("tz", "UTC"));
  if (!zone) {
    console.error("--tz: the system's time zone database (package tzdata) has no `" +
                  safe_text(arguments.value("tz")) + "`; names are such as Asia/Shanghai");
    return exit_usage;
  }
  auto options = hunt_options(arguments, console);
  if (!options) return exit_usage;
  std::optional<evidence::Listing> listing = evidence::Listing{};
  if (!arguments.positional.empty()) listing = list_asked(arguments.positional, console);
  if (!listing) return exit_usage;
  auto outputs = open_outputs(arguments, console);
  if (!outputs) return exit_usage;
  const auto rules = load_rules_asked(arguments, console, {});
  if (!rules) return status_without_rules();
  report_rules(*rules, console);
  if (!any_rule_left(*rules, arguments, console)) return exit_usage;

  const auto began = std::chrono::steady_clock::now();
  int status = exit_internal;
  std::optional<Done> done;
  {
    ProgressMeter meter(arguments, console);
    options->progress = meter.callback();
    const StandardInput input(arguments.positional);
    done = hunt_now(arguments, console, *rules, *std::move(options), *listing, status);
  }
  if (!done) return status;
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - began;

  auto written = write_findings(arguments, console, *zone, *rules, *done, outputs->findings);
  if (written) written = outputs->findings.finish();
  if (written && outputs->coverage) {
    std::string coverage;
    hunt::append_coverage_json(coverage, rules->pack, done->result, true);
    outputs->coverage->write(coverage + "\n");
    written = outputs->coverage->finish();
  }
  if (!written) return say_failed(console, "writing the result", written.error());
  say_seal(arguments, console, *done);
  say_speed(console, done->result, passed.count());
  status = hunt_status(done->result);
  if (status != exit_interrupted && arguments.has("fail-on")) {
    const auto reached =
        reaches_level(*rules, done->result, *sigma::parse_level(arguments.value("fail-on")));
    if (!reached) return say_failed(console, "reading the findings", reached.error());
    if (*reached) return exit_no;
  }
  return compared_status(status, done->manifests, done->changed_after);
}

}  // namespace exhibit::cli
