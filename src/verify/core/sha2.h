// SHA-256 and SHA-512 (FIPS 180-4), one block at a time. Needs no library: this is what the page
// hashes with. The hunt has faster ones (src/seal); a test holds the two together.
#pragma once

#include "verify/core/bytes.h"

namespace exhibit::verify::core {

class Sha256 {
 public:
  void update(std::string_view bytes);
  void update(std::uint8_t byte) { update({reinterpret_cast<const char*>(&byte), 1}); }
  [[nodiscard]] Digest finish();  // once

 private:
  void block(const std::uint8_t* at);
  std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::uint8_t, 64> pending_{};
  std::uint64_t size_ = 0;
};
[[nodiscard]] Digest sha256(std::string_view bytes);

using Digest512 = std::array<std::uint8_t, 64>;

class Sha512 {
 public:
  void update(std::string_view bytes);
  [[nodiscard]] Digest512 finish();  // once

 private:
  void block(const std::uint8_t* at);
  std::array<std::uint64_t, 8> state_{0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                                      0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                                      0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
  std::array<std::uint8_t, 128> pending_{};
  std::uint64_t size_ = 0;
};

}  // namespace exhibit::verify::core
