#include "hunt/feeder.h"

#include <algorithm>
#include <utility>

namespace exhibit::hunt {

/// Threads:  `mutex` guards everything but `input`.
struct Lane {
  explicit Lane(const evidence::Input& from) : input(from) {}

  const evidence::Input& input;
  std::mutex mutex;
  std::unique_ptr<evidence::SourceStream> stream;
  std::shared_ptr<SourceTask> current;    // being read
  std::shared_ptr<SourceTask> container;  // the archive's own bytes
  std::uint64_t counted_bytes = 0;        // of the archive, as its members are read
  bool done = false;
};

Feeder::Feeder(const evidence::Listing& listing, const HuntOptions& options, unsigned workers)
    : listing_(listing), options_(options), ahead_max_(workers + kBatchesAhead) {}
Feeder::~Feeder() = default;

bool Feeder::stopping() const {
  return aborted_ || (options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed));
}

void Feeder::abort(const Error& error) {
  const std::scoped_lock lock(mutex_);
  if (!error_) error_ = error;
  aborted_ = true;
}

void Feeder::skip(std::string path, const Error& error) {
  const std::scoped_lock lock(mutex_);
  skipped.push_back({.path = std::move(path), .error = error});
}

std::shared_ptr<Lane> Feeder::claim() {
  const std::scoped_lock lock(mutex_);
  if (next_input_ == listing_.inputs.size()) return nullptr;
  auto lane = std::make_shared<Lane>(listing_.inputs[next_input_++]);
  std::erase_if(lanes_, [](const auto& l) {
    const std::unique_lock held(l->mutex, std::try_to_lock);
    return held.owns_lock() && l->done;
  });
  // Whoever locks the lane first opens it; that may be a helper.
  lanes_.push_back(lane);
  return lane;
}

// A lane that still has something to read; nullptr when all have been read to their end.
std::shared_ptr<Lane> Feeder::help() {
  std::vector<std::shared_ptr<Lane>> lanes;
  {
    const std::scoped_lock lock(mutex_);
    lanes = lanes_;
  }
  std::shared_ptr<Lane> busy;
  for (auto& lane : lanes) {
    const std::unique_lock held(lane->mutex, std::try_to_lock);
    if (!held.owns_lock()) {
      busy = lane;
      continue;
    }
    if (lane->done) continue;
    if (lane->current == nullptr || !lane->current->is_ahead(ahead_max_)) return lane;
    busy = lane;
  }
  return busy;
}

std::unique_ptr<Outcome> Feeder::fresh() {
  const std::scoped_lock lock(mutex_);
  if (spare_.empty()) return std::make_unique<Outcome>();
  auto outcome = std::move(spare_.back());
  spare_.pop_back();
  return outcome;
}

void Feeder::recycle(std::vector<std::unique_ptr<Outcome>>& spent) {
  for (auto& outcome : spent) outcome->clear();
  const std::scoped_lock lock(mutex_);
  for (auto& outcome : spent) spare_.push_back(std::move(outcome));
  spent.clear();
}

void Feeder::open(Lane& lane) {
  auto stream = evidence::open_input(lane.input);
  if (!stream) {
    skip(lane.input.path, stream.error());
    lane.done = true;
    return;
  }
  lane.stream = std::move(*stream);
  if (!lane.stream->is_container() || lane.input.path == "-") return;
  evidence::SourceInfo info;
  info.path = lane.input.path;
  info.size_bytes = lane.input.size_bytes;
  auto source = evidence::open_plain(lane.input.path, std::move(info));
  if (!source) return skip(lane.input.path, source.error());
  if (start(lane, std::move(*source), true)) lane.container = lane.current;
}

bool Feeder::start(Lane& lane, std::unique_ptr<evidence::Source> source, bool container) {
  auto task = std::make_shared<SourceTask>(source->info());
  task->report.container = container;
  task->container = container ? nullptr : lane.container;
  if (options_.seal != nullptr) {
    auto seal = options_.seal->begin(source->info(), container);
    if (!seal) {
      abort(seal.error());
      return false;
    }
    task->seal = std::move(*seal);
  }
  task->source = std::move(source);
  lane.current = task;
  const std::scoped_lock lock(mutex_);
  tasks.push_back(std::move(task));
  return true;
}

