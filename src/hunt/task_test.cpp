// One source among workers: who waits for the others, and until when.
#include "hunt/task.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace exhibit::hunt {
namespace {

// Batches commit in order, so one that comes late lets many through at once: past all that had been
// handed out when the wait began.
TEST(SourceTask, AWaitEndsWhenOthersWentFurtherThanItKnew) {
  using namespace std::chrono_literals;
  constexpr std::uint64_t kKnown = 10;
  constexpr std::uint64_t kAll = 30;
  SourceTask task(evidence::SourceInfo{});
  SpoolFile spool;
  std::vector<std::unique_ptr<Outcome>> spent;
  task.issued = kKnown;
  std::atomic<bool> waits = false;
  std::atomic<bool> give_up = false;
  std::atomic<bool> waited = false;
  std::jthread waiter([&] {
    task.wait_until_below(kKnown, [&] {
      waits = true;
      return give_up.load();
    });
    waited = true;
  });
  while (!waits) std::this_thread::yield();
  task.issued = kAll;
  for (std::uint64_t sequence = kAll; sequence > 0; --sequence) {
    auto outcome = std::make_unique<Outcome>();
    outcome->batch.sequence = sequence - 1;
    ASSERT_TRUE(task.commit(std::move(outcome), spool, spent));
  }
  EXPECT_EQ(spent.size(), kAll);
  for (int i = 0; i < 1'000 && !waited; ++i) std::this_thread::sleep_for(10ms);
  EXPECT_TRUE(waited);
  give_up = true;
}

}  // namespace
}  // namespace exhibit::hunt
