// Merkle trees of RFC 6962 2.1 over SHA-256.
#pragma once

#include "verify/core/bytes.h"
#include "verify/core/why.h"

namespace exhibit::verify::core {

inline constexpr std::size_t kProofHashesMax = 64;   // an index has 64 bits
inline constexpr std::size_t kConsistencyMax = 128;  // a bound on what is read; a proof has fewer

[[nodiscard]] Digest leaf_hash(std::string_view entry);
[[nodiscard]] Digest node_hash(const Digest& left, const Digest& right);

/// RFC 9162 2.1.3.2. `steps`, where it is not empty, has room for a step of each hash and is
/// filled in.
[[nodiscard]] Why verify_inclusion(const Digest& leaf, std::uint64_t index, std::uint64_t tree_size,
                                   std::span<const Digest> proof, const Digest& root,
                                   std::span<Step> steps = {});
/// RFC 9162 2.1.4.2; from an empty tree, and to the same size, the proof is empty.
[[nodiscard]] Why verify_consistency(std::uint64_t old_size, const Digest& old_root,
                                     std::uint64_t new_size, const Digest& new_root,
                                     std::span<const Digest> proof);

/// The root of a tree that grows.
class TreeRoot {
 public:
  void append(const Digest& leaf);
  [[nodiscard]] Digest root() const;
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  std::array<Digest, 64> stack_;  // roots of the complete subtrees that the bits of size_ name
  std::size_t depth_ = 0;
  std::uint64_t size_ = 0;
};

}  // namespace exhibit::verify::core
