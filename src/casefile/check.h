// Verification of a case folder: reads files, lets the core (exhibit/verify.h) judge, collects one
// line for each check. Nothing here trusts the case: what a file says is believed only after the
// ledger's root has been recomputed over it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "casefile/facts.h"
#include "casefile/home.h"
#include "exhibit/casefile.h"

namespace exhibit::casefile {

struct CheckContext {
  CheckContext(std::string folder, const VerifyOptions& brought)
      : directory(std::move(folder)), options(brought) {}

  std::string directory;
  const VerifyOptions& options;
  Report report;

  // From the ledger, once checked.
  std::string party, origin;
  std::optional<OpenFacts> open;
  std::map<std::string, SourceFacts, std::less<>> sources;
  std::vector<std::pair<RunFacts, verify::Statement>> runs;
  std::map<std::string, seal::Key, std::less<>> keys;  // K_source of the sources that it is held of
  /// Files that something seals, relative to the case; and the ledger, whose tiles do.
  std::set<std::string> sealed;
  struct LedgerTiles {
    std::string folder;
    std::uint64_t size = 0;
  };
  LedgerTiles ledger;
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

void check_ledger(CheckContext& context, std::string_view case_id);
void check_sources(CheckContext& context);
void check_runs(CheckContext& context);

}  // namespace exhibit::casefile
