#include "sigma/literal_filter.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "base/text.h"
#include "support/evtx_value.h"

namespace exhibit::sigma::fast {
namespace {

using event::ValueType;

const std::vector<std::string_view> kLiterals{"sekurlsa::", "gentilkiwi.com", "\\mimilib.dll",
                                              "eo.oe.kiwi"};

// A value whose bytes have nothing readable around them, so that a sanitizer sees a step too far.
bool may_hold(const LiteralFilter& filter, std::string_view text, ValueType type) {
  const std::vector<char> bytes(text.begin(), text.end());
  return filter.may_hold({reinterpret_cast<const std::byte*>(bytes.data()),
                          static_cast<std::uint32_t>(bytes.size()), type});
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

class LiteralFilterTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!filter) GTEST_SKIP() << "this processor has no AVX2: there is no filter";
  }
  std::optional<LiteralFilter> filter = LiteralFilter::make(kLiterals);
};

TEST_F(LiteralFilterTest, NoLiteralIsMissedAtAnyPlaceOfTextsOfAnySize) {
  for (const std::string_view literal : kLiterals) {
    for (std::size_t size = literal.size(); size <= 140; ++size) {
      for (std::size_t at = 0; at + literal.size() <= size; ++at) {
        std::string text(size, '.');
        text.replace(at, literal.size(), literal);
        ASSERT_TRUE(may_hold(*filter, text, ValueType::utf8)) << text;
        ASSERT_TRUE(may_hold(*filter, test::utf16le(text), ValueType::utf16)) << text;
        ASSERT_TRUE(may_hold(*filter, upper(text), ValueType::utf8)) << text;
        ASSERT_TRUE(may_hold(*filter, test::utf16le(upper(text)), ValueType::utf16)) << text;
      }
    }
  }
}

TEST_F(LiteralFilterTest, TextsWithoutALiteralAreRuledOut) {
  for (std::size_t size = 0; size <= 300; ++size) {
    std::string text;
    while (text.size() < size) text += "C:\\Windows\\System32\\svchost.exe ";
    text.resize(size);
    EXPECT_FALSE(may_hold(*filter, text, ValueType::utf8)) << text;
    EXPECT_FALSE(may_hold(*filter, test::utf16le(text), ValueType::utf16)) << text;
  }
  // All but the last byte, at the end of what may be read.
  for (const std::string_view literal : kLiterals)
    for (std::size_t size = 0; size < LiteralFilter::kWindowBytes; ++size)
      EXPECT_FALSE(may_hold(*filter, literal.substr(0, size), ValueType::utf8));
}

// Short texts are read a vector at a time, as far as their page goes and no further.
TEST_F(LiteralFilterTest, NothingIsReadBeyondTheLastPage) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  auto* const pages = static_cast<char*>(
      mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(pages, MAP_FAILED);
  ASSERT_EQ(mprotect(pages + page, page, PROT_NONE), 0);
  const std::string_view literal = kLiterals.front();
  for (std::size_t size = 4; size <= 140; ++size) {
    std::string text(size, '.');
    const bool holds = size >= literal.size();
    if (holds) text.replace(size - literal.size(), literal.size(), literal);
    for (const ValueType type : {ValueType::utf8, ValueType::utf16}) {
      const std::string bytes = type == ValueType::utf8 ? text : test::utf16le(text);
      char* const at = pages + page - bytes.size();
      std::memcpy(at, bytes.data(), bytes.size());
      EXPECT_EQ(filter->may_hold({reinterpret_cast<const std::byte*>(at),
                                  static_cast<std::uint32_t>(bytes.size()), type}),
                holds);
    }
  }
  munmap(pages, 2 * page);
}

// What stands behind a value is no part of it.
TEST_F(LiteralFilterTest, TheBytesBehindAValueAreNotSearched) {
  const std::string text =
      std::string(64, '.') + std::string(kLiterals.front()) + std::string(64, '.');
  const std::string wide = test::utf16le(text);
  const std::size_t end = 64 + kLiterals.front().size();
  for (std::size_t first = 0; first < 64; ++first) {
    for (std::size_t size = 4; first + size < end; ++size) {
      const auto part = [&](const std::string& of, std::size_t width, ValueType type) {
        return filter->may_hold({reinterpret_cast<const std::byte*>(of.data()) + first * width,
                                 static_cast<std::uint32_t>(size * width), type});
      };
      ASSERT_FALSE(part(text, 1, ValueType::utf8)) << first << " " << size;
      ASSERT_FALSE(part(wide, 2, ValueType::utf16)) << first << " " << size;
    }
  }
}

