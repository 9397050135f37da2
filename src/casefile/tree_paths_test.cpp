// Proofs in one pass, against the ones that are made with all leaves at hand.
#include "casefile/tree_paths.h"

#include <gtest/gtest.h>

#include <random>

namespace exhibit::casefile {
namespace {

std::vector<seal::Digest> leaves(std::uint64_t size) {
  std::vector<seal::Digest> out;
  for (std::uint64_t i = 0; i < size; ++i)
    out.push_back(seal::leaf_hash(as_bytes(std::to_string(i))));
  return out;
}

TEST(TreePaths, AreTheProofsOfTheTree) {
  std::mt19937_64 random(42);
  std::vector<std::uint64_t> sizes{4095, 4096, 4097, 8191, 8192, 12288, 20'001};
  for (std::uint64_t size = 1; size < 140; ++size) sizes.push_back(size);
  for (const std::uint64_t size : sizes) {
    const std::vector<seal::Digest> all = leaves(size);
    std::vector<std::uint64_t> asked;
    for (std::uint64_t i = 0; i < size; ++i)
      if (size < 20 || random() % (size < 200 ? 7 : 900) == 0) asked.push_back(i);
    TreePaths paths(size, asked);
    for (std::size_t at = 0; at < all.size();) {  // in pieces, as a file is read
      const std::size_t n =
          std::min<std::size_t>(1 + random() % (size < 200 ? 9 : 5000), all.size() - at);
      paths.append(std::span(all).subspan(at, n));
      at += n;
    }
    EXPECT_EQ(paths.root(), seal::tree_root(all)) << size;
    for (const std::uint64_t index : asked) {
      EXPECT_EQ(paths.path(index), seal::inclusion_proof(all, index)) << index << " of " << size;
      EXPECT_EQ(paths.leaf(index), all[index]);
    }
  }
}

}  // namespace
}  // namespace exhibit::casefile
