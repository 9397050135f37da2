// Merkle trees over SHA-256 leaf hashes (RFC 6962 2.1).
//
// Ownership:  nothing is owned; spans must outlive the call.
// Threads:    pure functions, safe from any thread.
// Invariant:  the left subtree of n leaves holds the largest power of two < n.
// Not here:   tile layout (tile.cpp), signatures (note.cpp).
#include <algorithm>
#include <bit>
#include <cstring>

#include "exhibit/seal.h"
#include "seal/check.h"
#include "seal/lane_hasher.h"

namespace exhibit::seal {
namespace {

constexpr std::byte kLeafPrefix{0x00};  // RFC 6962 2.1
constexpr std::byte kNodePrefix{0x01};

// Largest power of two strictly below n; n >= 2.
std::size_t split(std::size_t n) { return std::bit_floor(n - 1); }

std::vector<Digest> consistency(std::span<const Digest> leaves, std::uint64_t old_size,
                                bool whole_subtree) {
  if (old_size == leaves.size()) {
    if (whole_subtree) return {};
    return {tree_root(leaves)};
  }
  const std::size_t k = split(leaves.size());
  const bool left = old_size <= k;
  auto proof = left ? consistency(leaves.first(k), old_size, whole_subtree)
                    : consistency(leaves.subspan(k), old_size - k, false);
  proof.push_back(tree_root(left ? leaves.subspan(k) : leaves.first(k)));
  return proof;
}

}  // namespace

Digest leaf_hash(Bytes entry) {
  constexpr std::size_t kOnStack = 256;
  if (entry.size() < kOnStack) {
    std::array<std::byte, kOnStack> message;
    message[0] = kLeafPrefix;
    if (!entry.empty()) std::memcpy(message.data() + 1, entry.data(), entry.size());
    return sha256(Bytes(message).first(1 + entry.size()));
  }
  Sha256 hash;
  hash.update(Bytes(&kLeafPrefix, 1));
  hash.update(entry);
  return hash.finish();
}

Digest node_hash(const Digest& left, const Digest& right) {
  std::array<std::byte, 65> message;
  message[0] = kNodePrefix;
  std::ranges::copy(left, message.begin() + 1);
  std::ranges::copy(right, message.begin() + 33);
  return sha256(message);
}

// Level by level, many nodes at once. An odd last hash moves up as it is: pairing with promotion
// splits where RFC 6962 splits, at the largest power of two below n.
Digest tree_root(std::span<const Digest> leaves) {
  constexpr std::size_t kPairsAtOnce = 128;
  constexpr std::size_t kNodeSize = 65;
  constexpr std::size_t kSlot = padded_size(kNodeSize);
  if (leaves.size() < 2 * kLanesMax) {
    TreeHasher tree;
    for (const Digest& leaf : leaves) tree.append(leaf);
    return tree.root();
  }
  LaneHasher hasher;
  std::vector<Digest> level(leaves.begin(), leaves.end());
  std::vector<std::byte> messages(kPairsAtOnce * kSlot);
  std::vector<HashJob> jobs(kPairsAtOnce);
  for (std::size_t i = 0; i < kPairsAtOnce; ++i) {
    std::byte* message = messages.data() + i * kSlot;
    message[0] = kNodePrefix;
    write_padding(message, kNodeSize);
    jobs[i] = {message, nullptr, kNodeSize};
  }
  while (level.size() > 1) {
    const std::size_t pairs = level.size() / 2;
    for (std::size_t first = 0; first < pairs; first += kPairsAtOnce) {
      const std::size_t count = std::min(kPairsAtOnce, pairs - first);
      for (std::size_t i = 0; i < count; ++i) {
        std::memcpy(messages.data() + i * kSlot + 1, &level[2 * (first + i)], 2 * sizeof(Digest));
        jobs[i].out = level[first + i].data();
      }
      hasher.hash(std::span(jobs).first(count), LaneHasher::Padding::in_place);
    }
    if (level.size() % 2 != 0) level[pairs] = level.back();
    level.resize(pairs + level.size() % 2);
  }
  return level.front();
}

void TreeHasher::append(const Digest& leaf) {
  Digest node = leaf;
  // The stack holds the roots of the complete subtrees that the bits of size_ name, largest first.
  for (std::uint64_t bits = size_; (bits & 1) != 0; bits >>= 1) {
    node = node_hash(stack_.back(), node);
    stack_.pop_back();
  }
  stack_.push_back(node);
  ++size_;
}

Digest TreeHasher::root() const {
  if (stack_.empty()) return sha256({});
  Digest root = stack_.back();
  for (std::size_t i = stack_.size() - 1; i-- > 0;) root = node_hash(stack_[i], root);
  return root;
}

std::vector<Digest> inclusion_proof(std::span<const Digest> leaves, std::uint64_t index) {
  check(index < leaves.size());
  if (leaves.size() == 1) return {};
  const std::size_t k = split(leaves.size());
  const bool left = index < k;
  auto proof = left ? inclusion_proof(leaves.first(k), index)
                    : inclusion_proof(leaves.subspan(k), index - k);
  proof.push_back(tree_root(left ? leaves.subspan(k) : leaves.first(k)));
  return proof;
}

std::vector<Digest> consistency_proof(std::span<const Digest> leaves, std::uint64_t old_size) {
  check(old_size <= leaves.size());
  // RFC 6962 defines no proof from the empty tree; RFC 9162 2.1.4.1 leaves it empty.
  if (old_size == 0 || old_size == leaves.size()) return {};
  return consistency(leaves, old_size, true);
}

Result<void> verify_inclusion(const Digest& leaf, LeafPosition position,
                              std::span<const Digest> proof, const Digest& root) {
  if (position.index >= position.tree_size)
    return fail(ErrorCode::malformed, "leaf index is outside the tree");
  std::uint64_t fn = position.index;
  std::uint64_t sn = position.tree_size - 1;
  Digest r = leaf;
  for (const Digest& p : proof) {
    if (sn == 0) return fail(ErrorCode::malformed, "inclusion proof is too long");
    if ((fn & 1) != 0 || fn == sn) {
      r = node_hash(p, r);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      r = node_hash(r, p);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) return fail(ErrorCode::malformed, "inclusion proof is too short");
  if (r != root)
    return fail(ErrorCode::proof_mismatch, "inclusion proof does not lead to the root");
  return {};
}

Result<void> verify_consistency(std::uint64_t old_size, const Digest& old_root,
                                std::uint64_t new_size, const Digest& new_root,
                                std::span<const Digest> proof) {
  if (old_size > new_size) return fail(ErrorCode::malformed, "the older tree is the larger one");
  if (old_size == 0 || old_size == new_size) {
    if (!proof.empty())
      return fail(ErrorCode::malformed, "consistency proof should be empty for these sizes");
    const Digest expected = old_size == 0 ? sha256({}) : new_root;
    if (old_root != expected || (new_size == 0 && new_root != old_root))
      return fail(ErrorCode::proof_mismatch, "the older root is not that of the newer tree");
    return {};
  }
  // A power of two leaves the old root itself out of the proof (RFC 9162 2.1.4.2, step 2).
  const bool implied = std::has_single_bit(old_size);
  if (proof.empty()) return fail(ErrorCode::malformed, "consistency proof is too short");
  std::uint64_t fn = old_size - 1;
  std::uint64_t sn = new_size - 1;
  while ((fn & 1) != 0) {
    fn >>= 1;
    sn >>= 1;
  }
  Digest fr = implied ? old_root : proof.front();
  Digest sr = fr;
  for (const Digest& c : implied ? proof : proof.subspan(1)) {
    if (sn == 0) return fail(ErrorCode::malformed, "consistency proof is too long");
    if ((fn & 1) != 0 || fn == sn) {
      fr = node_hash(c, fr);
      sr = node_hash(c, sr);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      sr = node_hash(sr, c);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) return fail(ErrorCode::malformed, "consistency proof is too short");
  if (fr != old_root || sr != new_root)
    return fail(ErrorCode::proof_mismatch, "consistency proof does not lead to both roots");
  return {};
}

}  // namespace exhibit::seal
