#include "casefile/disclosure/select.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "casefile/find_finding.h"
#include "casefile/layout.h"
#include "casefile/lines.h"
#include "casefile/member.h"

namespace exhibit::casefile {
namespace {

constexpr std::size_t kSourcePrefixMin = 8;
constexpr std::size_t kFindingPrefixMin = 4;

Result<void> check_size(const Choice& choice) {
  std::uint64_t records = 0;
  for (const auto& [sha256, chosen] : choice) records += chosen.size();
  if (records > kChosenRecordsMax)
    return fail(ErrorCode::limit, "so many records are a handover and no disclosure");
  return {};
}

// ---- findings

void choose(Choice& choice, const FindingLine& line, const RunFacts& run) {
  const RecordKey at{.stream = line.slack ? seal::kSlackStream : seal::kRecordStream,
                     .index = line.record_index};
  ChosenRecord& chosen = choice[std::string(line.source_sha256)][at];
  chosen.offset = line.offset;
  chosen.length = line.length;
  chosen.findings.push_back(
      {.id = std::string(line.id), .rule_sha256 = std::string(line.rule_sha256), .run = &run});
}

// Each asked for is looked up in the latest run that has it.
Result<void> select_findings(Choice& choice, const Case::Impl& impl, const Selection& selection) {
  std::vector<std::string> left;
  for (const std::string& id : selection.findings) {
    left.push_back(base::ascii_lower(id));
    if (id.size() < kFindingPrefixMin)
      return fail(ErrorCode::usage, "a finding's id is at least 4 hexadecimal digits of it");
  }
  bool all = selection.all_findings;
  if (all && impl.run_facts.empty())
    return fail(ErrorCode::not_found, "the case has no run, and so no findings");
  for (auto run = impl.run_facts.rbegin(); run != impl.run_facts.rend() && (all || !left.empty());
       ++run) {
    std::vector<std::uint64_t> matches(left.size());
    EXHIBIT_CHECK(for_each_line(
        impl.path(layout::run_folder(run->number) + "findings.jsonl"),
        [&](std::string_view line) -> Result<void> {
          const std::string_view id = text_after(line, "\"id\":\"").substr(0, 32);
          bool wanted = all;
          for (std::size_t i = 0; i < left.size(); ++i)
            if (id.starts_with(left[i])) {
              wanted = true;
              ++matches[i];
            }
          if (!wanted) return {};
          EXHIBIT_TRY(const FindingLine found, read_finding_line(line));
          if (!impl.facts.contains(found.source_sha256))
            return fail(ErrorCode::not_found, "a finding's source is not in the case");
          choose(choice, found, *run);
          return {};
        }));
    all = false;
    std::vector<std::string> later;
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (matches[i] > 1)
        return fail(ErrorCode::usage, "several findings begin with this id: give more of it");
      if (matches[i] == 0) later.push_back(left[i]);
    }
    left = std::move(later);
  }
  if (!left.empty())
    return fail(ErrorCode::not_found, "no run of the case has a finding of this id");
  return check_size(choice);
}

// ---- records by number, filter and query

using Source = std::pair<const std::string, SourceFacts>;

Result<std::vector<const Source*>> find_sources(const Case::Impl& impl, const std::string& name) {
  std::vector<const Source*> out;
  for (const Source& source : impl.facts)
    if (source.second.source.info.display() == name ||
        (name.size() >= kSourcePrefixMin && source.first.starts_with(base::ascii_lower(name))))
      out.push_back(&source);
  if (out.empty())
    return fail(ErrorCode::not_found, "the case has no source of this path, or of this SHA-256");
  if (out.size() > 1)
    return fail(ErrorCode::usage, "several sources are called so: give more of the SHA-256");
  return out;
}

/// What is looked for in one source.
struct Wanted {
  bool by_filter = false;
  std::vector<RecordRange> ranges;
};

class Scan {
 public:
  Scan(const Selection& selection, const std::atomic<bool>* stop)
      : selection_(selection),
        stop_(stop),
        paths_(selection.query != nullptr ? selection.query->fields : no_names_) {
    if (selection.query == nullptr) return;
    rules_.emplace(*selection.query);
    engine_ = rules_->make_engine(paths_);
  }

