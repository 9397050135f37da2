#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "generator/case.h"
#include "support/evtx_damage.h"
#include "support/evtx_seeds.h"
#include "support/support.h"

namespace exhibit::samples {
namespace {

namespace fs = std::filesystem;
const std::vector<SampleFile>& samples() {
  static const std::vector<SampleFile> made = make_samples();
  return made;
}
constexpr const char* kMakeThem = "run `tools/dev samples` and look at the difference";

TEST(Samples, AreWhatTheGeneratorWrites) {
  const fs::path root = fs::path(EXHIBIT_SOURCE_DIR) / "samples";
  std::size_t bytes = 0;
  for (const SampleFile& file : samples()) {
    ASSERT_TRUE(fs::exists(root / file.path)) << file.path << ": " << kMakeThem;
    EXPECT_TRUE(test::read_file(root / file.path) == file.bytes) << file.path << ": " << kMakeThem;
    bytes += file.bytes.size();
  }
  EXPECT_LT(bytes, 4u << 20) << "the samples travel with the program and must stay small";
}

TEST(Samples, AreTheSameEachTime) {
  const std::vector<SampleFile> again = make_samples();
  ASSERT_EQ(again.size(), samples().size());
  for (std::size_t i = 0; i < again.size(); ++i) {
    EXPECT_TRUE(again[i].bytes == samples()[i].bytes) << again[i].path;
  }
}

TEST(Samples, NothingElseLiesBesideThem) {
  std::size_t made = 0;
  for (const SampleFile& file : samples()) {
    if (file.path.ends_with(".evtx")) ++made;
  }
  std::size_t found = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(EXHIBIT_SOURCE_DIR) / "samples/case")) {
    if (entry.is_regular_file()) ++found;
  }
  EXPECT_EQ(found, made);
}

// The JSON lines hold every event; the EVTX files miss what was cleared on the jump host.
TEST(Samples, ClearedLogBeginsWithItsClearing) {
  std::size_t records = 0;
  std::size_t lines = 0;
  std::size_t jump_host = 0;
  for (const SampleFile& file : samples()) {
    if (file.path.ends_with(".jsonl")) {
      lines = static_cast<std::size_t>(std::ranges::count(file.bytes, '\n'));
    } else {
      records += test::evtx_records(file.bytes).size();
    }
    if (file.path == "case/JUMP01-Security.evtx") {
      jump_host = test::evtx_records(file.bytes).size();
    }
  }
  EXPECT_GT(records, 800u);
  EXPECT_GT(lines, records + 40);
  EXPECT_GE(jump_host, 1u);
  EXPECT_LT(jump_host, 10u);
}

TEST(FuzzSeeds, AreWhatTheWriterWrites) {
  const fs::path root = fs::path(EXHIBIT_SOURCE_DIR) / "tests/fuzz/corpus/fuzz_evtx_chunk";
  for (const test::EvtxSeed& seed : test::evtx_chunk_seeds()) {
    EXPECT_LE(seed.bytes.size(), 8192u) << seed.name;
    ASSERT_TRUE(fs::exists(root / seed.name)) << seed.name << ": " << kMakeThem;
    EXPECT_TRUE(test::read_file(root / seed.name) == seed.bytes) << seed.name << ": " << kMakeThem;
  }
}

}  // namespace
}  // namespace exhibit::samples
