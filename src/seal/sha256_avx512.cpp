// SHA-256, sixteen messages side by side, in AVX-512 (F and BW).
//
// Each 512-bit register holds one word of all sixteen messages. A block is loaded message by
// message and transposed, so that register i holds word i. Only intrinsics are called here: a
// function shared with other files must not be compiled for this processor.
#if defined(__x86_64__)
#include <immintrin.h>

#include "seal/sha256_kernels.h"

#define EXHIBIT_TARGET __attribute__((target("avx512f,avx512bw")))

namespace exhibit::seal {
namespace {

using V = __m512i;

// 16 x 16 words: rows become columns.
EXHIBIT_TARGET inline void transpose(V* r) {
  V t[16];
  for (int i = 0; i < 8; ++i) {
    t[2 * i] = _mm512_unpacklo_epi32(r[2 * i], r[2 * i + 1]);
    t[2 * i + 1] = _mm512_unpackhi_epi32(r[2 * i], r[2 * i + 1]);
  }
  for (int i = 0; i < 4; ++i) {
    r[4 * i] = _mm512_unpacklo_epi64(t[4 * i], t[4 * i + 2]);
    r[4 * i + 1] = _mm512_unpackhi_epi64(t[4 * i], t[4 * i + 2]);
    r[4 * i + 2] = _mm512_unpacklo_epi64(t[4 * i + 1], t[4 * i + 3]);
    r[4 * i + 3] = _mm512_unpackhi_epi64(t[4 * i + 1], t[4 * i + 3]);
  }
  for (int i = 0; i < 4; ++i) {
    t[i] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0x88);
    t[i + 4] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0xdd);
    t[i + 8] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0x88);
    t[i + 12] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0xdd);
  }
  for (int i = 0; i < 4; ++i) {
    r[i] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0x88);
    r[i + 8] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0xdd);
    r[i + 4] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0x88);
    r[i + 12] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0xdd);
  }
}

EXHIBIT_TARGET inline V add(V a, V b) { return _mm512_add_epi32(a, b); }
EXHIBIT_TARGET inline V xor3(V a, V b, V c) { return _mm512_ternarylogic_epi32(a, b, c, 0x96); }
EXHIBIT_TARGET inline V big_sigma0(V x) {
  return xor3(_mm512_ror_epi32(x, 2), _mm512_ror_epi32(x, 13), _mm512_ror_epi32(x, 22));
}
EXHIBIT_TARGET inline V big_sigma1(V x) {
  return xor3(_mm512_ror_epi32(x, 6), _mm512_ror_epi32(x, 11), _mm512_ror_epi32(x, 25));
}
EXHIBIT_TARGET inline V small_sigma0(V x) {
  return xor3(_mm512_ror_epi32(x, 7), _mm512_ror_epi32(x, 18), _mm512_srli_epi32(x, 3));
}
EXHIBIT_TARGET inline V small_sigma1(V x) {
  return xor3(_mm512_ror_epi32(x, 17), _mm512_ror_epi32(x, 19), _mm512_srli_epi32(x, 10));
}

// Advances the states, a register for each word, by `block_count` blocks of each message.
EXHIBIT_TARGET inline void rounds(V* s, const std::byte* const* blocks, std::size_t block_count) {
  const V big_endian = _mm512_set4_epi32(0x0c0d0e0f, 0x08090a0b, 0x04050607, 0x00010203);
  for (std::size_t at = 0; at < block_count * kBlockSize; at += kBlockSize) {
    V w[16];
    for (int i = 0; i < 16; ++i) w[i] = _mm512_loadu_si512(blocks[i] + at);
    transpose(w);
    for (int i = 0; i < 16; ++i) w[i] = _mm512_shuffle_epi8(w[i], big_endian);
    V a = s[0];
    V b = s[1];
    V c = s[2];
    V d = s[3];
    V e = s[4];
    V f = s[5];
    V g = s[6];
    V h = s[7];
#pragma GCC unroll 64
    for (int t = 0; t < 64; ++t) {
      if (t >= 16)
        w[t & 15] = add(add(w[t & 15], small_sigma0(w[(t + 1) & 15])),
                        add(w[(t + 9) & 15], small_sigma1(w[(t + 14) & 15])));
      const V choose = _mm512_ternarylogic_epi32(e, f, g, 0xca);
      const V majority = _mm512_ternarylogic_epi32(a, b, c, 0xe8);
      const V constant = _mm512_set1_epi32(static_cast<int>(kRoundConstants[t]));
      const V t1 = add(add(add(h, big_sigma1(e)), add(choose, constant)), w[t & 15]);
      const V t2 = add(big_sigma0(a), majority);
      h = g;
      g = f;
      f = e;
      e = add(d, t1);
      d = c;
      c = b;
      b = a;
      a = add(t1, t2);
    }
    s[0] = add(s[0], a);
    s[1] = add(s[1], b);
    s[2] = add(s[2], c);
    s[3] = add(s[3], d);
    s[4] = add(s[4], e);
    s[5] = add(s[5], f);
    s[6] = add(s[6], g);
    s[7] = add(s[7], h);
  }
}

}  // namespace

EXHIBIT_TARGET void compress_avx512(std::uint32_t* state, const std::byte* const* blocks,
                                    std::size_t block_count) {
  V s[8];
  for (int i = 0; i < 8; ++i) s[i] = _mm512_loadu_si512(state + 16 * i);
  rounds(s, blocks, block_count);
  for (int i = 0; i < 8; ++i) _mm512_storeu_si512(state + 16 * i, s[i]);
}

EXHIBIT_TARGET void digest_avx512(const std::byte* const* messages, std::size_t block_count,
                                  std::byte* const* out) {
  V s[16];
  for (int i = 0; i < 8; ++i)
    s[i] = _mm512_set1_epi32(static_cast<int>(kInitialState[static_cast<std::size_t>(i)]));
  rounds(s, messages, block_count);
  for (int i = 8; i < 16; ++i) s[i] = _mm512_setzero_si512();
  transpose(s);  // register i: the eight words of message i
  const V big_endian = _mm512_set4_epi32(0x0c0d0e0f, 0x08090a0b, 0x04050607, 0x00010203);
  for (int i = 0; i < 16; ++i)
    _mm512_mask_storeu_epi64(out[i], 0x0f, _mm512_shuffle_epi8(s[i], big_endian));
}

}  // namespace exhibit::seal
#endif
