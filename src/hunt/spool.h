// The spool: findings wait here until the hash of their source is known.
//
// Findings of a batch are one extent or, where they are many, several; a source's extents are in
// batch order. Small hunts stay in
// memory; beyond kSpoolMemoryBytes the spool moves to an unlinked temporary file, so memory does
// not grow with what is found.
//
// Threads:  append() and read() are safe from any thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "exhibit/hunt.h"

namespace exhibit::hunt {

inline constexpr std::size_t kSpoolMemoryBytes = 16 << 20;

class SpoolFile {
 public:
  SpoolFile() = default;
  ~SpoolFile();
  SpoolFile(const SpoolFile&) = delete;
  SpoolFile& operator=(const SpoolFile&) = delete;

  /// Returns where `bytes` begin. Errors: io.
  Result<std::uint64_t> append(std::string_view bytes);
  Result<std::string> read(std::uint64_t offset, std::size_t length) const;

 private:
  Result<void> move_to_file();

  mutable std::mutex mutex_;
  std::string memory_;
  std::uint64_t size_ = 0;
  int file_ = -1;
};

/// Findings of one batch.
struct Extent {
  std::uint64_t offset = 0;
  std::size_t length = 0;
  std::uint64_t record_base = 0;  // records of the source before this batch
  std::uint64_t slack_base = 0;
};

/// A finding as it is spooled: `finding.record_index` counts from the batch's first record, source
/// and id are not yet known.
void append_spooled(std::string& out, const Finding& finding);
/// Reads one spooled finding from the front of `in` and removes it. Errors: malformed (the spool
/// was damaged).
Result<Finding> take_spooled(std::string_view& in);

struct HuntResult::Spool {
  SpoolFile file;
  std::vector<std::vector<Extent>> extents;  // by source, as HuntResult::sources
  std::vector<std::string> rule_sha256;      // by rule
  std::vector<std::string> source_sha256;    // by source
};

}  // namespace exhibit::hunt
