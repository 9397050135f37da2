// Every single-bit change of a case is found and named, or lies where docs/formats/unsealed.md says
// that nothing seals.
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "casefile/case_fixture_test.h"
#include "casefile/files.h"

namespace exhibit::casefile {
namespace {

namespace fs = std::filesystem;
using test_case::CaseTest;
using test_case::lines;
using verify::Verdict;

constexpr std::size_t kPositions = 5'000;

/// One line of the list: files whose bytes, from `marker` on (empty: all), nothing seals.
struct Unsealed {
  std::string prefix;  // of the path, or the whole path
  std::string marker;
};

// The fenced block `unsealed` of docs/formats/unsealed.md: `path` or `folder/**`, then `all` or
// `after "marker"`.
std::vector<Unsealed> read_list() {
  std::istringstream doc(
      exhibit::test::read_file(fs::path(EXHIBIT_SOURCE_DIR) / "docs/formats/unsealed.md"));
  std::vector<Unsealed> out;
  bool inside = false;
  for (std::string line; std::getline(doc, line);) {
    if (line.starts_with("```")) {
      inside = line == "```unsealed";
      continue;
    }
    if (!inside || line.empty()) continue;
    const std::size_t space = line.find(' ');
    Unsealed item{.prefix = line.substr(0, space), .marker = {}};
    if (item.prefix.ends_with("/**")) item.prefix.resize(item.prefix.size() - 2);
    const std::string rest = line.substr(space + 1);
    if (rest != "all") item.marker = rest.substr(7, rest.size() - 8);
    out.push_back(std::move(item));
  }
  return out;
}

bool is_unsealed(const std::vector<Unsealed>& list, const std::string& path,
                 const std::string& bytes, std::size_t position) {
  return std::ranges::any_of(list, [&](const Unsealed& item) {
    if (!path.starts_with(item.prefix)) return false;
    if (item.marker.empty()) return true;
    const std::size_t at = bytes.find(item.marker);
    return at != std::string::npos && position > at + item.marker.size();
  });
}

// The part of the case that a file belongs to: what a verdict must name.
std::string part_of(const std::string& path) {
  std::size_t slash = path.find('/');
  if (slash != std::string::npos) slash = path.find('/', slash + 1);
  return path.substr(0, slash);
}

class Tamper : public CaseTest {
 protected:
  void flip(const std::string& path, std::size_t position, unsigned bit) const {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekg(static_cast<std::streamoff>(position));
    const int byte = file.get();
    file.seekp(static_cast<std::streamoff>(position));
    file.put(static_cast<char>(byte ^ (1 << bit)));
  }
};

TEST_F(Tamper, EveryBitThatIsSealedIsMissedByNobody) {
  const Home keys = home();
  {
    Case made = sealed(keys);
    ASSERT_TRUE(hunt_into_case(made, {}, pack(), {}, hunt_options()));
    ASSERT_TRUE(handover(keys, made, at("handover"), {}));
  }
  std::ofstream(at("handover/exhibit.toml"), std::ios::app) << "title = \"For display\"\n";
  const Home theirs = home("their-home");
  VerifyOptions options;
  options.home = &theirs;
  options.trust = *parse_trust(keys.list_keys()->front().log.to_string());
  ASSERT_EQ(verify(at("handover"), options).overall, Verdict::valid);

  const std::vector<Unsealed> list = read_list();
  ASSERT_FALSE(list.empty());
  const auto present = files::list_files(at("handover"));
  ASSERT_TRUE(present);
  struct Position {
    std::string path;
    std::size_t offset;
  };
  std::vector<Position> positions;
  std::size_t skipped = 0;
  for (const std::string& path : *present) {
    const std::string bytes = exhibit::test::read_file(at("handover/" + path));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (is_unsealed(list, path, bytes, i)) {
        ++skipped;
      } else {
        positions.push_back({path, i});
      }
    }
    fs::permissions(at("handover/" + path), fs::perms::owner_write, fs::perm_options::add);
  }
  EXPECT_GT(skipped, 0U);
  std::mt19937_64 random(7);
  std::ranges::shuffle(positions, random);
  // The first byte of each file, then the sample.
  std::vector<Position> chosen;
  for (const std::string& path : *present) chosen.push_back({path, 0});
  for (std::size_t i = 0; i < positions.size() && chosen.size() < kPositions; ++i)
    chosen.push_back(positions[i]);
  ASSERT_EQ(chosen.size(), kPositions);
  for (const Position& p : chosen) {
    const auto bit = static_cast<unsigned>(random() % 8);
    flip(at("handover/" + p.path), p.offset, bit);
    const Report report = verify(at("handover"), options);
    const bool named = std::ranges::any_of(report.checks, [&](const verify::Check& check) {
      return check.verdict != Verdict::valid && check.subject.starts_with(part_of(p.path));
    });
    ASSERT_NE(report.overall, Verdict::valid)
        << p.path << " byte " << p.offset << " bit " << bit << " is not found";
    ASSERT_TRUE(named) << p.path << " byte " << p.offset << " bit " << bit << " is not named:\n"
                       << text(report);
    flip(at("handover/" + p.path), p.offset, bit);
  }
  EXPECT_EQ(verify(at("handover"), options).overall, Verdict::valid);
}

// What is missing is said to be missing, never passed over.
TEST_F(Tamper, EveryFileThatIsGoneIsMissed) {
  const Home keys = home();
  {
    const Case made = sealed(keys);
  }
  const auto present = files::list_files(at("case"));
  ASSERT_TRUE(present);
  for (const std::string& path : *present) {
    fs::rename(at("case/" + path), at("aside"));
    EXPECT_NE(verify(at("case"), keys).overall, Verdict::valid) << path;
    fs::rename(at("aside"), at("case/" + path));
  }
  EXPECT_EQ(verify(at("case"), keys).overall, Verdict::valid);
}

// A case from an enemy: nothing in it is waited for or followed.
TEST_F(Tamper, APipeWhereAFileShouldBeIsNotWaitedFor) {
  const Home keys = home();
  {
    const Case made = sealed(keys);
  }
  const auto present = files::list_files(at("case"));
  ASSERT_TRUE(present);
  for (const std::string& path : *present) {
    fs::rename(at("case/" + path), at("aside"));
    ASSERT_EQ(::mkfifo(at("case/" + path).c_str(), 0600), 0);
    EXPECT_NE(verify(at("case"), keys).overall, Verdict::valid) << path;
    fs::remove(at("case/" + path));
    fs::rename(at("aside"), at("case/" + path));
  }
}

TEST_F(Tamper, ATarThatIsNotOursIsRefused) {
  const Home keys = home();
  {
    const Case made = sealed(keys);
    ASSERT_TRUE(handover(keys, made, at("out.tar"), {.tar = true}));
  }
  const std::string whole = exhibit::test::read_file(at("out.tar"));
  for (std::size_t cut = 0; cut < whole.size(); cut += whole.size() / 50 + 1) {
    exhibit::test::write_file(at("cut.tar"), std::string_view(whole).substr(0, cut));
    EXPECT_FALSE(verify_case(at("cut.tar"), {})) << cut;
  }
  // A name that leads out, with a header that is whole otherwise, is not in the one form either.
  std::string out = whole;
  out.replace(0, 3, "../");
  exhibit::test::write_file(at("out-of.tar"), out);
  EXPECT_FALSE(verify_case(at("out-of.tar"), {}));
}

}  // namespace
}  // namespace exhibit::casefile
