#include "sigma/text_references.h"

#include <gtest/gtest.h>

#include <ctime>
#include <random>

namespace exhibit::sigma {
namespace {

using Reference = Predicate::Reference;
constexpr Reference kAll[] = {Reference::equal, Reference::starts, Reference::ends,
                              Reference::contains};

bool obvious(Reference how, std::string_view text, const std::vector<std::string>& others) {
  for (const std::string& other : others) {
    if (how == Reference::equal    ? text == other
        : how == Reference::starts ? text.starts_with(other)
        : how == Reference::ends   ? text.ends_with(other)
                                   : text.find(other) != std::string_view::npos)
      return true;
  }
  return false;
}

// Texts over two letters and a byte above 0x7f, so that prefixes, suffixes and repeats abound.
TEST(TextReferences, SayWhatTheObviousLoopsSay) {
  std::mt19937 random(11);
  const auto text = [&](unsigned size_max) {
    std::string out;
    for (auto n = random() % (size_max + 1); n > 0; --n) out += "ab\xc3"[random() % 3];
    return out;
  };
  TextReferences references;
  std::size_t held = 0, asked = 0;
  for (int round = 0; round < 400; ++round) {
    std::vector<std::string> others;
    for (auto n = random() % 60; n > 0; --n) {
      others.push_back(text(6));
      if (others.back().empty() && round % 8 != 0) others.back() = "bbb";  // "" hides all others
    }
    for (const Reference how : kAll) {
      references.clear(how);
      for (const std::string& other : others) references.add(other);
      EXPECT_EQ(references.empty(), others.empty());
      for (int i = 0; i < 20; ++i) {
        const std::string mine = text(9);
        const bool holds = references.hold(mine);
        ASSERT_EQ(holds, obvious(how, mine, others)) << mine;
        held += holds ? 1 : 0;
        ++asked;
      }
    }
  }
  EXPECT_GT(held, asked / 10);
  EXPECT_LT(held, asked - asked / 10);
}

// As many values on either side as an attacker likes: four times as many cost some four times as
// much, where pairs would cost sixteen.
TEST(TextReferences, CostIsThatOfTheBytes) {
  const auto cost = [](Reference how, unsigned count) {
    const std::clock_t started = std::clock();  // of this process alone
    TextReferences references;
    references.clear(how);
    const std::string same(50, 'a');
    for (unsigned i = 0; i < count; ++i) references.add(same + std::to_string(i) + "c" + same);
    for (unsigned i = 0; i < count; ++i)
      EXPECT_FALSE(references.hold(same + "x" + same + std::to_string(i)));
    return static_cast<double>(std::clock() - started);
  };
  for (const Reference how : kAll) EXPECT_LT(cost(how, 20'000) / cost(how, 5'000), 9.0);
}

}  // namespace
}  // namespace exhibit::sigma
