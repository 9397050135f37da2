// Cuts an EVTX file into batches of whole chunks.
//
// Ownership:  owns its stream.
// Threads:    one at a time.
// Invariant:  the batches' bytes, in order, are the stream's bytes, every one of them: a truncated
//             chunk and anything behind it belong to the last batch. Only the size decides where
//             chunks lie; no count in the header is trusted.
// Reports:    what damage_of() says of a failed stream, empty_chunk_in_use (the header counts a
// chunk that is zero).
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
  void report_empty_chunks(event::Batch& batch) const;

  SourceInfo info_;
  std::unique_ptr<ByteStream> stream_;
  std::uint64_t sequence_ = 0;
  std::uint64_t offset_ = 0;
  std::uint32_t chunks_in_use_ = 0;  // as the file header counts them
  bool done_ = false;
};

}  // namespace exhibit::evidence
