// Hands out batches to workers: each opens inputs of its own while there are any, then helps with
// what is open.
//
// Threads:  all functions from any thread. A source is read by one thread at a time. A worker that
// would run further ahead
//           of what is committed than kBatchesAhead waits, so memory is bounded however uneven
//           batches are.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "exhibit/hunt.h"
#include "hunt/task.h"

namespace exhibit::hunt {

inline constexpr std::uint64_t kBatchesAhead = 8;  // per source, beyond the number of workers
inline constexpr std::size_t kBundleSources = 16;  // whole small sources, hashed side by side
inline constexpr std::size_t kBundleBytes = 4 << 20;

struct WorkItem {
  std::shared_ptr<SourceTask> task;
  std::unique_ptr<Outcome> outcome;
  bool whole = false;  // the batch is all of its source
};

struct Lane;  // one input, and the source that is being read in it

class Feeder {
 public:
  Feeder(const evidence::Listing& listing, const HuntOptions& options, unsigned workers);
  ~Feeder();

  /// Fills `items` with work: one batch, or several small sources whole. `own` is the caller's
  /// lane, kept between calls (start with nullptr). False when there is nothing left or the hunt is
  /// stopping.
  bool take(std::shared_ptr<Lane>& own, std::vector<WorkItem>& items);
  void recycle(std::vector<std::unique_ptr<Outcome>>& spent);

  /// Ends the hunt early: sealing or spooling failed.
  void abort(const Error& error);
  [[nodiscard]] bool stopping() const;

  [[nodiscard]] std::uint64_t bytes_done() const { return bytes_done_; }
  [[nodiscard]] std::uint64_t sources_done() const { return inputs_done_; }

  // After all workers have ended.
  [[nodiscard]] std::optional<Error> error() const { return error_; }
  std::vector<std::shared_ptr<SourceTask>> tasks;
  std::vector<evidence::Skipped> skipped;

 private:
  std::shared_ptr<Lane> claim();
  std::shared_ptr<Lane> help();
  void open(Lane& lane);
  bool next_source(Lane& lane);
  bool start(Lane& lane, std::unique_ptr<evidence::Source> source, bool container);
  bool read(Lane& lane, WorkItem& item);
  void count_bytes(Lane& lane, const SourceTask& task, std::size_t size);
  void count_container(Lane& lane);
  std::unique_ptr<Outcome> fresh();
  void skip(std::string path, const Error& error);

  const evidence::Listing& listing_;
  const HuntOptions& options_;
  const std::uint64_t ahead_max_;
  std::mutex mutex_;
  std::size_t next_input_ = 0;
  std::vector<std::shared_ptr<Lane>> lanes_;
  std::vector<std::unique_ptr<Outcome>> spare_;
  std::optional<Error> error_;
  std::atomic<bool> aborted_ = false;
  std::atomic<std::uint64_t> bytes_done_ = 0;
  std::atomic<std::uint64_t> inputs_done_ = 0;
};

}  // namespace exhibit::hunt
