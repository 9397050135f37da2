#include <gtest/gtest.h>

#include "sigma/condition.h"
#include "sigma/test_event.h"

namespace exhibit::sigma {
namespace {

// Search identifiers `a`, `b`, `c`, `sel_1`, `sel_2` and `_x`, each true when the field of its name
// holds 1.
RulePack pack_for(const std::string& condition) {
  std::string text;
  for (const char* name : {"a", "b", "c", "sel_1", "sel_2", "_x"})
    text += std::string(name) + ":\n    " + name + ": 1\n";
  return testing::pack_of(testing::rule_text(text + "condition: " + condition));
}

bool fires(const RulePack& pack, const std::vector<std::string>& true_names) {
  testing::TestEvent event;
  for (const std::string& name : true_names) event.fields.push_back({name, "1"});
  return !testing::matches(pack, event).empty();
}

TEST(Condition, FollowsPrecedence) {
  struct Case {
    const char* condition;
    std::vector<std::string> names;
    bool expected;
  };
  const std::vector<Case> cases{{"a", {"a"}, true},
                                {"a and b", {"a"}, false},
                                {"a or b and c", {"a"}, true},
                                {"a or b and c", {"b"}, false},
                                {"(a or b) and c", {"a"}, false},
                                {"not a and b", {"b"}, true},
                                {"not a and b", {"a", "b"}, false},
                                {"not (a and b)", {"a"}, true},
                                {"not not a", {"a"}, true},
                                {"a AND NOT b", {"a"}, true},
                                {"1 of sel_*", {"sel_2"}, true},
                                {"any of sel_*", {}, false},
                                {"all of sel_*", {"sel_1"}, false},
                                {"all of sel_*", {"sel_1", "sel_2"}, true},
                                {"not 1 of sel_* and a", {"a"}, true},
                                {"a and not 1 of sel_*", {"a", "sel_1"}, false},
                                {"1 of them", {"c"}, true},
                                {"1 of them", {"_x"}, false},
                                {"all of them", {"a", "b", "c", "sel_1", "sel_2"}, true},
                                {"1 of *_*", {"_x"}, true},
                                {"_x", {"_x"}, true},
                                {"2 of them", {"a"}, false},
                                {"2 of them", {"a", "c"}, true},
                                {"3 of them", {"a", "c"}, false},
                                {"1 of a", {"a"}, true},
                                {"(((a)))", {"a"}, true},
                                {"[a and b, c]", {"c"}, true},
                                {"[a and b, c]", {"a"}, false},
                                {"a\n        and b", {"a", "b"}, true}};
  for (const Case& c : cases) {
    const RulePack pack = pack_for(c.condition);
    ASSERT_EQ(testing::refusal(pack), "") << c.condition << "\n" << render(pack.diagnostics[0]);
    EXPECT_EQ(fires(pack, c.names), c.expected) << c.condition;
  }
}

TEST(Condition, NotOverAMissingFieldIsTrue) {
  const RulePack pack =
      testing::pack_of(testing::rule_text("a:\n    F: 1\nf:\n    G: x\ncondition: a and not f"));
  EXPECT_FALSE(testing::matches(pack, {.fields = {{"F", "1"}}}).empty());
}

TEST(Condition, RefusesWithAPlace) {
  struct Case {
    const char* condition;
    const char* code;
    std::uint32_t column, length;
  };
  // The condition's text begins in column 16.
  const std::vector<Case> cases{{"a an b", "S151", 18, 2},
                                {"a b", "S151", 18, 1},
                                {"a and", "S151", 18, 3},
                                {"and a", "S151", 16, 3},
                                {"a and or b", "S151", 22, 2},
                                {"(a", "S152", 16, 1},
                                {"a)", "S152", 17, 1},
                                {"()", "S152", 17, 1},
                                {"a | count() > 5", "S153", 18, 1},
                                {"(a | count() > 5)", "S153", 19, 1},
                                {"sell_1", "S156", 16, 6},
                                {"sel_*", "S155", 16, 5},
                                {"them", "S155", 16, 4},
                                {"1 of nothing*", "S156", 21, 8},
                                {"1 of nothing", "S156", 21, 7},
                                {"0 of them", "S157", 16, 1},
                                {"some of them", "S157", 16, 4},
                                {"3 of sel_*", "S157", 16, 1}};
  for (const Case& c : cases) {
    const RulePack pack = pack_for(c.condition);
    EXPECT_EQ(testing::refusal(pack), c.code) << c.condition;
    ASSERT_FALSE(pack.diagnostics.empty());
    EXPECT_EQ(pack.diagnostics[0].column, c.column) << c.condition;
    EXPECT_EQ(pack.diagnostics[0].length, c.length) << c.condition;
  }
}

TEST(Condition, IsBounded) {
  std::string deep(200, '(');
  EXPECT_EQ(testing::refusal(pack_for(deep + "a" + std::string(200, ')'))), "S154");
  std::string nots;
  for (int i = 0; i < 200; ++i) nots += "not ";
  EXPECT_EQ(testing::refusal(pack_for(nots + "a")), "S154");
  std::string wide = "a";
  while (wide.size() < kMaxConditionSizeBytes) wide += " or a";
  EXPECT_EQ(testing::refusal(pack_for(wide)), "S154");
}

TEST(Condition, ManyMentionsOfALargeSelectionAreBounded) {
  std::string text = "s:\n    F:\n";
  for (int i = 0; i < 2000; ++i) text += "        - v" + std::to_string(i) + "\n";
  text += "condition: s";
  for (int i = 0; i < 500; ++i) text += " or s";
  EXPECT_EQ(testing::refusal(testing::pack_of(testing::rule_text(text))), "S123");
}

TEST(Condition, SuggestsAndNoticesTheUnused) {
  const RulePack pack = pack_for("sel_1 or sel2");
  EXPECT_EQ(pack.diagnostics[0].hint, "did you mean 'sel_2'?");
  const RulePack unused = pack_for("a");
  EXPECT_EQ(unused.rejected, 0u);
  EXPECT_EQ(unused.diagnostics.size(), 4u);  // not `_x`
  EXPECT_EQ(unused.diagnostics[0].code, "S158");
}

}  // namespace
}  // namespace exhibit::sigma
