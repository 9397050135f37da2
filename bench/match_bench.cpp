// What matching costs on real records: all Windows rules on the first records of a campaign and of
// the EVTX samples. Events are read beforehand, so that only matching is timed; the first round
// starts with nothing compiled and nothing remembered, as a hunt does.
//
// Prints a hash of the matches: figures with different hashes are of different work.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>

#include "bench/records.h"
#include "exhibit/sigma.h"
#include "support/support.h"

namespace exhibit {
namespace {

using bench::Records;

constexpr std::size_t kBatchesMax = 100;

const sigma::RulePack* windows_rules() {
  static const std::unique_ptr<sigma::RulePack> pack = [] {
    const auto folder = test::real_data("sigma/rules/windows");
    auto loaded = folder ? sigma::load_rules({folder->string()})
                         : Result<sigma::RulePack>(fail(ErrorCode::not_found, "no rules"));
    return loaded ? std::make_unique<sigma::RulePack>(std::move(*loaded)) : nullptr;
  }();
  return pack.get();
}

void match_all(benchmark::State& state, const std::string& where, bool warm) {
  const auto folder = test::real_data(where);
  if (!folder || windows_rules() == nullptr) {
    state.SkipWithError(test::kNoRealData);
    return;
  }
  Records records(windows_rules()->fields);
  bench::read(folder->string(), records, kBatchesMax);
  std::uint64_t hash = 0;
  std::vector<std::uint32_t> matches;
  const auto match = [&](sigma::Engine& engine) {
    hash = 14695981039346656037U;  // FNV-1a
    for (const event::Batch& batch : records.batches) {
      for (const event::Event& event : batch.events) {
        engine.match(batch, event, matches);
        for (const std::uint32_t rule : matches) hash = (hash ^ rule) * 1099511628211U;
      }
    }
  };
  auto rules = std::make_unique<sigma::CompiledRules>(*windows_rules());
  auto engine = rules->make_engine(records.paths);
  if (warm) match(*engine);
  for (auto _ : state) {
    if (!warm) {
      engine.reset();
      rules = std::make_unique<sigma::CompiledRules>(*windows_rules());
      engine = rules->make_engine(records.paths);
    }
    match(*engine);
  }
  state.SetLabel(std::to_string(records.events) + " records, result " + std::to_string(hash));
  state.SetItemsProcessed(state.iterations() * records.events);
}

void BM_CampaignCold(benchmark::State& state) { match_all(state, "otrf/compound", false); }
void BM_CampaignWarm(benchmark::State& state) { match_all(state, "otrf/compound", true); }
void BM_EvtxSamplesCold(benchmark::State& state) { match_all(state, "evtx-attack-samples", false); }
BENCHMARK(BM_CampaignCold)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_CampaignWarm)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_EvtxSamplesCold)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace exhibit
