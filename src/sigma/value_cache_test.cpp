#include "sigma/value_cache.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <tuple>

namespace exhibit::sigma::fast {
namespace {

using event::ValueType;

event::Value value_of(std::string_view text, ValueType type = ValueType::utf8) {
  const Bytes bytes = as_bytes(text);
  return {.data = bytes.data(), .size = static_cast<std::uint32_t>(bytes.size()), .type = type};
}

std::vector<std::uint32_t> to_vector(std::span<const std::uint32_t> span) {
  return {span.begin(), span.end()};
}

TEST(ValueCache, TellsFieldsTypesAndBytesApart) {
  ValueCache cache;
  const std::vector<std::uint32_t> atoms{1, 2};
  cache.insert(cache.key(1, value_of("a")), atoms);
  ASSERT_TRUE(cache.find(cache.key(1, value_of("a"))));
  EXPECT_EQ(to_vector(*cache.find(cache.key(1, value_of("a")))), atoms);
  EXPECT_FALSE(cache.find(cache.key(2, value_of("a"))));
  EXPECT_FALSE(cache.find(cache.key(1, value_of("a", ValueType::utf16))));
  EXPECT_FALSE(cache.find(cache.key(1, value_of("b"))));
  EXPECT_FALSE(cache.find(cache.key(1, value_of(""))));
  cache.insert(cache.key(1, event::Value{.data = nullptr, .size = 0, .type = ValueType::utf8}), {});
  ASSERT_TRUE(cache.find(cache.key(1, value_of(""))));
  EXPECT_TRUE(cache.find(cache.key(1, value_of("")))->empty());
}

// Values whose hashes are the same in all 64 bits stay different values.
TEST(ValueCache, ComparesBytesWhenHashesCollide) {
  ValueCache cache;
  auto a = cache.key(1, value_of("one"));
  auto b = cache.key(1, value_of("two"));
  auto c = cache.key(1, value_of("one."));
  a.hash = b.hash = c.hash = 0x1234'5678'9abc'def1;
  cache.insert(a, std::vector<std::uint32_t>{1});
  EXPECT_FALSE(cache.find(b));
  EXPECT_FALSE(cache.find(c));
  cache.insert(b, std::vector<std::uint32_t>{2});
  EXPECT_EQ(to_vector(*cache.find(a)), std::vector<std::uint32_t>{1});
  EXPECT_EQ(to_vector(*cache.find(b)), std::vector<std::uint32_t>{2});
}

// More colliding values than are probed: the rest is not remembered, and nothing is mixed up.
TEST(ValueCache, GivesUpOnValuesMadeToCollide) {
  ValueCache cache;
  std::vector<std::string> texts;
  for (std::uint32_t i = 0; i < 100; ++i) texts.push_back("value " + std::to_string(i));
  const auto key = [&](std::uint32_t i) {
    auto out = cache.key(1, value_of(texts[i]));
    out.hash = 0xabcd'0000'0001;
    return out;
  };
  for (std::uint32_t i = 0; i < 100; ++i) cache.insert(key(i), std::vector<std::uint32_t>{i});
  std::size_t known = 0;
  for (std::uint32_t i = 0; i < 100; ++i) {
    const auto found = cache.find(key(i));
    if (!found) continue;
    ++known;
    EXPECT_EQ(to_vector(*found), std::vector<std::uint32_t>{i});
  }
  EXPECT_EQ(known, kCacheProbesMax);
}

TEST(ValueCache, ForgetsEverythingAtItsLimitsAndIsNeverWrong) {
  std::mt19937 random(3);
  for (const auto& [slots, words] :
       {std::pair<std::size_t, std::size_t>{16, 100'000}, {4096, 64}, {64, 512}}) {
    ValueCache cache(slots, words);
    std::map<std::string, std::vector<std::uint32_t>> truth;
    std::size_t hits = 0;
    for (int i = 0; i < 20'000; ++i) {
      const std::string text(random() % 9, static_cast<char>('a' + random() % 6));
      auto& atoms = truth[text];
      if (atoms.empty()) atoms.assign(text.size() + 1, static_cast<std::uint32_t>(truth.size()));
      const auto key = cache.key(9, value_of(text));
      if (const auto found = cache.find(key)) {
        ++hits;
        ASSERT_EQ(to_vector(*found), atoms);
      } else {
        cache.insert(key, atoms);
      }
    }
    EXPECT_GT(hits, 0U);
    EXPECT_GT(cache.resets(), 0U);
  }
}

// Values that come once neither fill the memory nor push out those that repeat.
TEST(ValueCache, RemembersWhatComesTwiceOnceItHoldsAShare) {
  ValueCache cache(4096, 16'000);
  const auto take = [&](const std::string& text) {
    const auto key = cache.key(1, value_of(text));
    if (cache.find(key)) return true;
    cache.insert(key, std::vector<std::uint32_t>{7});
    return false;
  };
  EXPECT_FALSE(take("svchost.exe"));
  EXPECT_TRUE(take("svchost.exe"));
  for (int i = 0; i < 20'000; ++i) EXPECT_FALSE(take("once: " + std::to_string(i)));
  EXPECT_EQ(cache.resets(), 0U);
  EXPECT_TRUE(take("svchost.exe"));
  EXPECT_FALSE(take("wevtutil.exe"));
  EXPECT_FALSE(take("wevtutil.exe"));
  EXPECT_TRUE(take("wevtutil.exe"));
}

}  // namespace
}  // namespace exhibit::sigma::fast
