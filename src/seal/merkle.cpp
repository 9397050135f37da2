#include "exhibit/seal.h"

#include <openssl/evp.h>

#include <bit>

namespace exhibit::seal {
namespace {

constexpr std::byte kLeafPrefix{0x00};
constexpr std::byte kNodePrefix{0x01};

Digest hash_parts(std::span<const Bytes> parts) {
  Digest out;
  EVP_MD_CTX* ctx = EVP_MD_CTX_new();
  EVP_DigestInit_ex(ctx, EVP_sha256(), nullptr);
  for (const Bytes part : parts) EVP_DigestUpdate(ctx, part.data(), part.size());
  EVP_DigestFinal_ex(ctx, reinterpret_cast<unsigned char*>(out.data()), nullptr);
  EVP_MD_CTX_free(ctx);
  return out;
}

// Largest power of two strictly below n; n >= 2.
std::size_t split(std::size_t n) { return std::bit_floor(n - 1); }

}  // namespace

Digest leaf_hash(Bytes entry) {
  return hash_parts(std::array<Bytes, 2>{Bytes(&kLeafPrefix, 1), entry});
}

Digest node_hash(const Digest& left, const Digest& right) {
  return hash_parts(std::array<Bytes, 3>{Bytes(&kNodePrefix, 1), left, right});
}

Digest tree_root(std::span<const Digest> leaves) {
  if (leaves.empty()) return hash_parts({});
  if (leaves.size() == 1) return leaves.front();
  const std::size_t k = split(leaves.size());
  return node_hash(tree_root(leaves.first(k)), tree_root(leaves.subspan(k)));
}

std::vector<Digest> inclusion_proof(std::span<const Digest> leaves, std::uint64_t index) {
  if (leaves.size() <= 1) return {};
  const std::size_t k = split(leaves.size());
  const bool left = index < k;
  auto proof = left ? inclusion_proof(leaves.first(k), index)
                    : inclusion_proof(leaves.subspan(k), index - k);
  proof.push_back(tree_root(left ? leaves.subspan(k) : leaves.first(k)));
  return proof;
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

}  // namespace exhibit::seal
