#include "hunt/worker.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/text.h"
#include "base/time.h"

namespace exhibit::hunt {
namespace {

constexpr std::size_t kChannelNamesMax = 65'536;
constexpr std::size_t kChannelNameBytesMax = 1'024;
constexpr std::string_view kOtherChannels = "(other channels)";
constexpr event::Ticks kTicksPerDay = 86'400 * base::kTicksPerSecond;
// A cited value longer than this is cut in the finding; the record has it whole.
constexpr std::size_t kCitedValueBytesMax = 8'192;

// Neighbouring records are mostly alike. What is not found among the last few stands there twice,
// or a batch in which every record has another event id would take a search through all of them.
constexpr std::size_t kNeighboursMax = 64;
template <class Key>
void add(std::vector<std::pair<Key, std::uint64_t>>& counts, const Key& key) {
  const std::size_t oldest = counts.size() - std::min(counts.size(), kNeighboursMax);
  for (std::size_t i = counts.size(); i > oldest; --i)
    if (counts[i - 1].first == key) {
      ++counts[i - 1].second;
      return;
    }
  counts.emplace_back(key, 1);
}

std::string_view cut(std::string_view text, std::string& scratch) {
  if (text.size() <= kCitedValueBytesMax) return text;
  std::size_t end = kCitedValueBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  scratch = text.substr(0, end);
  scratch += "… (" + std::to_string(text.size()) + " bytes)";
  return scratch;
}

}  // namespace

Worker::Worker(const sigma::RulePack& pack, const sigma::CompiledRules* compiled,
               const HuntOptions& options)
    : pack_(pack),
      options_(options),
      paths_(pack.fields),
      explainer_(pack, paths_),
      texts_(paths_),
      committer_(texts_) {
  engine_ = compiled != nullptr ? compiled->make_engine(paths_)
                                : sigma::make_reference_engine(pack, paths_);
}

void Worker::process(std::vector<WorkItem>& items, SpoolFile& spool) {
  spool_ = &spool;
  hash_whole(items);
  for (WorkItem& item : items) process_batch(*item.task, *item.outcome);
}

// Small sources are hashed side by side, one in each lane of the kernel.
void Worker::hash_whole(std::vector<WorkItem>& items) {
  messages_.clear();
  for (const WorkItem& item : items)
    if (item.whole) messages_.push_back(item.outcome->batch.bytes());
  if (messages_.size() < 2) return;
  leaves_.resize(messages_.size());
  hasher_.hash(messages_, leaves_);
  std::size_t next = 0;
  for (WorkItem& item : items)
    if (item.whole) item.outcome->whole = leaves_[next++];
}

void Worker::process_batch(const SourceTask& task, Outcome& outcome) {
  event::Batch& batch = outcome.batch;
  const evidence::Format format = task.report.info.format;
  if (format == evidence::Format::unknown || task.report.container) return;
  auto& parser = parsers_[static_cast<std::uint8_t>(format)];
  if (parser == nullptr) parser = evidence::make_parser(format, paths_, {.slack = options_.slack});
  parser->parse(batch);

  const Filters& filters = options_.filters;
  std::uint64_t index = 0;
  std::uint64_t slack_index = 0;
  for (const event::Event& event : batch.events) {
    count(outcome, event);
    const std::uint64_t local = event.slack ? slack_index++ : index++;
    if (filters.empty() || filters.pass(event, channel_name(outcome, event.channel))) {
      match(outcome, event, local);
    } else {
      ++outcome.filtered_out;
    }
  }
  outcome.records = index;
  outcome.slack_records = slack_index;
  if (task.seal != nullptr) commit(task, outcome);
}

// What a name is must not depend on which others this worker met: the outcome holds those for which
// there is no room.
std::string_view Worker::channel_name(Outcome& outcome, const event::Value& channel) {
  if (channel.is_null()) return {};
  if (channel.size > kChannelNameBytesMax) return kOtherChannels;
  key_.assign(1, static_cast<char>(channel.type));
  key_ += as_text(channel.bytes());
  const auto found = channels_.find(std::string_view(key_));
  if (found != channels_.end()) return found->second;
  if (channels_.size() >= kChannelNamesMax)
    return outcome.channels.emplace_back(event::to_text(channel));
  return channels_.emplace(key_, event::to_text(channel)).first->second;
}

void Worker::count(Outcome& outcome, const event::Event& event) {
  add(outcome.events, {channel_name(outcome, event.channel), event.event_id});
  if (event.time == event::kNoTime) return;
  outcome.first =
      outcome.first == event::kNoTime ? event.time : std::min(outcome.first, event.time);
  outcome.last = std::max(outcome.last, event.time);
  add(outcome.days, std::int64_t{event.time / kTicksPerDay});
}

void Worker::match(Outcome& outcome, const event::Event& event, std::uint64_t local_index) {
  engine_->match(outcome.batch, event, matches_);
  if (matches_.empty()) return;
  std::ranges::sort(matches_, {}, [&](std::uint32_t rule) -> const std::string& {
    return pack_.rules[rule].sha256;
  });
  Finding finding;
  finding.record_index = local_index;
  finding.record_id = event.record_id;
  finding.offset = event.offset;
  finding.length = event.length;
  finding.slack = event.slack;
  finding.time = event.time;
  finding.host = event::to_text(event.computer);
  finding.channel = event::to_text(event.channel);
  finding.provider = event::to_text(event.provider);
  finding.event_id = event.event_id;
  if (options_.full_events)
    evidence::append_event_json(finding.event_json, outcome.batch, event, paths_);
  explainer_.start(outcome.batch, event);
  for (const std::uint32_t rule : matches_) {
    finding.rule = rule;
    finding.fields_json.clear();
    cite(event, rule, finding.fields_json);
    append_spooled(outcome.spooled, finding);
    ++outcome.findings;
    if (outcome.spooled.size() > kSpooledBytesMax) outcome.spool_away(*spool_);
  }
}

// What matched, by field: the values that satisfied a predicate of the matching variant.
void Worker::cite(const event::Event& event, std::uint32_t rule, std::string& json) {
  const auto explanation = explainer_.explain(event, rule);
  std::vector<std::pair<std::string_view, std::vector<std::string_view>>> cited;
  if (explanation)
    for (const sigma::Reason& reason : explanation->reasons) {
      if (!reason.holds) continue;
      const std::string_view field =
          reason.field.empty() ? "(any)" : std::string_view(reason.field);
      auto at = std::ranges::find(cited, field, &decltype(cited)::value_type::first);
      if (at == cited.end()) at = cited.insert(at, {field, {}});
      for (const std::string& value : reason.values)
        if (std::ranges::find(at->second, value) == at->second.end()) at->second.push_back(value);
    }
  base::JsonWriter writer(json);
  std::string scratch;
  writer.begin_object();
  for (const auto& [field, values] : cited) {
    if (values.empty()) continue;
    writer.key(field);
    if (values.size() > 1) writer.begin_array();
    for (const std::string_view value : values) writer.string(cut(value, scratch));
    if (values.size() > 1) writer.end_array();
  }
  writer.end_object();
}

void Worker::commit(const SourceTask& task, Outcome& outcome) {
  const event::Batch& batch = outcome.batch;
  committer_.start_source(task.seal->key(), task.seal->pseudonym());
  if (paths_.generation() != paths_generation_) {
    // The table was cleared (a flood of keys): the numbers of paths mean others now.
    paths_generation_ = paths_.generation();
    committer_.forget_paths();
  }
  const std::span<const seal::NumberedRecord> records = records_.of(batch);
  leaves_.resize(records.size());
  committer_.commit(records, leaves_);
  for (std::size_t i = 0; i < leaves_.size(); ++i)
    (batch.events[i].slack ? outcome.slack_leaves : outcome.leaves).push_back(leaves_[i]);
}

}  // namespace exhibit::hunt
