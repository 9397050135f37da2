// What a Case is inside.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "casefile/facts.h"
#include "casefile/files.h"
#include "casefile/home.h"
#include "casefile/ledger.h"
#include "casefile/party_log.h"
#include "exhibit/casefile.h"

namespace exhibit::casefile {

struct Case::Impl {
  explicit Impl(Home at) : home(std::move(at)) {}

  Home home;
  std::string directory;  // without '/' at its end
  std::string id, party, origin;
  CaseOptions options;

  std::optional<files::TemporaryFolder> unpacked;  // what `directory` is in, of a packed case

  // For writing only.
  std::optional<files::Descriptor> lock;
  std::optional<SigningKeys> keys;
  std::optional<seal::Key> case_key;

  // As the checkpoint says: the log that is written here or, opened for reading, the sealer's.
  Ledger ledger;
  OpenFacts open;
  std::vector<PartyLog> others;                            // the other parties' logs
  std::vector<std::pair<std::string, Error>> unread_logs;  // by party: not as they should be
  std::string sealer;  // whose log names the sources and runs; empty: nobody's yet
  std::map<std::string, SourceFacts, std::less<>> facts;  // by sha256
  std::vector<RunFacts> run_facts;
  std::vector<CaseSource> sources;
  std::vector<CaseRun> runs;

  [[nodiscard]] std::string path(std::string_view below) const {
    return directory + "/" + std::string(below);
  }
  [[nodiscard]] std::string now() const;  // RFC 3339
  [[nodiscard]] Custody custody() const;
  [[nodiscard]] Machine machine() const;

  /// Reads the ledger and the statements that it names, and what the others' logs say.
  Result<void> load();
  /// The logs of all but `party`.
  Result<void> load_others();
  /// Takes in the statements of the sealer's log.
  Result<void> load_facts();
  /// Opens the party's log: the first entry, under the first checkpoint.
  Result<void> begin_log();
  /// Takes one more statement in, then, after the last, brings what follows from them in order.
  Result<void> take(const verify::Statement& statement);
  void arrange();
  /// Removes what no checkpoint names: what a killed or failed writer left.
  Result<void> sweep() const;
  /// Of that, what belongs to the logs themselves.
  Result<void> sweep_logs() const;
  /// Appends statements and makes them count. `statements` have the next indices in order, and
  /// their files are written here; everything else they name is on disk. On failure the case is as
  /// before.
  Result<void> commit(std::vector<verify::Statement> statements);
  [[nodiscard]] verify::Statement statement(std::size_t nth, std::string_view kind,
                                            const Fields& fields) const;
};

/// Removes forks that a killed merge has not kept to the end.
Result<void> sweep_forks(const std::string& directory, std::string_view party);
[[nodiscard]] event::Ticks system_now();
/// Whose log names the case's sources and runs; where nobody's does, the first party by name.
/// Errors: not_found (the case has no log).
[[nodiscard]] Result<std::string> find_sealer(const std::string& directory,
                                              std::string_view case_id);
/// Reads exhibit.toml. Errors: not_found (no case), malformed, unsupported.
[[nodiscard]] Result<std::string> read_case_id(const std::string& directory);

}  // namespace exhibit::casefile
