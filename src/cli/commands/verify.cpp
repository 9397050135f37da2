// verify: one line for each check, then the sum.
#include "exhibit/verify.h"

#include <filesystem>

#include "cli/case_access.h"
#include "cli/commands.h"
#include "cli/hunt_request.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/policy_argument.h"
#include "cli/progress.h"
#include "cli/safe_text.h"
#include "cli/timestamp_options.h"
#include "cli/verification_text.h"

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
  casefile::VerifyOptions options;
  for (const auto& trust : arguments.values("trust")) {
    const auto keys = casefile::parse_trust(trust);
    if (!keys) return say_failed(console, "--trust " + safe_text(trust), keys.error());
    options.trust.insert(options.trust.end(), keys->begin(), keys->end());
  }
  if (!read_authorities(arguments, console, options.authorities)) return exit_usage;
  std::optional<GivenPolicy> policy;
  if (arguments.has("policy")) {
    policy = read_policy(arguments, console);
    if (!policy) return exit_usage;
    for (const verify::PolicyLog& log : policy->policy.logs)
      if (log.key.key)
        options.trust.push_back(
            {.name = log.key.name, .fingerprint = verify::fingerprint(log.key.key->key)});
    options.policy = &policy->policy;
  }
  options.latest_unix_s = latest_unix_s();
  const auto threads = threads_asked(arguments, console);
  if (!threads) return exit_usage;
  std::error_code ignored;
  if (!std::filesystem::exists(arguments.positional[0], ignored)) {
    console.error(safe_text(arguments.positional[0]) + ": cannot be found");
    return exit_usage;
  }
  // A verifier needs no key folder; with one, his own keys and what he saw last count as well.
  const auto home = casefile::Home::open();
  if (!home) console.note("going on without a key folder: " + describe(home.error()));
  options.home = home ? &*home : nullptr;
  if (casefile::is_bundle(arguments.positional[0])) {
    const auto report = casefile::verify_bundle(arguments.positional[0],
                                                {.trust = options.trust,
                                                 .policy = policy ? policy->text : std::string(),
                                                 .latest_unix_s = options.latest_unix_s,
                                                 .authorities = options.authorities,
                                                 .strict = arguments.has("strict"),
                                                 .home = options.home});
    if (!report) return failed(console, arguments.positional[0], report.error());
    return print_report(console, *report);
  }
  options.replay = arguments.has("replay");
  options.threads = *threads;
  options.stop = &stop_flag();
  ProgressMeter meter(arguments, console);
  options.progress = meter.callback();
  const auto report = casefile::verify_case(arguments.positional[0], options);
  meter.done();
  if (!report) return failed(console, arguments.positional[0], report.error());
  return print_report(console, *report);
}

}  // namespace exhibit::cli
