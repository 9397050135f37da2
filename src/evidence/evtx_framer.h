// Cuts an EVTX file into batches of whole chunks.
//
// Ownership:  owns its stream.
// Threads:    one at a time.
// Invariant:  the batches' bytes, in order, are the stream's bytes, every one of them: a truncated
//             chunk and anything behind it belong to the last batch. Only the size decides where
//             chunks lie; no count in the header is trusted.
// Reports:    what damage_of() says of a failed stream, empty_chunk_in_use (the header counts
//             chunks that are zero). Such chunks side by side are one place, reported with the
//             batch behind them or with the last: a file of holes has up to 65,535.
#pragma once

#include <memory>

#include "evidence/byte_stream.h"
#include "exhibit/evidence.h"

namespace exhibit::evidence {

class EvtxFramer final : public Source {
 public:
  EvtxFramer(SourceInfo info, std::unique_ptr<ByteStream> stream);
  [[nodiscard]] const SourceInfo& info() const override { return info_; }
  [[nodiscard]] bool next(event::Batch& batch) override;

 private:
  void report_empty_chunks(event::Batch& batch);
  void end_empty_chunks(event::Batch& batch);

  SourceInfo info_;
  std::unique_ptr<ByteStream> stream_;
  std::uint64_t sequence_ = 0;
  std::uint64_t offset_ = 0;
  std::uint32_t chunks_in_use_ = 0;  // as the file header counts them
  event::Damage empty_;  // the empty chunks just before; its length is zero where there are none
  bool done_ = false;
};

}  // namespace exhibit::evidence
