#include "cli/safe_text.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace exhibit::cli {
namespace {

TEST(SafeText, LeavesOrdinaryTextAlone) {
  EXPECT_EQ(safe_text("C:\\Windows\\café 電信 Ω"), "C:\\Windows\\café 電信 Ω");
}

TEST(SafeText, EscapesWhatMovesTheCursorOrColours) {
  EXPECT_EQ(safe_text("a\x1b[31mb"), "a\\x1b[31mb");
  EXPECT_EQ(safe_text("line\r\nnext\tx\x7f\a"), "line\\r\\nnext\\tx\\x7f\\x07");
  EXPECT_EQ(safe_text("\xc2\x9b"
                      "31m"),
            "\\x9b31m");  // C1 control sequence introducer, as UTF-8
  EXPECT_EQ(safe_text(std::string_view("\0x", 2)), "\\x00x");
}

TEST(SafeText, EscapesWhatReversesOrHides) {
  EXPECT_EQ(safe_text("txt\u202Eexe"), "txt\\u{202e}exe");
  EXPECT_EQ(safe_text("\u2066\u2069\u200E\u200F\u061C\u200B\uFEFF"),
            "\\u{2066}\\u{2069}\\u{200e}\\u{200f}\\u{61c}\\u{200b}\\u{feff}");
  EXPECT_EQ(safe_text("\U000E0041"), "\\u{e0041}");
}

TEST(SafeText, EscapesBytesThatAreNotUtf8) {
  EXPECT_EQ(safe_text("\xff\xc0\xaf"), "\\xff\\xc0\\xaf");
  EXPECT_EQ(safe_text("\x9b"), "\\x9b");                    // C1 as a raw byte
  EXPECT_EQ(safe_text("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // a surrogate
}

TEST(SafeText, NoByteSequenceOfTwoGetsAControlThrough) {
  for (unsigned a = 0; a < 256; ++a) {
    for (unsigned b = 0; b < 256; ++b) {
      const std::string in{static_cast<char>(a), static_cast<char>(b)};
      const std::string out = safe_text(in);
      ASSERT_TRUE(base::is_utf8(out));
      for (std::size_t at = 0; at < out.size();) {
        const auto d = base::decode_utf8(out, at);
        ASSERT_FALSE(d.codepoint < 0x20 || (d.codepoint >= 0x7f && d.codepoint <= 0x9f)) << a << b;
        at += d.size_bytes;
      }
    }
  }
}

// Each is what a shell takes for the text again.
TEST(ShellWord, CanBePasted) {
  EXPECT_EQ(shell_word("cases/incident-42"), "cases/incident-42");
  EXPECT_EQ(shell_word("my case"), "'my case'");
  EXPECT_EQ(shell_word("$HOME;rm *"), "'$HOME;rm *'");
  EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_word("案件"), "'案件'");
  EXPECT_EQ(shell_word("~"), "'~'");
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("a\x1b[31m\n'\xff"), "$'a\\x1b[31m\\x0a\\x27\\xff'");
}

TEST(SafeCut, CountsCellsAndNotBytes) {
  EXPECT_EQ(safe_cut("abcdef", 6), "abcdef");
  EXPECT_EQ(safe_cut("abcdef", 4), "abc…");
  EXPECT_EQ(safe_cut("電信事業者", 10), "電信事業者");
  EXPECT_EQ(safe_cut("電信事業者", 6), "電信…");
  for (std::size_t width = 1; width < 12; ++width) {
    EXPECT_LE(base::display_width(safe_cut("a電b信c事\x1b", width)), width);
    EXPECT_LE(base::display_width(safe_cut_middle("a電b信c事業者d\x1b", width)), width);
  }
}

TEST(SafeCut, MiddleKeepsTheEnd) {
  EXPECT_EQ(safe_cut_middle("/very/long/path/Security.evtx", 20), "/very/…Security.evtx");
}

}  // namespace
}  // namespace exhibit::cli
