// The rules that the public writes, all of them: how many load, where they lead, why the rest do
// not. docs/sigma.md gives the same figures with their reasons.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "exhibit/sigma.h"
#include "support/support.h"

namespace exhibit::sigma {
namespace {

std::vector<std::string> folders() {
  std::vector<std::string> paths;
  for (const char* name :
       {"rules", "rules-emerging-threats", "rules-placeholder", "rules-threat-hunting"})
    if (const auto folder = test::real_data(std::string("sigma/") + name))
      paths.push_back(folder->string());
  return paths;
}

std::string all_errors(const RulePack& pack) {
  std::string out;
  for (const Diagnostic& d : pack.diagnostics)
    if (out.size() < 10'000) out += render(d);
  return out;
}

TEST(Corpus, OnlyOpenPlaceholdersRejectARule) {
  const auto paths = folders();
  if (paths.size() != 4) GTEST_SKIP() << test::kNoRealData;
  const auto pack = load_rules(paths);
  ASSERT_TRUE(pack.has_value()) << pack.error().what.c_str();
  EXPECT_EQ(pack->rules.size(), 3752u);
  EXPECT_EQ(pack->rejected, 25u);
  EXPECT_EQ(pack->unsupported, 0u);
  EXPECT_EQ(pack->filtered_out, 0u);
  EXPECT_TRUE(std::all_of(pack->diagnostics.begin(), pack->diagnostics.end(),
                          [](const Diagnostic& d) { return d.code == "S141"; }))
      << all_errors(*pack);
  // Every rule for Windows has a route; every other is unrouted and said to be.
  EXPECT_EQ(pack->unrouted.size(), 887u);
  for (const std::uint32_t index : pack->unrouted) {
    const LogSource& source = pack->rules[index].logsource;
    EXPECT_NE(source.product, "windows") << pack->rules[index].file;
  }
  for (const Variant& variant : pack->variants) {
    const std::string& product = pack->rules[variant.rule].logsource.product;
    EXPECT_TRUE(product.empty() || product == "windows") << pack->rules[variant.rule].file;
  }
  EXPECT_EQ(std::count_if(pack->variants.begin(), pack->variants.end(),
                          [](const Variant& v) { return v.builtin_mapping; }),
            1629);
  EXPECT_EQ(pack->not_applicable, 163u);
}

TEST(Corpus, AllLoadWhenPlaceholdersHaveValues) {
  // These two folders hold all of them.
  const auto placeholder = test::real_data("sigma/rules-placeholder");
  const auto emerging = test::real_data("sigma/rules-emerging-threats");
  if (!placeholder || !emerging) GTEST_SKIP() << test::kNoRealData;
  const std::vector<std::string> paths{placeholder->string(), emerging->string()};
  const auto open = load_rules(paths);
  ASSERT_TRUE(open.has_value());
  LoadOptions options;
  for (const Diagnostic& d : open->diagnostics) {
    const std::size_t first = d.reason.find('%'), last = d.reason.rfind('%');
    ASSERT_LT(first, last) << d.reason;
    options.placeholders[d.reason.substr(first + 1, last - first - 1)] = {"some", "value*"};
  }
  // A rule names only its first open placeholder; one more round finds the others.
  for (int round = 0; round < 3; ++round) {
    const auto pack = load_rules(paths, options);
    ASSERT_TRUE(pack.has_value());
    if (pack->rejected == 0) {
      EXPECT_EQ(pack->rules.size(), open->rules.size() + 25);
      return;
    }
    for (const Diagnostic& d : pack->diagnostics) {
      const std::size_t first = d.reason.find('%'), last = d.reason.rfind('%');
      options.placeholders[d.reason.substr(first + 1, last - first - 1)] = {"some"};
    }
  }
  FAIL() << "some rules are still rejected";
}

TEST(Corpus, ThorsOwnTableLeavesOutWhatOursAdds) {
  const auto paths = folders();
  const auto thor = test::real_data("sigma/thor.yml");
  if (paths.size() != 4 || !thor) GTEST_SKIP() << test::kNoRealData;
  LoadOptions options;
  options.routing_file = thor->string();
  options.builtin_mapping = false;
  const auto pack = load_rules(paths, options);
  ASSERT_TRUE(pack.has_value());
  std::map<std::string, int> unrouted;
  for (const std::uint32_t index : pack->unrouted) {
    const LogSource& source = pack->rules[index].logsource;
    if (source.product == "windows") ++unrouted[source.category + source.service];
  }
  const std::map<std::string, int> expected{
      {"dns-server", 2},   {"dns-server-analytic", 1}, {"driver-framework", 1},
      {"file_access", 13}, {"file_rename", 2},         {"microsoft-servicebus-client", 1}};
  EXPECT_EQ(unrouted, expected);
}

}  // namespace
}  // namespace exhibit::sigma
