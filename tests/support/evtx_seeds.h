// Small EVTX chunks that between them show a parser every structure: seeds for fuzzing.
#pragma once

#include <string>
#include <vector>

namespace exhibit::test {

struct EvtxSeed {
  std::string name;  // file name in the target's corpus
  std::string bytes;
};
/// For fuzz_evtx_chunk: a chunk from its `ElfChnk` on, cut after its last byte that is not zero.
[[nodiscard]] std::vector<EvtxSeed> evtx_chunk_seeds();
/// For fuzz_binxml: the BinXML of the first record of those chunks that are sound.
[[nodiscard]] std::vector<EvtxSeed> evtx_binxml_seeds();

}  // namespace exhibit::test
