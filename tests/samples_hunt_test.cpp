// The starter pack over the sample case finds every step of the intrusion and nothing of the noise,
// with either engine: samples/expected.json.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <regex>
#include <string>

#include "exhibit/hunt.h"
#include "exhibit/sigma.h"
#include "support/support.h"

namespace exhibit {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = EXHIBIT_SOURCE_DIR;

struct Expected {
  std::uint64_t events = 0;
  std::uint64_t findings = 0;
  std::map<std::string, std::uint64_t> by_rule;  // rule id
};

// Reads one of the two sections of samples/expected.json, which has a rule on a line.
Expected expected_of(const std::string& section) {
  const std::string text = test::read_file(kRoot / "samples/expected.json");
  const std::size_t start = text.find("\"" + section + "\"");
  const std::string part = text.substr(start, text.find("\n  }", start) - start);
  Expected out;
  std::smatch match;
  if (std::regex_search(part, match, std::regex("\"events\": (\\d+)"))) {
    out.events = std::stoull(match[1]);
  }
  if (std::regex_search(part, match, std::regex("\"findings\": (\\d+)"))) {
    out.findings = std::stoull(match[1]);
  }
  const std::regex rule("\"rule\": \"([0-9a-f-]+)\", \"count\": (\\d+)");
  for (std::sregex_iterator it(part.begin(), part.end(), rule), end; it != end; ++it) {
    out.by_rule[(*it)[1]] = std::stoull((*it)[2]);
  }
  return out;
}

const sigma::RulePack& starter_pack() {
  static const sigma::RulePack pack =
      sigma::load_rules({(kRoot / "packs/starter").string()}).value();
  return pack;
}

void expect_findings(const std::string& section, bool reference_engine) {
  const Expected expected = expected_of(section);
  ASSERT_GT(expected.by_rule.size(), 40u);
  hunt::HuntOptions options;
  options.threads = 2;
  options.reference_engine = reference_engine;
  const auto result = hunt::hunt(evidence::list_inputs({(kRoot / "samples" / section).string()}),
                                 starter_pack(), options);
  ASSERT_TRUE(result);
  std::map<std::string, std::uint64_t> found;
  ASSERT_TRUE(result->for_each(
      [&](const hunt::Finding& finding) { ++found[starter_pack().rules[finding.rule].id]; }));
  EXPECT_EQ(result->records, expected.events);
  EXPECT_EQ(result->findings, expected.findings);
  for (const sigma::RuleInfo& rule : starter_pack().rules) {
    const auto want = expected.by_rule.find(rule.id);
    EXPECT_EQ(found[rule.id], want == expected.by_rule.end() ? 0 : want->second) << rule.title;
  }
  for (const hunt::SourceReport& source : result->sources) {
    EXPECT_EQ(source.damage_count, 0u) << source.info.path;
    EXPECT_GT(source.records, 0u) << source.info.path;
  }
}

TEST(SamplesHunt, EveryRuleIsTakenAndRouted) {
  for (const sigma::Diagnostic& diagnostic : starter_pack().diagnostics) {
    ADD_FAILURE() << sigma::render(diagnostic);
  }
  EXPECT_EQ(starter_pack().rejected, 0u);
  EXPECT_TRUE(starter_pack().unrouted.empty());
}

TEST(SamplesHunt, FindsTheIntrusionInTheEvtxFiles) { expect_findings("case", false); }
TEST(SamplesHunt, FindsTheIntrusionInTheJsonLines) { expect_findings("json", false); }
TEST(SamplesHunt, ReferenceEngineFindsTheSame) {
  expect_findings("case", true);
  expect_findings("json", true);
}

}  // namespace
}  // namespace exhibit