  Result<void> run(const CaseSource& source, const Wanted& wanted, ChosenRecords& out) {
    if (source.container) return {};
    EXHIBIT_TRY(const OpenedSource opened, open_source(source));
    const bool slack = source.slack_sealed;
    const auto parser =
        evidence::make_parser(opened.source->info().format, paths_, {.slack = slack});
    if (parser == nullptr) return {};
    std::uint64_t next[2] = {0, 0};
    event::Batch batch;
    while (opened.source->next(batch)) {
      if (stop_ != nullptr && stop_->load()) return fail(ErrorCode::interrupted, "stopped");
      parser->parse(batch);
      for (const event::Event& event : batch.events) {
        const RecordKey key{.stream = event.slack ? seal::kSlackStream : seal::kRecordStream,
                            .index = next[event.slack ? 1 : 0]++};
        if (!is_wanted(wanted, key, batch, event)) continue;
        ChosenRecord& chosen = out[key];
        chosen.offset = event.offset;
        chosen.length = event.length;
        chosen.by_itself = true;
      }
      if (out.size() > kChosenRecordsMax)
        return fail(ErrorCode::limit, "so many records are a handover and no disclosure");
    }
    for (const RecordRange& range : wanted.ranges)
      if (range.to > next[range.slack ? 1 : 0])
        return fail(ErrorCode::not_found, "the source has fewer records");
    return {};
  }

 private:
  bool is_wanted(const Wanted& wanted, const RecordKey& key, const event::Batch& batch,
                 const event::Event& event) {
    for (const RecordRange& range : wanted.ranges)
      if (range.slack == event.slack && key.index >= range.from && key.index < range.to)
        return true;
    if (!wanted.by_filter || !selection_.filters.pass(event, event::to_text(event.channel)))
      return false;
    if (engine_ == nullptr) return true;
    engine_->match(batch, event, matches_);
    return !matches_.empty();
  }

  const Selection& selection_;
  const std::atomic<bool>* stop_;
  event::FieldNames no_names_;
  event::PathTable paths_;
  std::optional<sigma::CompiledRules> rules_;
  std::unique_ptr<sigma::Engine> engine_;
  std::vector<std::uint32_t> matches_;
};

Result<void> scan_sources(Choice& choice, const Case::Impl& impl, const Selection& selection,
                          const std::atomic<bool>* stop) {
  std::map<const Source*, Wanted> wanted;
  for (const RecordRange& range : selection.records) {
    EXHIBIT_TRY(const auto found, find_sources(impl, range.source));
    wanted[found.front()].ranges.push_back(range);
  }
  for (const std::string& name : selection.sources) {
    EXHIBIT_TRY(const auto found, find_sources(impl, name));
    wanted[found.front()].by_filter = true;
  }
  if (selection.sources.empty() && (!selection.filters.empty() || selection.query != nullptr))
    for (const Source& source : impl.facts) wanted[&source].by_filter = true;
  Scan scan(selection, stop);
  for (const Source& source : impl.facts) {  // in this order, whatever the order of pointers
    const auto asked = wanted.find(&source);
    if (asked == wanted.end()) continue;
    ChosenRecords chosen;
    if (const auto there = choice.find(source.first); there != choice.end())
      chosen = std::move(there->second);
    EXHIBIT_CHECK(scan.run(source.second.source, asked->second, chosen));
    if (!chosen.empty()) choice[source.first] = std::move(chosen);
    EXHIBIT_CHECK(check_size(choice));
  }
  return {};
}

}  // namespace

Result<RecordRange> parse_record_range(std::string_view text) {
  const auto malformed = [] {
    return fail(ErrorCode::malformed,
                "records are SOURCE/NUMBER or SOURCE/FIRST-LAST, SOURCE by its SHA-256");
  };
  RecordRange out;
  const std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos) return malformed();
  std::string_view source = text.substr(0, slash), numbers = text.substr(slash + 1);
  constexpr std::string_view kSlack = "/slack";
  if (source.ends_with(kSlack)) {
    out.slack = true;
    source.remove_suffix(kSlack.size());
  }
  out.source = source;
  const char* end = numbers.data() + numbers.size();
  const auto first = std::from_chars(numbers.data(), end, out.from);
  if (first.ec != std::errc{} || source.empty()) return malformed();
  std::uint64_t last = out.from;
  if (first.ptr != end) {
    const auto second = std::from_chars(first.ptr + 1, end, last);
    if (*first.ptr != '-' || second.ec != std::errc{} || second.ptr != end) return malformed();
  }
  if (last < out.from || last == UINT64_MAX) return malformed();
  out.to = last + 1;
  return out;
}

Result<Choice> select_records(const Case::Impl& impl, const Selection& selection,
                              const std::atomic<bool>* stop) {
  if (selection.findings.empty() && !selection.all_findings && selection.records.empty() &&
      selection.filters.empty() && selection.sources.empty() && selection.query == nullptr)
    return fail(ErrorCode::usage, "nothing is selected");
  Choice out;
  EXHIBIT_CHECK(select_findings(out, impl, selection));
  EXHIBIT_CHECK(scan_sources(out, impl, selection, stop));
  if (out.empty()) return fail(ErrorCode::not_found, "no record of the case is what was selected");
  return out;
}

}  // namespace exhibit::casefile
