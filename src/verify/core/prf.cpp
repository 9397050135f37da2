#include "verify/core/prf.h"

#include "verify/core/sha2.h"

namespace exhibit::verify::core {
namespace {

// In the field of 2^8 modulo x^8 + x^4 + x^3 + x + 1 (FIPS 197, 4.2).
constexpr std::uint8_t times_x(std::uint8_t a) {
  return static_cast<std::uint8_t>(a << 1 ^ ((a & 0x80) != 0 ? 0x1b : 0));
}

// The substitution box (5.1.1): the inverse, found by walking 3^n and 3^-n, then the affine map.
constexpr std::array<std::uint8_t, 256> make_box() {
  std::array<std::uint8_t, 256> box{};
  std::uint8_t p = 1, q = 1;
  do {
    p = static_cast<std::uint8_t>(p ^ times_x(p));  // times 3
    q = static_cast<std::uint8_t>(q ^ q << 1);      // divided by 3
    q = static_cast<std::uint8_t>(q ^ q << 2);
    q = static_cast<std::uint8_t>(q ^ q << 4);
    if ((q & 0x80) != 0) q = static_cast<std::uint8_t>(q ^ 0x09);
    std::uint8_t mapped = 0x63;
    for (int turn = 0; turn < 5; ++turn)
      mapped = static_cast<std::uint8_t>(mapped ^ (q << turn | q >> (8 - turn)));
    box[p] = mapped;
  } while (p != 1);
  box[0] = 0x63;
  return box;
}
constexpr std::array<std::uint8_t, 256> kBox = make_box();

void mix(std::uint8_t* column) {  // 5.1.3
  const std::uint8_t first = column[0];
  const auto all = static_cast<std::uint8_t>(column[0] ^ column[1] ^ column[2] ^ column[3]);
  for (std::size_t i = 0; i < 4; ++i) {
    const std::uint8_t next = i == 3 ? first : column[i + 1];
    column[i] = static_cast<std::uint8_t>(column[i] ^ all ^
                                          times_x(static_cast<std::uint8_t>(column[i] ^ next)));
  }
}

}  // namespace

Aes256::Aes256(const Key& key) {  // 5.2: words of four bytes, eight from the key
  std::array<std::uint8_t, 240> words{};
  std::memcpy(words.data(), key.data(), key.size());
  std::uint8_t round = 1;
  for (std::size_t at = 32; at < words.size(); at += 4) {
    std::array<std::uint8_t, 4> word;
    std::memcpy(word.data(), words.data() + at - 4, 4);
    if (at % 32 == 0) {
      word = {kBox[word[1]], kBox[word[2]], kBox[word[3]], kBox[word[0]]};
      word[0] = static_cast<std::uint8_t>(word[0] ^ round);
      round = times_x(round);
    } else if (at % 32 == 16) {
      for (std::uint8_t& byte : word) byte = kBox[byte];
    }
    for (std::size_t i = 0; i < 4; ++i)
      words[at + i] = static_cast<std::uint8_t>(words[at - 32 + i] ^ word[i]);
  }
  for (std::size_t i = 0; i < round_keys_.size(); ++i)
    std::memcpy(round_keys_[i].data(), words.data() + 16 * i, 16);
}

Block Aes256::encrypt(Block block) const {  // 5.1
  for (std::size_t i = 0; i < 16; ++i)
    block[i] = static_cast<std::uint8_t>(block[i] ^ round_keys_[0][i]);
  for (std::size_t round = 1; round < round_keys_.size(); ++round) {
    Block shifted;
    for (std::size_t i = 0; i < 16; ++i) shifted[i] = kBox[block[(i + 4 * (i % 4)) % 16]];
    if (round + 1 < round_keys_.size())
      for (std::size_t column = 0; column < 16; column += 4) mix(shifted.data() + column);
    for (std::size_t i = 0; i < 16; ++i)
      block[i] = static_cast<std::uint8_t>(shifted[i] ^ round_keys_[round][i]);
  }
  return block;
}

Digest hmac_sha256(const Key& key, std::string_view message) {
  std::array<std::uint8_t, 64> inner, outer;
  inner.fill(0x36);
  outer.fill(0x5c);
  for (std::size_t i = 0; i < key.size(); ++i) {
    inner[i] = static_cast<std::uint8_t>(inner[i] ^ key[i]);
    outer[i] = static_cast<std::uint8_t>(outer[i] ^ key[i]);
  }
  Sha256 first, second;
  first.update(view(inner));
  first.update(message);
  const Digest digest = first.finish();
  second.update(view(outer));
  second.update(view(digest));
  return second.finish();
}

}  // namespace exhibit::verify::core
