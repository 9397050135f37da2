// SHA-256, eight messages side by side, in AVX2. The same shape as sha256_avx512.cpp.
#if defined(__x86_64__)
#include <immintrin.h>

#include "seal/sha256_kernels.h"

#define EXHIBIT_TARGET __attribute__((target("avx2")))

namespace exhibit::seal {
namespace {

using V = __m256i;

// 8 x 8 words: rows become columns.
EXHIBIT_TARGET inline void transpose(V* r) {
  V t[8];
  V u[8];
  for (int i = 0; i < 4; ++i) {
    t[2 * i] = _mm256_unpacklo_epi32(r[2 * i], r[2 * i + 1]);
    t[2 * i + 1] = _mm256_unpackhi_epi32(r[2 * i], r[2 * i + 1]);
  }
  for (int i = 0; i < 2; ++i) {
    u[4 * i] = _mm256_unpacklo_epi64(t[4 * i], t[4 * i + 2]);
    u[4 * i + 1] = _mm256_unpackhi_epi64(t[4 * i], t[4 * i + 2]);
    u[4 * i + 2] = _mm256_unpacklo_epi64(t[4 * i + 1], t[4 * i + 3]);
    u[4 * i + 3] = _mm256_unpackhi_epi64(t[4 * i + 1], t[4 * i + 3]);
  }
  for (int i = 0; i < 4; ++i) {
    r[i] = _mm256_permute2x128_si256(u[i], u[i + 4], 0x20);
    r[i + 4] = _mm256_permute2x128_si256(u[i], u[i + 4], 0x31);
  }
}

EXHIBIT_TARGET inline V load(const std::byte* at) {
  return _mm256_loadu_si256(static_cast<const __m256i_u*>(static_cast<const void*>(at)));
}
EXHIBIT_TARGET inline V add(V a, V b) { return _mm256_add_epi32(a, b); }
EXHIBIT_TARGET inline V xor3(V a, V b, V c) { return _mm256_xor_si256(_mm256_xor_si256(a, b), c); }
template <int kBits>
EXHIBIT_TARGET inline V rotate(V x) {
  return _mm256_or_si256(_mm256_srli_epi32(x, kBits), _mm256_slli_epi32(x, 32 - kBits));
}
EXHIBIT_TARGET inline V big_sigma0(V x) { return xor3(rotate<2>(x), rotate<13>(x), rotate<22>(x)); }
EXHIBIT_TARGET inline V big_sigma1(V x) { return xor3(rotate<6>(x), rotate<11>(x), rotate<25>(x)); }
EXHIBIT_TARGET inline V small_sigma0(V x) {
  return xor3(rotate<7>(x), rotate<18>(x), _mm256_srli_epi32(x, 3));
}
EXHIBIT_TARGET inline V small_sigma1(V x) {
  return xor3(rotate<17>(x), rotate<19>(x), _mm256_srli_epi32(x, 10));
}

}  // namespace

EXHIBIT_TARGET void compress_avx2(std::uint32_t* state, const std::byte* const* blocks,
                                  std::size_t block_count) {
  const V big_endian = _mm256_set_epi32(0x0c0d0e0f, 0x08090a0b, 0x04050607, 0x00010203, 0x0c0d0e0f,
                                        0x08090a0b, 0x04050607, 0x00010203);
  auto* const words = static_cast<__m256i_u*>(static_cast<void*>(state));
  V s[8];
  for (int i = 0; i < 8; ++i) s[i] = _mm256_loadu_si256(words + i);
  for (std::size_t at = 0; at < block_count * kBlockSize; at += kBlockSize) {
    V w[16];
    for (int i = 0; i < 8; ++i) {
      w[i] = load(blocks[i] + at);
      w[8 + i] = load(blocks[i] + at + 32);
    }
    transpose(w);
    transpose(w + 8);
    for (int i = 0; i < 16; ++i) w[i] = _mm256_shuffle_epi8(w[i], big_endian);
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
      const V choose = _mm256_xor_si256(g, _mm256_and_si256(e, _mm256_xor_si256(f, g)));
      const V majority =
          _mm256_or_si256(_mm256_and_si256(a, b), _mm256_and_si256(c, _mm256_or_si256(a, b)));
      const V constant = _mm256_set1_epi32(static_cast<int>(kRoundConstants[t]));
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
  for (int i = 0; i < 8; ++i) _mm256_storeu_si256(words + i, s[i]);
}

}  // namespace exhibit::seal
#endif
