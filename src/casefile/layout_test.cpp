#include "casefile/layout.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>

namespace exhibit::casefile::layout {
namespace {

// What is handed out and what is recognised are the same set, for every small size and some large.
TEST(Tiles, AreThoseOfTheSizeAndNoOthers) {
  std::set<std::string> all;
  for (const std::uint64_t size :
       {1U, 2U, 255U, 256U, 257U, 511U, 512U, 65'535U, 65'536U, 70'000U}) {
    std::set<std::string> tiles;
    ASSERT_TRUE(for_each_tile(size, [&](const std::string& path) -> Result<void> {
      EXPECT_TRUE(tiles.insert(path).second) << path;
      return {};
    }));
    all.insert(tiles.begin(), tiles.end());
    for (const std::string& path : all)
      ASSERT_EQ(is_tile(path, size), tiles.contains(path)) << path << " of " << size;
  }
  for (const char* path : {"tile/0/0", "tile/0/000.p/01", "tile/0/000.p/0", "tile/8/000", "tile/",
                           "tile/0", "tile/x/000.p/1", "tile/0/x000/000.p/1", "tile/0/000.p/1/"})
    EXPECT_FALSE(is_tile(path, 1)) << path;
  EXPECT_TRUE(is_tile("tile/entries/000.p/1", 1));
}

// C2SP tlog-tiles' own example.
TEST(Tiles, AreThoseOfTheSpecificationsExample) {
  std::uint64_t count = 0;
  ASSERT_TRUE(for_each_tile(70'000, [&](const std::string& path) -> Result<void> {
    if (!path.starts_with("tile/entries/")) ++count;
    return {};
  }));
  EXPECT_EQ(count, 273U + 1 + 1 + 1 + 1);
  EXPECT_TRUE(is_tile("tile/0/273.p/112", 70'000));
  EXPECT_TRUE(is_tile("tile/1/001.p/17", 70'000));
  EXPECT_TRUE(is_tile("tile/2/000.p/1", 70'000));
}

TEST(Tiles, OfAHostileSizeEndWithTheFirstThatIsNotThere) {
  std::uint64_t count = 0;
  EXPECT_FALSE(for_each_tile(std::numeric_limits<std::uint64_t>::max(),
                             [&](const std::string&) -> Result<void> {
                               ++count;
                               return fail(ErrorCode::not_found, "missing");
                             }));
  EXPECT_EQ(count, 1U);
}

TEST(Toml, NamesTheCaseInItsOneForm) {
  const std::string head = toml_head("incident-42");
  EXPECT_EQ(*read_toml(head), "incident-42");
  EXPECT_EQ(*read_toml(head + "title = \"x\"\n"), "incident-42");
  for (std::size_t i = 0; i < head.size(); ++i) {
    std::string changed = head;
    changed[i] = static_cast<char>(changed[i] ^ 0x20);
    const auto id = read_toml(changed);
    if (id) {
      EXPECT_NE(*id, "incident-42") << i;
    }
  }
  EXPECT_FALSE(read_toml("format = \"exhibit/v9\"\ncase = \"a\"\n\n[display]\n"));
  EXPECT_FALSE(read_toml(toml_head("a/b")));
}

TEST(SourceKey, HasOneForm) {
  seal::Key key{};
  key[3] = std::byte{0xab};
  const std::string text = source_key_text(key);
  EXPECT_EQ(*parse_source_key(text), key);
  for (std::size_t i = 0; i < text.size(); ++i)
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string changed = text;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      const auto other = parse_source_key(changed);
      if (other) {
        EXPECT_NE(*other, key);
      }
    }
}

}  // namespace
}  // namespace exhibit::casefile::layout
