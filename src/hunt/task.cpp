#include "hunt/task.h"

#include <algorithm>
#include <chrono>

#include "base/text.h"

namespace exhibit::hunt {
namespace {

// A hostile source may name a new channel in every record; beyond this many they are counted
// together.
constexpr std::size_t kEventKindsMax = 65'536;
constexpr std::string_view kOtherChannels = "(other channels)";
constexpr std::size_t kDaysMax = 65'536;

}  // namespace

void Outcome::clear() {
  batch.clear();
  records = slack_records = filtered_out = findings = 0;
  first = last = event::kNoTime;
  events.clear();
  days.clear();
  channels.clear();
  leaves.clear();
  slack_leaves.clear();
  spooled.clear();
  spooled_away.clear();
  failed.reset();
  whole.reset();
}

void Outcome::spool_away(SpoolFile& spool) {
  if (spooled.empty()) return;
  if (const auto offset = spool.append(spooled))
    spooled_away.push_back({.offset = *offset, .length = spooled.size()});
  else
    failed = offset.error();
  spooled.clear();
}

Result<void> SourceTask::commit(std::unique_ptr<Outcome> outcome, SpoolFile& spool,
                                std::vector<std::unique_ptr<Outcome>>& spent) {
  const std::scoped_lock lock(mutex_);
  waiting_.emplace(outcome->batch.sequence, std::move(outcome));
  for (auto next = waiting_.find(committed_); next != waiting_.end();
       next = waiting_.find(committed_)) {
    EXHIBIT_CHECK(apply(*next->second, spool));
    spent.push_back(std::move(next->second));
    waiting_.erase(next);
    ++committed_;
  }
  advanced_.notify_all();
  return finish_if_complete();
}

Result<void> SourceTask::apply(Outcome& outcome, SpoolFile& spool) {
  if (outcome.whole) {
    whole_ = outcome.whole;
  } else {
    hasher_.update(outcome.batch.bytes());
  }
  if (seal != nullptr)
    EXHIBIT_CHECK(seal->append(outcome.batch.bytes(), outcome.leaves, outcome.slack_leaves,
                               outcome.batch.damage));
  outcome.spool_away(spool);
  if (outcome.failed) return std::unexpected(*outcome.failed);
  for (const Extent& away : outcome.spooled_away)
    extents.push_back({.offset = away.offset,
                       .length = away.length,
                       .record_base = report.records,
                       .slack_base = report.slack_records});
  report.size_bytes += outcome.batch.size;
  if (outcome.batch.system_error != 0) report.system_error = outcome.batch.system_error;
  report.records += outcome.records;
  report.slack_records += outcome.slack_records;
  report.findings += outcome.findings;
  filtered_out += outcome.filtered_out;
  if (outcome.first != event::kNoTime) {
    report.first =
        report.first == event::kNoTime ? outcome.first : std::min(report.first, outcome.first);
    report.last = std::max(report.last, outcome.last);
  }
  const std::vector<event::Damage>& damage = outcome.batch.damage;
  report.damage_count += damage.size();
  for (const event::Damage& d : damage) ++report.damage_kinds[d.kind];
  const std::size_t room = kDamageKept - std::min(report.damage.size(), kDamageKept);
  report.damage.insert(report.damage.end(), damage.begin(),
                       damage.begin() + static_cast<std::ptrdiff_t>(std::min(room, damage.size())));
  for (const auto& [kind, count] : outcome.events) {
    std::pair<std::string, std::uint32_t> key{kind.first, kind.second};
    if (report.events.size() >= kEventKindsMax && !report.events.contains(key))
      key = {std::string(kOtherChannels), event::kNoEventId};
    report.events[std::move(key)] += count;
  }
  for (const auto& [day, count] : outcome.days)
    if (report.days.size() < kDaysMax || report.days.contains(day)) report.days[day] += count;
  return {};
}

Result<void> SourceTask::end(std::uint64_t count) {
  const std::scoped_lock lock(mutex_);
  count_ = count;
  return finish_if_complete();
}

Result<void> SourceTask::finish_if_complete() {
  if (finished || !count_ || committed_ != *count_) return {};
  finished = true;
  const seal::Digest digest = whole_ ? *whole_ : hasher_.finish();
  report.sha256 = base::to_hex(digest);
  if (seal == nullptr) return {};
  return seal->finish(report);
}

bool SourceTask::is_ahead(std::uint64_t most) {
  const std::scoped_lock lock(mutex_);
  return issued - committed_ >= most;
}

void SourceTask::wait_until_below(std::uint64_t most, const std::function<bool()>& stop) {
  using namespace std::chrono_literals;
  std::unique_lock lock(mutex_);
  // `issued` only grows while we wait, which at worst lets us wait once more; the timeout lets a
  // stop through. Others may commit beyond what was handed out when we came: no difference is
  // taken.
  const std::uint64_t handed_out = issued;
  while (handed_out >= committed_ + most && !stop()) advanced_.wait_for(lock, 50ms);
}

void SourceTask::abandon() {
  if (finished) return;
  finished = true;
  report.complete = false;
  report.sha256 = base::to_hex(hasher_.finish());
  seal.reset();
}

}  // namespace exhibit::hunt
