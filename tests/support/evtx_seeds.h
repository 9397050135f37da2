// Small EVTX chunks that between them show a parser every structure: seeds for fuzzing.
#pragma once

#include <string>
#include <vector>

namespace exhibit::test {

struct EvtxSeed {
  std::string name;   // file name in tests/fuzz/corpus/fuzz_evtx_chunk
  std::string bytes;  // a chunk from its `ElfChnk` on, cut after its last byte that is not zero
};
[[nodiscard]] std::vector<EvtxSeed> evtx_chunk_seeds();

}  // namespace exhibit::test
