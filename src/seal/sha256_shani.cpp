// SHA-256 with the SHA extensions: one message, or two interleaved, because sha256rnds2 takes
// twice as long to answer as to accept the next (two independent chains fill the gap).
//
// The instructions keep the state as ABEF and CDGH, high word first, and do two rounds at a time.
#if defined(__x86_64__)
#include <immintrin.h>

#include "seal/sha256_kernels.h"

#define EXHIBIT_TARGET __attribute__((target("sha,sse4.1,ssse3")))

namespace exhibit::seal {
namespace {

using V = __m128i;

// Advances the states by `block_count` blocks of each stream.
template <std::size_t kStreams>
EXHIBIT_TARGET inline void rounds(V* abef, V* cdgh, const std::byte* const* blocks,
                                  std::size_t block_count) {
  const V big_endian = _mm_set_epi32(0x0c0d0e0f, 0x08090a0b, 0x04050607, 0x00010203);
  const auto* const constants =
      static_cast<const __m128i*>(static_cast<const void*>(kRoundConstants));
  for (std::size_t at = 0; at < block_count * kBlockSize; at += kBlockSize) {
    V w[kStreams][4];
    V abef_before[kStreams];
    V cdgh_before[kStreams];
    for (std::size_t k = 0; k < kStreams; ++k) {
      abef_before[k] = abef[k];
      cdgh_before[k] = cdgh[k];
      for (int i = 0; i < 4; ++i)
        w[k][i] = _mm_shuffle_epi8(
            _mm_loadu_si128(static_cast<const __m128i_u*>(
                static_cast<const void*>(blocks[k] + at + 16 * static_cast<std::size_t>(i)))),
            big_endian);
    }
#pragma GCC unroll 16
    for (int q = 0; q < 16; ++q) {  // four rounds each
      const V constant = _mm_load_si128(constants + q);
#pragma GCC unroll 2
      for (std::size_t k = 0; k < kStreams; ++k) {
        if (q >= 4) {
          // W[t..t+3] from W[t-16..t-1]; sha256msg1 and msg2 hold the two small sigmas.
          const V older = _mm_alignr_epi8(w[k][(q + 3) & 3], w[k][(q + 2) & 3], 4);  // W[t-7..t-4]
          w[k][q & 3] = _mm_sha256msg2_epu32(
              _mm_add_epi32(_mm_sha256msg1_epu32(w[k][q & 3], w[k][(q + 1) & 3]), older),
              w[k][(q + 3) & 3]);
        }
        const V sum = _mm_add_epi32(w[k][q & 3], constant);
        cdgh[k] = _mm_sha256rnds2_epu32(cdgh[k], abef[k], sum);
        abef[k] = _mm_sha256rnds2_epu32(abef[k], cdgh[k], _mm_shuffle_epi32(sum, 0x0e));
      }
    }
    for (std::size_t k = 0; k < kStreams; ++k) {
      abef[k] = _mm_add_epi32(abef[k], abef_before[k]);
      cdgh[k] = _mm_add_epi32(cdgh[k], cdgh_before[k]);
    }
  }
}

EXHIBIT_TARGET inline V words(std::uint32_t w3, std::uint32_t w2, std::uint32_t w1,
                              std::uint32_t w0) {
  return _mm_set_epi32(static_cast<int>(w3), static_cast<int>(w2), static_cast<int>(w1),
                       static_cast<int>(w0));
}

template <std::size_t kStreams>
EXHIBIT_TARGET inline void compress_streams(std::uint32_t (*state)[8],
                                            const std::byte* const* blocks,
                                            std::size_t block_count) {
  V abef[kStreams];
  V cdgh[kStreams];
  for (std::size_t k = 0; k < kStreams; ++k) {
    const std::uint32_t* s = state[k];
    abef[k] = words(s[0], s[1], s[4], s[5]);
    cdgh[k] = words(s[2], s[3], s[6], s[7]);
  }
  rounds<kStreams>(abef, cdgh, blocks, block_count);
  for (std::size_t k = 0; k < kStreams; ++k) {
    alignas(16) std::uint32_t ef[4];
    alignas(16) std::uint32_t gh[4];
    _mm_store_si128(static_cast<V*>(static_cast<void*>(ef)), abef[k]);
    _mm_store_si128(static_cast<V*>(static_cast<void*>(gh)), cdgh[k]);
    std::uint32_t* s = state[k];
    s[0] = ef[3];
    s[1] = ef[2];
    s[2] = gh[3];
    s[3] = gh[2];
    s[4] = ef[1];
    s[5] = ef[0];
    s[6] = gh[1];
    s[7] = gh[0];
  }
}

}  // namespace

EXHIBIT_TARGET void compress_shani(std::uint32_t* state, const std::byte* const* blocks,
                                   std::size_t block_count) {
  std::uint32_t streams[2][8];
  for (int i = 0; i < 8; ++i) {
    streams[0][i] = state[2 * i];
    streams[1][i] = state[2 * i + 1];
  }
  compress_streams<2>(streams, blocks, block_count);
  for (int i = 0; i < 8; ++i) {
    state[2 * i] = streams[0][i];
    state[2 * i + 1] = streams[1][i];
  }
}

EXHIBIT_TARGET void digest_shani(const std::byte* const* messages, std::size_t block_count,
                                 std::byte* const* out) {
  const auto& s = kInitialState;
  V abef[2];
  V cdgh[2];
  for (int k = 0; k < 2; ++k) {
    abef[k] = words(s[0], s[1], s[4], s[5]);
    cdgh[k] = words(s[2], s[3], s[6], s[7]);
  }
  rounds<2>(abef, cdgh, messages, block_count);
  // Two words at a time the other way round, and each big-endian: eight bytes reversed.
  const V reversed = _mm_set_epi32(0x08090a0b, 0x0c0d0e0f, 0x00010203, 0x04050607);
  for (int k = 0; k < 2; ++k) {
    auto* const at = static_cast<__m128i_u*>(static_cast<void*>(out[k]));
    _mm_storeu_si128(at, _mm_shuffle_epi8(_mm_unpackhi_epi64(abef[k], cdgh[k]), reversed));
    _mm_storeu_si128(at + 1, _mm_shuffle_epi8(_mm_unpacklo_epi64(abef[k], cdgh[k]), reversed));
  }
}

EXHIBIT_TARGET void compress_shani_single(std::uint32_t* state, const std::byte* blocks,
                                          std::size_t block_count) {
  std::uint32_t stream[1][8];
  for (int i = 0; i < 8; ++i) stream[0][i] = state[i];
  compress_streams<1>(stream, &blocks, block_count);
  for (int i = 0; i < 8; ++i) state[i] = stream[0][i];
}

}  // namespace exhibit::seal
#endif
