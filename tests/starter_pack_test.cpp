// The starter pack as files: whatever an engine thinks of the rules, each has what the pack
// promises.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "support/support.h"

namespace exhibit::test {
namespace {

namespace fs = std::filesystem;

const fs::path kPack = fs::path(EXHIBIT_SOURCE_DIR) / "packs/starter";

std::vector<fs::path> rule_files() {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(kPack)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".yml") && !name.ends_with(".test.yml")) out.push_back(entry.path());
  }
  std::ranges::sort(out);
  return out;
}

// The value of `key: value` at the beginning of a line; empty where there is none.
std::string top_level(const std::string& yaml, const std::string& key) {
  const std::string start = "\n" + key + ": ";
  const std::string text = "\n" + yaml;
  const std::size_t at = text.find(start);
  if (at == std::string::npos) return "";
  const std::size_t from = at + start.size();
  return text.substr(from, text.find('\n', from) - from);
}

TEST(StarterPack, HasAtLeastFortyRules) { EXPECT_GE(rule_files().size(), 40u); }

TEST(StarterPack, EveryRuleSaysWhatItIs) {
  std::map<std::string, fs::path> ids;
  for (const fs::path& path : rule_files()) {
    SCOPED_TRACE(path.filename().string());
    const std::string rule = read_file(path);
    const std::string id = top_level(rule, "id");
    EXPECT_EQ(id.size(), 36u);
    EXPECT_TRUE(ids.emplace(id, path).second) << "has the id of " << ids[id];
    EXPECT_EQ(top_level(rule, "author"), "Exhibit project");
    EXPECT_EQ(top_level(rule, "license"), "Apache-2.0");
    EXPECT_NE(rule.find("\nfalsepositives:\n"), std::string::npos);
    EXPECT_NE(rule.find("    - attack.t"), std::string::npos);
    const std::string level = top_level(rule, "level");
    EXPECT_TRUE(level == "medium" || level == "high" || level == "critical") << level;
  }
}

TEST(StarterPack, EveryRuleHasATestWithBothSides) {
  for (const fs::path& path : rule_files()) {
    SCOPED_TRACE(path.filename().string());
    fs::path test_path = path;
    test_path.replace_extension(".test.yml");
    ASSERT_TRUE(fs::exists(test_path));
    const std::string test = read_file(test_path);
    EXPECT_EQ(top_level(test, "rule"), top_level(read_file(path), "id"));
    EXPECT_NE(test.find("\npositive:\n    - Channel: "), std::string::npos);
    EXPECT_NE(test.find("\nnegative:\n    - Channel: "), std::string::npos);
  }
  const auto tests = std::ranges::count_if(
      fs::directory_iterator(kPack), fs::directory_iterator(),
      [](const fs::directory_entry& e) { return e.path().string().ends_with(".test.yml"); });
  EXPECT_EQ(static_cast<std::size_t>(tests), rule_files().size()) << "a test without its rule";
}

}  // namespace
}  // namespace exhibit::test
