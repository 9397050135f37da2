// A chunk's header and the framing of its records: where they are, not what they mean.
//
// Threads:  pure functions, safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "exhibit/error.h"
#include "exhibit/event.h"

namespace exhibit::evidence::evtx {

/// What a chunk's header says and whether it holds.
struct ChunkHeader {
  bool is_zero = false;  // the whole chunk: never used
  bool signature_ok = false;
  /// The end of the live records: the free-space offset where it is possible; else the chunk's end.
  std::uint32_t live_end = 0;
  bool live_end_is_known = false;
};

/// Checks the header of the chunk (shorter than 64 KiB only at the end of a truncated source) and
/// appends what is wrong with it; `source_offset` is where the chunk lies in the source.
[[nodiscard]] ChunkHeader read_chunk_header(Bytes chunk, std::uint64_t source_offset,
                                            std::vector<event::Damage>& damage);

/// Where a record lies in its chunk.
struct RecordFrame {
  std::uint32_t at = 0;
  std::uint32_t size = 0;
  /// Signature, size and the copy of the size agree. Otherwise the record stands where one must
  /// stand and has the signature, and `size` reaches at most to the next that is whole.
  bool whole = true;
};

/// The size of the record at `at` when signature, size and the size's copy agree.
[[nodiscard]] std::optional<std::uint32_t> whole_record(Bytes chunk, std::uint32_t at);
/// The first whole record at or behind `from` that begins before `end`; `end` when there is none.
[[nodiscard]] std::uint32_t find_record(Bytes chunk, std::uint32_t from, std::uint32_t end);

/// Walks the live records of a chunk in order. Bytes that belong to none become damage
/// (bad_record), and the walk goes on behind them.
class RecordWalk {
 public:
  RecordWalk(Bytes chunk, const ChunkHeader& header, std::uint64_t source_offset,
             std::vector<event::Damage>& damage);
  [[nodiscard]] std::optional<RecordFrame> next();
  /// Behind the last live record.
  [[nodiscard]] std::uint32_t position() const { return at_; }

 private:
  std::optional<RecordFrame> broken();

  Bytes chunk_;
  ChunkHeader header_;
  std::uint64_t source_offset_;
  std::vector<event::Damage>& damage_;
  std::uint32_t at_;
};

}  // namespace exhibit::evidence::evtx
