// One party's log in a case, whole: its entries, opened, under its signed checkpoint.
//
// A case is the union of its parties' logs. One of them, the sealer's, names the sources and runs;
// in any of them a party may say something (exhibit/casefile.h, Saying).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "casefile/facts.h"
#include "casefile/key_history.h"
#include "casefile/ledger.h"

namespace exhibit::casefile {

struct PartyLog {
  std::string party;
  Ledger ledger;
  OpenFacts open;
  KeyHistory keys;
  std::vector<std::string> kinds;  // of the entries
  /// Its entries name sources or runs.
  [[nodiscard]] bool seals() const;
};

/// Parties that have a log in the case's folder, by name.
[[nodiscard]] Result<std::vector<std::string>> list_parties(const std::string& directory);
/// Reads a log as far as its checkpoint goes, and its open statement. Signatures of entries are not
/// looked at. Errors: those of read_ledger; bad_signature, undecidable (the checkpoint is not
/// signed with the key that the log was opened with); malformed.
[[nodiscard]] Result<PartyLog> read_party_log(const std::string& directory,
                                              std::string_view case_id, std::string_view party);
/// Every entry is signed by the party, and every statement opens it. Errors: bad_signature,
/// proof_mismatch, malformed, not_found (a statement).
[[nodiscard]] Result<void> check_entries_of(const PartyLog& log, const std::string& directory);

/// The statement of an entry. Errors: not_found, malformed, io.
[[nodiscard]] Result<verify::Statement> read_statement(const std::string& directory,
                                                       std::string_view party, std::uint64_t index);

/// One of the two logs goes on where the other ends.
[[nodiscard]] bool is_consistent(const Ledger& a, const Ledger& b);

}  // namespace exhibit::casefile
