// Tiles: C2SP tlog-tiles paths, which tiles a tree of some size has, and the root that follows from
// nothing but the tiles.
#include <gtest/gtest.h>

#include <cstring>
#include <map>

#include "exhibit/seal.h"

namespace exhibit::seal {
namespace {

TEST(TilePath, GroupsDigitsByThree) {
  EXPECT_EQ(tile_path(0, 0), "tile/0/000");
  EXPECT_EQ(tile_path(0, 7), "tile/0/007");
  EXPECT_EQ(tile_path(1, 999), "tile/1/999");
  EXPECT_EQ(tile_path(0, 1000), "tile/0/x001/000");
  EXPECT_EQ(tile_path(0, 1'234'067), "tile/0/x001/x234/067");
  EXPECT_EQ(tile_path(3, 273, 112), "tile/3/273.p/112");
  EXPECT_EQ(tile_path(0, 1'234'067, 1), "tile/0/x001/x234/067.p/1");
  EXPECT_EQ(entry_bundle_path(0), "tile/entries/000");
  EXPECT_EQ(entry_bundle_path(1'234'067, 255), "tile/entries/x001/x234/067.p/255");
  EXPECT_EQ(tile_path(0, UINT64_MAX), "tile/0/x018/x446/x744/x073/x709/x551/615");
}

Digest leaf(std::uint64_t i) { return leaf_hash(std::as_bytes(std::span(&i, 1))); }

struct Tree {
  std::vector<Digest> leaves;
  std::map<std::string, std::string> files;
  Digest root{};
};

Tree make_tree(std::uint64_t size) {
  Tree tree;
  TileWriter writer;
  std::vector<TreeFile> files;
  for (std::uint64_t i = 0; i < size; ++i) {
    tree.leaves.push_back(leaf(i));
    writer.append(tree.leaves.back(), files);
  }
  writer.partial(files);
  for (TreeFile& file : files)
    EXPECT_TRUE(tree.files.emplace(std::move(file.path), std::move(file.bytes)).second);
  EXPECT_EQ(writer.size(), size);
  tree.root = writer.root();
  return tree;
}

std::vector<Digest> hashes(std::string_view bytes) {
  EXPECT_EQ(bytes.size() % 32, 0U);
  std::vector<Digest> out(bytes.size() / 32);
  std::memcpy(out.data(), bytes.data(), bytes.size());
  return out;
}

// The tile that holds hash `index` of the level, as wide as the tree has it.
std::vector<Digest> read_tile(const Tree& tree, std::uint64_t size_at_level, unsigned level,
                              std::uint64_t index) {
  const std::uint64_t width = std::min<std::uint64_t>(256, size_at_level - index * 256);
  const auto file = tree.files.find(tile_path(level, index, static_cast<std::uint32_t>(width)));
  EXPECT_NE(file, tree.files.end());
  return file == tree.files.end() ? std::vector<Digest>{} : hashes(file->second);
}

// Root from tiles alone: the rightmost tile of each level holds the complete subtrees of height 8 *
// level that no tile above covers; folding them from the right with promotion is RFC 6962's split.
Digest root_from_tiles(const Tree& tree, std::uint64_t size) {
  std::optional<Digest> right;
  unsigned level = 0;
  for (std::uint64_t n = size; n > 0; n /= 256, ++level) {
    if (n % 256 == 0) continue;
    const auto tile = read_tile(tree, n, level, n / 256);
    EXPECT_EQ(tile.size(), n % 256);
    // Complete subtrees within the tile, largest first.
    std::vector<Digest> parts;
    std::size_t at = 0;
    for (std::size_t bit = 128; bit > 0; bit /= 2) {
      if ((tile.size() & bit) == 0) continue;
      parts.push_back(tree_root(std::span(tile).subspan(at, bit)));
      at += bit;
    }
    for (std::size_t i = parts.size(); i-- > 0;)
      right = right ? node_hash(parts[i], *right) : parts[i];
  }
  return right ? *right : sha256({});
}

TEST(TileWriter, HasTheTilesOf70000Leaves) {
  const Tree tree = make_tree(70'000);
  std::map<std::string, std::size_t> expected;  // path: hashes
  for (std::uint64_t i = 0; i < 273; ++i) expected[tile_path(0, i)] = 256;
  expected["tile/0/273.p/112"] = 112;
  expected["tile/1/000"] = 256;
  expected["tile/1/001.p/17"] = 17;
  expected["tile/2/000.p/1"] = 1;
  std::map<std::string, std::size_t> found;
  for (const auto& [path, bytes] : tree.files) found[path] = bytes.size() / 32;
  EXPECT_EQ(found, expected);
  EXPECT_EQ(tree.root, tree_root(tree.leaves));
  EXPECT_EQ(root_from_tiles(tree, 70'000), tree.root);
}

TEST(TileWriter, RootFollowsFromTilesAloneAtEverySize) {
  for (const std::uint64_t size : {0U, 1U, 2U, 3U, 127U, 128U, 255U, 256U, 257U, 300U, 511U, 512U,
                                   513U, 1000U, 65'535U, 65'536U, 65'537U}) {
    const Tree tree = make_tree(size);
    EXPECT_EQ(tree.root, tree_root(tree.leaves)) << size;
    EXPECT_EQ(root_from_tiles(tree, size), tree.root) << size;
  }
  const Tree one = make_tree(256);
  EXPECT_EQ(one.files.size(), 2U);  // a full tile, and its root in a partial one
  EXPECT_TRUE(one.files.contains("tile/0/000"));
  EXPECT_TRUE(one.files.contains("tile/1/000.p/1"));
}

// Hash i of tile n at level l is the root of its 256^l leaves.
TEST(TileWriter, UpperTilesHoldTheRootsOfLowerOnes) {
  const Tree tree = make_tree(1000);
  const auto upper = hashes(tree.files.at("tile/1/000.p/3"));
  ASSERT_EQ(upper.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(upper[i], tree_root(std::span(tree.leaves).subspan(i * 256, 256)));
}

}  // namespace
}  // namespace exhibit::seal
