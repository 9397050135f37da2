// Runs the hunt: workers over a feeder, then the result in its final order.
#include "exhibit/hunt.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <new>
#include <thread>

#include "hunt/feeder.h"
#include "hunt/spool.h"
#include "hunt/worker.h"

namespace exhibit::hunt {

SourceSeal::~SourceSeal() = default;
SealSink::~SealSink() = default;

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kProgressInterval = std::chrono::milliseconds(100);

class Reporter {
 public:
  Reporter(const evidence::Listing& listing, const HuntOptions& options) : options_(options) {
    for (const evidence::Input& input : listing.inputs) progress_.bytes_total += input.size_bytes;
    progress_.sources_total = listing.inputs.size();
  }

  void add(const Feeder& feeder, std::uint64_t records, std::uint64_t findings) {
    if (!options_.progress) return;
    records_ += records;
    findings_ += findings;
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock.owns_lock() || Clock::now() - last_ < kProgressInterval) return;
    last_ = Clock::now();
    progress_.bytes_done = feeder.bytes_done();
    progress_.sources_done = feeder.sources_done();
    progress_.records = records_;
    progress_.findings = findings_;
    options_.progress(progress_);
  }

 private:
  const HuntOptions& options_;
  std::mutex mutex_;
  Clock::time_point last_ = Clock::now();
  Progress progress_;
  std::atomic<std::uint64_t> records_ = 0, findings_ = 0;
};

void work(Worker& worker, Feeder& feeder, SpoolFile& spool, Reporter& reporter) try {
  std::shared_ptr<Lane> lane;
  std::vector<WorkItem> items;
  std::vector<std::unique_ptr<Outcome>> spent;
  while (feeder.take(lane, items)) {
    worker.process(items, spool);
    std::uint64_t records = 0;
    std::uint64_t findings = 0;
    for (WorkItem& item : items) {
      records += item.outcome->records;
      findings += item.outcome->findings;
      if (const auto done = item.task->commit(std::move(item.outcome), spool, spent); !done)
        feeder.abort(done.error());
    }
    items.clear();
    feeder.recycle(spent);
    reporter.add(feeder, records, findings);
  }
} catch (const std::bad_alloc&) {
  feeder.abort(Error{.what = "out of memory", .code = ErrorCode::limit});
}

// Which of two sources with the same bytes stands for both: the shallowest, then by what it is in,
// which unlike its name is the same when a case is read again; then the first by name.
bool stands_before(const SourceReport& a, const SourceReport& b) {
  if (a.sha256 != b.sha256) return a.sha256 < b.sha256;
  if (a.complete != b.complete) return a.complete;
  if (a.info.members.size() != b.info.members.size())
    return a.info.members.size() < b.info.members.size();
  if (a.container_sha256 != b.container_sha256) return a.container_sha256 < b.container_sha256;
  return a.info.display() < b.info.display();
}

void collect(Feeder& feeder, const sigma::RulePack& pack, HuntResult& result) {
  for (const auto& task : feeder.tasks) task->abandon();
  for (const auto& task : feeder.tasks)
    if (task->container != nullptr) task->report.container_sha256 = task->container->report.sha256;
  std::ranges::sort(feeder.tasks, [](const auto& a, const auto& b) {
    return stands_before(a->report, b->report);
  });
  for (const auto& task : feeder.tasks) {
    SourceReport& report = task->report;
    if (!result.sources.empty() && result.sources.back().sha256 == report.sha256) {
      result.duplicates.emplace_back(report.info.display(), report.sha256);
      continue;
    }
    result.records += report.records + report.slack_records;
    result.findings += report.findings;
    result.filtered_out += task->filtered_out;
    result.spool->extents.push_back(std::move(task->extents));
    result.spool->source_sha256.push_back(report.sha256);
    result.sources.push_back(std::move(report));
  }
  for (const sigma::RuleInfo& rule : pack.rules) result.spool->rule_sha256.push_back(rule.sha256);
}

}  // namespace

Result<HuntResult> hunt(const evidence::Listing& listing, const sigma::RulePack& pack,
                        const HuntOptions& options) {
  const unsigned processors = std::max(1U, std::thread::hardware_concurrency());
  const unsigned threads = options.threads != 0 ? options.threads : processors;

  HuntResult result;
  const sigma::CompiledRules compiled(pack);
  Feeder feeder(listing, options, threads);
  Reporter reporter(listing, options);
  std::vector<std::unique_ptr<Worker>> workers;
  for (unsigned i = 0; i < threads; ++i)
    workers.push_back(
        std::make_unique<Worker>(pack, options.reference_engine ? nullptr : &compiled, options));
  {
    std::vector<std::jthread> running;
    for (unsigned i = 1; i < threads; ++i)
      running.emplace_back([&, i] { work(*workers[i], feeder, result.spool->file, reporter); });
    work(*workers[0], feeder, result.spool->file, reporter);
  }
  if (const auto error = feeder.error()) return std::unexpected(*error);

  result.interrupted = options.stop != nullptr && options.stop->load();
  collect(feeder, pack, result);
  result.skipped = listing.skipped;
  result.skipped.insert(result.skipped.end(), feeder.skipped.begin(), feeder.skipped.end());
  std::ranges::sort(result.skipped, {}, &evidence::Skipped::path);
  for (const SourceReport& source : result.sources)
    for (const auto& [kind, count] : source.events) {
      const auto product = kind.first.empty() ? event::Product::unknown : event::Product::windows;
      const std::string key = kind.first + '\n' + std::to_string(kind.second);
      if (!result.speakers.contains(key))
        result.speakers[key] = compiled.rules_on(kind.first, kind.second, product);
    }
  return result;
}

}  // namespace exhibit::hunt
