// key list, key new.
#include "cli/case_access.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/safe_text.h"

namespace exhibit::cli {

namespace {

int print(const Console& console, const std::string& text) {
  const auto done = write_whole("-", text, false);
  return done ? exit_done : say_failed(console, "standard output", done.error());
}

// A comment and the key itself: the form that --trust reads.
void append_key(std::string& out, std::string_view comment, const seal::VerifierKey& key) {
  out += "# " + safe_text(comment) + "\n" + key.to_string() + "\n";
}

}  // namespace

int run_key_list(const Arguments&, const Console& console) {
  int status = exit_internal;
  const auto home = open_home(console, status);
  if (!home) return status;
  const auto keys = home->list_keys();
  if (!keys) return say_failed(console, "the key folder", keys.error());
  const auto cases = home->list_case_keys();
  if (!cases) return say_failed(console, "the key folder", cases.error());
  if (keys->empty())
    console.note("There is no key yet; `exhibit key new NAME` or the first seal makes one.");
  std::string text;
  for (const auto& party : *keys)
    append_key(text, party.party + ", fingerprint " + party.fingerprint, party.log);
  for (const auto& key : *cases) append_key(text, "the same key for one case", key);
  return print(console, text);
}

int run_key_new(const Arguments& arguments, const Console& console) {
  int status = exit_internal;
  auto home = open_home(console, status);
  if (!home) return status;
  const auto made = home->create_keys(arguments.positional[0]);
  if (!made)
    return say_failed(console, "the key " + safe_text(arguments.positional[0]), made.error());
  console.note("The secret half is in " + safe_text(home->path()) +
               "; nothing else holds it, and nobody else should.");
  std::string text;
  append_key(text, made->party + ", fingerprint " + made->fingerprint, made->log);
  return print(console, text);
}

}  // namespace exhibit::cli
