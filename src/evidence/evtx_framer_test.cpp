// How an EVTX file is cut into batches.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "evidence/evtx.h"
#include "evidence/evtx_format.h"
#include "support/evtx_reading.h"

namespace exhibit::evidence {
namespace {

using event::DamageKind;

TEST(EvtxFramer, BatchesTileTheSourceAndHoldWholeChunks) {
  constexpr std::size_t kChunk = 65536;
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{4095}, std::size_t{4096}, std::size_t{4097},
        4096 + kChunk - 1, 4096 + kChunk, 4096 + 15 * kChunk, 4096 + 15 * kChunk + 1,
        4096 + 31 * kChunk, 4096 + 40 * kChunk + 77}) {
    SCOPED_TRACE(size);
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 31 + i / 251);
    // Known, not known, and not true: it grew, it shrank, an archive lied.
    for (const std::size_t said :
         {size, std::size_t{0}, std::size_t{1}, size / 2, size + 100'000}) {
      SCOPED_TRACE("said to have " + std::to_string(said));
      SourceInfo info;
      info.size_bytes = said;
      const auto source =
          make_evtx_source(info, std::make_unique<test::MemoryStream>(bytes, 10'007));
      event::Batch batch;
      std::string tiled;
      for (std::uint64_t sequence = 0; source->next(batch); ++sequence) {
        EXPECT_EQ(batch.sequence, sequence);
        EXPECT_EQ(batch.source_offset, tiled.size());
        EXPECT_LE(batch.size, event::kBatchSizeBytes);
        if (sequence > 0) {
          EXPECT_EQ((batch.source_offset - 4096) % kChunk, 0U);
        }
        tiled += as_text(batch.bytes());
      }
      EXPECT_EQ(tiled, bytes);
      if (said == size && size > 0) {
        EXPECT_LE(batch.buffer.size(), size + kChunk + event::kBatchPaddingBytes + 4096);
      }
    }
  }
}

TEST(EvtxFramer, EmptyChunksSideBySideAreOnePlace) {
  constexpr std::uint64_t kHeader = 4096;
  constexpr std::uint64_t kChunk = 65536;
  // Counted by the header, with `used` in the middle: runs cross batches, and the last ends with
  // the source, in the middle of a batch or exactly at the end of one.
  for (const std::uint64_t chunks : {std::uint64_t{40}, std::uint64_t{15 + 2 * 16}}) {
    for (const std::uint64_t used : {std::uint64_t{0}, std::uint64_t{20}, chunks - 1}) {
      SCOPED_TRACE(std::to_string(used) + " of " + std::to_string(chunks));
      std::string bytes(kHeader + chunks * kChunk, '\0');
      bytes[evtx::kFileChunkCountAt] = static_cast<char>(chunks);
      bytes[kHeader + used * kChunk + 1000] = 'x';
      const auto source = make_evtx_source({}, std::make_unique<test::MemoryStream>(bytes));
      event::Batch batch;
      std::vector<event::Damage> damage;
      while (source->next(batch))
        damage.insert(damage.end(), batch.damage.begin(), batch.damage.end());
      std::vector<event::Damage> expected;
      if (used > 0) expected.push_back({kHeader, used * kChunk, DamageKind::empty_chunk_in_use});
      if (used + 1 < chunks)
        expected.push_back({kHeader + (used + 1) * kChunk, (chunks - used - 1) * kChunk,
                            DamageKind::empty_chunk_in_use});
      EXPECT_EQ(damage, expected);
    }
  }
}

}  // namespace
}  // namespace exhibit::evidence
