#include "base/text.h"

#include <gtest/gtest.h>

#include "base/json_writer.h"

namespace exhibit::base {
namespace {

TEST(Hex, RoundTrips) {
  EXPECT_EQ(to_hex(as_bytes("\x01\xfe")), "01fe");
  EXPECT_EQ(from_hex("01FE"), "\x01\xfe");
  EXPECT_FALSE(from_hex("0"));
  EXPECT_FALSE(from_hex("0g"));
}

// RFC 4648 section 10, and every form that is not canonical.
TEST(Base64, IsStrict) {
  for (const auto& [plain, coded] : {std::pair{"", ""},
                                     {"f", "Zg=="},
                                     {"fo", "Zm8="},
                                     {"foo", "Zm9v"},
                                     {"foob", "Zm9vYg=="},
                                     {"fooba", "Zm9vYmE="},
                                     {"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(to_base64(as_bytes(plain)), coded);
    EXPECT_EQ(from_base64(coded), plain);
  }
  for (const char* bad : {"Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm 8"})
    EXPECT_FALSE(from_base64(bad)) << bad;
}

TEST(Utf16, LoneSurrogatesBecomeReplacementAndPairsJoin) {
  std::string out;
  const std::string input("a\0\x3d\xd8\x00\xde\x00\xd8x\0z",
                          11);  // a, U+1F600, lone high, x, odd byte
  append_utf16le(out, as_bytes(input));
  EXPECT_EQ(out, "a\U0001F600\uFFFDx");
}

TEST(Utf8, RejectsOverlongSurrogateAndTooLarge) {
  for (const char* bad :
       {"\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff", "\xc3"})
    EXPECT_FALSE(is_utf8(bad));
  EXPECT_TRUE(is_utf8("a\u00e9\u4e2d\U0001F600"));
}

TEST(Decimal, HasOneForm) {
  EXPECT_EQ(parse_decimal("0"), 0U);
  EXPECT_EQ(parse_decimal("20852163"), 20852163U);
  EXPECT_EQ(parse_decimal("18446744073709551615"), ~std::uint64_t{0});
  for (const char* wrong : {"", "00", "01", "-1", "+1", " 1", "1 ", "0x1", "18446744073709551616"})
    EXPECT_FALSE(parse_decimal(wrong)) << wrong;
}

TEST(TakeLine, TakesWholeLinesOnly) {
  std::string_view text = "one\n\nrest";
  EXPECT_EQ(take_line(text), "one");
  EXPECT_EQ(take_line(text), "");
  EXPECT_FALSE(take_line(text));
  EXPECT_EQ(text, "rest");
}

TEST(Fold, IsUnicodeSimpleFolding) {
  EXPECT_EQ(folded("CMD.exe"), "cmd.exe");
  EXPECT_EQ(folded("ÀÉÎŸ"), "àéîÿ");
  EXPECT_EQ(folded("ΑΣς"), "ασσ");  // final sigma folds to sigma
  EXPECT_EQ(folded("ЖЯ"), "жя");
  EXPECT_EQ(folded("\u212a\u017f"), "ks");            // Kelvin sign, long s
  EXPECT_EQ(folded("\u0130"), "\u0130");              // dotted capital I: only F and T entries
  EXPECT_EQ(folded("\u1e9e"), "\u00df");              // capital sharp s folds to sharp s (S)
  EXPECT_EQ(folded("\u0100\u0101"), "\u0101\u0101");  // alternating range
}

TEST(Width, CountsCells) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("中文"), 4U);
  EXPECT_EQ(display_width("e\u0301"), 1U);
  EXPECT_EQ(display_width("\U0001F600"), 2U);
}

TEST(JsonWriter, EscapesAndSeparates) {
  std::string out;
  JsonWriter(out)
      .begin_object()
      .member("a", "\"\\\n\x01\xff")
      .key("b")
      .begin_array()
      .number(std::uint64_t{1})
      .null()
      .boolean(true)
      .end_array()
      .end_object();
  EXPECT_EQ(out, "{\"a\":\"\\\"\\\\\\n\\u0001\uFFFD\",\"b\":[1,null,true]}");
}

}  // namespace
}  // namespace exhibit::base
