#include "sigma/matcher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace exhibit::sigma::fast {
namespace {

using Anchor = Literal::Anchor;

bool holds(const Literal& literal, std::string_view text) {
  switch (literal.anchor) {
    case Anchor::whole:
      return text == literal.text;
    case Anchor::start:
      return text.starts_with(literal.text);
    case Anchor::end:
      return text.ends_with(literal.text);
    case Anchor::anywhere:
      return text.find(literal.text) != std::string_view::npos;
  }
  return false;
}

std::vector<std::uint32_t> expected(const std::vector<Literal>& literals, std::string_view text) {
  std::vector<std::uint32_t> out;
  for (std::uint32_t i = 0; i < literals.size(); ++i)
    if (holds(literals[i], text)) out.push_back(i);
  return out;
}

// `padding` stands around the text, as other text would: it must not be matched.
std::vector<std::uint32_t> scan(const Matcher& matcher, std::string_view text, HitSet& hits,
                                char padding = '\0') {
  std::string padded(kTextPadBytes, padding);
  padded.append(text).append(kTextPadBytes, padding);
  hits.begin(matcher.size());
  matcher.scan({padded.data() + kTextPadBytes, text.size()}, hits);
  std::vector<std::uint32_t> out(hits.members().begin(), hits.members().end());
  std::sort(out.begin(), out.end());
  return out;
}

TEST(Matcher, HoldsNothingWithoutLiterals) {
  HitSet hits;
  EXPECT_TRUE(scan(Matcher(), "", hits).empty());
  EXPECT_TRUE(scan(Matcher(), "powershell", hits).empty());
}

TEST(Matcher, FindsEachAnchorOnlyWhereItBelongs) {
  const std::vector<Literal> literals{
      {Anchor::whole, ""},        {Anchor::whole, "cmd.exe"},     {Anchor::start, "c:\\"},
      {Anchor::end, "\\cmd.exe"}, {Anchor::anywhere, "system32"}, {Anchor::anywhere, "/c"},
      {Anchor::anywhere, "z"},    {Anchor::anywhere, ".ex"},
  };
  const Matcher matcher(literals);
  HitSet hits;
  for (const std::string_view text :
       {"", "cmd.exe", "c:\\windows\\system32\\cmd.exe", "x cmd.exe", "cmd.exe /c z", "z", "c:\\",
        ".ex", "syste", "system32", "system3"})
    EXPECT_EQ(scan(matcher, text, hits), expected(literals, text)) << text;
}

// Every literal of up to five letters over {a, b, zero} that is tried, against every text of up to
// six: edges, overlaps, repeats, and literals that reach into the padding.
TEST(Matcher, AgreesWithPlainSearchOnEverySmallText) {
  constexpr std::string_view kLetters("ab\0", 3);
  std::vector<std::string> words{""};
  for (std::size_t first = 0, size = 1; size <= 6; ++size) {
    const std::size_t end = words.size();
    for (; first < end; ++first)
      for (const char c : kLetters) words.push_back(words[first] + c);
  }
  std::vector<Literal> literals;
  for (const std::string& word : words) {
    if (word.size() > 5) continue;
    for (const Anchor anchor : {Anchor::whole, Anchor::start, Anchor::end, Anchor::anywhere})
      if (!word.empty() || anchor == Anchor::whole) literals.push_back({anchor, word});
  }
  const Matcher all(literals);
  HitSet hits;
  for (const std::string& text : words) {
    ASSERT_EQ(scan(all, text, hits), expected(literals, text)) << text;
    ASSERT_EQ(scan(all, text, hits, 'a'), expected(literals, text)) << text;
  }
}

// Sets of every size (bitmap, buckets and blocks of 64 change with it), seeded.
TEST(Matcher, AgreesWithPlainSearchOnGeneratedSets) {
  std::mt19937 random(7);
  const auto below = [&](std::size_t n) { return random() % n; };
  const auto word = [&](std::size_t longest, std::size_t letters) {
    std::string out(below(longest) + 1, ' ');
    for (char& c : out) c = static_cast<char>('a' + below(letters));
    return out;
  };
  HitSet hits;
  for (const std::size_t count : {1U, 2U, 63U, 64U, 65U, 300U, 2000U}) {
    for (const std::size_t letters : {2U, 5U, 20U}) {
      std::vector<Literal> literals;
      for (std::size_t i = 0; i < count; ++i)
        literals.push_back({static_cast<Anchor>(below(4)), word(30, letters)});
      const Matcher matcher(literals);
      for (int round = 0; round < 20; ++round) {
        std::string text = round % 5 == 0 ? std::string() : word(200, letters);
        for (int pieces = 0; pieces < 3; ++pieces) text += literals[below(count)].text;
        ASSERT_EQ(scan(matcher, text, hits), expected(literals, text))
            << count << " literals of " << letters << " letters in " << text;
      }
    }
  }
}

TEST(Matcher, FindsALiteralTwiceInTheTextOnce) {
  const Matcher matcher({{Anchor::anywhere, "aaaa"}, {Anchor::anywhere, "aa"}});
  HitSet hits;
  EXPECT_EQ(scan(matcher, std::string(10'000, 'a'), hits), (std::vector<std::uint32_t>{0, 1}));
}

}  // namespace
}  // namespace exhibit::sigma::fast
