// What the feeder says of how far it is: progress is shown from it.
#include "hunt/feeder.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "support/support.h"

namespace exhibit::hunt {
namespace {

// A plain file by its bytes, an archive by those that have been read for its members: hashing it
// first is no progress, and what comes out of it has no size that is known before.
TEST(Feeder, BytesDoneGoToTheSizeOfTheInputs) {
  const test::TempDir folder;
  std::string log;
  for (int i = 0; i < 200'000; ++i) log += "{\"n\":" + std::to_string(i * 7919 % 100'003) + "}\n";
  test::write_file(folder.path() / "in" / "a.jsonl", log);
  test::write_file(folder.path() / "in" / "b.jsonl", log);
  ASSERT_EQ(std::system(("gzip " + (folder.path() / "in" / "b.jsonl").string()).c_str()), 0);
  const evidence::Listing listing = evidence::list_inputs({(folder.path() / "in").string()});
  ASSERT_EQ(listing.inputs.size(), 2U);
  std::uint64_t total = 0;
  for (const evidence::Input& input : listing.inputs) total += input.size_bytes;

  Feeder feeder(listing, {}, 1);
  std::shared_ptr<Lane> lane;
  std::vector<WorkItem> items;
  std::uint64_t before_members = 0;
  while (feeder.take(lane, items)) {
    EXPECT_LE(feeder.bytes_done(), total);
    for (const WorkItem& item : items)
      if (item.task->report.container) before_members = feeder.bytes_done();
  }
  EXPECT_EQ(before_members, log.size());
  EXPECT_EQ(feeder.bytes_done(), total);
  EXPECT_EQ(feeder.sources_done(), 2U);
}

}  // namespace
}  // namespace exhibit::hunt
