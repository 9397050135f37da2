#include "verify/core/sha2.h"

#include <algorithm>
#include <bit>

namespace exhibit::verify::core {
namespace {

// FIPS 180-4, 4.2.2 and 4.2.3: the fractional parts of the cube roots of the first primes.
constexpr std::array<std::uint32_t, 64> kRound256{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
constexpr std::array<std::uint64_t, 80> kRound512{
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
    0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
    0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
    0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
    0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
    0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
    0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
    0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
    0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
    0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
    0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
    0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
    0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
    0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
    0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
    0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
    0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817};

// The amounts of FIPS 180-4, 4.1.2 and 4.1.3.
struct Amounts {
  int big0[3], big1[3], small0[3], small1[3];  // of small, the last one is a shift
};
constexpr Amounts kAmounts256{{2, 13, 22}, {6, 11, 25}, {7, 18, 3}, {17, 19, 10}};
constexpr Amounts kAmounts512{{28, 34, 39}, {14, 18, 41}, {1, 8, 7}, {19, 61, 6}};

template <class Word>
Word big(Word x, const int (&by)[3]) {
  return std::rotr(x, by[0]) ^ std::rotr(x, by[1]) ^ std::rotr(x, by[2]);
}
template <class Word>
Word small(Word x, const int (&by)[3]) {
  return std::rotr(x, by[0]) ^ std::rotr(x, by[1]) ^ (x >> by[2]);
}

// FIPS 180-4, 6.2.2 and 6.4.2; the message schedule is kept as its last 16 words.
template <class Word, std::size_t kRounds>
void compress(std::array<Word, 8>& state, const std::uint8_t* at,
              const std::array<Word, kRounds>& round, const Amounts& by) {
  std::array<Word, 16> w;
  for (std::size_t t = 0; t < 16; ++t) w[t] = load_big_endian<Word>(at + t * sizeof(Word));
  auto [a, b, c, d, e, f, g, h] = state;
  for (std::size_t t = 0; t < kRounds; ++t) {
    if (t >= 16)
      w[t % 16] +=
          small(w[(t + 14) % 16], by.small1) + w[(t + 9) % 16] + small(w[(t + 1) % 16], by.small0);
    const Word t1 = h + big(e, by.big1) + ((e & f) ^ (~e & g)) + round[t] + w[t % 16];
    const Word t2 = big(a, by.big0) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  const std::array<Word, 8> now{a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < 8; ++i) state[i] += now[i];
}

// Gives whole blocks to `block`, and keeps what is left in `pending`.
template <std::size_t kBlock, class Block>
void feed(std::array<std::uint8_t, kBlock>& pending, std::uint64_t& size, std::string_view bytes,
          Block block) {
  const auto* at = reinterpret_cast<const std::uint8_t*>(bytes.data());
  std::size_t left = bytes.size();
  const auto filled = static_cast<std::size_t>(size % kBlock);
  size += left;
  if (left == 0) return;
  if (filled != 0) {
    const std::size_t n = std::min(left, kBlock - filled);
    std::memcpy(pending.data() + filled, at, n);
    at += n;
    left -= n;
    if (filled + n < kBlock) return;
    block(pending.data());
  }
  for (; left >= kBlock; at += kBlock, left -= kBlock) block(at);
  if (left != 0) std::memcpy(pending.data(), at, left);
}

}  // namespace

void Sha256::block(const std::uint8_t* at) { compress(state_, at, kRound256, kAmounts256); }

void Sha256::update(std::string_view bytes) {
  feed(pending_, size_, bytes, [this](const std::uint8_t* at) { block(at); });
}

Digest Sha256::finish() {
  const std::uint64_t bits = 8 * size_;
  update(std::uint8_t{0x80});
  while (size_ % 64 != 56) update(std::uint8_t{0});
  std::array<std::uint8_t, 8> length;
  store_big_endian(length.data(), bits);
  update(view(length));
  Digest out;
  for (std::size_t i = 0; i < 8; ++i) store_big_endian(out.data() + 4 * i, state_[i]);
  return out;
}

Digest sha256(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

void Sha512::block(const std::uint8_t* at) { compress(state_, at, kRound512, kAmounts512); }

void Sha512::update(std::string_view bytes) {
  feed(pending_, size_, bytes, [this](const std::uint8_t* at) { block(at); });
}

Digest512 Sha512::finish() {
  const std::uint64_t bits = 8 * size_;
  std::array<std::uint8_t, 129> padding{0x80};
  const auto filled = static_cast<std::size_t>(size_ % 128);
  update(view(padding).substr(0, 1 + (239 - filled) % 128));
  std::array<std::uint8_t, 16> length{};  // 128 bits, of which the upper half is never used here
  store_big_endian(length.data() + 8, bits);
  update(view(length));
  Digest512 out;
  for (std::size_t i = 0; i < 8; ++i) store_big_endian(out.data() + 8 * i, state_[i]);
  return out;
}

}  // namespace exhibit::verify::core
