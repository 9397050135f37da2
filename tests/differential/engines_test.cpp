// The fast engine against the reference on real records: all Windows rules, all EVTX, and a seeded
// part of the JSON campaigns. In a sanitised build a smaller part of each, because the reference is
// slow on purpose.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "exhibit/evidence.h"
#include "exhibit/sigma.h"
#include "support/reading.h"
#include "support/support.h"

namespace exhibit {
namespace {

#ifdef EXHIBIT_SANITIZED
constexpr std::uint64_t kSlowdown = 40;
#else
constexpr std::uint64_t kSlowdown = 1;
#endif

const sigma::RulePack* windows_rules() {
  static const std::unique_ptr<sigma::RulePack> pack = [] {
    std::unique_ptr<sigma::RulePack> out;
    const auto rules = test::real_data("sigma/rules/windows");
    const auto emerging = test::real_data("sigma/rules-emerging-threats");
    const auto hunting = test::real_data("sigma/rules-threat-hunting");
    if (!rules || !emerging || !hunting) return out;
    auto loaded = sigma::load_rules({rules->string(), emerging->string(), hunting->string()});
    if (loaded) out = std::make_unique<sigma::RulePack>(std::move(*loaded));
    return out;
  }();
  return pack.get();
}

// Whether the n-th record is compared: one of `every`, spread without a pattern.
bool is_sampled(std::uint64_t n, std::uint64_t every) {
  n *= 0x9e3779b97f4a7c15;
  return (n >> 32) % every == 0;
}

struct Result {
  std::uint64_t records = 0, compared = 0, matches = 0, differences = 0;
};

void compare_source(const sigma::RulePack& pack, const sigma::CompiledRules& rules,
                    evidence::Source& source, std::uint64_t every, Result& result) {
  event::PathTable paths(pack.fields);
  const auto parser = evidence::make_parser(source.info().format, paths);
  if (parser == nullptr) return;
  const auto reference = sigma::make_reference_engine(pack, paths);
  const auto fast = rules.make_engine(paths);
  event::Batch batch;
  std::vector<std::uint32_t> wanted;
  std::vector<std::uint32_t> got;
  while (source.next(batch)) {
    parser->parse(batch);
    for (const event::Event& event : batch.events) {
      // The fast engine sees every record, so that its cache is in the state of a real run.
      fast->match(batch, event, got);
      if (!is_sampled(result.records++, every)) continue;
      reference->match(batch, event, wanted);
      ++result.compared;
      result.matches += wanted.size();
      if (got == wanted) continue;
      if (++result.differences > 10) continue;
      ADD_FAILURE() << source.info().display() << ", record at " << event.offset;
      std::vector<std::uint32_t> only;
      std::set_symmetric_difference(got.begin(), got.end(), wanted.begin(), wanted.end(),
                                    std::back_inserter(only));
      for (const std::uint32_t rule : only)
        ADD_FAILURE() << pack.rules[rule].title << " ("
                      << (std::binary_search(got.begin(), got.end(), rule) ? "fast" : "reference")
                      << " only)";
    }
  }
}

Result compare(const std::filesystem::path& folder, std::uint64_t every) {
  const sigma::RulePack& pack = *windows_rules();
  const sigma::CompiledRules rules(pack);
  Result result;
  test::for_each_source(folder.string(), [&](evidence::Source& source) {
    compare_source(pack, rules, source, every, result);
  });
  return result;
}

struct Corpus {
  const char* folder;
  std::uint64_t every;        // one record of so many is put to the reference
  std::uint64_t records_min;  // that are there
};

class RealRecords : public ::testing::TestWithParam<Corpus> {};

TEST_P(RealRecords, EnginesAgree) {
  const auto folder = test::real_data(GetParam().folder);
  if (!folder || windows_rules() == nullptr) GTEST_SKIP() << test::kNoRealData;
  const bool soak = std::getenv("EXHIBIT_SOAK") != nullptr;
  const Result result = compare(*folder, soak ? 1 : GetParam().every * kSlowdown);
  EXPECT_GE(result.records, GetParam().records_min);
  EXPECT_GT(result.compared, 0U);
  // Of the few that are compared otherwise, none may match.
  if (kSlowdown == 1) {
    EXPECT_GT(result.matches, 0U);
  }
  EXPECT_EQ(result.differences, 0U);
  std::printf("%s: %llu records, %llu compared, %llu matches\n", GetParam().folder,
              static_cast<unsigned long long>(result.records),
              static_cast<unsigned long long>(result.compared),
              static_cast<unsigned long long>(result.matches));
}
INSTANTIATE_TEST_SUITE_P(All, RealRecords,
                         ::testing::Values(Corpus{"evtx-attack-samples", 1, 8'000},
                                           Corpus{"evtx-odd", 1, 1'000},
                                           Corpus{"sigma-regression", 1, 80},
                                           Corpus{"otrf", 10, 180'000}),
                         [](const auto& test) {
                           std::string name = test.param.folder;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace exhibit
