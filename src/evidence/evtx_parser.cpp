// The EVTX parser: a batch's chunks, their records, and on demand what their slack still holds.
#include <cstring>

#include "base/inflate.h"
#include "evidence/evtx.h"
#include "evidence/evtx_chunk.h"
#include "evidence/evtx_format.h"
#include "evidence/evtx_runner.h"

namespace exhibit::evidence {
namespace {

using event::DamageKind;
using evtx::load_or_zero;

class EvtxParser final : public Parser {
 public:
  EvtxParser(event::PathTable& paths, ParseOptions options) : runner_(paths), options_(options) {}
  void parse(event::Batch& batch) override;

 private:
  struct LiveEnd {
    std::size_t chunk;     // offset in the batch
    std::uint32_t offset;  // in the chunk, behind its live records
  };
  void parse_all(event::Batch& batch);
  void file_header(event::Batch& batch);
  void chunk(event::Batch& batch, std::size_t at);
  void record(event::Batch& batch, Bytes chunk, std::uint64_t chunk_offset,
              const evtx::RecordFrame& frame);
  void slack(event::Batch& batch, const LiveEnd& live);

  evtx::Runner runner_;
  ParseOptions options_;
  std::vector<LiveEnd> live_ends_;
};

Bytes chunk_at(const event::Batch& batch, std::size_t at) {
  return batch.bytes().subspan(at, std::min<std::size_t>(evtx::kChunkSizeBytes, batch.size - at));
}

// An event with what the record's header says of it.
event::Event begin_event(const event::Batch& batch, Bytes chunk, std::uint64_t chunk_offset,
                         const evtx::RecordFrame& frame) {
  event::Event out;
  out.field_first = static_cast<std::uint32_t>(batch.fields.size());
  out.offset = chunk_offset + frame.at;
  out.length = frame.size;
  out.record_id = load_or_zero<std::uint64_t>(chunk, std::size_t{frame.at} + 8);
  out.product = event::Product::windows;
  return out;
}

void end_event(event::Batch& batch, Bytes chunk, const evtx::RecordFrame& frame,
               event::Event& event) {
  event.field_count = static_cast<std::uint32_t>(batch.fields.size()) - event.field_first;
  if (event.time == event::kNoTime)
    event.time = event::to_time(
        {chunk.data() + frame.at + 16, sizeof(std::uint64_t), event::ValueType::filetime});
}

// What a batch comes to follows from its bytes alone: not from the names that other batches brought
// before, which depend on the worker. So where those leave no room for its own, it is read again
// without them.
void EvtxParser::parse(event::Batch& batch) {
  const std::size_t framing_damage = batch.damage.size();
  runner_.begin_batch(batch);
  parse_all(batch);
  if (!runner_.met_full_table()) return;
  batch.damage.resize(framing_damage);
  runner_.begin_batch_afresh(batch);
  parse_all(batch);
}

void EvtxParser::parse_all(event::Batch& batch) {
  batch.events.clear();
  batch.fields.clear();
  live_ends_.clear();
  std::size_t at = 0;
  if (batch.source_offset == 0) {
    file_header(batch);
    at = evtx::kFileHeaderSizeBytes;
  }
  for (; at < batch.size; at += evtx::kChunkSizeBytes) chunk(batch, at);
  if (options_.slack)
    for (const LiveEnd& live : live_ends_) slack(batch, live);
}

void EvtxParser::file_header(event::Batch& batch) {
  const Bytes bytes = batch.bytes();
  if (bytes.size() < evtx::kFileHeaderSizeBytes) {
    batch.damage.push_back({0, bytes.size(), DamageKind::truncated});
    return;
  }
  const auto flags = load_or_zero<std::uint32_t>(bytes, evtx::kFileFlagsAt);
  const auto stored = load_or_zero<std::uint32_t>(bytes, evtx::kFileChecksumAt);
  const auto major = load_or_zero<std::uint16_t>(bytes, evtx::kFileMajorVersionAt);
  const auto minor = load_or_zero<std::uint16_t>(bytes, evtx::kFileMinorVersionAt);
  const bool no_checksum = (flags & evtx::kFlagNoChecksums) != 0 && stored == 0;
  const bool sound =
      std::memcmp(bytes.data(), kEvtxFileSignature, sizeof kEvtxFileSignature) == 0 && major == 3 &&
      (minor == 1 || minor == 2) &&
      (no_checksum || stored == base::crc32(0, bytes.first(evtx::kFileChecksummedBytes)));
  if (!sound) batch.damage.push_back({0, evtx::kFileChecksumAt + 4, DamageKind::bad_file_header});
}

void EvtxParser::chunk(event::Batch& batch, std::size_t at) {
  const Bytes bytes = chunk_at(batch, at);
  const std::uint64_t offset = batch.source_offset + at;
  const evtx::ChunkHeader header = evtx::read_chunk_header(bytes, offset, batch.damage);
  if (header.is_zero) return;
  runner_.begin_chunk(bytes);
  evtx::RecordWalk walk(bytes, header, offset, batch.damage);
  while (const std::optional<evtx::RecordFrame> frame = walk.next())
    record(batch, bytes, offset, *frame);
  if (options_.slack) live_ends_.push_back({at, walk.position()});
}

void EvtxParser::record(event::Batch& batch, Bytes chunk, std::uint64_t chunk_offset,
                        const evtx::RecordFrame& frame) {
  event::Event event = begin_event(batch, chunk, chunk_offset, frame);
  const std::optional<DamageKind> damage = runner_.record(frame.at + evtx::kRecordHeaderSizeBytes,
                                                          frame.at + frame.size - 4, false, event);
  // Of a record that is not whole, only what has fields is an event; the walk has reported it.
  if (!frame.whole && batch.fields.size() == event.field_first) return;
  if (damage && frame.whole) batch.damage.push_back({event.offset, event.length, *damage});
  end_event(batch, chunk, frame, event);
  batch.events.push_back(event);
}

void EvtxParser::slack(event::Batch& batch, const LiveEnd& live) {
  const Bytes bytes = chunk_at(batch, live.chunk);
  const std::uint64_t offset = batch.source_offset + live.chunk;
  const auto end = static_cast<std::uint32_t>(bytes.size());
  runner_.begin_chunk(bytes);
  for (std::uint32_t at = evtx::find_record(bytes, live.offset, end); at < end;
       at = evtx::find_record(bytes, at, end)) {
    const evtx::RecordFrame frame{.at = at, .size = *evtx::whole_record(bytes, at)};
    event::Event event = begin_event(batch, bytes, offset, frame);
    event.slack = true;
    const std::optional<DamageKind> damage =
        runner_.record(at + evtx::kRecordHeaderSizeBytes, at + frame.size - 4, true, event);
    at += frame.size;
    // A record whose own template is whole but not that of its EventData still says who and when.
    if (damage)
      batch.damage.push_back({event.offset, event.length, DamageKind::unresolved_template});
    if (batch.fields.size() == event.field_first) continue;
    end_event(batch, bytes, frame, event);
    batch.events.push_back(event);
  }
}

}  // namespace

std::unique_ptr<Parser> make_evtx_parser(event::PathTable& paths, ParseOptions options) {
  return std::make_unique<EvtxParser>(paths, options);
}

bool is_evtx_record(const event::Batch& batch, const event::Event& event) {
  const Bytes bytes = batch.record_bytes(event);
  return load_or_zero<std::uint32_t>(bytes, 0) == evtx::kRecordSignature;
}

}  // namespace exhibit::evidence
