// Inclusion proofs of a few leaves of a large tree, in one pass over its leaves and with memory for
// the proofs alone.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "exhibit/seal.h"

namespace exhibit::casefile {

class TreePaths {
 public:
  /// For these leaves of a tree of `size`. Shapes: each index < size.
  TreePaths(std::uint64_t size, std::span<const std::uint64_t> indices);
  /// The next leaves, in order; `size` of them in all.
  void append(std::span<const seal::Digest> leaves);

  // Once all leaves have been appended:
  [[nodiscard]] seal::Digest root() const { return range(0, size_); }
  /// Siblings of a leaf that was asked for, from the leaf up. Source: RFC 6962 2.1.1.
  [[nodiscard]] std::vector<seal::Digest> path(std::uint64_t index) const;
  /// The hash of a leaf that was asked for.
  [[nodiscard]] seal::Digest leaf(std::uint64_t index) const { return range(index, index + 1); }

 private:
  struct Range {
    std::uint64_t from, to;
  };
  /// The nodes of one level that are asked for, by place, and those that have come.
  struct Level {
    std::vector<std::uint64_t> places;
    std::vector<seal::Digest> nodes;
  };
  /// Ranges of leaves whose hashes make the proof, from the leaf up.
  [[nodiscard]] std::vector<Range> siblings(std::uint64_t index) const;
  /// Asks for the whole subtrees that the range's hash is made of.
  void want(std::uint64_t from, std::uint64_t to);
  [[nodiscard]] seal::Digest range(std::uint64_t from, std::uint64_t to) const;
  /// Takes the next nodes of a level in, which begin at `place`.
  void keep(unsigned level, std::uint64_t place, std::span<const seal::Digest> nodes);
  /// A whole block of leaves, hashed side by side up to its root; then that one upwards.
  void block();

  std::uint64_t size_;
  std::uint64_t blocks_ = 0;
  std::vector<seal::Digest> pending_;  // leaves of the block that is not full yet
  std::vector<seal::Digest> open_;     // whole subtrees of blocks that wait for their sibling
  std::array<Level, 64> levels_;
  std::unique_ptr<seal::ManyHasher> hasher_ = std::make_unique<seal::ManyHasher>();
  std::vector<std::byte> preimages_;
  std::vector<Bytes> messages_;
};

}  // namespace exhibit::casefile
