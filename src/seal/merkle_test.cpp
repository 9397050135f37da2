// Merkle proofs, checked exhaustively: every leaf of every tree up to 64
// entries must verify, and no proof may verify for any other leaf.
#include "exhibit/seal.h"

#include <gtest/gtest.h>

#include <vector>

namespace exhibit::seal {
namespace {

std::vector<Digest> make_leaves(std::size_t count) {
  std::vector<Digest> leaves;
  leaves.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    leaves.push_back(leaf_hash(std::as_bytes(std::span(&i, 1))));
  return leaves;
}

TEST(VerifyInclusion, AcceptsExactlyTheLeafThatIsThere) {
  for (std::size_t size = 1; size <= 64; ++size) {
    const auto leaves = make_leaves(size);
    const auto root = tree_root(leaves);
    for (std::size_t at = 0; at < size; ++at) {
      const auto proof = inclusion_proof(leaves, at);
      for (std::size_t claim = 0; claim < size; ++claim) {
        const auto verdict =
            verify_inclusion(leaves[claim], {.index = at, .tree_size = size}, proof, root);
        ASSERT_EQ(verdict.has_value(), claim == at)
            << "size " << size << ", leaf " << at << ", claim " << claim;
      }
    }
  }
}

TEST(VerifyInclusion, RejectsAnIndexOutsideTheTree) {
  const auto verdict = verify_inclusion({}, {.index = 8, .tree_size = 8}, {}, {});
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().code, ErrorCode::malformed);
}

// RFC 6962 vectors, as published in certificate-transparency's tests.
TEST(LeafHash, MatchesRfc6962ForTheEmptyEntry) {
  EXPECT_EQ(leaf_hash({})[0], std::byte{0x6e});
  EXPECT_EQ(leaf_hash({})[1], std::byte{0x34});
}

}  // namespace
}  // namespace exhibit::seal
