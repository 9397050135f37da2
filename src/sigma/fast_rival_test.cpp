#include "sigma/fast_rival.h"

#include <gtest/gtest.h>

namespace exhibit::sigma::fast {
namespace {

using Judge = Rival::Judge;

void try_both(Rival& rival, std::int64_t fast_ns, std::int64_t reference_ns) {
  for (std::uint32_t i = 0; i < Rival::kTrialEvents; ++i) {
    ASSERT_EQ(rival.judge(), Judge::both);
    rival.add_trial(fast_ns, reference_ns);
  }
}

TEST(Rival, IsTriedWhenWorkHasAddedUpAndFourTimesRarerWhenItLoses) {
  Rival rival;
  std::uint64_t wanted = Rival::kTrialWork;
  for (int trial = 0; trial < 3; ++trial, wanted *= 4) {
    rival.add_work(wanted - 1);
    ASSERT_EQ(rival.judge(), Judge::fast);
    rival.add_work(1);
    try_both(rival, 10, 11);
    ASSERT_EQ(rival.judge(), Judge::fast);
  }
}

TEST(Rival, JudgesFourTimesAsManyEventsEachTimeItWins) {
  Rival rival;
  rival.add_work(Rival::kTrialWork);
  std::uint32_t wanted = Rival::kEventsMin;
  for (int trial = 0; trial < 5; ++trial, wanted *= 4) {
    try_both(rival, 11, 10);
    for (std::uint32_t i = 0; i < wanted; ++i) {
      ASSERT_EQ(rival.judge(), Judge::reference);
      rival.add_event();
    }
  }
  try_both(rival, 10, 11);
  EXPECT_EQ(rival.judge(), Judge::fast);
}

// The sum of a trial decides, not the last of its events.
TEST(Rival, IsJudgedByAllEventsOfATrial) {
  Rival rival;
  rival.add_work(Rival::kTrialWork);
  rival.add_trial(1'000, 10);
  for (std::uint32_t i = 1; i < Rival::kTrialEvents; ++i) rival.add_trial(10, 20);
  EXPECT_EQ(rival.judge(), Judge::reference);
}

}  // namespace
}  // namespace exhibit::sigma::fast
