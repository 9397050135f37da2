#include <gtest/gtest.h>

#include "support/reading.h"

namespace exhibit::evidence {
namespace {

using test::read_input;

// The largest archive: 42,482 lines, read from the zip without unpacking, nothing lost.
TEST(Container, ReadsACampaignFromItsZip) {
  const auto zip =
      test::real_data("otrf/compound/LSASS_campaign_02/metasploit_procdump_lsass_memory_dump.zip");
  if (!zip) GTEST_SKIP() << test::kNoRealData;
  const test::ReadInput input = read_input(zip->string(), {.fields = false, .bytes = false});
  EXPECT_TRUE(input.container);
  EXPECT_TRUE(input.errors.empty());
  ASSERT_EQ(input.sources.size(), 1U);
  EXPECT_EQ(input.sources[0].info.members,
            std::vector<std::string>{"metasploit_procdump_lsass_memory_dump.json"});
  EXPECT_EQ(input.sources[0].records, 42'482U);
  EXPECT_TRUE(input.sources[0].damage.empty());
  EXPECT_EQ(input.sources[0].size_bytes, 88'049'651U);
  EXPECT_TRUE(input.sources[0].tiled);
}

}  // namespace
}  // namespace exhibit::evidence
