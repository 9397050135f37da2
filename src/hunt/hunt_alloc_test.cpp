// After warm-up an event costs no allocation on its way through the hunt: read, parsed, put to
// rules, committed to. What a finding cites is made for it and is counted apart.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "exhibit/hunt.h"
#include "hunt/seal_of_nothing_test.h"
#include "hunt/task.h"
#include "hunt/worker.h"
#include "support/alloc_counter.h"
#include "support/evtx_event.h"
#include "support/support.h"

namespace exhibit::hunt {
namespace {

// Rules of every kind of predicate, none of which holds for a record of these tests.
constexpr std::string_view kRules = R"(title: Asks and asks
id: 7d2d9f6e-1111-4222-8333-444444444444
level: high
logsource: {product: windows, category: process_creation}
detection:
  text: {CommandLine|contains: ['no such word', 'nor this one'], Image|endswith: '\nothing.exe'}
  glob: {CommandLine: '*po?er*shell*nothing*'}
  regex: {CommandLine|re: '(?i)power(shell)?\s+nothing[0-9]+'}
  bare: {CommandLine|re: '[0-9]{40}'}
  number: {ProcessId|gt: 99999999}
  address: {ParentImage|cidr: '10.0.0.0/8'}
  reference: {Image|fieldref: ParentImage}
  words: ['nowhere to be found']
  condition: text or glob or regex or bare or number or address or reference or words
---
title: Asks for what is not there
id: 7d2d9f6e-1111-4222-8333-555555555555
level: low
logsource: {product: windows, category: process_creation}
detection:
  here: {Image|endswith: '.exe'}
  but: {CommandLine|contains: 'hello'}
  condition: here and not but
)";

constexpr int kRecords = 200;

std::string command(int i) {
  return "powershell -Command \"hello world\" number " + std::to_string(i % 40);
}

std::string json_block() {
  std::string out;
  for (int i = 0; i < kRecords; ++i)
    out += R"({"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Hostname":"ws)" +
           std::to_string(i % 7) + R"(.example.net","@timestamp":"2026-11-01T00:00:00Z",)" +
           R"("Image":"C:\\Windows\\cmd.exe","ParentImage":"C:\\Windows\\explorer.exe",)" +
           R"("ProcessId":)" + std::to_string(1000 + i) +
           R"(,"CommandLine":"powershell -Command )" + R"(\"hello world\" number )" +
           std::to_string(i % 40) + R"("})" + "\n";
  return out;
}

// One chunk's worth of records, as the bytes of chunks.
std::string evtx_chunks() {
  test::EvtxWriter writer;
  for (int i = 0; i < kRecords; ++i) {
    test::EvtxEvent e;
    e.provider = "Microsoft-Windows-Sysmon";
    e.event_id = 1;
    e.ticks = 134'000'000'000'000'000;
    e.channel = "Microsoft-Windows-Sysmon/Operational";
    e.computer = "ws" + std::to_string(i % 7) + ".example.net";
    e.user_sid = "S-1-5-18";
    e.data = {{"Image", test::evtx_string(R"(C:\Windows\cmd.exe)")},
              {"ParentImage", test::evtx_string(R"(C:\Windows\explorer.exe)")},
              {"ProcessId", test::evtx_uint32(static_cast<std::uint32_t>(1000 + i))},
              {"CommandLine", test::evtx_string(command(i))}};
    add_event(writer, e, i % 3 != 0);
  }
  return writer.finish().substr(test::kEvtxFileHeaderSizeBytes);
}

std::string repeated(std::string_view block, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += block;
  return out;
}
std::string json_file(std::size_t bytes) {
  const std::string block = json_block();
  return repeated(block, bytes / block.size() + 1);
}
std::string evtx_file(std::size_t bytes) {
  const std::string chunks = evtx_chunks();
  return test::EvtxWriter().finish().substr(0, test::kEvtxFileHeaderSizeBytes) +
         repeated(chunks, bytes / chunks.size() + 1);
}

// Takes everything and keeps nothing.
class Nowhere final : public SealSink {
 public:
  Result<std::unique_ptr<SourceSeal>> begin(const evidence::SourceInfo&, bool) override {
    return std::make_unique<SealOfNothing>();
  }
};

class HuntAllocation : public testing::TestWithParam<bool> {
 protected:
  std::string file(std::size_t bytes) const {
    const auto path = dir_.path() / std::to_string(bytes);
    test::write_file(path, GetParam() ? evtx_file(bytes) : json_file(bytes));
    return path.string();
  }

  test::TempDir dir_;
  const sigma::RulePack pack_ = sigma::load_rules_from_memory({{"a.yml", std::string(kRules)}});
};

TEST_P(HuntAllocation, ABatchCostsNothingOnceItsLikeHasBeenSeen) {
  ASSERT_EQ(pack_.rules.size(), 2U);
  const sigma::CompiledRules compiled(pack_);
  const HuntOptions options;
  Worker worker(pack_, &compiled, options);
  SpoolFile spool;
  const auto stream = evidence::open_input({.path = file(8 << 20), .size_bytes = 0});
  ASSERT_TRUE(stream);
  const auto source = (*stream)->next();
  ASSERT_TRUE(source);
  std::vector<WorkItem> items(1);
  items[0].task = std::make_shared<SourceTask>((*source)->info());
  items[0].task->seal = std::make_unique<SealOfNothing>();
  items[0].outcome = std::make_unique<Outcome>();
  Outcome& outcome = *items[0].outcome;
  std::uint64_t warm = 0;
  std::uint64_t last = 0;
  std::uint64_t records = 0;
  std::uint64_t batches = 0;
  while ((*source)->next(outcome.batch)) {
    worker.process(items, spool);
    records += outcome.records;
    ASSERT_EQ(outcome.leaves.size(), outcome.records);
    ASSERT_EQ(outcome.findings, 0U);
    ASSERT_TRUE(outcome.batch.damage.empty());
    outcome.clear();
    if (batches++ == 3) warm = test::allocation_count();
    last = test::allocation_count();
  }
  EXPECT_GT(batches, 6U);
  EXPECT_GT(records, 5'000U);
  EXPECT_EQ(last, warm);
}

// All of hunt(), workers, order and seal: what more input costs is counted by batches, not events.
TEST_P(HuntAllocation, AHuntCostsAFewForABatchAndNoneForAnEvent) {
  constexpr std::uint64_t kForABatchMax = 12;
  const auto cost = [&](std::size_t bytes, std::uint64_t& records) {
    Nowhere nowhere;
    HuntOptions options;
    options.threads = 1;
    options.seal = &nowhere;
    const evidence::Listing listing = evidence::list_inputs({file(bytes)});
    const std::uint64_t before = test::allocation_count();
    const auto result = hunt(listing, pack_, options);
    const std::uint64_t after = test::allocation_count();
    EXPECT_TRUE(result);
    EXPECT_EQ(result->findings, 0U);
    records = result->records;
    return after - before;
  };
  std::uint64_t few = 0;
  std::uint64_t many = 0;
  const std::uint64_t once = cost(6 << 20, few);
  const std::uint64_t more = cost(24 << 20, many);
  constexpr std::uint64_t kMoreBatches = 18;
  EXPECT_GT(many - few, kMoreBatches * 1'000);
  EXPECT_LE(more - once, kForABatchMax * (kMoreBatches + 2));
}

INSTANTIATE_TEST_SUITE_P(Formats, HuntAllocation, testing::Bool(), [](const auto& format) {
  return std::string(format.param ? "Evtx" : "Json");
});

}  // namespace
}  // namespace exhibit::hunt
