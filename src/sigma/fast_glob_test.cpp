#include "sigma/fast_glob.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/text.h"

namespace exhibit::sigma::fast {
namespace {

using Kind = PatternToken::Kind;

// `*` and `?` are wildcards, everything else is itself.
Pattern pattern_of(std::string_view text) {
  Pattern out;
  for (const char c : text) {
    if (c == '*')
      out.push_back({Kind::any_many, {}});
    else if (c == '?')
      out.push_back({Kind::any_one, {}});
    else
      out.push_back({Kind::literal, std::string(1, c)});
  }
  return out;
}

// The definition: token by token, code point by code point.
bool matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  const std::size_t step = text.empty() ? 0 : base::decode_utf8(text, 0).size_bytes;
  if (pattern[0] == '*')
    return matches(pattern.substr(1), text) || (step > 0 && matches(pattern, text.substr(step)));
  if (text.empty()) return false;
  if (pattern[0] == '?') return matches(pattern.substr(1), text.substr(step));
  return pattern[0] == text[0] && matches(pattern.substr(1), text.substr(1));
}

TEST(Glob, AgreesWithItsDefinitionOnEverySmallPatternAndText) {
  std::vector<std::string> patterns{""};
  for (std::size_t first = 0, size = 1; size <= 5; ++size)
    for (const std::size_t end = patterns.size(); first < end; ++first)
      for (const char c : std::string_view("ab*?")) patterns.push_back(patterns[first] + c);
  std::vector<std::string> texts{""};
  for (std::size_t first = 0, size = 1; size <= 5; ++size)
    for (const std::size_t end = texts.size(); first < end; ++first)
      for (const char* c : {"a", "b", "\xe2\x82\xac"}) texts.push_back(texts[first] + c);
  for (const std::string& pattern : patterns) {
    const Pattern tokens = normalised(pattern_of(pattern));
    const PatternShape shape = shape_of(tokens);
    ASSERT_TRUE(is_normalised(tokens)) << pattern;
    ASSERT_EQ(is_normalised(pattern_of(pattern)), pattern_of(pattern) == tokens) << pattern;
    for (const std::string& text : texts) {
      const bool wanted = matches(pattern, text);
      ASSERT_EQ(match_glob(tokens, text), wanted) << pattern << " on " << text;
      if (shape.kind == PatternShape::Kind::everything) {
        ASSERT_TRUE(wanted);
        continue;
      }
      if (shape.kind == PatternShape::Kind::ungated) continue;
      const std::string& literal = shape.literal.text;
      const bool gate = shape.literal.anchor == Literal::Anchor::whole   ? text == literal
                        : shape.literal.anchor == Literal::Anchor::start ? text.starts_with(literal)
                        : shape.literal.anchor == Literal::Anchor::end
                            ? text.ends_with(literal)
                            : text.find(literal) != std::string::npos;
      if (shape.kind == PatternShape::Kind::literal)
        ASSERT_EQ(gate, wanted) << pattern << " on " << text;
      else
        ASSERT_TRUE(gate || !wanted) << pattern << " on " << text;
    }
  }
}

TEST(Glob, NormalisesWhatIsTheSame) {
  EXPECT_EQ(normalised(pattern_of("a**b")), normalised(pattern_of("a*b")));
  EXPECT_EQ(normalised(pattern_of("a*?b")), normalised(pattern_of("a?*b")));
  EXPECT_EQ(normalised(pattern_of("ab")).size(), 1U);
}

// One any_one takes a whole code point of two to four bytes, and a byte that is no UTF-8 counts as
// one.
TEST(Glob, CountsCodePoints) {
  for (const std::string_view one : {"x", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xff"}) {
    const std::string text(one);
    EXPECT_TRUE(match_glob(normalised(pattern_of("?")), text));
    EXPECT_TRUE(match_glob(normalised(pattern_of("*a?")), "bba" + text));
    EXPECT_TRUE(match_glob(normalised(pattern_of("?a*")), text + "abb"));
    EXPECT_TRUE(match_glob(normalised(pattern_of("*?a?*")), "b" + text + "a" + text));
    EXPECT_FALSE(match_glob(normalised(pattern_of("??")), text));
    EXPECT_FALSE(match_glob(normalised(pattern_of("*a??")), "a" + text));
  }
}

}  // namespace
}  // namespace exhibit::sigma::fast
