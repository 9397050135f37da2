// The hunt: sources in, findings and coverage out, sealed on the way when there is something to
// seal into. Floor 3.
//
//   list → open → batch → parse → route and match → commit → (in batch order) hash, seal, spool
//   findings
//
// Workers take batches; what they produce is put back in batch order per source, so 1 and N threads
// give the same bytes. Findings are ordered by (source SHA-256, record index, rule SHA-256): an
// order that needs no sorting, so memory does not grow with the input. Nothing in a finding's
// identity or order depends on paths, threads, clock, locale or zone.
//
// Threads:  hunt() runs its own workers and returns when they are done; `stop` may be set from a
// signal handler.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exhibit/error.h"
#include "exhibit/event.h"
#include "exhibit/evidence.h"
#include "exhibit/export.h"
#include "exhibit/seal.h"
#include "exhibit/sigma.h"

namespace exhibit::hunt {

/// Only records that pass are put to rules; all are counted, hashed and sealed.
struct Filters {
  std::optional<event::Ticks> from,
      to;  // from <= time < to; a record without time does not pass a time filter
  std::vector<std::string> channels;  // without case
  std::vector<std::uint32_t> event_ids;
  std::vector<std::string> hosts;  // without case; the whole name or its first label
  [[nodiscard]] EXHIBIT_EXPORT bool empty() const;
  /// `channel` is the text of the event's.
  [[nodiscard]] EXHIBIT_EXPORT bool pass(const event::Event& event, std::string_view channel) const;
};

struct Progress {
  std::uint64_t bytes_done = 0,
                bytes_total = 0;  // total: of the files listed; archives count compressed
  std::uint64_t records = 0, findings = 0, sources_done = 0, sources_total = 0;
};

struct SourceReport;

/// Takes what is read from one source, for sealing. hunt() calls append() in order of the source's
/// bytes, one call at a time; different sources may be on different threads.
class EXHIBIT_EXPORT SourceSeal {
 public:
  virtual ~SourceSeal();
  [[nodiscard]] virtual const seal::Key& key() const = 0;  // K_source
  [[nodiscard]] virtual const seal::Pseudonym& pseudonym() const = 0;
  /// `bytes` follow those of the call before; `leaves` are the leaf hashes of the records that
  /// start in them, in order; `slack_leaves` of the recovered ones.
  virtual Result<void> append(Bytes bytes, std::span<const seal::Digest> leaves,
                              std::span<const seal::Digest> slack_leaves,
                              std::span<const event::Damage> damage) = 0;
  /// The source has been read to its end. Not called when it was interrupted: then the seal is
  /// destroyed and must leave nothing behind.
  virtual Result<void> finish(const SourceReport& report) = 0;
};
class EXHIBIT_EXPORT SealSink {
 public:
  virtual ~SealSink();
  /// `container` is set for an archive's own bytes: hashed and kept, no records.
  [[nodiscard]] virtual Result<std::unique_ptr<SourceSeal>> begin(const evidence::SourceInfo& info,
                                                                  bool container) = 0;
};

struct HuntOptions {
  unsigned threads = 0;  // 0: as many as there are processors
  bool reference_engine = false;
  bool slack = false;
  bool full_events = false;  // Finding::event_json
  Filters filters{};
  SealSink* seal = nullptr;  // nullptr: nothing is sealed
  const std::atomic<bool>* stop = nullptr;
  /// Called at most some ten times a second, from one thread at a time.
  std::function<void(const Progress&)> progress{};
};

/// What was read from one source.
struct SourceReport {
  evidence::SourceInfo info;
  std::string sha256;            // hex, of the source's bytes
  std::string container_sha256;  // hex, of the outermost file for a member
  bool container = false;
  bool complete = true;  // false: interrupted or unreadable from some point on
  /// errno of the read error that ended it, which is damage (io) at its offset; 0: none.
  std::uint32_t system_error = 0;
  std::uint64_t size_bytes = 0;
  std::uint64_t records = 0;
  std::uint64_t slack_records = 0;
  event::Ticks first = event::kNoTime, last = event::kNoTime;
  std::vector<event::Damage> damage;  // the first kDamageKept; all of it goes to the seal
  std::uint64_t damage_count = 0;
  std::map<event::DamageKind, std::uint64_t> damage_kinds;  // of all of it
  std::uint64_t findings = 0;
  /// (channel as first written, event id) → records; event::kNoEventId where there is none.
  std::map<std::pair<std::string, std::uint32_t>, std::uint64_t> events;
  std::map<std::int64_t, std::uint64_t> days;  // days since 1601 → records
};
inline constexpr std::size_t kDamageKept = 10'000;

/// One rule's verdict on one record.
struct Finding {
  std::string id;  // hex of 16 bytes: SHA-256(tag, rule hash, source hash, record index), cut
  std::uint32_t rule = 0;          // into RulePack::rules
  std::uint32_t source = 0;        // into HuntResult::sources
  std::uint64_t record_index = 0;  // 0-based, in the source; slack records count on their own
  std::uint64_t record_id = 0;
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
  bool slack = false;
  event::Ticks time = event::kNoTime;
  std::string host, channel, provider;
  std::uint32_t event_id = event::kNoEventId;
  std::string fields_json;  // JSON object: what matched, by field
  std::string event_json;   // with HuntOptions::full_events: the event in evtx_dump's form
};

struct EXHIBIT_EXPORT HuntResult {
  std::vector<SourceReport> sources;  // in order of sha256; a source met twice stands once
  std::vector<std::pair<std::string, std::string>> duplicates;  // display path, sha256
  std::vector<evidence::Skipped> skipped;
  std::uint64_t records = 0, findings = 0, filtered_out = 0;
  bool interrupted = false;
  std::map<std::string, std::uint32_t>
      speakers;  // "channel\nevent id" → rules that could have spoken

