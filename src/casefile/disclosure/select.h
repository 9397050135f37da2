// Which records are disclosed.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "casefile/impl.h"
#include "exhibit/disclosure.h"

namespace exhibit::casefile {

struct RecordKey {
  std::uint8_t stream = seal::kRecordStream;
  std::uint64_t index = 0;
  auto operator<=>(const RecordKey&) const = default;
};
/// A finding that chose a record.
struct ChosenFinding {
  std::string id;
  std::string rule_sha256;
  const RunFacts* run = nullptr;
};
struct ChosenRecord {
  std::uint64_t offset = 0, length = 0;  // in the source, bytes
  std::vector<ChosenFinding> findings;
  bool by_itself = false;  // not only for its findings
};
using ChosenRecords = std::map<RecordKey, ChosenRecord>;
/// By the source's SHA-256. Not empty, and no source in it without records.
using Choice = std::map<std::string, ChosenRecords>;

inline constexpr std::uint64_t kChosenRecordsMax = 1 << 20;

/// Errors: as plan_disclosure.
[[nodiscard]] Result<Choice> select_records(const Case::Impl& impl, const Selection& selection,
                                            const std::atomic<bool>* stop);

}  // namespace exhibit::casefile
