#include "cli/table.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.h"
#include "cli/arguments.h"

namespace exhibit::cli {
namespace {

sigma::RulePack two_rules() {
  sigma::RulePack pack;
  sigma::RuleInfo rule;
  rule.title =
      "Password store read 電信事業者の認証情報ストアが読み取られました、すべてのドメインで";
  rule.level = sigma::Level::critical;
  rule.tags = {"attack.credential-access", "attack.T1003.001", "attack.t1003.002", "attack.t1059",
               "car.2016-04-002"};
  rule.sha256 = "aa";
  pack.rules.push_back(rule);
  rule.title =
      "Title with \x1b[31mcolour\u202E and a length that does not fit in any terminal of eighty "
      "columns";
  rule.level = sigma::Level::low;
  rule.tags.clear();
  rule.sha256 = "bb";
  pack.rules.push_back(rule);
  return pack;
}

hunt::Finding finding(std::uint32_t rule, std::string_view time, std::string host) {
  hunt::Finding out;
  out.rule = rule;
  out.time = time.empty() ? base::kNoTime : *base::parse_time(time);
  out.host = std::move(host);
  return out;
}

std::string table_of(const sigma::RulePack& pack, const std::vector<hunt::Finding>& findings,
                     std::vector<std::string> words = {"hunt", "x"}) {
  const auto arguments = parse_arguments(words);
  const Console console(*arguments);
  const Zone zone;
  Summary summary(pack, zone);
  for (const auto& f : findings) summary.add(f);
  std::string out;
  append_findings_table(out, console, summary, hunt::HuntResult());
  return out;
}

void expect_fits(const std::string& text) {
  std::size_t start = 0;
  while (start < text.size()) {
    const auto end = std::min(text.find('\n', start), text.size());
    const auto line = std::string_view(text).substr(start, end - start);
    EXPECT_LE(base::display_width(line), 80U) << line;
    start = end + 1;
  }
}

TEST(Table, FitsEightyColumnsWithWideCharactersAndLongNames) {
  const auto pack = two_rules();
  std::vector<hunt::Finding> findings;
  for (int i = 0; i < 50; ++i) {
    findings.push_back(finding(0, "2026-03-04T08:12:33Z", "ホスト" + std::to_string(i)));
    findings.push_back(finding(1, "2026-03-07T08:12:33Z", std::string(200, 'x')));
  }
  const std::string text = table_of(pack, findings);
  expect_fits(text);
  EXPECT_NE(text.find("critical      50  Password store read 電信"), std::string::npos) << text;
  EXPECT_NE(text.find("T1003.001, T1003.002"), std::string::npos) << text;
  EXPECT_NE(text.find("2 days without findings"), std::string::npos) << text;
}

TEST(Table, EvidenceCannotColourOrReverse) {
  const auto pack = two_rules();
  const std::string text = table_of(pack, {finding(1, "", "\x1b]0;owned\a\u202E")});
  EXPECT_EQ(text.find('\x1b'), std::string::npos) << text;
  EXPECT_EQ(text.find("\u202E"), std::string::npos) << text;
  EXPECT_NE(text.find("\\x1b[31mcolour\\u{202e}"), std::string::npos) << text;
}

TEST(Table, WorstFirstThenMost) {
  auto pack = two_rules();
  pack.rules[0].level = pack.rules[1].level = sigma::Level::medium;
  const std::string text =
      table_of(pack, {finding(0, "", "a"), finding(1, "", "a"), finding(1, "", "b")});
  EXPECT_LT(text.find("Title with"), text.find("Password store")) << text;
}

TEST(Table, NothingFoundIsSaidWithWhatWasLookedAt) {
  EXPECT_EQ(table_of(two_rules(), {}), "No finding in 0 records from 0 sources\n");
}

TEST(Table, ManyDaysBecomeFewRows) {
  auto pack = two_rules();
  for (const auto level : {sigma::Level::high, sigma::Level::medium, sigma::Level::informational}) {
    pack.rules.push_back(pack.rules[1]);
    pack.rules.back().level = level;
  }
  std::vector<hunt::Finding> findings;
  const auto start = *base::parse_time("2020-01-01T00:00:00Z");
  for (int i = 0; i < 20'000; ++i) {
    findings.push_back(finding(static_cast<std::uint32_t>(i) % 5, "", "a"));
    findings.back().time = start + i % 2000 * 86'400LL * base::kTicksPerSecond;
  }
  const std::string text = table_of(pack, findings);
  expect_fits(text);
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 50);
}

TEST(Table, TheTimeLineHasTheEarliestFindingsWhateverTheirOrder) {
  const auto pack = two_rules();
  std::vector<hunt::Finding> findings;
  const auto start = *base::parse_time("2020-01-01T00:00:00Z");
  const int count = 3 * static_cast<int>(Summary::kMomentsMax);
  for (int i = count; i-- > 0;) {
    findings.push_back(finding(0, "", "a"));
    findings.back().time = start + i * base::kTicksPerSecond;
    findings.back().id = std::string(32, 'f');
  }
  const std::string text = table_of(pack, findings, {"hunt", "x", "-v"});
  expect_fits(text);
  EXPECT_NE(text.find("  00:00:00  ffffffff  critical  a "), std::string::npos);
  EXPECT_NE(text.find("  02:46:39  "), std::string::npos);  // the 10,000th
  EXPECT_EQ(text.find("  02:46:40  "), std::string::npos);
  EXPECT_NE(text.find("and 20,000 findings more"), std::string::npos);
}

TEST(Table, ColourOnlyWhereAskedFor) {
  const auto pack = two_rules();
  EXPECT_NE(table_of(pack, {finding(0, "", "a")}, {"hunt", "x", "--color", "always"}).find('\x1b'),
            std::string::npos);
  EXPECT_EQ(table_of(pack, {finding(0, "", "a")}, {"hunt", "x", "--color", "never"}).find('\x1b'),
            std::string::npos);
}

}  // namespace
}  // namespace exhibit::cli
