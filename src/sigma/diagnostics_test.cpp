// Golden diagnostics: tests/golden/diagnostics/<name>.yml is loaded, and what is said of it must be
// <name>.txt. EXHIBIT_UPDATE_GOLDEN=1 rewrites them; read the difference before committing it.
#include "sigma/diagnostics.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "support/support.h"

namespace exhibit::sigma {
namespace {

namespace fs = std::filesystem;

TEST(Diagnostics, SayWhatIsWrongAndWhere) {
  const fs::path folder = fs::path(EXHIBIT_SOURCE_DIR) / "tests/golden/diagnostics";
  std::vector<fs::path> rules;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".yml") rules.push_back(entry.path());
  ASSERT_FALSE(rules.empty());
  for (const fs::path& rule : rules) {
    const RulePack pack =
        load_rules_from_memory({{rule.filename().string(), test::read_file(rule)}});
    std::string said;
    for (const Diagnostic& d : pack.diagnostics) said += render(d);
    const fs::path golden = fs::path(rule).replace_extension(".txt");
    if (std::getenv("EXHIBIT_UPDATE_GOLDEN") != nullptr) test::write_file(golden, said);
    ASSERT_TRUE(fs::exists(golden)) << golden;
    EXPECT_EQ(said, test::read_file(golden)) << rule;
  }
}

TEST(Diagnostics, ShowNothingThatMovesACursor) {
  std::vector<Diagnostic> all;
  Diagnostics("a\x1b[2J.yml",
              "x: \x1b[31m\t\xe2\x80\xae"
              "b",
              all)
      .error("S000", {.line = 1, .column = 4, .length = 1}, "reason \x1b", "hint \xc2\x9b");
  const std::string text = render(all.at(0));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find("\xe2\x80\xae"), std::string::npos);
  EXPECT_EQ(text.find("\xc2\x9b"), std::string::npos);
}

TEST(Diagnostics, CutLongLinesAroundTheMark) {
  std::vector<Diagnostic> all;
  const std::string line = std::string(5000, 'a') + "X" + std::string(5000, 'b');
  Diagnostics("f", line, all).error("S000", {.line = 1, .column = 5001, .length = 1}, "r");
  const std::string text = render(all.at(0));
  EXPECT_LT(text.size(), 600u);
  const std::size_t caret = text.find('^'), mark = text.find('X');
  EXPECT_EQ(caret - text.rfind('\n', caret), mark - text.rfind('\n', mark));
}

TEST(Nearest, FindsSlipsButNotStrangers) {
  EXPECT_EQ(nearest("contians", {"contains", "cased"}), "contains");
  EXPECT_EQ(nearest("Selection", {"selection", "filter"}), "selection");
  EXPECT_EQ(nearest("zzz", {"selection", "filter"}), "");
}

}  // namespace
}  // namespace exhibit::sigma
