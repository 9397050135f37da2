// One source on its way through the hunt: read in pieces by whoever comes, committed in order of
// the pieces.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "exhibit/hunt.h"
#include "hunt/spool.h"

namespace exhibit::hunt {

// Findings of one batch that wait in memory: a record may be found by thousands of rules.
inline constexpr std::size_t kSpooledBytesMax = 1 << 20;

/// What a worker made of one batch.
struct Outcome {
  event::Batch batch;  // for its bytes and damage; the tables are done with
  std::uint64_t records = 0, slack_records = 0, filtered_out = 0, findings = 0;
  event::Ticks first = event::kNoTime, last = event::kNoTime;
  /// (channel, event id) → records, and day → records; mostly few entries each, and a key may stand
  /// there more than once. The channel's text is the worker's
  /// or stands in `channels`.
  std::vector<std::pair<std::pair<std::string_view, std::uint32_t>, std::uint64_t>> events;
  std::vector<std::pair<std::int64_t, std::uint64_t>> days;
  std::deque<std::string> channels;
  std::vector<seal::Digest> leaves, slack_leaves;
  std::string spooled;
  std::vector<Extent> spooled_away;  // before `spooled`; without bases
  std::optional<Error> failed;       // spooling did
  std::optional<seal::Digest>
      whole;  // set when the batch is the whole source and was hashed with others

  void spool_away(SpoolFile& spool);
  void clear();  // keeps capacity
};

/// Threads:  `source`, `issued` and `look_ahead` belong to whoever holds the lane's mutex
/// (hunt/feeder.h); everything else
///           to whoever holds `mutex`, but `seal` and `container`, which are set before the first
///           batch and then const.
class SourceTask {
 public:
  explicit SourceTask(const evidence::SourceInfo& info) { report.info = info; }

  /// Takes a batch's outcome; commits it and those that waited for it, in order. Spent outcomes are
  /// added to `spent`. Errors: what the seal or the spool says.
  Result<void> commit(std::unique_ptr<Outcome> outcome, SpoolFile& spool,
                      std::vector<std::unique_ptr<Outcome>>& spent);
  /// The source has been read to its end after `count` batches.
  Result<void> end(std::uint64_t count);
  /// Batches handed out or held back, but not yet committed. Waits until they are fewer than
  /// `most`, or `stop` says so.
  void wait_until_below(std::uint64_t most, const std::function<bool()>& stop);
  [[nodiscard]] bool is_ahead(std::uint64_t most);
  /// After all workers have ended: closes a source that was not read to its end.
  void abandon();

  std::unique_ptr<evidence::Source> source;  // nullptr once read to its end
  std::atomic<std::uint64_t> issued = 0;     // batches handed out; written under the lane's mutex
  std::unique_ptr<Outcome> look_ahead;       // read, not handed out
  std::unique_ptr<SourceSeal> seal;
  std::shared_ptr<SourceTask> container;  // whose bytes this member is in
  std::vector<Extent> extents;
  std::uint64_t filtered_out = 0;
  SourceReport report;
  bool finished = false;

 private:
  Result<void> apply(Outcome& outcome, SpoolFile& spool);
  Result<void> finish_if_complete();

  std::mutex mutex_;
  std::condition_variable advanced_;
  std::map<std::uint64_t, std::unique_ptr<Outcome>> waiting_;
  std::uint64_t committed_ = 0;
  std::optional<std::uint64_t> count_;
  seal::Sha256 hasher_;
  std::optional<seal::Digest> whole_;
};

}  // namespace exhibit::hunt
