// What happens between a case and people: a list of findings, and Ctrl-C that leaves nothing half
// done and lets nobody wait.
#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

#include "casefile/case_fixture_test.h"

namespace exhibit::casefile {
namespace {

using Stop = test_case::CaseTest;

TEST_F(Stop, AHandoverLeavesNothingBehind) {
  const Home keys = home();
  const Case made = sealed(keys);
  const std::atomic<bool> stop{true};
  for (const bool tar : {false, true}) {
    const auto done = handover(keys, made, at("out/case"), {.tar = tar, .stop = &stop});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::interrupted);
  }
  EXPECT_FALSE(std::filesystem::exists(at("out")) && !std::filesystem::is_empty(at("out")));
}

TEST_F(Stop, VerificationStopsWhileItUnpacks) {
  const Home keys = home();
  const Case made = sealed(keys);
  ASSERT_TRUE(handover(keys, made, at("out.tar"), {.tar = true}));
  const std::atomic<bool> stop{true};
  VerifyOptions options;
  options.stop = &stop;
  const auto report = verify_case(at("out.tar"), options);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::interrupted);
  EXPECT_STREQ(report.error().what.c_str(), "unpacking was stopped");
}

TEST_F(Stop, ListsTheFindingsOfARun) {
  const Case made = sealed(home());
  std::vector<ListedFinding> found;
  ASSERT_TRUE(for_each_finding(made, 1, [&](const ListedFinding& f) { found.push_back(f); }));
  ASSERT_EQ(found.size(), made.runs().at(0).findings);
  EXPECT_EQ(found[0].title, "A shell");
  EXPECT_EQ(found[0].host, "ws1");
  EXPECT_EQ(found[0].level, sigma::Level::high);
  EXPECT_NE(found[0].time, event::kNoTime);
  EXPECT_EQ(found[0].id.size(), 32U);
  const std::string lines = at("case/runs/1/findings.jsonl");
  std::filesystem::permissions(lines, std::filesystem::perms::owner_all);
  exhibit::test::write_file(lines, "{\"id\":\"\"}\n");
  EXPECT_FALSE(for_each_finding(made, 1, [](const ListedFinding&) {}));
  EXPECT_FALSE(for_each_finding(made, 2, [](const ListedFinding&) {}));
}

}  // namespace
}  // namespace exhibit::casefile
