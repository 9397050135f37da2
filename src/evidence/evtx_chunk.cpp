#include "evidence/evtx_chunk.h"

#include <algorithm>
#include <cstring>

#include "base/inflate.h"
#include "evidence/evtx_format.h"

namespace exhibit::evidence::evtx {
namespace {

using event::DamageKind;

// A stored checksum of zero where the flag says that there are none is no damage.
bool checksum_fits(Bytes chunk, std::size_t at, std::uint32_t computed) {
  const auto stored = load_or_zero<std::uint32_t>(chunk, at);
  const bool none = (load_or_zero<std::uint32_t>(chunk, kChunkFlagsAt) & kFlagNoChecksums) != 0;
  return stored == computed || (none && stored == 0);
}

}  // namespace

ChunkHeader read_chunk_header(Bytes chunk, std::uint64_t source_offset,
                              std::vector<event::Damage>& damage) {
  ChunkHeader out;
  const auto size = static_cast<std::uint32_t>(chunk.size());
  const bool truncated = size < kChunkSizeBytes;
  if (truncated) damage.push_back({source_offset, size, DamageKind::truncated});
  out.live_end = size;
  out.signature_ok = size >= sizeof kChunkSignature &&
                     std::memcmp(chunk.data(), kChunkSignature, sizeof kChunkSignature) == 0;
  if (!out.signature_ok) {
    out.is_zero = all_zero(chunk);
    if (!out.is_zero && !truncated)
      damage.push_back({source_offset, sizeof kChunkSignature, DamageKind::bad_chunk_signature});
  }
  if (out.is_zero || size < kChunkHeaderSizeBytes) return out;

  const auto free_space = load_or_zero<std::uint32_t>(chunk, kChunkFreeSpaceAt);
  out.live_end_is_known = free_space >= kChunkHeaderSizeBytes && free_space <= kChunkSizeBytes;
  if (out.live_end_is_known) out.live_end = std::min(free_space, size);
  if (!out.signature_ok) return out;

  const std::uint32_t header =
      base::crc32(base::crc32(0, chunk.first(kChunkFlagsAt)),
                  chunk.subspan(kChunkTablesAt, kChunkHeaderSizeBytes - kChunkTablesAt));
  if (!checksum_fits(chunk, kChunkHeaderChecksumAt, header))
    damage.push_back({source_offset, kChunkHeaderSizeBytes, DamageKind::chunk_header_checksum});
  if (truncated && free_space > size) return out;  // what the checksum covers is not there
  const Bytes data = chunk.subspan(kChunkHeaderSizeBytes, out.live_end - kChunkHeaderSizeBytes);
  if (!out.live_end_is_known || !checksum_fits(chunk, kChunkDataChecksumAt, base::crc32(0, data)))
    damage.push_back(
        {source_offset + kChunkHeaderSizeBytes, data.size(), DamageKind::chunk_data_checksum});
  return out;
}

std::optional<std::uint32_t> whole_record(Bytes chunk, std::uint32_t at) {
  std::uint32_t signature = 0;
  std::uint32_t size = 0;
  std::uint32_t copy = 0;
  if (!load(chunk, at, signature) || signature != kRecordSignature ||
      !load(chunk, std::size_t{at} + 4, size) || size < kRecordSizeBytesMin ||
      size > kChunkSizeBytes || !load(chunk, std::size_t{at} + size - 4, copy) || copy != size)
    return std::nullopt;
  return size;
}

std::uint32_t find_record(Bytes chunk, std::uint32_t from, std::uint32_t end) {
  constexpr int kFirstByte = kRecordSignature & 0xff;
  while (from < end) {
    const void* found = std::memchr(chunk.data() + from, kFirstByte, end - from);
    if (found == nullptr) return end;
    from = static_cast<std::uint32_t>(static_cast<const std::byte*>(found) - chunk.data());
    if (whole_record(chunk, from)) return from;
    ++from;
  }
  return end;
}

RecordWalk::RecordWalk(Bytes chunk, const ChunkHeader& header, std::uint64_t source_offset,
                       std::vector<event::Damage>& damage)
    : chunk_(chunk),
      header_(header),
      source_offset_(source_offset),
      damage_(damage),
      at_(std::min(kChunkHeaderSizeBytes, header.live_end)) {
  if (header.is_zero) at_ = header.live_end;
}

std::optional<RecordFrame> RecordWalk::next() {
  while (at_ < header_.live_end) {
    if (const std::optional<std::uint32_t> size = whole_record(chunk_, at_)) {
      const RecordFrame frame{.at = at_, .size = *size};
      at_ += *size;
      return frame;
    }
    if (std::optional<RecordFrame> frame = broken()) return frame;
  }
  return std::nullopt;
}

// What stands at at_ is not a whole record: goes on to the next that is. If it has a record's
// signature, its content may still be readable.
std::optional<RecordFrame> RecordWalk::broken() {
  const std::uint32_t begin = at_;
  at_ = find_record(chunk_, begin + 1, header_.live_end);
  const Bytes skipped = chunk_.subspan(begin, at_ - begin);
  // Where nothing says how far records go, the zeros behind the last are no loss.
  if (!header_.live_end_is_known && at_ == header_.live_end && all_zero(skipped))
    return std::nullopt;
  damage_.push_back({source_offset_ + begin, skipped.size(), DamageKind::bad_record});
  if (load_or_zero<std::uint32_t>(skipped, 0) != kRecordSignature ||
      skipped.size() < kRecordSizeBytesMin)
    return std::nullopt;
  const auto claimed = load_or_zero<std::uint32_t>(skipped, 4);
  const auto room = static_cast<std::uint32_t>(skipped.size());
  const bool plausible = claimed >= kRecordSizeBytesMin && claimed < room;
  return RecordFrame{.at = begin, .size = plausible ? claimed : room, .whole = false};
}

}  // namespace exhibit::evidence::evtx
