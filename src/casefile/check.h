// Verification of a case folder: reads files, lets the core (exhibit/verify.h) judge, collects one
// line for each check. Nothing here trusts the case: what a file says is believed only after the
// ledger's root has been recomputed over it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "casefile/facts.h"
#include "casefile/handing.h"
#include "casefile/home.h"
#include "casefile/key_history.h"
#include "exhibit/casefile.h"

namespace exhibit::casefile {

/// A party's log, as far as it has been checked.
struct CheckedLog {
  std::string party;
  std::string note_text;
  seal::Note note;
  seal::Checkpoint checkpoint;
  std::vector<std::string> entries;
  std::vector<seal::Digest> leaves;
  bool whole = true;       // every entry could be read
  bool rooted = false;     // the entries make the signed root
  bool is_signed = false;  // with the key that the log was opened with
  bool trusted = false;    // that key is one that the verifier trusts
  std::optional<OpenFacts> open;
  KeyHistory keys;                                                 // as far as they have been read
  std::vector<std::pair<std::uint64_t, SayingFacts>> sayings;      // by entry
  std::vector<std::pair<std::uint64_t, TransferFacts>> transfers;  // by entry
  std::vector<std::pair<std::uint64_t, ReceiptFacts>> receipts;    // by entry
  std::optional<std::uint64_t> closed;                             // by this entry, of this time
  std::string closed_time;
  Report::Log report;
};

struct CheckContext {
  CheckContext(std::string folder, const VerifyOptions& brought)
      : directory(std::move(folder)), options(brought) {}

  std::string directory;
  const VerifyOptions& options;
  Report report;

  std::vector<verify::TrustedKey> own_keys;  // of the home

  // From the logs, once checked.
  std::vector<CheckedLog> logs;
  std::string sealer;  // whose log names the sources and runs
  std::map<std::string, SourceFacts, std::less<>> sources;
  std::vector<std::pair<RunFacts, verify::Statement>> runs;
  std::map<std::string, seal::Key, std::less<>> keys;  // K_source of the sources that it is held of
  /// Files that something seals, relative to the case; and the logs, whose tiles do.
  std::set<std::string> sealed;
  struct LedgerTiles {
    std::string folder;
    std::uint64_t size = 0;
  };
  std::vector<LedgerTiles> ledgers;
  [[nodiscard]] bool is_sealed(const std::string& file) const;

  [[nodiscard]] std::string path(std::string_view below) const {
    return directory + "/" + std::string(below);
  }
  void add(std::string id, std::string subject, verify::Verdict verdict, std::string why) {
    report.checks.push_back({std::move(id), std::move(subject), verdict, std::move(why)});
  }
  void valid(std::string id, std::string subject, std::string why) {
    add(std::move(id), std::move(subject), verify::Verdict::valid, std::move(why));
  }
  void invalid(std::string id, std::string subject, std::string why) {
    add(std::move(id), std::move(subject), verify::Verdict::invalid, std::move(why));
  }
  void undecidable(std::string id, std::string subject, std::string why) {
    add(std::move(id), std::move(subject), verify::Verdict::undecidable, std::move(why));
  }
  /// What is not there is missing, not wrong; everything else is wrong.
  void failed(std::string id, std::string subject, const Error& error);
  [[nodiscard]] bool stopped() const {
    return options.stop != nullptr && options.stop->load(std::memory_order_relaxed);
  }
};

/// Whose log is checked as the one that seals: among those that do, one that the verifier trusts.
/// Empty: nobody's.
[[nodiscard]] std::string choose_sealer(const CheckContext& context, std::string_view case_id,
                                        const std::vector<std::string>& parties);
/// One party's log.
void check_ledger(CheckContext& context, const std::string& party, std::string_view case_id);
/// Time stamps of the logs' checkpoints.
void check_stamps(CheckContext& context);
/// What the logs say of each other: cosignatures, what statements are about, forks.
void check_parties(CheckContext& context);
/// What the verifier's policy asks of each log.
void check_policy(CheckContext& context);
/// A cosigner's time, RFC 3339. Units: seconds since 1970.
[[nodiscard]] std::string time_text(std::uint64_t unix_s);
void check_sources(CheckContext& context);
void check_runs(CheckContext& context);

}  // namespace exhibit::casefile
