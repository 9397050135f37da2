#include "evidence/evtx_crc32.h"

#include <array>
#include <bit>
#include <cstring>

namespace exhibit::evidence::evtx {
namespace {

constexpr std::uint32_t kPolynomial = 0xedb88320;  // 0x04c11db7, bits reversed

using Table = std::array<std::array<std::uint32_t, 256>, 16>;

// Sixteen tables: table k is the CRC of a byte followed by k zero bytes, so that sixteen bytes are
// folded with independent look-ups.
consteval Table make_table() {
  Table t{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? kPolynomial : 0);
    t[0][i] = crc;
  }
  for (std::size_t k = 1; k < t.size(); ++k)
    for (std::size_t i = 0; i < 256; ++i) t[k][i] = (t[k - 1][i] >> 8) ^ t[0][t[k - 1][i] & 0xff];
  return t;
}
constexpr Table kTable = make_table();

std::uint32_t word(const std::byte* at) {
  std::uint32_t value;
  std::memcpy(&value, at, sizeof value);
  if constexpr (std::endian::native == std::endian::big) value = std::byteswap(value);
  return value;
}

std::uint32_t fold(std::uint32_t w, std::size_t table) {
  return kTable[table + 3][w & 0xff] ^ kTable[table + 2][(w >> 8) & 0xff] ^
         kTable[table + 1][(w >> 16) & 0xff] ^ kTable[table][w >> 24];
}

}  // namespace

std::uint32_t crc32(std::uint32_t crc, Bytes bytes) {
  crc = ~crc;
  const std::byte* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 16; left -= 16, at += 16)
    crc = fold(word(at) ^ crc, 12) ^ fold(word(at + 4), 8) ^ fold(word(at + 8), 4) ^
          fold(word(at + 12), 0);
  for (; left > 0; --left, ++at)
    crc = (crc >> 8) ^ kTable[0][(crc ^ std::to_integer<std::uint32_t>(*at)) & 0xff];
  return ~crc;
}

}  // namespace exhibit::evidence::evtx
