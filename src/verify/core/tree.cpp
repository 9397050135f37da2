#include "verify/core/tree.h"

#include <bit>

#include "verify/core/sha2.h"

namespace exhibit::verify::core {

Digest leaf_hash(std::string_view entry) {
  Sha256 hash;
  hash.update(std::uint8_t{0});
  hash.update(entry);
  return hash.finish();
}

Digest node_hash(const Digest& left, const Digest& right) {
  Sha256 hash;
  hash.update(std::uint8_t{1});
  hash.update(view(left));
  hash.update(view(right));
  return hash.finish();
}

Why verify_inclusion(const Digest& leaf, std::uint64_t index, std::uint64_t tree_size,
                     std::span<const Digest> proof, const Digest& root, std::span<Step> steps) {
  if (index >= tree_size) return "the index is outside of the tree";
  std::uint64_t fn = index;
  std::uint64_t sn = tree_size - 1;
  Digest r = leaf;
  std::size_t at = 0;
  for (const Digest& p : proof) {
    if (sn == 0) return "the proof is longer than the way to the root";
    const bool left = (fn & 1) != 0 || fn == sn;
    r = left ? node_hash(p, r) : node_hash(r, p);
    if (left)
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    fn >>= 1;
    sn >>= 1;
    if (at < steps.size()) steps[at++] = {.sibling = p, .node = r, .sibling_left = left};
  }
  if (sn != 0) return "the proof is shorter than the way to the root";
  if (r != root) return "the proof does not lead to the root";
  return kHolds;
}

Why verify_consistency(std::uint64_t old_size, const Digest& old_root, std::uint64_t new_size,
                       const Digest& new_root, std::span<const Digest> proof) {
  if (old_size > new_size) return "the earlier tree is the larger one";
  if (old_size == 0 || old_size == new_size) {
    if (!proof.empty()) return "the proof is longer than the way to the root";
    const Digest expected = old_size == 0 ? sha256({}) : new_root;
    if (old_root != expected || (new_size == 0 && new_root != old_root))
      return "the earlier root is not that of the later tree";
    return kHolds;
  }
  if (proof.empty()) return "the proof is shorter than the way to the root";
  const bool implied = std::has_single_bit(old_size);
  std::uint64_t fn = old_size - 1;
  std::uint64_t sn = new_size - 1;
  while ((fn & 1) != 0) {
    fn >>= 1;
    sn >>= 1;
  }
  Digest fr = implied ? old_root : proof.front();
  Digest sr = fr;
  for (const Digest& c : implied ? proof : proof.subspan(1)) {
    if (sn == 0) return "the proof is longer than the way to the root";
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
  if (sn != 0) return "the proof is shorter than the way to the root";
  if (fr != old_root || sr != new_root) return "the proof does not lead to both roots";
  return kHolds;
}

void TreeRoot::append(const Digest& leaf) {
  Digest node = leaf;
  for (std::uint64_t bits = size_; (bits & 1) != 0; bits >>= 1)
    node = node_hash(stack_[--depth_], node);
  stack_[depth_++] = node;
  ++size_;
}

Digest TreeRoot::root() const {
  if (depth_ == 0) return sha256({});
  Digest root = stack_[depth_ - 1];
  for (std::size_t i = depth_ - 1; i-- > 0;) root = node_hash(stack_[i], root);
  return root;
}

}  // namespace exhibit::verify::core
