// The disclosed records of one source, opened: the files `shapes` and `records` of a bundle.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "casefile/disclosure/select.h"
#include "casefile/tree_paths.h"

namespace exhibit::casefile {

/// The rules of runs, as they had them, loaded once.
class RunRules {
 public:
  explicit RunRules(const Case::Impl& impl) : impl_(impl) {}
  /// A rule of a run's.
  struct Rule {
    const sigma::RulePack* pack = nullptr;
    std::uint32_t number = 0;  // in it
  };
  /// Errors: not_found (the run had no such rule); those of load_criteria.
  Result<Rule> find(const RunFacts& run, std::string_view rule_sha256);

 private:
  const Case::Impl& impl_;
  std::map<std::string, sigma::RulePack, std::less<>> packs_;  // by criteria
};

/// A source's part of a bundle.
struct OpenedRecords {
  std::string shapes, records;
};
/// Opens `chosen` and adds up what was done; `take` is told of each record, in order. Errors:
/// proof_mismatch (a record is not what was sealed), not_found, limit, io, interrupted.
[[nodiscard]] Result<OpenedRecords> open_records(
    const Case::Impl& impl, const SourceFacts& facts, const seal::Key& source_key,
    const ChosenRecords& chosen, const DiscloseOptions& options, RunRules& rules, Disclosed& sum,
    const std::function<void(const DisclosedRecord&)>& take);

}  // namespace exhibit::casefile
