// party new, list, add; cosign; merge.
#include "cli/case_access.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/safe_text.h"
#include "cli/summary.h"
#include "exhibit/rotation.h"

namespace exhibit::cli {

namespace {

// A comment and the key itself: the form that --trust reads.
void append_key(std::string& out, std::string_view comment, const seal::VerifierKey& key) {
  out += "# " + safe_text(comment) + "\n" + key.to_string() + "\n";
}

std::string_view word_of(casefile::Merged::What what) {
  using What = casefile::Merged::What;
  switch (what) {
    case What::added:
      return "new here";
    case What::extended:
      return "goes on";
    case What::same:
      return "the same";
    case What::behind:
      return "older there";
    case What::forked:
      return "FORKED";
    case What::refused:
      break;
  }
  return "REFUSED";
}

}  // namespace

int run_party_list(const Arguments&, const Console& console) {
  int status = exit_internal;
  const auto home = open_home(console, status);
  if (!home) return status;
  const auto keys = home->list_keys();
  if (!keys) return say_failed(console, "the key folder", keys.error());
  const auto cases = home->list_case_keys();
  if (!cases) return say_failed(console, "the key folder", cases.error());
  if (keys->empty())
    console.note("There is no key yet; `exhibit party new NAME` or the first seal makes one.");
  std::string text;
  for (const auto& party : *keys)
    append_key(text, party.party + ", fingerprint " + party.fingerprint, party.log);
  for (const auto& key : *cases) append_key(text, "the same key for one case", key);
  return print(console, text);
}

int run_party_new(const Arguments& arguments, const Console& console) {
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

int run_party_add(const Arguments& arguments, const Console& console) {
  if (!arguments.has("as")) {
    console.error("`party add` needs --as NAME: whose log is to be opened");
    return exit_usage;
  }
  int status = exit_internal;
  const auto home = open_home(console, status);
  if (!home) return status;
  const std::string& directory = arguments.positional[0];
  const auto joined = casefile::Case::join(*home, directory, case_options(arguments));
  if (!joined) return say_failed(console, "the case at " + safe_text(directory), joined.error());
  const auto summary = joined->summary();
  return print(console, summary.origin +
                            " is opened, signed with a key of its own.\n  fingerprint  " +
                            summary.fingerprint + "\n  verifier key " + summary.verifier_key +
                            "\nGive one of these to the others by another way than the case.\n");
}

int run_party_rotate(const Arguments& arguments, const Console& console) {
  int status = exit_internal;
  const auto home = open_home(console, status);
  if (!home) return status;
  auto into = open_case(arguments, console, *home, arguments.positional[0], false, status);
  if (!into) return status;
  const auto done = casefile::rotate_keys(*into, arguments.value("note"));
  if (!done) return say_failed(console, "rotating the keys", done.error());
  return print(console,
               "Entry " + std::to_string(done->index) +
                   " names the new keys, which sign from the next one on:\n  entries      " +
                   done->entry.to_string() + "\n  cosignatures " + done->cosign.to_string() +
                   "\nThe log key, by which others know you, is the same as before.\n");
}

int run_party_revoke(const Arguments& arguments, const Console& console) {
  const auto from = arguments.has("from")
                        ? parse_number(arguments.value("from"), 0, ~std::uint64_t{0})
                        : std::optional<std::uint64_t>(0);
  if (!from) {
    console.error("--from takes the number of an entry, as `exhibit ledger` lists them");
    return exit_usage;
  }
  int status = exit_internal;
  const auto home = open_home(console, status);
  if (!home) return status;
  auto into = open_case(arguments, console, *home, arguments.positional[0], false, status);
  if (!into) return status;
  const auto done =
      casefile::revoke_key(*into, arguments.positional[1], *from, arguments.value("note"));
  if (!done) return say_failed(console, "revoking the key", done.error());
  return print(console, "On record as entry " + std::to_string(*done) +
                            ": what this key signed from entry " + std::to_string(*from) +
                            " on is not to be trusted.\n");
}

int run_cosign(const Arguments& arguments, const Console& console) {
  int status = exit_internal;
  const auto home = open_home(console, status);
  if (!home) return status;
  auto into = open_case(arguments, console, *home, arguments.positional[0], false, status);
  if (!into) return status;
  const auto done = casefile::cosign(*into);
  if (!done) return say_failed(console, "cosigning", done.error());
  if (done->empty()) {
    console.error("no other party has a log in this case");
    return exit_usage;
  }
  std::string text;
  status = exit_done;
  for (const auto& log : *done) {
    text += safe_text(log.party) + ": ";
    if (log.refused) {
      text += console.paint(Style::bad, "REFUSED") + ": " + describe(*log.refused) + "\n";
      status = exit_no;
      continue;
    }
    text += (log.added ? "cosigned at " : "had been cosigned at ") +
            counted(log.tree_size, "entry", "entries") + "\n";
  }
  return print(console, text, status);
}

int run_merge(const Arguments& arguments, const Console& console) {
  int status = exit_internal;
  const auto home = open_home(console, status);
  if (!home) return status;
  std::string text;
  status = exit_done;
  for (std::size_t i = 1; i < arguments.positional.size(); ++i) {
    const std::string& from = arguments.positional[i];
    const auto done = casefile::merge(*home, arguments.positional[0], from, &stop_flag());
    if (!done) return say_failed(console, "merging " + safe_text(from), done.error());
    for (const auto& log : *done) {
      using What = casefile::Merged::What;
      const bool bad = log.what == What::forked || log.what == What::refused;
      text += safe_text(log.party) + ": " +
              console.paint(bad ? Style::bad : Style::good, std::string(word_of(log.what)));
      text += ", " + counted(log.entries, "entry", "entries");
      if (log.added != 0) text += ", " + grouped(log.added) + " of them new";
      if (log.cosignatures != 0) text += ", " + counted(log.cosignatures, "new cosignature");
      if (log.stamps != 0)
        text += ", " + counted(log.stamps, "new file of time stamps", "new files of time stamps");
      if (!log.why.empty()) text += "\n  " + safe_text(log.why);
      text += "\n";
      if (log.what == What::forked)
        text += "  Both are kept: `exhibit verify` shows where they part, to anyone.\n";
      if (bad) status = exit_no;
    }
  }
  return print(console, text, status);
}

}  // namespace exhibit::cli
