// open, add, handover: what changes or copies a case.
#include "cli/case_access.h"
#include "cli/commands.h"
#include "cli/custody_options.h"
#include "cli/hunt_request.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/safe_text.h"
#include "cli/standard_input.h"
#include "cli/table.h"
#include "exhibit/disclosure.h"

namespace exhibit::cli {

namespace {

// One line for each source: records, damage, time range.
void append_added(std::string& out, const Console& console, const hunt::HuntResult& result) {
  const Zone utc;
  for (const auto& source : result.sources) {
    out += safe_text(source.info.display()) + "\n  ";
    if (source.container) {
      out += "container of other sources";
    } else {
      out += counted(source.records, "record");
      if (source.slack_records != 0)
        out += ", " + counted(source.slack_records, "deleted record") + " from slack";
      if (source.first != event::kNoTime)
        out += ", " + utc.text(source.first) + " – " + utc.text(source.last);
      if (source.damage_count != 0)
        out += ", " + console.paint(Style::doubtful, counted(source.damage_count, "damaged place"));
      if (!source.complete) out += ", " + console.paint(Style::bad, "not read to the end");
    }
    out += "\n";
  }
  for (const auto& skipped : result.skipped) {
    out += safe_text(skipped.path) + "\n  " + console.paint(Style::doubtful, "not read") + ": " +
           describe(skipped.error) + "\n";
  }
}

}  // namespace

int run_open(const Arguments& arguments, const Console& console) {
  int status = exit_internal;
  const auto home = open_home(console, status);
  if (!home) return status;
  const std::string& directory = arguments.positional[0];
  if (casefile::Case::is_case(directory)) {
    console.error("there is a case at " + safe_text(directory) + " already");
    return exit_usage;
  }
  const auto made = open_case(arguments, console, *home, directory, true, status);
  if (!made) return status;
  const auto summary = made->summary();
  std::string text = "The case " + safe_text(made->id()) + " is at " + safe_text(directory) + "\n";
  append_seal(text, console, &summary);
  return print(console, text, exit_done);
}

int run_add(const Arguments& arguments, const Console& console) {
  auto options = hunt_options(arguments, console);
  if (!options) return exit_usage;
  const auto listing =
      list_asked({arguments.positional.begin() + 1, arguments.positional.end()}, console);
  if (!listing) return exit_usage;
  int status = exit_internal;
  const auto asked = seal_options(arguments, console, status);
  if (!asked) return status;
  const auto home = open_home(console, status);
  if (!home) return status;
  auto into = open_case(arguments, console, *home, arguments.positional[0], false, status);
  if (!into) return status;
  ProgressMeter meter(arguments, console);
  options->progress = meter.callback();
  const StandardInput input(arguments.positional);
  const auto done = casefile::add_to_case(*into, *listing, *std::move(options), *asked);
  meter.done();
  if (!done) return say_failed(console, "adding to the case", done.error());
  std::string text;
  if (stop_flag().load())
    text +=
        console.paint(Style::bad, "INCOMPLETE: interrupted; what was read to its end is sealed") +
        "\n";
  append_added(text, console, done->result);
  append_compared(text, console, done->manifests, done->changed_after);
  append_seal(text, console, &done->seal);
  return print(console, text,
               compared_status(hunt_status(done->result), done->manifests, done->changed_after));
}

int run_handover(const Arguments& arguments, const Console& console) {
  if (!arguments.has("output")) {
    console.error("`handover` needs -o DIR or -o FILE.tar");
    return exit_usage;
  }
  const std::string out(arguments.value("output"));
  for (const auto* ending : {".gz", ".tgz", ".zip", ".xz", ".zst"}) {
    if (!out.ends_with(ending)) continue;
    console.error("--output " + safe_text(out) +
                  ": a handover is a folder, or a file whose name ends in .tar");
    return exit_usage;
  }
  const auto tlp = casefile::parse_tlp(arguments.value("tlp"));
  if (arguments.has("tlp") && !tlp) return say_no_tlp(console, arguments.value("tlp"));
  int status = exit_internal;
  const auto home = open_home(console, status);
  if (!home) return status;
  const auto from = casefile::Case::open_read_only(*home, arguments.positional[0]);
  if (!from) return say_failed(console, safe_text(arguments.positional[0]), from.error());
  const auto done = casefile::handover(*home, *from, out,
                                       {.tar = out.ends_with(".tar"),
                                        .force = arguments.has("force"),
                                        .tlp = std::string(tlp ? to_string(*tlp) : ""),
                                        .stop = &stop_flag()});
  if (!done && done.error().code == ErrorCode::exists) {
    console.error(
        "--output " + safe_text(out) + " is there already" +
        (out.ends_with(".tar") ? "; --force overwrites it" : ", and not an empty folder"));
    return exit_usage;
  }
  if (!done) return say_failed(console, "the handover to " + safe_text(out), done.error());
  return print(console,
               counted(done->sources, "source") + ", " + counted(done->files, "file") + ", " +
                   readable_size(done->bytes) + " in " + safe_text(out) +
                   "\nNo secret but the keys of these sources is in it.\n  fingerprint  " +
                   done->fingerprint + "\n  verifier key " + done->verifier_key +
                   "\nGive one of these by another way. The other side runs:\n"
                   "  exhibit verify " +
                   shell_word(out) + " --trust FINGERPRINT --replay\n",
               exit_done);
}

}  // namespace exhibit::cli
