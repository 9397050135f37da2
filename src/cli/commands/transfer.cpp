// transfer, receive, destroy: who has the case, and its end.
#include <unistd.h>

#include <iostream>

#include "base/text.h"
#include "cli/case_access.h"
#include "cli/commands.h"
#include "cli/custody_options.h"
#include "cli/help.h"
#include "cli/hunt_request.h"
#include "cli/safe_text.h"
#include "cli/table.h"
#include "cli/verify_options.h"
#include "exhibit/custody.h"

namespace exhibit::cli {

namespace {

bool needs(const Arguments& arguments, const Console& console, std::string_view flag) {
  if (arguments.has(flag)) return true;
  console.error("`" + std::string(arguments.verb->name) + "` needs --" + std::string(flag) +
                " PARTY");
  return false;
}

std::string seal_lines(const casefile::SealSummary& summary) {
  return "  root         " + base::to_base64(summary.root) + "\n  fingerprint  " +
         summary.fingerprint + "\n";
}

std::string party_of(const casefile::SealSummary& summary) {
  return summary.origin.substr(summary.origin.rfind('/') + 1);
}

// Opens the receiver's log first, where --as names a party that has none.
std::optional<casefile::Case> open_or_join(const Arguments& arguments, const Console& console,
                                           const casefile::Home& home, int& status) {
  const std::string& directory = arguments.positional[0];
  if (arguments.has("as") && casefile::Case::is_case(directory)) {
    auto joined = casefile::Case::join(home, directory, case_options(arguments));
    if (joined) return *std::move(joined);
    if (joined.error().code != ErrorCode::exists) {
      status = say_failed(console, "the case at " + safe_text(directory), joined.error());
      return std::nullopt;
    }
  }
  return open_case(arguments, console, home, directory, false, status);
}

int verdict_status(const casefile::Received& received) {
  if (received.report.overall == verify::Verdict::invalid || !received.complete) return exit_no;
  return received.report.overall == verify::Verdict::valid ? exit_done : exit_undecidable;
}

// What is typed at the terminal, when it is asked.
bool confirmed(const Arguments& arguments, const Console& console, const std::string& case_id) {
  std::string typed(arguments.value("yes"));
  if (!arguments.has("yes")) {
    if (::isatty(STDIN_FILENO) == 0) {
      console.error("this cannot be taken back: say --yes CASE-ID, or type it at a terminal");
      return false;
    }
    std::cerr << "The keys of this case will be destroyed, for ever. Type its id to go on: ";
    std::getline(std::cin, typed);
  }
  if (typed == case_id) return true;
  console.error("the id of this case is " + safe_text(case_id) + "; nothing was destroyed");
  return false;
}

void append_list(std::string& out, std::string_view what, const std::vector<std::string>& names) {
  if (names.empty()) return;
  out += std::string(what);
  for (const std::string& name : names) out += " " + safe_text(name);
  out += "\n";
}

}  // namespace

int run_transfer(const Arguments& arguments, const Console& console) {
  if (!needs(arguments, console, "to")) return exit_usage;
  int status = exit_internal;
  const auto home = open_home(console, status);
  if (!home) return status;
  auto into = open_case(arguments, console, *home, arguments.positional[0], false, status);
  if (!into) return status;
  const auto done =
      casefile::transfer(*into, {.to = std::string(arguments.value("to")),
                                 .to_fingerprint = std::string(arguments.value("to-key")),
                                 .sources = arguments.values("what"),
                                 .text = std::string(arguments.value("note")),
                                 .said = circumstances(arguments)});
  if (!done) return say_failed(console, "the transfer", done.error());
  const auto summary = into->summary();
  return print(console, "On record as " + party_of(summary) + "/" + std::to_string(*done) + ": " +
                            (arguments.has("what") ? "sources" : "the case") + " to " +
                            safe_text(arguments.value("to")) + ".\n" + seal_lines(summary) +
                            "`exhibit handover` writes the bytes. It is received when his log "
                            "says so: `merge` that.\n");
}

int run_receive(const Arguments& arguments, const Console& console) {
  if (!needs(arguments, console, "from")) return exit_usage;
  int status = exit_internal;
  casefile::Receipt receipt{.from = std::string(arguments.value("from")),
                            .text = std::string(arguments.value("note")),
                            .said = circumstances(arguments)};
  if (arguments.has("about")) {
    const auto about = casefile::parse_entry_ref(arguments.value("about"));
    if (!about) {
      console.error("--about " + safe_text(arguments.value("about")) + ": " +
                    describe(about.error()));
      return exit_usage;
    }
    receipt.transfer = *about;
  }
  Brought brought;
  if (!read_brought(arguments, console, brought, status)) return status;
  const auto threads = threads_asked(arguments, console);
  if (!threads) return exit_usage;
  brought.options.threads = *threads;
  const auto home = open_home(console, status);
  if (!home) return status;
  auto into = open_or_join(arguments, console, *home, status);
  if (!into) return status;
  const auto done = casefile::receive(*into, receipt, brought.options);
  if (!done) return say_failed(console, "receiving", done.error());
  const auto summary = into->summary();
  const auto& report = done->report;
  std::string text =
      "Received " + safe_text(done->transfer.party) + "/" + std::to_string(done->transfer.index) +
      ", on record as " + party_of(summary) + "/" + std::to_string(done->index) +
      ".\n  it verified as " +
      console.paint(report.overall == verify::Verdict::valid     ? Style::good
                    : report.overall == verify::Verdict::invalid ? Style::bad
                                                                 : Style::doubtful,
                    verify::to_string(report.overall)) +
      (done->complete ? ", and is complete\n"
                      : ", and " + console.paint(Style::bad, "IS NOT COMPLETE") + "\n");
  for (const auto& check : report.checks)
    if (check.verdict != verify::Verdict::valid)
      text += "  " + std::string(verify::to_string(check.verdict)) + " " + safe_text(check.id) +
              " " + safe_text(check.subject) + ": " + safe_text(check.why) + "\n";
  return print(console, text + seal_lines(summary), verdict_status(*done));
}

int run_destroy(const Arguments& arguments, const Console& console) {
  int status = exit_internal;
  const auto home = open_home(console, status);
  if (!home) return status;
  const std::string& directory = arguments.positional[0];
  {
    const auto there = casefile::Case::open_read_only(*home, directory);
    if (!there) return say_failed(console, safe_text(directory), there.error());
    if (!confirmed(arguments, console, there->id())) return exit_refused;
  }
  const auto done = casefile::destroy(*home, directory, case_options(arguments),
                                      arguments.value("note"), circumstances(arguments));
  if (!done) return say_failed(console, "destroying the keys", done.error());
  std::string text = "The keys of case " + safe_text(done->case_id) +
                     " are destroyed. Its ledger stays, closed by";
  for (const auto& entry : done->entries)
    text += " " + safe_text(entry.party) + "/" + std::to_string(entry.index);
  text += ".\n";
  append_list(text, "  gone: the case key, and the signing keys of", done->keys_destroyed);
  if (done->keys_destroyed.empty()) text += "  gone: the case key\n";
  append_list(text, "  kept, because they sign other cases: the keys of", done->keys_kept);
  text +=
      "Not reached: copies and backups of the key folder, old blocks of a flash disk, keys of\n"
      "sources in handovers, and the sources in the case, which are not encrypted.\n"
      "From now on `exhibit verify` needs --trust with the fingerprint that you handed over.\n";
  return print(console, text);
}

}  // namespace exhibit::cli
