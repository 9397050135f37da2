#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>

#include "exhibit/evidence.h"
#include "support/support.h"

namespace exhibit::evidence {
namespace {

namespace fs = std::filesystem;
using Paths = std::vector<std::string>;

class Inputs : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
  void file(const std::string& name, std::string_view bytes = "x") const {
    test::write_file(folder_.path() / name, bytes);
  }
  // Paths below the folder, in the listing's order.
  Paths list(const Paths& named) {
    listing_ = list_inputs(named);
    Paths out;
    for (const Input& input : listing_.inputs) out.push_back(below(input.path));
    return out;
  }
  Paths skipped() const {
    Paths out;
    for (const Skipped& s : listing_.skipped) out.push_back(below(s.path));
    return out;
  }
  std::string below(const std::string& full) const {
    const std::string prefix = folder_.path().string() + '/';
    return full.starts_with(prefix) ? full.substr(prefix.size()) : full;
  }

  test::TempDir folder_;
  Listing listing_;
};

TEST_F(Inputs, AreListedByPathBytesWhateverTheOrderOfTheArguments) {
  for (const char* name : {"b/2", "b/1", "a", "b.c", "B", "b/\xff", "b/sub/deep"}) file(name);
  const Paths expected{"B", "a", "b.c", "b/1", "b/2", "b/sub/deep", "b/\xff"};
  EXPECT_EQ(list({folder_.path().string()}), expected);
  EXPECT_EQ(list({path("b"), path("b.c"), path("a"), path("B")}), expected);
  EXPECT_EQ(list({path("B"), path("a"), path("b.c"), path("b/")}), expected);
  EXPECT_TRUE(listing_.skipped.empty());
  EXPECT_EQ(listing_.inputs[0].size_bytes, 1U);
}

TEST_F(Inputs, AreListedOnceHoweverOftenNamed) {
  file("a/x");
  file("a/y");
  EXPECT_EQ(list({path("a"), path("a/x"), path("a/../a/x"), path("a/./y")}),
            (Paths{"a/../a/x", "a/./y"}));
  // Two names on disk are two sources.
  fs::create_hard_link(path("a/x"), path("a/z"));
  EXPECT_EQ(list({path("a"), path("a")}), (Paths{"a/x", "a/y", "a/z"}));
}

TEST_F(Inputs, FollowALinkOnlyWhenItIsNamed) {
  file("target/x");
  fs::create_directory(path("links"));
  fs::create_symlink(path("target"), path("links/folder"));
  fs::create_symlink(path("target/x"), path("links/file"));
  fs::create_symlink(path("links"), path("links/loop"));
  EXPECT_EQ(list({path("links")}), Paths{});
  EXPECT_EQ(skipped(), (Paths{"links/file", "links/folder", "links/loop"}));
  EXPECT_EQ(list({path("links/folder")}), Paths{"links/folder/x"});
  EXPECT_EQ(list({path("links/file")}), Paths{"links/file"});
  EXPECT_TRUE(listing_.skipped.empty());
}

TEST_F(Inputs, ReportWhatIsNoFile) {
  file("a");
  ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
  EXPECT_EQ(list({folder_.path().string(), "/dev/null", path("missing"), "-"}), (Paths{"-", "a"}));
  EXPECT_EQ(skipped(), (Paths{"/dev/null", "fifo", "missing"}));
  EXPECT_EQ(listing_.skipped[0].error.code, ErrorCode::unsupported);
  EXPECT_EQ(listing_.skipped[2].error.code, ErrorCode::not_found);
  // One that takes a file's place after listing does not hold the reader.
  const auto opened = open_input({path("fifo"), 0});
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, ErrorCode::unsupported);
}

TEST_F(Inputs, ReportFoldersThatCannotBeRead) {
  if (::geteuid() == 0) GTEST_SKIP() << "root reads everything";
  file("open/x");
  file("closed/x");
  fs::permissions(path("closed"), fs::perms::none);
  EXPECT_EQ(list({folder_.path().string()}), Paths{"open/x"});
  EXPECT_EQ(skipped(), Paths{"closed"});
  fs::permissions(path("closed"), fs::perms::owner_all);
}

TEST_F(Inputs, AreListedFastWhenTheyAreMany) {
  constexpr int kFiles = 20'000;
  for (int d = 0; d < 100; ++d) {
    const std::string sub = path("d" + std::to_string(d));
    fs::create_directory(sub);
    for (int f = 0; f < kFiles / 100; ++f)
      ::close(
          ::open((sub + "/f" + std::to_string(f)).c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  }
  EXPECT_EQ(list({folder_.path().string()}).size(), std::size_t{kFiles});
  EXPECT_TRUE(std::ranges::is_sorted(listing_.inputs, {}, &Input::path));
}

}  // namespace
}  // namespace exhibit::evidence
