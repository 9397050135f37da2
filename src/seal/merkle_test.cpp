// Merkle trees: published vectors, and proofs checked exhaustively on every tree up to 64 leaves.
#include <gtest/gtest.h>

#include <bit>
#include <vector>

#include "base/text.h"
#include "exhibit/seal.h"

namespace exhibit::seal {
namespace {

constexpr std::size_t kSmallWorld = 64;

std::vector<Digest> make_leaves(std::size_t count) {
  std::vector<Digest> leaves;
  leaves.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    leaves.push_back(leaf_hash(std::as_bytes(std::span(&i, 1))));
  return leaves;
}

// RFC 6962 2.1, word for word: slow and obvious.
Digest reference_root(std::span<const Digest> leaves) {
  if (leaves.empty()) return sha256({});
  if (leaves.size() == 1) return leaves[0];
  const std::size_t k = std::bit_floor(leaves.size() - 1);
  return node_hash(reference_root(leaves.first(k)), reference_root(leaves.subspan(k)));
}

// The eight entries and roots that Certificate Transparency implementations test with.
TEST(TreeRoot, MatchesThePublishedVectors) {
  const std::vector<std::string> entries{"",
                                         "00",
                                         "10",
                                         "2021",
                                         "3031",
                                         "40414243",
                                         "5051525354555657",
                                         "606162636465666768696a6b6c6d6e6f"};
  const std::vector<std::string> roots{
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  std::vector<Digest> leaves;
  TreeHasher tree;
  for (std::size_t size = 0; size <= entries.size(); ++size) {
    EXPECT_EQ(base::to_hex(tree_root(leaves)), roots[size]) << size;
    EXPECT_EQ(tree.root(), tree_root(leaves));
    EXPECT_EQ(tree.size(), size);
    if (size == entries.size()) break;
    leaves.push_back(leaf_hash(as_bytes(*base::from_hex(entries[size]))));
    tree.append(leaves.back());
  }
}

TEST(TreeRoot, IsRfc6962AtEverySize) {
  const auto leaves = make_leaves(300);
  TreeHasher tree;
  for (std::size_t size = 0; size <= leaves.size(); ++size) {
    const auto expected = reference_root(std::span(leaves).first(size));
    ASSERT_EQ(tree_root(std::span(leaves).first(size)), expected) << size;
    ASSERT_EQ(tree.root(), expected) << size;
    if (size < leaves.size()) tree.append(leaves[size]);
  }
}

TEST(LeafHash, PrefixesEntriesOfAnyLength) {
  for (const std::size_t size : {0U, 1U, 51U, 254U, 255U, 256U, 257U, 70'000U}) {
    const std::string entry(size, 'e');
    EXPECT_EQ(leaf_hash(as_bytes(entry)), sha256(as_bytes(std::string(1, '\0') + entry))) << size;
  }
}

TEST(VerifyInclusion, AcceptsExactlyTheLeafThatIsThere) {
  for (std::size_t size = 1; size <= kSmallWorld; ++size) {
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

TEST(VerifyInclusion, RejectsChangedProofs) {
  for (std::size_t size = 1; size <= kSmallWorld; ++size) {
    const auto leaves = make_leaves(size);
    const auto root = tree_root(leaves);
    for (std::size_t at = 0; at < size; ++at) {
      const auto proof = inclusion_proof(leaves, at);
      const LeafPosition position{.index = at, .tree_size = size};
      auto longer = proof;
      longer.push_back(leaves[0]);
      EXPECT_EQ(verify_inclusion(leaves[at], position, longer, root).error().code,
                ErrorCode::malformed);
      for (std::size_t i = 0; i < proof.size(); ++i) {
        auto wrong = proof;
        wrong[i][31] ^= std::byte{1};
        EXPECT_EQ(verify_inclusion(leaves[at], position, wrong, root).error().code,
                  ErrorCode::proof_mismatch);
        if (i + 1 < proof.size()) {
          wrong = proof;
          std::swap(wrong[i], wrong[i + 1]);
          EXPECT_FALSE(verify_inclusion(leaves[at], position, wrong, root));
        }
      }
      if (!proof.empty()) {
        EXPECT_EQ(
            verify_inclusion(leaves[at], position, std::span(proof).first(proof.size() - 1), root)
                .error()
                .code,
            ErrorCode::malformed);
      }
    }
  }
}

TEST(VerifyInclusion, RejectsAnIndexOutsideTheTree) {
  const auto verdict = verify_inclusion({}, {.index = 8, .tree_size = 8}, {}, {});
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().code, ErrorCode::malformed);
  EXPECT_FALSE(verify_inclusion({}, {.index = 0, .tree_size = 0}, {}, {}));
}

TEST(VerifyConsistency, AcceptsEveryPrefixAndNothingElse) {
  const auto leaves = make_leaves(kSmallWorld);
  std::vector<Digest> roots;
  for (std::size_t size = 0; size <= kSmallWorld; ++size)
    roots.push_back(tree_root(std::span(leaves).first(size)));
  for (std::size_t now = 0; now <= kSmallWorld; ++now) {
    const auto tree = std::span(leaves).first(now);
    for (std::size_t old = 0; old <= now; ++old) {
      const auto proof = consistency_proof(tree, old);
      ASSERT_TRUE(verify_consistency(old, roots[old], now, roots[now], proof)) << old << ' ' << now;
      // Another old root, and another new one.
      for (std::size_t other = 0; other <= kSmallWorld; ++other) {
        if (other != old) {
          ASSERT_FALSE(verify_consistency(old, roots[other], now, roots[now], proof));
        }
        if (other != now && old != 0) {
          ASSERT_FALSE(verify_consistency(old, roots[old], now, roots[other], proof));
        }
      }
      auto longer = proof;
      longer.push_back(leaves[0]);
      ASSERT_EQ(verify_consistency(old, roots[old], now, roots[now], longer).error().code,
                ErrorCode::malformed);
      for (std::size_t i = 0; i < proof.size(); ++i) {
        auto wrong = proof;
        wrong[i][0] ^= std::byte{0x80};
        ASSERT_FALSE(verify_consistency(old, roots[old], now, roots[now], wrong));
      }
      if (!proof.empty()) {
        ASSERT_FALSE(verify_consistency(old, roots[old], now, roots[now],
                                        std::span(proof).first(proof.size() - 1)));
      }
    }
  }
}

TEST(VerifyConsistency, RejectsATreeThatShrank) {
  EXPECT_EQ(verify_consistency(9, {}, 8, {}, {}).error().code, ErrorCode::malformed);
}

}  // namespace
}  // namespace exhibit::seal
