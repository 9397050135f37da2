// What the feeder says of how far it is: progress is shown from it.
#include "hunt/feeder.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "support/support.h"

namespace exhibit::hunt {
namespace {

// A plain file by its bytes, an archive by those that have been read for its members: hashing it
// first is no progress, and what comes out of it has no size that is known before.
TEST(Feeder, BytesDoneGoToTheSizeOfTheInputs) {
  const test::TempDir folder;
  std::mt19937_64 random;  // so that the archive has several batches of its own
  std::string log;
  while (log.size() < 4'000'000) log += "{\"n\":" + std::to_string(random()) + "}\n";
  test::write_file(folder.path() / "in" / "a.jsonl", log);
  test::write_file(folder.path() / "in" / "b.jsonl", log);
  ASSERT_EQ(std::system(("gzip " + (folder.path() / "in" / "b.jsonl").string()).c_str()), 0);
  const evidence::Listing listing = evidence::list_inputs({(folder.path() / "in").string()});
  ASSERT_EQ(listing.inputs.size(), 2U);
  std::uint64_t total = 0;
  for (const evidence::Input& input : listing.inputs) total += input.size_bytes;

  const HuntOptions options;
  Feeder feeder(listing, options, 1);
  std::shared_ptr<Lane> lane;
  std::vector<WorkItem> items;
  std::size_t hashed = 0;
  while (feeder.take(lane, items)) {
    EXPECT_LE(feeder.bytes_done(), total);
    if (!items.back().task->report.container) continue;
    EXPECT_EQ(feeder.bytes_done(), log.size());
    ++hashed;
  }
  EXPECT_GT(hashed, 0U);
  EXPECT_EQ(feeder.bytes_done(), total);
  EXPECT_EQ(feeder.sources_done(), 2U);
}

}  // namespace
}  // namespace exhibit::hunt
