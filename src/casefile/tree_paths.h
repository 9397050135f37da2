// Inclusion proofs of a few leaves of a large tree, in one pass over its leaves and with memory for
// the proofs alone.
#pragma once

#include <span>
#include <unordered_map>
#include <vector>

#include "exhibit/seal.h"

namespace exhibit::casefile {

class TreePaths {
 public:
  /// For these leaves of a tree of `size`. Shapes: each index < size.
  TreePaths(std::uint64_t size, std::span<const std::uint64_t> indices);
  /// The next leaves, in order.
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
  /// Ranges of leaves whose hashes make the proof, from the leaf up.
  [[nodiscard]] std::vector<Range> siblings(std::uint64_t index) const;
  /// Asks for the whole subtrees that the range's hash is made of.
  void want(std::uint64_t from, std::uint64_t to);
  [[nodiscard]] seal::Digest range(std::uint64_t from, std::uint64_t to) const;

  std::uint64_t size_;
  std::uint64_t appended_ = 0;
  std::vector<seal::Digest> open_;  // whole subtrees that wait for their sibling, largest first
  std::unordered_map<std::uint64_t, seal::Digest> nodes_;  // those wanted, by level and place
};

}  // namespace exhibit::casefile
