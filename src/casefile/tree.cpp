#include "casefile/tree.h"

#include <algorithm>
#include <cstring>

#include "casefile/files.h"

namespace exhibit::casefile {
namespace {

constexpr std::size_t kDifferencesKept = 16;

}  // namespace

Result<std::vector<seal::Digest>> read_tiles(const std::string& folder, std::uint64_t size) {
  std::vector<seal::Digest> out;
  for (std::uint64_t at = 0; at < size; at += seal::kTileWidth) {
    const auto width =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(seal::kTileWidth, size - at));
    EXHIBIT_TRY(const std::string tile,
                files::read(folder + seal::tile_path(0, at / seal::kTileWidth, width)));
    if (tile.size() != width * sizeof(seal::Digest))
      return fail(ErrorCode::malformed, "a tile does not hold as many hashes as it should");
    for (std::size_t i = 0; i < width; ++i)
      std::memcpy(out.emplace_back().data(), tile.data() + i * sizeof(seal::Digest),
                  sizeof(seal::Digest));
  }
  return out;
}

void TreeChecker::append(std::span<const seal::Digest> leaves) {
  for (const seal::Digest& leaf : leaves) tiles_.append(leaf, files_);
  flush();
}

void TreeChecker::finish() {
  tiles_.partial(files_);
  flush();
}

void TreeChecker::flush() {
  for (const seal::TreeFile& file : files_) {
    const auto on_disk = files::read(folder_ + file.path);
    if (on_disk && *on_disk == file.bytes) continue;
    auto& list = on_disk ? differing_ : missing_;
    if (list.size() < kDifferencesKept) list.push_back(file.path);
  }
  files_.clear();
}

// RFC 9162 2.1.3.2 walks the same way: a node stands left of its sibling unless its number is odd
// or it is the last of an incomplete level.
TreePath make_tree_path(std::span<const seal::Digest> leaves, std::uint64_t index) {
  TreePath out;
  out.index = index;
  out.tree_size = leaves.size();
  out.leaf = leaves[index];
  seal::Digest node = out.leaf;
  std::uint64_t fn = index;
  std::uint64_t sn = leaves.size() - 1;
  for (const seal::Digest& sibling : seal::inclusion_proof(leaves, index)) {
    const bool left = (fn & 1) != 0 || fn == sn;
    node = left ? seal::node_hash(sibling, node) : seal::node_hash(node, sibling);
    out.steps.push_back({.sibling = sibling, .sibling_left = left, .node = node});
    if (left)
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    fn >>= 1;
    sn >>= 1;
  }
  out.root = node;
  return out;
}

}  // namespace exhibit::casefile
