// Merkle trees: the tile files of a ledger, and the way from a leaf to the root.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "exhibit/casefile.h"

namespace exhibit::casefile {

/// Leaf hashes of the tree below `folder` (ends with '/'), from its lowest tiles. Errors:
/// not_found, io, malformed (a tile of the wrong size).
[[nodiscard]] Result<std::vector<seal::Digest>> read_tiles(const std::string& folder,
                                                           std::uint64_t size);

/// Compares the tiles of a growing tree with those on disk.
class TreeChecker {
 public:
  explicit TreeChecker(std::string folder) : folder_(std::move(folder)) {}
  void append(std::span<const seal::Digest> leaves);
  void finish();
  [[nodiscard]] std::uint64_t size() const { return tiles_.size(); }
  [[nodiscard]] seal::Digest root() const { return tiles_.root(); }
  /// Paths below the folder of tiles that differ or are not there; the first kept are few.
  [[nodiscard]] const std::vector<std::string>& differing() const { return differing_; }
  [[nodiscard]] const std::vector<std::string>& missing() const { return missing_; }

 private:
  void flush();
  std::string folder_;
  seal::TileWriter tiles_;
  std::vector<seal::TreeFile> files_;
  std::vector<std::string> differing_, missing_;
};

/// The way from a leaf to the root, step by step. Shapes: index < leaves.size().
[[nodiscard]] TreePath make_tree_path(std::span<const seal::Digest> leaves, std::uint64_t index);

}  // namespace exhibit::casefile
