// AES-256 as a pseudo-random function on 16-byte blocks: from a key, the values that commitments
// need. With AES-NI where there is, else through OpenSSL; both give the same bytes.
//
// Threads:     belongs to one thread.
// Allocation:  none after construction.
// Source:      FIPS 197.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>

#include "exhibit/seal.h"

namespace exhibit::seal {

using PrfBlock = std::array<std::byte, 16>;

class Prf {
 public:
  enum class Engine : std::uint8_t { fastest, openssl };
  explicit Prf(Engine engine = Engine::fastest);
  ~Prf();

  void set_key(const Key& key);
  /// Writes the encryption of each block under the key to `out`: as many bytes, which may be those
  /// of `blocks`.
  void apply(std::span<const PrfBlock> blocks, std::byte* out);

 private:
  struct Openssl;
  alignas(16) std::array<PrfBlock, 15> round_keys_{};
  std::unique_ptr<Openssl> openssl_;  // null: AES-NI
};

}  // namespace exhibit::seal
