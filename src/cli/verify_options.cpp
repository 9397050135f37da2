#include "cli/verify_options.h"

#include "cli/case_access.h"
#include "cli/interrupt.h"
#include "cli/safe_text.h"
#include "cli/timestamp_options.h"

namespace exhibit::cli {

bool read_brought(const Arguments& arguments, const Console& console, Brought& out, int& status) {
  casefile::VerifyOptions& options = out.options;
  for (const auto& trust : arguments.values("trust")) {
    const auto keys = casefile::parse_trust(trust);
    if (!keys) {
      status = say_failed(console, "--trust " + safe_text(trust), keys.error());
      return false;
    }
    options.trust.insert(options.trust.end(), keys->begin(), keys->end());
  }
  status = exit_usage;
  if (!read_authorities(arguments, console, options.authorities)) return false;
  if (arguments.has("policy")) {
    out.policy = read_policy(arguments, console);
    if (!out.policy) return false;
    for (const verify::PolicyLog& log : out.policy->policy.logs)
      if (log.key.key)
        options.trust.push_back(
            {.name = log.key.name, .fingerprint = verify::fingerprint(log.key.key->key)});
    options.policy = &out.policy->policy;
  }
  options.latest_unix_s = latest_unix_s();
  // A verifier needs no key folder; with one, his own keys and what he saw last count as well.
  auto home = casefile::Home::open();
  if (!home) console.note("going on without a key folder: " + describe(home.error()));
  if (home) out.home = *std::move(home);
  options.home = out.home ? &*out.home : nullptr;
  options.stop = &stop_flag();
  return true;
}

}  // namespace exhibit::cli