// Sets of every size, against a plain search.
TEST_F(LiteralFilterTest, AgreesWithPlainSearchOnGeneratedSets) {
  std::mt19937 random(11);
  const auto below = [&](std::size_t n) { return random() % n; };
  const auto word = [&](std::size_t size, std::size_t letters) {
    std::string out(size, ' ');
    for (char& c : out) c = static_cast<char>('!' + below(letters));
    return out;
  };
  std::size_t ruled_out = 0;
  std::size_t held = 0;
  for (const std::size_t count : {std::size_t{1}, std::size_t{2}, std::size_t{8}, std::size_t{31},
                                  LiteralFilter::kLiteralsMax}) {
    for (const std::size_t letters : {3U, 20U, 90U}) {
      std::vector<std::string> literals;
      for (std::size_t i = 0; i < count; ++i)
        literals.push_back(base::folded(word(4 + below(12), letters)));
      const std::vector<std::string_view> views(literals.begin(), literals.end());
      const auto made = LiteralFilter::make(views);
      for (int round = 0; round < 300; ++round) {
        std::string text = word(below(150), letters);
        if (round % 3 == 0) text.insert(below(text.size() + 1), literals[below(count)]);
        const std::string folded = base::folded(text);
        bool holds = false;
        for (const std::string& literal : literals)
          holds |= folded.find(literal) != std::string::npos;
        for (const bool is_wide : {false, true}) {
          const bool may = may_hold(*made, is_wide ? test::utf16le(text) : text,
                                    is_wide ? ValueType::utf16 : ValueType::utf8);
          ASSERT_TRUE(may || !holds) << text;
          ruled_out += !may;
          held += holds;
        }
      }
    }
  }
  EXPECT_GT(ruled_out, 3'000U);
  EXPECT_GT(held, 3'000U);
}

// What folding makes of other letters may be ASCII: the Kelvin sign becomes k.
TEST_F(LiteralFilterTest, TextThatIsNotAsciiIsNotRuledOut) {
  for (std::size_t before = 0; before <= 80; ++before) {
    const std::string text(before, '.');
    EXPECT_TRUE(may_hold(*filter, text + "se\xe2\x84\xaaurlsa::", ValueType::utf8));
    EXPECT_TRUE(may_hold(*filter,
                         test::utf16le(text + "se") + "\x2a\x21" + test::utf16le("urlsa::"),
                         ValueType::utf16));
    EXPECT_TRUE(may_hold(*filter,
                         test::utf16le(text + "se") + "\xaf" + '\0' + test::utf16le("urlsa::"),
                         ValueType::utf16));
  }
  EXPECT_TRUE(may_hold(*filter, "sekurlsa::x", ValueType::ansi));
  EXPECT_TRUE(may_hold(*filter, "odd", ValueType::utf16));
}

TEST_F(LiteralFilterTest, NumbersAreRuledOutUnlessALiteralCouldStandInOne) {
  EXPECT_FALSE(may_hold(*filter, "\x01\x02\x03\x04", ValueType::uint32));
  EXPECT_FALSE(may_hold(*filter, "1234.5", ValueType::json_number));
  EXPECT_FALSE(may_hold(*filter, "true", ValueType::json_boolean));
  for (const std::string_view literal :
       {"1234", "true", "0xdead", "s-1-5-21", "t23:59:", "{0f0f"}) {
    const std::vector<std::string_view> literals{"sekurlsa::", literal};
    const auto numbers = LiteralFilter::make(literals);
    EXPECT_TRUE(may_hold(*numbers, "\x01\x02\x03\x04", ValueType::uint32)) << literal;
  }
}

TEST(LiteralFilter, IsMadeOfAFewLiteralsOfAsciiOnly) {
  const auto is_made = [](const std::vector<std::string_view>& literals) {
    return LiteralFilter::make(literals).has_value();
  };
  EXPECT_FALSE(is_made({}));
  EXPECT_FALSE(is_made({"sekurlsa::", "abc"}));
  EXPECT_FALSE(is_made({"sekurlsa::", "caf\xc3\xa9s"}));
  EXPECT_FALSE(is_made({"sekurlsa::", std::string_view("ab\0cd", 5)}));
  EXPECT_FALSE(is_made(std::vector<std::string_view>(LiteralFilter::kLiteralsMax + 1, "abcd")));
}

}  // namespace
}  // namespace exhibit::sigma::fast
