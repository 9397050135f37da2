// C2SP tlog-tiles: paths, and cutting a tree of leaf hashes into tiles of height 8.
#include "exhibit/seal.h"
#include "seal/check.h"

namespace exhibit::seal {
namespace {

// Groups of three digits, all but the last with an x before them: 1234067 is x001/x234/067.
void append_index(std::string& out, std::uint64_t index) {
  std::string digits = std::to_string(index);
  digits.insert(0, (3 - digits.size() % 3) % 3, '0');
  for (std::size_t at = 0; at < digits.size(); at += 3) {
    if (at + 3 < digits.size()) out += 'x';
    out.append(digits, at, 3);
    if (at + 3 < digits.size()) out += '/';
  }
}

std::string path(std::string prefix, std::uint64_t index, std::uint32_t width) {
  check(width >= 1 && width <= kTileWidth);
  append_index(prefix, index);
  if (width != kTileWidth) prefix += ".p/" + std::to_string(width);
  return prefix;
}

std::string tile_bytes(std::span<const Digest> hashes) {
  std::string out;
  out.reserve(hashes.size() * sizeof(Digest));
  for (const Digest& hash : hashes) out += as_text(hash);
  return out;
}

}  // namespace

std::string tile_path(unsigned level, std::uint64_t index, std::uint32_t width) {
  return path("tile/" + std::to_string(level) + '/', index, width);
}

std::string entry_bundle_path(std::uint64_t index, std::uint32_t width) {
  return path("tile/entries/", index, width);
}

void TileWriter::append(const Digest& leaf, std::vector<TreeFile>& out) {
  ++size_;
  Digest hash = leaf;
  for (unsigned level = 0;; ++level) {
    if (levels_.size() == level) {
      levels_.emplace_back().reserve(kTileWidth);
      tile_index_.push_back(0);
    }
    std::vector<Digest>& open = levels_[level];
    open.push_back(hash);
    if (open.size() < kTileWidth) return;
    out.push_back({tile_path(level, tile_index_[level]++), tile_bytes(open)});
    hash = tree_root(open);
    open.clear();
  }
}

// What lies right of a level's open tile is one more, incomplete, subtree of that level.
Digest TileWriter::root() const {
  std::vector<Digest> right;
  for (const std::vector<Digest>& open : levels_) {
    std::vector<Digest> hashes = open;
    hashes.insert(hashes.end(), right.begin(), right.end());
    if (!hashes.empty()) right.assign(1, tree_root(hashes));
  }
  return tree_root(right);
}

void TileWriter::partial(std::vector<TreeFile>& out) const {
  for (unsigned level = 0; level < levels_.size(); ++level) {
    const std::vector<Digest>& open = levels_[level];
    if (open.empty()) continue;
    out.push_back({tile_path(level, tile_index_[level], static_cast<std::uint32_t>(open.size())),
                   tile_bytes(open)});
  }
}

}  // namespace exhibit::seal
