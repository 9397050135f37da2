// Strict JSON: what is accepted, what is written, and that there is only one form of it.
#include "base/json.h"

#include <gtest/gtest.h>

#include <random>

namespace exhibit::base {
namespace {

TEST(Json, WritesMembersInOrderOfUtf16CodeUnits) {
  // RFC 8785 3.2.3: the names of its sorting example, in the order that it expects.
  const std::vector<std::string> names{"\r",     "1",          "\u0080", "\u00f6",
                                       "\u20ac", "\U0001f600", "\ufb33"};
  for (std::size_t i = 0; i < names.size(); ++i)
    for (std::size_t k = 0; k < names.size(); ++k)
      EXPECT_EQ(utf16_less(names[i], names[k]), i < k) << i << ' ' << k;
  JsonValue object = JsonValue::object();
  for (const std::size_t i : {4U, 1U, 6U, 0U, 5U, 3U, 2U}) object.set(names[i], JsonValue{});
  EXPECT_EQ(object.names(), names);
  EXPECT_EQ(object.canonical(),
            "{\"\\r\":null,\"1\":null,\"\u0080\":null,\"\u00f6\":null,\"\u20ac\":null,"
            "\"\U0001f600\":null,\"\ufb33\":null}");
  // Supplementary code points, all of them, come before U+E000 to U+FFFF and after the rest.
  EXPECT_TRUE(utf16_less("\U0010ffff", "\ue000"));
  EXPECT_FALSE(utf16_less("\ue000", "\U0010ffff"));
  EXPECT_TRUE(utf16_less("\ud7ff", "\U00010000"));
  EXPECT_TRUE(utf16_less("a", "ab"));
  EXPECT_FALSE(utf16_less("ab", "a"));
  EXPECT_FALSE(utf16_less("a", "a"));
}

TEST(Json, WritesStringsAsRfc8785) {
  // 3.2.2.2: the string of its example.
  EXPECT_EQ(JsonValue::string("\u20ac$\x0f\nA'B\"\\\\\"/").canonical(),
            "\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"");
}

TEST(Json, IntegersBeyondTwoToThe53AreText) {
  EXPECT_EQ(JsonValue::integer(kJsonIntegerMax).canonical(), "9007199254740992");
  EXPECT_EQ(JsonValue::integer(-kJsonIntegerMax).canonical(), "-9007199254740992");
  EXPECT_EQ(JsonValue::integer(kJsonIntegerMax + 1).canonical(), "\"9007199254740993\"");
  EXPECT_EQ(JsonValue::unsigned_integer(UINT64_MAX).canonical(), "\"18446744073709551615\"");
  for (const std::uint64_t n : {std::uint64_t{0}, std::uint64_t{7}, std::uint64_t{1} << 53,
                                (std::uint64_t{1} << 53) + 1, UINT64_MAX})
    EXPECT_EQ(JsonValue::unsigned_integer(n).as_unsigned(), n);
  // A small number as text is another document: not taken for the number.
  EXPECT_FALSE(JsonValue::string("7").as_unsigned());
  EXPECT_FALSE(JsonValue::string("09007199254740993").as_unsigned());
  EXPECT_FALSE(JsonValue::string("").as_unsigned());
  EXPECT_FALSE(JsonValue::integer(-1).as_unsigned());
}

TEST(Json, ReadsWhatIsJson) {
  const auto value = parse_json(
      " { \"a\" : [ 1 , -2 , true , false , null , \"\\u00e9\\ud83d\\ude00\\/\" ] , \"b\" : { } "
      "}\n");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->canonical(), "{\"a\":[1,-2,true,false,null,\"\u00e9\U0001f600/\"],\"b\":{}}");
  ASSERT_NE(value->find("a"), nullptr);
  EXPECT_EQ(value->find("a")->items().size(), 6U);
  EXPECT_EQ(value->find("a")->items()[1].as_integer(), -2);
  EXPECT_EQ(value->find("a")->items()[2].as_boolean(), true);
  EXPECT_EQ(value->find("c"), nullptr);
  EXPECT_EQ(value->find_string("a"), nullptr);
}

TEST(Json, RejectsEverythingElse) {
  for (const std::string_view text : {"",
                                      " ",
                                      "nul",
                                      "tru",
                                      "falsey",
                                      "nullx",
                                      "01",
                                      "-0",
                                      "-",
                                      "+1",
                                      "1.0",
                                      "1e3",
                                      "1E3",
                                      ".5",
                                      "9007199254740993",
                                      "-9007199254740993",
                                      "99999999999999999999999999",
                                      "0x1",
                                      "NaN",
                                      "[1,]",
                                      "[,1]",
                                      "[1 2]",
                                      "[1",
                                      "[",
                                      "]",
                                      "{",
                                      "}",
                                      "{\"a\"}",
                                      "{\"a\":}",
                                      "{\"a\":1,}",
                                      "{a:1}",
                                      "{\"a\":1 \"b\":2}",
                                      "{\"a\":1,\"a\":2}",
                                      "{\"a\":1,\"b\":2,\"\\u0061\":3}",
                                      "\"",
                                      "\"\\\"",
                                      "\"\\x\"",
                                      "\"\\u12\"",
                                      "\"\\u12g4\"",
                                      "\"\\ud800\"",
                                      "\"\\ud800x\"",
                                      "\"\\ud800\\u0041\"",
                                      "\"\\udc00\"",
                                      "\"\n\"",
                                      "\"\x01\"",
                                      "\"\xff\"",
                                      "\"\xc0\x80\"",
                                      "\"\xed\xa0\x80\"",
                                      "1 2",
                                      "{} {}",
                                      "'a'",
                                      "// x\n1",
                                      "\xef\xbb\xbf\x31"})
    EXPECT_FALSE(parse_json(text)) << text;
  EXPECT_FALSE(parse_json(std::string_view("\"\0\"", 3)));
}

TEST(Json, LimitsAreNamed) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(parse_json(nested(kJsonDepthMax)));
  EXPECT_EQ(parse_json(nested(kJsonDepthMax + 1)).error().code, ErrorCode::limit);
  EXPECT_EQ(parse_json(std::string(100'000, '[')).error().code, ErrorCode::limit);
  EXPECT_EQ(parse_json(std::string(kJsonSizeMax + 1, ' ')).error().code, ErrorCode::limit);
  std::string many = "[0";
  for (std::size_t i = 2; i < kJsonValuesMax; ++i) many += ",0";
  EXPECT_TRUE(parse_json(many + "]"));
  EXPECT_EQ(parse_json(many + ",0]").error().code, ErrorCode::limit);
}

TEST(Json, OnlyOneFormIsCanonical) {
  const std::string good = "{\"a\":[1,\"x\"],\"b\":null}";
  ASSERT_TRUE(parse_canonical_json(good));
  for (const std::string_view text :
       {"{\"b\":null,\"a\":[1,\"x\"]}", "{\"a\": [1,\"x\"],\"b\":null}",
        "{\"a\":[1,\"\\u0078\"],\"b\":null}", "{\"a\":[1,\"x\"],\"b\":null}\n"}) {
    EXPECT_TRUE(parse_json(text));
    const auto strict = parse_canonical_json(text);
    ASSERT_FALSE(strict) << text;
    EXPECT_EQ(strict.error().code, ErrorCode::malformed);
  }
  EXPECT_EQ(parse_canonical_json("[1, 2]").error().offset, 3U);
}

JsonValue random_value(std::mt19937& random, int depth) {
  switch (random() % (depth > 4 ? 4 : 6)) {
    case 0:
      return {};
    case 1:
      return JsonValue::boolean(random() % 2 == 0);
    case 2:
      return JsonValue::integer(static_cast<std::int64_t>(random()) - 2'000'000'000);
    case 3: {
      std::string text;
      for (std::size_t i = random() % 6; i > 0; --i)
        text += std::vector<std::string>{"a",    "\"",     "\\",     "\n",
                                         "\x01", "\u00e9", "\ufb33", "\U0001f600"}[random() % 8];
      return JsonValue::string(text);
    }
    case 4: {
      JsonValue out = JsonValue::array();
      for (std::size_t i = random() % 5; i > 0; --i) out.push(random_value(random, depth + 1));
      return out;
    }
    default: {
      JsonValue out = JsonValue::object();
      for (std::size_t i = random() % 5; i > 0; --i)
        out.set(random_value(random, 9).canonical(), random_value(random, depth + 1));
      return out;
    }
  }
}

TEST(Json, WhatIsWrittenIsReadBackTheSame) {
  std::mt19937 random(1);
  for (int i = 0; i < 3'000; ++i) {
    const std::string text = random_value(random, 0).canonical();
    const auto again = parse_canonical_json(text);
    ASSERT_TRUE(again) << text;
    ASSERT_EQ(again->canonical(), text);
  }
}

}  // namespace
}  // namespace exhibit::base
