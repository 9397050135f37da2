#include "sigma/pattern.h"

#include <gtest/gtest.h>

#include <set>

#include "base/text.h"

namespace exhibit::sigma {
namespace {

// `*` and `?` as wildcards, literals in brackets.
std::string shown(const Pattern& pattern) {
  std::string out;
  for (const PatternToken& token : pattern)
    out += token.kind == PatternToken::Kind::any_one    ? "?"
           : token.kind == PatternToken::Kind::any_many ? "*"
                                                        : "[" + token.text + "]";
  return out;
}

// Sigma 2.1, "Escape Character", line by line.
TEST(ParsePattern, EscapesAsTheSpecificationSays) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {R"(plain)", "[plain]"},
      {R"(a\b)", R"([a\b])"},
      {R"(a\\b)", R"([a\b])"},
      {R"(a\*b)", "[a*b]"},
      {R"(a\?b)", "[a?b]"},
      {R"(a\\*b)", R"([a\]*[b])"},
      {R"(a\\?b)", R"([a\]?[b])"},
      {R"(a\\\*b)", R"([a\*b])"},
      {R"(a\\\b)", R"([a\\b])"},
      {R"(a\\\\b)", R"([a\\b])"},
      {R"(a\)", R"([a\])"},
      {R"(a\\)", R"([a\])"},
      {R"(\)", R"([\])"},
      {R"(*)", "*"},
      {R"(a**b)", "[a]*[b]"},
      {R"(?*?)", "?*?"},
      {R"()", ""},
      {R"(C:\Windows\*\x.exe)", R"([C:\Windows*\x.exe])"},
      {R"(\\server\*)", R"([\server*])"},
  };
  for (const auto& [text, expected] : cases)
    EXPECT_EQ(shown(parse_pattern(text)), expected) << text;
}

TEST(Glob, MatchesWholeValuesByCodePoint) {
  const auto matches = [](std::string_view pattern, std::string_view text) {
    return glob_matches(parse_pattern(pattern), text);
  };
  EXPECT_TRUE(matches("", ""));
  EXPECT_FALSE(matches("", "a"));
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("a*b", "ab"));
  EXPECT_TRUE(matches("a*b*c", "aXbbXc"));
  EXPECT_FALSE(matches("a*b", "abc"));
  EXPECT_TRUE(matches("?", "é"));
  EXPECT_FALSE(matches("?", ""));
  EXPECT_FALSE(matches("?", "ab"));
  EXPECT_TRUE(matches("*?b", "aab"));
  EXPECT_TRUE(matches("*ab*ab", "abab"));
  EXPECT_FALSE(matches("*ab*ab", "ab"));
  EXPECT_TRUE(matches("*a?c", "aXabc"));
}

// Every pattern over {a, b, *, ?} up to four tokens against every text over {a, b} up to five, by a
// definition that takes another way: sets of reachable positions.
TEST(Glob, AgreesWithPositionSetsOnASmallWorld) {
  const std::string letters = "ab*?";
  std::vector<std::string> patterns{""}, texts{""};
  for (std::size_t i = 0; i < patterns.size(); ++i)
    if (patterns[i].size() < 4)
      for (const char c : letters) patterns.push_back(patterns[i] + c);
  for (std::size_t i = 0; i < texts.size(); ++i)
    if (texts[i].size() < 5)
      for (const char c : {'a', 'b'}) texts.push_back(texts[i] + c);
  for (const std::string& pattern : patterns)
    for (const std::string& text : texts) {
      std::set<std::size_t> at{0};
      for (const char p : pattern) {
        std::set<std::size_t> next;
        for (const std::size_t i : at) {
          if (p == '*')
            for (std::size_t j = i; j <= text.size(); ++j) next.insert(j);
          else if (i < text.size() && (p == '?' || p == text[i]))
            next.insert(i + 1);
        }
        at = std::move(next);
      }
      ASSERT_EQ(glob_matches(parse_pattern(pattern), text), at.contains(text.size()))
          << pattern << " on " << text;
    }
}

TEST(Windash, ReplacesDashesThatBeginAWord) {
  const auto forms = windash(parse_pattern(" -foo a-b /bar - x"));
  ASSERT_TRUE(forms.has_value());
  EXPECT_EQ(forms->size(), 25u);  // `a-b` and the lone `-` stay
  std::set<std::string> all;
  for (const Pattern& form : *forms) all.insert(shown(form));
  EXPECT_EQ(all.size(), 25u);
  EXPECT_TRUE(all.contains("[ /foo a-b -bar - x]"));
  EXPECT_TRUE(all.contains("[ \u2013foo a-b \u2014bar - x]"));
  EXPECT_TRUE(all.contains("[ \u2015foo a-b \u2015bar - x]"));
}

TEST(Windash, KeepsWildcardsAndIsBounded) {
  const auto forms = windash(parse_pattern("*-a*"));
  ASSERT_TRUE(forms.has_value());
  EXPECT_EQ(shown((*forms)[1]), "*[/a]*");
  EXPECT_EQ(windash(parse_pattern("-a -b -c -d -e"))->size(), kMaxWindashVariants);
  EXPECT_FALSE(windash(parse_pattern("-a -b -c -d -e -f")).has_value());
}

TEST(Base64Offsets, AreFoundAtEveryShift) {
  const std::string needle = "http://";
  const auto forms = base64_offsets(needle);
  EXPECT_EQ(forms, (std::vector<std::string>{"aHR0cDovL", "h0dHA6Ly", "odHRwOi8v"}));
  for (std::size_t shift = 0; shift < 3; ++shift) {
    const std::string text = std::string(shift, 'x') + needle + "evil";
    EXPECT_NE(base::to_base64(as_bytes(text)).find(forms[shift]), std::string::npos) << shift;
  }
}

TEST(Utf16, EncodesInThreeForms) {
  using namespace std::string_literals;
  EXPECT_EQ(to_utf16("c\u00e9", Utf16::little), "c\0\xe9\0"s);
  EXPECT_EQ(to_utf16("c", Utf16::big), "\0c"s);
  EXPECT_EQ(to_utf16("c", Utf16::marked),
            "\xff\xfe"
            "c\0"s);
  EXPECT_EQ(to_utf16("\U0001F600", Utf16::little), "\x3d\xd8\x00\xde"s);
  EXPECT_FALSE(to_utf16("\xff", Utf16::little).has_value());
}

}  // namespace
}  // namespace exhibit::sigma
