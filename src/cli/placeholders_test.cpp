#include "cli/placeholders.h"

#include <gtest/gtest.h>

namespace exhibit::cli {
namespace {

TEST(Placeholders, ReadsNamesAndValues) {
  const auto read = parse_placeholders(
      "---\n# who may\nAdmins:\n  - alice # the first\n- 'it''s #1'\n  - \"C:\\x\"\r\n\nEmpty:\n");
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(*read, (Placeholders{{"Admins", {"alice", "it's #1", "C:\\x"}}, {"Empty", {}}}));
}

TEST(Placeholders, SaysWhereItIsWrong) {
  EXPECT_EQ(parse_placeholders("- a\n").error(), "line 1: a value before any `name:`");
  EXPECT_EQ(parse_placeholders("a:\n  - 'b\n").error(), "line 2: a quote that does not end");
  EXPECT_EQ(parse_placeholders("a:\n  b: c\n").error(), "line 2: expected `name:` or `- value`");
  EXPECT_EQ(parse_placeholders("a: [b]").error(), "line 1: expected `name:` or `- value`");
}

}  // namespace
}  // namespace exhibit::cli