  EXHIBIT_EXPORT HuntResult();
  EXHIBIT_EXPORT ~HuntResult();
  EXHIBIT_EXPORT HuntResult(HuntResult&&) noexcept;
  EXHIBIT_EXPORT HuntResult& operator=(HuntResult&&) noexcept;
  /// Hands out every finding in order; may be called again. Errors: io (the spool).
  Result<void> for_each(const std::function<void(const Finding&)>& take) const;

  struct Spool;
  std::unique_ptr<Spool> spool;
};

/// Hunts. An input that cannot be read is in `skipped`, never an error. Errors: io (the spool or
/// the seal), exists, …: only what makes the whole run worthless.
[[nodiscard]] EXHIBIT_EXPORT Result<HuntResult> hunt(const evidence::Listing& listing,
                                                     const sigma::RulePack& pack,
                                                     const HuntOptions& options);

inline constexpr int kFindingSchemaVersion = 1;
/// A finding as one JSON object without newline. `with_path` adds `source.path`, which is never
/// sealed.
EXHIBIT_EXPORT void append_finding_json(std::string& out, const sigma::RulePack& pack,
                                        const SourceReport& source, const Finding& finding,
                                        bool with_path);
/// Rules that no record seen could have matched: none of their routes leads to a channel and event
/// id that occurred. In order of rule hash.
[[nodiscard]] EXHIBIT_EXPORT std::vector<const sigma::RuleInfo*> silent_rules(
    const sigma::RulePack& pack, const HuntResult& result);
/// Coverage as one JSON object: sources, channels and event ids with the number of rules that could
/// have spoken, rules that nothing could have matched, time range, empty days, damage, rejected and
/// unrouted rules.
EXHIBIT_EXPORT void append_coverage_json(std::string& out, const sigma::RulePack& pack,
                                         const HuntResult& result, bool with_paths);

}  // namespace exhibit::hunt
