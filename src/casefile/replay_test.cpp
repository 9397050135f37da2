// Runs of a case done again: by its own criteria, to the same findings and the same coverage.
#include <filesystem>

#include "base/text.h"
#include "casefile/case_fixture_test.h"
#include "casefile/files.h"
#include "casefile/impl.h"
#include "casefile/layout.h"
#include "exhibit/sigma.h"

namespace exhibit::casefile {
namespace {

namespace fs = std::filesystem;
using test_case::CaseTest;
using test_case::kGzip;
using test_case::kRule;
using test_case::lines;
using test_case::verdict_of;
using verify::Verdict;

class Replay : public CaseTest {};

// Rules that were rejected or left out are part of what the coverage says, and are kept once.
TEST_F(Replay, CoverageIsMadeAgainFromTheRulesAsGiven) {
  const Home keys = home();
  evidence("a.jsonl", lines(0, 7));
  auto made = Case::create(keys, at("case"), "", options());
  ASSERT_TRUE(made);
  const std::string rejected = "title: No detection\nlogsource: {product: windows}\n";
  const std::vector<std::pair<std::string, std::string>> given = {
      {"a.yml", kRule},
      {"b.yml", rejected},
      {"c.yml", "title: [broken\n"},
      {"d.yml", rejected},
      {"e.yml", std::string(kRule) + "---\n" + rejected}};
  for (const sigma::Level least : {sigma::Level::informational, sigma::Level::critical}) {
    sigma::LoadOptions load;
    load.min_level = least;
    const sigma::RulePack rules = sigma::load_rules_from_memory(given, load);
    ASSERT_EQ(rules.rejected, 4U);
    ASSERT_TRUE(hunt_into_case(*made, listing(), rules, load, hunt_options()));
  }
  std::size_t packs = 0, folders = 0;
  for (const auto& entry : fs::directory_iterator(at("case/criteria"))) {
    ++folders;
    if (fs::exists(entry.path() / "rules.yml")) ++packs;
  }
  EXPECT_EQ(packs, 1U);
  EXPECT_EQ(folders, 3U);
  const std::string coverage = test::read_file(at("case/runs/1/coverage.json"));
  EXPECT_NE(coverage.find("\"rejected\":4"), std::string::npos);
  const Report report = verify(made->directory(), keys, true);
  EXPECT_EQ(report.overall, Verdict::valid) << text(report);
  EXPECT_TRUE(report.unsealed_files.empty()) << text(report);
}

// Sealed by somebody who wrote another coverage than the hunt's.
TEST_F(Replay, AFalseCoverageIsFoundByReplay) {
  const Home keys = home();
  evidence("a.jsonl", lines(0, 7));
  auto made = Case::create(keys, at("case"), "", options());
  ASSERT_TRUE(made);
  sigma::RulePack rules = pack();
  rules.not_applicable += 7;
  ASSERT_TRUE(hunt_into_case(*made, listing(), rules, {}, hunt_options()));
  EXPECT_EQ(verify(made->directory(), keys).overall, Verdict::valid);
  const Report report = verify(made->directory(), keys, true);
  EXPECT_EQ(verdict_of(report, "replay"), Verdict::valid) << text(report);
  EXPECT_EQ(verdict_of(report, "replay.coverage"), Verdict::invalid) << text(report);
}

// The moment of reading does not come again, but the acquisition sealed what was seen in it.
TEST_F(Replay, CoverageThatTellsOfTheMomentIsMadeAgainFromTheAcquisition) {
  const Home keys = home();
  evidence("a.jsonl", lines(0, 9'000));
  auto made = Case::create(keys, at("case"), "", options());
  ASSERT_TRUE(made);
  const evidence::Listing found = listing();
  bool grown = false;
  files::set_hook([&](std::string_view) {  // the source is open when its seal is begun
    if (!grown && fs::exists(at("case/tmp/source-0"))) {
      evidence("a.jsonl", lines(0, 9'001));
      grown = true;
    }
    return 0;
  });
  const auto done = hunt_into_case(*made, found, pack(), {}, hunt_options());
  files::set_hook([](std::string_view) { return 0; });
  ASSERT_TRUE(done) << done.error().what.c_str();
  ASSERT_NE(test::read_file(at("case/runs/1/coverage.json")).find("changed while reading"),
            std::string::npos);
  const Report report = verify(made->directory(), keys, true);
  EXPECT_EQ(verdict_of(report, "replay.coverage"), Verdict::valid) << text(report);
  EXPECT_NE(text(report).find("moment of reading"), std::string::npos);

  const std::string& sha256 = made->sources()[0].sha256;
  fs::remove(at("case/sources/" + sha256 + "/damage.jsonl"));
  const Report without = verify(made->directory(), keys, true);
  EXPECT_EQ(verdict_of(without, "replay.coverage"), Verdict::undecidable) << text(without);
}

// As sealed by a program whose compiled-in field mapping is another.
TEST_F(Replay, AnotherFieldMappingIsUndecidableAndNamed) {
  const Home keys = home();
  evidence("a.jsonl", lines(0, 7));
  auto made = Case::create(keys, at("case"), "", options());
  ASSERT_TRUE(made);
  sigma::RulePack rules = pack();
  rules.mapping_text.insert(rules.mapping_text.find("Image"), "My");
  rules.mapping_sha256 = base::to_hex(seal::sha256(as_bytes(rules.mapping_text)));
  ASSERT_TRUE(hunt_into_case(*made, listing(), rules, {}, hunt_options()));
  const Report report = verify(made->directory(), keys, true);
  EXPECT_EQ(verdict_of(report, "criteria"), Verdict::valid) << text(report);
  EXPECT_EQ(verdict_of(report, "run.criteria"), Verdict::valid);
  EXPECT_EQ(verdict_of(report, "replay"), Verdict::undecidable);
  EXPECT_EQ(verdict_of(report, "replay.coverage"), Verdict::undecidable);
  EXPECT_NE(text(report).find("this program's field mapping is"), std::string::npos);
}

// Seals the first run once more, with a statement that `change` has had in hand.
void seal_again(const Case& made, const std::function<void(Fields&)>& change) {
  Case::Impl& impl = made.impl();
  RunFacts facts = impl.run_facts.at(0);
  const std::uint64_t entry = impl.ledger.entries.size();
  fs::copy_file(impl.path(layout::inputs_path(impl.party, facts.entry)),
                impl.path(layout::inputs_path(impl.party, entry)));
  fs::copy(impl.path("runs/1"), impl.path("runs/2"), fs::copy_options::recursive);
  facts.number = 2;
  Fields fields = run_fields(facts, impl.custody());
  change(fields);
  const verify::Statement statement = impl.statement(0, "run", fields);
  test::write_file(impl.path("runs/2/run.json"), layout::run_json(statement));
  const auto done = impl.commit({statement});
  ASSERT_TRUE(done) << done.error().what.c_str();
}

std::string& value_of(Fields& fields, std::string_view name) {
  return std::ranges::find(fields, name, &verify::StatementField::name)->value;
}

// The runs of a case, done again, when the second says that it was made otherwise.
class OtherwiseMade : public Replay {
 protected:
  Report replay(const std::function<void(Fields&)>& change) {
    const Home keys = home();
    const Case made = sealed(keys);
    seal_again(made, change);
    Report report = verify(made.directory(), keys, true);
    for (const char* id : {"run.criteria", "run.findings", "run.coverage"})
      EXPECT_EQ(verdict_of(report, id), Verdict::valid) << text(report);
    return report;
  }
  static void expect_undecidable(const Report& report, const std::string& why) {
    std::size_t undecidable = 0;
    for (const verify::Check& check : report.checks) {
      if (!check.id.starts_with("replay")) continue;
      const bool second = check.subject.starts_with("runs/2/");
      EXPECT_EQ(check.verdict, second ? Verdict::undecidable : Verdict::valid) << text(report);
      if (!second) continue;
      EXPECT_EQ(check.why, why);
      ++undecidable;
    }
    EXPECT_EQ(undecidable, 2U);  // findings and coverage
    EXPECT_EQ(report.overall, Verdict::undecidable);
  }
};

TEST_F(OtherwiseMade, AsThisProgramMakesItIsValid) {
  const Report report = replay([](Fields&) {});
  EXPECT_EQ(report.overall, Verdict::valid) << text(report);
}

// Neither valid, though the findings are the same, nor invalid, though they might not be.
TEST_F(OtherwiseMade, AnotherSemanticsVersionIsUndecidable) {
  const std::string own = std::to_string(sigma::kSemanticsVersion);
  for (const std::uint32_t version :
       {1U, sigma::kSemanticsVersion - 1, sigma::kSemanticsVersion + 1}) {
    SCOPED_TRACE(version);
    fs::remove_all(at("case"));
    fs::remove_all(at("home"));
    const std::string other = std::to_string(version);
    const Report report =
        replay([&](Fields& fields) { value_of(fields, "semantics_version") = other; });
    expect_undecidable(
        report, "the run was made under semantics version " + other + ", this program has " + own);
  }
}

TEST_F(OtherwiseMade, OtherLimitsAreUndecidable) {
  for (const char* limit : {"limit.member_size_bytes", "limit.decompression_ratio", "limit.members",
                            "limit.container_depth"}) {
    SCOPED_TRACE(limit);
    fs::remove_all(at("case"));
    fs::remove_all(at("home"));
    const Report report = replay([&](Fields& fields) { value_of(fields, limit) += "0"; });
    expect_undecidable(report, "the run was made under other limits than this program's");
  }
}

// Routing is data: a run is done again by its own, here by one that this program does not have.
TEST_F(Replay, AnotherRoutingIsReplayedByTheRunsOwn) {
  const Home keys = home();
  evidence("a.jsonl", lines(0, 7));
  auto made = Case::create(keys, at("case"), "", options());
  ASSERT_TRUE(made);
  sigma::LoadOptions load;
  load.routing_file = at("routing.yml");
  test::write_file(at("routing.yml"),
                   "logsources:\n  all:\n    category: process_creation\n    product: windows\n"
                   "    conditions: {EventID: 2}\n"
                   "    sources: ['WinEventLog:Microsoft-Windows-Sysmon/Operational']\n");
  const sigma::RulePack rules = sigma::load_rules_from_memory({{"a.yml", kRule}}, load);
  const auto done = hunt_into_case(*made, listing(), rules, load, hunt_options());
  ASSERT_TRUE(done);
  EXPECT_EQ(done->result.findings, 0U);  // by the standard table there are three
  fs::remove(at("routing.yml"));
  const Report report = verify(made->directory(), keys, true);
  EXPECT_EQ(report.overall, Verdict::valid) << text(report);
}

TEST_F(Replay, ARunThatNamesOtherCriteriaIsInvalid) {
  const Home keys = home();
  evidence("a.jsonl", lines(0, 7));
  auto made = Case::create(keys, at("case"), "", options());
  ASSERT_TRUE(made);
  sigma::RulePack rules = pack();
  rules.routing_sha256 = std::string(64, '0');
  ASSERT_TRUE(hunt_into_case(*made, listing(), rules, {}, hunt_options()));
  EXPECT_EQ(verdict_of(verify(made->directory(), keys), "run.criteria"), Verdict::invalid);
}

// The same bytes in two archives and beside them: which of them stands does not depend on names.
TEST_F(Replay, BytesMetInSeveralPlacesReplayToTheSameCoverage) {
  const Home keys = home();
  std::string other = *base::from_hex(kGzip);
  other[9] = '\0';  // the operating system, which means nothing: another container, the same bytes
  evidence("z.gz", *base::from_hex(kGzip));
  evidence("y.gz", other);
  auto made = Case::create(keys, at("case"), "", options());
  ASSERT_TRUE(made);
  ASSERT_TRUE(hunt_into_case(*made, listing(), pack(), {}, hunt_options()));
  evidence("x.jsonl", lines(0, 4));
  ASSERT_TRUE(hunt_into_case(*made, listing(), pack(), {}, hunt_options()));
  EXPECT_EQ(made->sources().size(), 3U);
  ASSERT_TRUE(hunt_into_case(*made, {}, pack(), {}, hunt_options()));
  const Report report = verify(made->directory(), keys, true);
  EXPECT_EQ(report.overall, Verdict::valid) << text(report);
  ASSERT_TRUE(handover(keys, *made, at("out"), {}));
  EXPECT_EQ(verify(at("out"), keys, true).overall, Verdict::valid);
}

}  // namespace
}  // namespace exhibit::casefile
