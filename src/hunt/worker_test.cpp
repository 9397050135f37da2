// What a worker keeps from batch to batch never changes what it makes of one.
#include "hunt/worker.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "hunt/seal_of_nothing_test.h"

namespace exhibit::hunt {
namespace {

std::vector<seal::Digest> leaves_of(Worker& worker, const std::vector<std::string>& lines) {
  evidence::SourceInfo info;
  info.format = evidence::Format::json;
  std::vector<WorkItem> items(1);
  items[0].task = std::make_shared<SourceTask>(info);
  items[0].task->seal = std::make_unique<SealOfNothing>();
  items[0].outcome = std::make_unique<Outcome>();
  event::Batch& batch = items[0].outcome->batch;
  std::string all;
  for (const std::string& line : lines) {
    event::Event& event = batch.events.emplace_back();
    event.offset = all.size();
    event.length = static_cast<std::uint32_t>(line.size());
    all += line;
  }
  batch.resize(all.size());
  std::memcpy(batch.buffer.data(), all.data(), all.size());
  SpoolFile spool;
  worker.process(items, spool);
  return items[0].outcome->leaves;
}

// The table of paths is cleared when evidence brings ever new keys. The numbers of the next keys
// were others' before, and so was the list of them that the committer knows.
TEST(Worker, CommitsToTheRightPathsAfterAFloodOfKeys) {
  const sigma::RulePack pack;
  const HuntOptions options;
  Worker worker(pack, nullptr, options);
  const std::vector<std::string> first{R"({"a":1,"b":2})"};
  const std::vector<std::string> later{R"({"c":1,"d":2})"};
  ASSERT_EQ(leaves_of(worker, first).size(), 1U);
  std::vector<std::string> flood;
  for (int record = 0; record < 30; ++record) {
    std::string& keys = flood.emplace_back("{");
    for (int i = 0; i < 5'000; ++i)
      keys += "\"k" + std::to_string(record) + "_" + std::to_string(i) + "\":1,";
    keys += "\"last\":2}";
  }
  ASSERT_EQ(leaves_of(worker, flood).size(), 30U);
  Worker fresh(pack, nullptr, options);
  const auto expected = leaves_of(fresh, later);
  EXPECT_EQ(leaves_of(worker, later), expected);
  EXPECT_NE(leaves_of(worker, first), expected);
}

}  // namespace
}  // namespace exhibit::hunt
