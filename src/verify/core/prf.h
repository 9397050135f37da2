// AES-256 (FIPS 197), encryption of single blocks, and HMAC-SHA-256 (RFC 2104): what the keys of
// commitments are made with (docs/formats/commitments.md, "Keys").
#pragma once

#include "verify/core/bytes.h"

namespace exhibit::verify::core {

using Key = std::array<std::uint8_t, 32>;
using Block = std::array<std::uint8_t, 16>;

class Aes256 {
 public:
  explicit Aes256(const Key& key);
  [[nodiscard]] Block encrypt(Block block) const;

 private:
  std::array<Block, 15> round_keys_;
};

[[nodiscard]] Digest hmac_sha256(const Key& key, std::string_view message);

}  // namespace exhibit::verify::core
