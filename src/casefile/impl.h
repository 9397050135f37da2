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

  // As the checkpoint says.
  Ledger ledger;
  OpenFacts open;
  std::map<std::string, SourceFacts, std::less<>> facts;  // by sha256
  std::vector<RunFacts> run_facts;
  std::vector<CaseSource> sources;
  std::vector<CaseRun> runs;

  [[nodiscard]] std::string path(std::string_view below) const {
    return directory + "/" + std::string(below);
  }
  [[nodiscard]] std::string now() const;  // RFC 3339
  [[nodiscard]] Custody custody() const;

  /// Reads the ledger and the statements that it names.
  Result<void> load();
  /// Takes one more statement in, then, after the last, brings what follows from them in order.
  Result<void> take(const verify::Statement& statement);
  Result<void> arrange();
  /// Removes what no checkpoint names: what a killed or failed writer left.
  Result<void> sweep() const;
  /// Appends statements and makes them count. `statements` have the next indices in order, and
  /// their files are written here; everything else they name is on disk. On failure the case is as
  /// before.
  Result<void> commit(std::vector<verify::Statement> statements);
  [[nodiscard]] verify::Statement statement(std::size_t nth, std::string_view kind,
                                            const Fields& fields) const;
};

[[nodiscard]] event::Ticks system_now();
/// The folder's party: the first by name that has a log in it. Errors: not_found.
[[nodiscard]] Result<std::string> find_party(const std::string& directory);
/// Reads exhibit.toml. Errors: not_found (no case), malformed, unsupported.
[[nodiscard]] Result<std::string> read_case_id(const std::string& directory);

}  // namespace exhibit::casefile
