#include "base/canonical_json.h"

#include <gtest/gtest.h>

namespace exhibit::base {
namespace {

TEST(CanonicalJson, ReadsWhatTheWriterWrites) {
  const auto json = parse_canonical_json(R"({"a":[1,-2,true,null],"b":{"c":"x\ty \u0001 é"}})");
  ASSERT_TRUE(json);
  EXPECT_EQ(json->find("a")->items.size(), 4U);
  EXPECT_EQ(json->find("a")->items[0].as_number(), 1U);
  EXPECT_EQ(json->find("b")->string("c"), "x\ty \x01 é");
}

// Every other spelling of the same value is refused: sealed files have one form.
TEST(CanonicalJson, RefusesEveryOtherSpelling) {
  for (const char* text : {"{\"a\": 1}",
                           "{\"b\":1,\"a\":2}",
                           "{\"a\":1,\"a\":1}",
                           "1.0",
                           "1e3",
                           "01",
                           "-0",
                           "9007199254740993",
                           "\"\\u0041\"",
                           "\"\\/\"",
                           "\"\\u001F\"",
                           "\"\xff\"",
                           "{\"é\":1}",
                           "",
                           "[1,]",
                           "nul",
                           "\"a",
                           "1 ",
                           "[",
                           "{\"a\"",
                           "\"\\u00",
                           "\"\\",
                           "+1",
                           "\"\n\""})
    EXPECT_FALSE(parse_canonical_json(text)) << text;
}

TEST(CanonicalJson, BoundsDepthAndNumbers) {
  EXPECT_TRUE(parse_canonical_json("9007199254740992"));
  std::string deep(kJsonDepthMax + 2, '[');
  const auto refused = parse_canonical_json(deep);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::limit);
}

}  // namespace
}  // namespace exhibit::base