// Makes `lane.current` a source that has something to read; false when the input has no more.
bool Feeder::next_source(Lane& lane) {
  if (lane.done) return false;  // by somebody else, while the caller waited for the lane
  while (!stopping()) {
    if (lane.current != nullptr &&
        (lane.current->source != nullptr || lane.current->look_ahead != nullptr))
      return true;
    if (lane.stream == nullptr) {
      open(lane);
      if (lane.done) break;
      continue;
    }
    auto source = lane.stream->next();
    if (!source) {
      skip(lane.input.path, source.error());
      continue;
    }
    if (*source == nullptr) break;
    start(lane, std::move(*source), false);
  }
  if (lane.stream != nullptr) count_container(lane);
  ++inputs_done_;
  lane.done = true;
  lane.current = nullptr;
  lane.stream = nullptr;
  return false;
}

// An archive counts as its members are read, which is the work, not as it is hashed before.
void Feeder::count_bytes(Lane& lane, const SourceTask& task, std::size_t size) {
  if (!task.report.info.members.empty()) {
    count_container(lane);
  } else if (!task.report.container) {
    bytes_done_ += size;
  }
}

void Feeder::count_container(Lane& lane) {
  const std::uint64_t read = lane.stream->bytes_read();
  bytes_done_ += read - std::exchange(lane.counted_bytes, read);
}

// Reads the next batch of the lane. A source's first batch is followed by a look at the next, to
// know small sources whole.
bool Feeder::read(Lane& lane, WorkItem& item) {
  while (next_source(lane)) {
    SourceTask& task = *lane.current;
    const auto fetch = [&]() -> std::unique_ptr<Outcome> {
      if (task.look_ahead != nullptr) return std::move(task.look_ahead);
      auto outcome = fresh();
      if (task.source == nullptr || !task.source->next(outcome->batch)) {
        task.source = nullptr;
        std::vector<std::unique_ptr<Outcome>> unused;
        unused.push_back(std::move(outcome));
        recycle(unused);
        return nullptr;
      }
      count_bytes(lane, task, outcome->batch.size);
      return outcome;
    };
    item.outcome = fetch();
    if (item.outcome != nullptr) {
      ++task.issued;
      if (task.issued == 1) {
        task.look_ahead = fetch();
        item.whole = task.look_ahead == nullptr;
      }
      item.task = lane.current;
    }
    if (task.source == nullptr && task.look_ahead == nullptr)
      if (const auto ended = task.end(task.issued); !ended) abort(ended.error());
    if (item.outcome != nullptr) return true;
  }
  return false;
}

bool Feeder::take(std::shared_ptr<Lane>& own, std::vector<WorkItem>& items) {
  items.clear();
  std::size_t bytes = 0;
  while (!stopping()) {
    const bool owned = own != nullptr || (own = claim()) != nullptr;
    const std::shared_ptr<Lane> lane = owned ? own : help();
    if (lane == nullptr) return !items.empty();
    std::unique_lock held(lane->mutex);
    if (lane->current != nullptr && lane->current->is_ahead(ahead_max_)) {
      // What we hold may be what the others wait for: hand it in first.
      if (!items.empty()) return true;
      const std::shared_ptr<SourceTask> task = lane->current;
      held.unlock();
      task->wait_until_below(ahead_max_, [this] { return stopping(); });
      continue;
    }
    WorkItem item;
    if (!read(*lane, item)) {
      if (owned) own = nullptr;
      continue;
    }
    const bool whole = item.whole;
    bytes += item.outcome->batch.size;
    items.push_back(std::move(item));
    if (!whole || !owned || bytes >= kBundleBytes || items.size() >= kBundleSources) return true;
  }
  return !items.empty();
}

}  // namespace exhibit::hunt
