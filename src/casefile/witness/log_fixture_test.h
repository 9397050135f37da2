// A log that grows and forks, and the requests about it.
#pragma once

#include <string>
#include <vector>

#include "base/text.h"
#include "exhibit/seal.h"
#include "exhibit/witness.h"
#include "support/support.h"

namespace exhibit::witness {

inline constexpr std::uint64_t kNow = 1'800'000'000;
inline constexpr std::string_view kOrigin = "incident-42/collector";
inline constexpr std::string_view kName = "neutral";

inline seal::SigningKey key_of(char number) {
  std::string der = *base::from_hex("302e020100300506032b657004220420");
  der += std::string(31, 'k') + number;
  return seal::SigningKey::from_pem("-----BEGIN PRIVATE KEY-----\n" +
                                    base::to_base64(as_bytes(der)) +
                                    "\n-----END PRIVATE KEY-----\n")
      .value();
}
inline seal::VerifierKey log_key(char number = 'l', std::string_view name = kOrigin) {
  return {.name = std::string(name), .key = key_of(number).public_key()};
}
inline seal::VerifierKey witness_key(char number = 'w', std::string_view name = kName) {
  return {.name = std::string(name),
          .key = key_of(number).public_key(),
          .role = seal::KeyRole::cosigner};
}

struct Log {
  std::string origin{kOrigin}, name{kOrigin};
  char key = 'l';
  std::vector<seal::Digest> leaves;

  explicit Log(std::uint64_t size = 0) { grow(size); }
  void grow(std::uint64_t size, std::string_view with = "entry") {
    while (leaves.size() < size)
      leaves.push_back(
          seal::leaf_hash(as_bytes(std::string(with) + std::to_string(leaves.size()))));
  }
  /// The same until `size`, and something else from there on.
  [[nodiscard]] Log forked(std::uint64_t at, std::uint64_t size) const {
    Log out = *this;
    out.leaves.resize(at);
    out.grow(size, "another");
    return out;
  }
  [[nodiscard]] seal::Checkpoint checkpoint() const {
    return {.origin = origin, .size = leaves.size(), .root = seal::tree_root(leaves)};
  }
  [[nodiscard]] std::string note() const {
    return seal::sign_note(checkpoint().to_text(), name, key_of(key));
  }
  [[nodiscard]] std::vector<seal::Digest> proof(std::uint64_t from) const {
    if (from == 0 || from > leaves.size()) return {};
    return seal::consistency_proof(leaves, from);
  }
  [[nodiscard]] std::string request(std::uint64_t from) const {
    return add_checkpoint_request(from, proof(from), note());
  }
};

struct World {
  test::TempDir folder;
  std::vector<seal::VerifierKey> logs{log_key()};

  [[nodiscard]] Witness open(char key = 'w') const {
    return Witness::open((folder.path() / "state").string(), std::string(kName), key_of(key), logs)
        .value();
  }
  [[nodiscard]] std::string log_folder() const {
    return (folder.path() / "state/logs" / base::to_hex(seal::sha256(as_bytes(kOrigin)))).string();
  }
};

}  // namespace exhibit::witness
