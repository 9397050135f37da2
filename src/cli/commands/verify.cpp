// verify: one line for each check, then the sum.
#include "exhibit/verify.h"

#include <filesystem>

#include "cli/case_access.h"
#include "cli/commands.h"
#include "cli/hunt_request.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/safe_text.h"
#include "cli/verification_text.h"
#include "cli/verify_options.h"

namespace exhibit::cli {

namespace {

int status_of(verify::Verdict verdict) {
  switch (verdict) {
    case verify::Verdict::valid:
      return exit_done;
    case verify::Verdict::undecidable:
      return exit_undecidable;
    case verify::Verdict::invalid:
      break;
  }
  return exit_no;
}

int print_report(const Console& console, const auto& report) {
  std::string text;
  append_report(text, console, report);
  return print(console, text, status_of(report.overall));
}

int failed(const Console& console, const std::string& what, const Error& error) {
  const int status = say_failed(console, safe_text(what), error);
  return error.code == ErrorCode::malformed ? exit_usage : status;
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
  if (casefile::is_bundle(arguments.positional[0])) {
    const auto report = casefile::verify_bundle(
        arguments.positional[0], {.trust = options.trust,
                                  .policy = brought.policy ? brought.policy->text : std::string(),
                                  .latest_unix_s = options.latest_unix_s,
                                  .authorities = options.authorities,
                                  .strict = arguments.has("strict"),
                                  .home = options.home});
    if (!report) return failed(console, arguments.positional[0], report.error());
    return print_report(console, *report);
  }
  options.replay = arguments.has("replay");
  options.threads = *threads;
  ProgressMeter meter(arguments, console);
  options.progress = meter.callback();
  const auto report = casefile::verify_case(arguments.positional[0], options);
  meter.done();
  if (!report) return failed(console, arguments.positional[0], report.error());
  return print_report(console, *report);
}

}  // namespace exhibit::cli
