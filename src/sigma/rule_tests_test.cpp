#include "exhibit/rule_tests.h"

#include <gtest/gtest.h>

namespace exhibit::sigma {
namespace {

TEST(RuleTests, ReadsOurs) {
  RuleTests out;
  parse_rule_tests(
      "a/x.test.yml",
      "rule: ABC-1\n"
      "positive:\n"
      "  - {EventID: 4688, CommandLine: 'a \"b\"', Hex: 0x10, Flag: true, None: null}\n"
      "negative:\n"
      "  - EventID: 1\n"
      "    List: [a, 2]\n",
      out);
  EXPECT_TRUE(out.problems.empty());
  ASSERT_EQ(out.tests.size(), 2U);
  EXPECT_EQ(out.tests[0].rule_id, "abc-1");
  EXPECT_EQ(out.tests[0].name, "positive 1");
  EXPECT_EQ(out.tests[0].matches_min, 1U);
  EXPECT_EQ(out.tests[0].event_json,
            R"({"EventID":4688,"CommandLine":"a \"b\"","Hex":"0x10","Flag":true,"None":null})");
  EXPECT_EQ(out.tests[1].matches_max, 0U);
  EXPECT_EQ(out.tests[1].event_json, R"({"EventID":1,"List":["a",2]})");
}

TEST(RuleTests, ReadsSigmaHqs) {
  RuleTests out;
  parse_rule_tests("reg/some/info.yml",
                   "rule_metadata:\n"
                   "  - id: one\n"
                   "regression_tests_info:\n"
                   "  - name: First\n"
                   "    type: evtx\n"
                   "    match_count: 4\n"
                   "    path: regression_data/rules/some/one.evtx\n"
                   "  - name: Second\n"
                   "    path: regression_data/rules/some/two.evtx\n",
                   out);
  EXPECT_TRUE(out.problems.empty());
  ASSERT_EQ(out.tests.size(), 2U);
  EXPECT_EQ(out.tests[0].evidence_path, "reg/some/one.evtx");
  EXPECT_EQ(out.tests[0].matches_min, 4U);
  EXPECT_EQ(out.tests[1].matches_min, 1U);
}

TEST(RuleTests, WhatIsWrongIsNeverSilent) {
  for (const auto* text : {"rule: x\n", "- a\n", "rule: x\npositive: 1\nnegative: []\n",
                           "rule: x\npositive: [a]\nnegative: []\n", "rule: [\n"}) {
    RuleTests out;
    parse_rule_tests("x.test.yml", text, out);
    EXPECT_FALSE(out.problems.empty()) << text;
  }
}

}  // namespace
}  // namespace exhibit::sigma
