#include "evidence/evtx_framer.h"

#include "evidence/evtx.h"
#include "evidence/evtx_format.h"

namespace exhibit::evidence {
namespace {

using event::DamageKind;

// Reads until `into` is full or the stream ends; `filled` counts also what came before an error.
Result<void> read_full(ByteStream& stream, std::span<std::byte> into, std::size_t& filled) {
  while (filled < into.size()) {
    EXHIBIT_TRY(const std::size_t got, stream.read(into.subspan(filled)));
    if (got == 0) break;
    filled += got;
  }
  return {};
}

}  // namespace

EvtxFramer::EvtxFramer(SourceInfo info, std::unique_ptr<ByteStream> stream)
    : info_(std::move(info)), stream_(std::move(stream)) {}

bool EvtxFramer::next(event::Batch& batch) {
  batch.clear();
  if (done_) return false;
  // Whole chunks. The first batch has the file header in the place of one chunk's room, so that
  // none is larger than event::kBatchSizeBytes.
  const std::size_t header = offset_ == 0 ? evtx::kFileHeaderSizeBytes : 0;
  const std::size_t chunks_max = evtx::kChunksPerBatch - (offset_ == 0 ? 1 : 0);
  const std::size_t room =
      room_for(info_.size_bytes, offset_, header + chunks_max * evtx::kChunkSizeBytes);
  const std::size_t behind = room > header ? room - header : 1;
  const std::size_t wanted =
      header + (behind + evtx::kChunkSizeBytes - 1) / evtx::kChunkSizeBytes * evtx::kChunkSizeBytes;
  batch.resize(wanted);
  std::size_t filled = 0;
  const Result<void> read = read_full(*stream_, std::span(batch.buffer).first(wanted), filled);
  batch.resize(filled);
  batch.sequence = sequence_;
  batch.source_offset = offset_;
  done_ = filled < wanted;
  if (!read) {
    batch.damage.push_back({offset_ + filled, 0, damage_of(read.error())});
    batch.system_error = read.error().detail;
  }
  if (filled == 0 && read) {
    end_empty_chunks(batch);
    return !batch.damage.empty();
  }
  if (offset_ == 0)
    chunks_in_use_ = evtx::load_or_zero<std::uint16_t>(batch.bytes(), evtx::kFileChunkCountAt);
  report_empty_chunks(batch);
  if (done_) end_empty_chunks(batch);
  ++sequence_;
  offset_ += filled;
  return true;
}

void EvtxFramer::report_empty_chunks(event::Batch& batch) {
  const std::uint64_t header = offset_ == 0 ? evtx::kFileHeaderSizeBytes : 0;
  for (std::uint64_t at = header; at + evtx::kChunkSizeBytes <= batch.size;
       at += evtx::kChunkSizeBytes) {
    const std::uint64_t index = (offset_ + at - evtx::kFileHeaderSizeBytes) / evtx::kChunkSizeBytes;
    if (index >= chunks_in_use_) return end_empty_chunks(batch);
    if (!evtx::all_zero(batch.bytes().subspan(at, evtx::kChunkSizeBytes))) {
      end_empty_chunks(batch);
      continue;
    }
    if (empty_.length == 0) empty_ = {offset_ + at, 0, DamageKind::empty_chunk_in_use};
    empty_.length += evtx::kChunkSizeBytes;
  }
}

void EvtxFramer::end_empty_chunks(event::Batch& batch) {
  if (empty_.length != 0) batch.damage.push_back(empty_);
  empty_.length = 0;
}

std::unique_ptr<Source> make_evtx_source(SourceInfo info, std::unique_ptr<ByteStream> stream) {
  return std::make_unique<EvtxFramer>(std::move(info), std::move(stream));
}

}  // namespace exhibit::evidence
