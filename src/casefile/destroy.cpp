// The end of a case's keys. The ledger stays, and says so.
#include <algorithm>

#include "base/text.h"
#include "casefile/handing.h"
#include "casefile/home.h"
#include "casefile/impl.h"
#include "casefile/layout.h"

namespace exhibit::casefile {
namespace {

// Nothing is appended after it, so it is the last entry or it is not there.
Result<bool> is_closed(const Ledger& ledger) {
  EXHIBIT_TRY(const verify::SignedEntry last, verify::parse_entry(ledger.entries.back()));
  return last.entry.kind == "destroy";
}

Result<EntryRef> close_log(const Home& home, const std::string& directory,
                           const CaseOptions& options, const DestroyFacts& said) {
  EXHIBIT_TRY(Case into, Case::open(home, directory, options));
  Case::Impl& impl = into.impl();
  DestroyFacts facts = said;
  facts.case_key_sha256 = layout::case_key_commitment(*impl.case_key);
  facts.machine = impl.machine();
  EXHIBIT_TRY(facts.signing_keys, signs_no_other_case(home, impl.id, impl.party));
  const EntryRef entry{.party = impl.party, .index = impl.ledger.entries.size()};
  std::vector<verify::Statement> statements;
  statements.push_back(impl.statement(0, "destroy", destroy_fields(facts, impl.custody())));
  EXHIBIT_CHECK(impl.commit(std::move(statements)));
  return entry;
}

// What a killed destruction left: no writer comes after this one to remove it.
Result<void> sweep_closed(const Home& home, const std::string& directory, const std::string& id,
                          const std::string& party) {
  Case::Impl impl(home);
  impl.directory = directory;
  impl.id = id;
  impl.party = party;
  EXHIBIT_TRY(impl.lock, files::lock_folder(directory));
  EXHIBIT_CHECK(impl.load());
  return impl.sweep();
}

}  // namespace

Result<Destroyed> destroy(const Home& home, const std::string& directory,
                          const CaseOptions& options, std::string_view reason,
                          const Circumstances& said) {
  EXHIBIT_CHECK(check_circumstances(said));
  if (reason.size() > kSayingSizeBytesMax || !base::is_utf8(reason))
    return fail(ErrorCode::usage, "a reason is UTF-8, at most 256 KiB");
  std::string place = directory;
  while (place.size() > 1 && place.ends_with('/')) place.pop_back();
  Destroyed out;
  EXHIBIT_TRY(out.case_id, read_case_id(place));
  // By what the home says, not by its keys: those may be gone already, when a destruction that was
  // killed is taken up again.
  const std::vector<std::string> writers = parties_of_case(home, out.case_id);
  EXHIBIT_TRY(const std::vector<std::string> logs, list_parties(place));
  out.was_closed = true;
  DestroyFacts facts;
  facts.reason = reason;
  facts.said = said;
  for (const std::string& party : writers) {
    if (std::ranges::find(logs, party) == logs.end()) continue;
    EXHIBIT_TRY(const Ledger ledger, read_ledger(place + "/" + layout::ledger_folder(party)));
    EXHIBIT_TRY(const bool closed, is_closed(ledger));
    EntryRef entry{.party = party, .index = ledger.entries.size() - 1};
    if (!closed) {
      CaseOptions as_party = options;
      as_party.party = party;
      EXHIBIT_TRY(entry, close_log(home, place, as_party, facts));
      out.was_closed = false;
    }
    out.entries.push_back(entry);
  }
  if (out.entries.empty())
    return fail(ErrorCode::not_found, "no party of this key folder has a log in this case");
  EXHIBIT_CHECK(sweep_closed(home, place, out.case_id, out.entries.front().party));
  EXHIBIT_TRY(const ShreddedKeys keys, shred_case_keys(home, out.case_id));
  out.keys_destroyed = keys.destroyed;
  out.keys_kept = keys.kept;
  return out;
}

}  // namespace exhibit::casefile
