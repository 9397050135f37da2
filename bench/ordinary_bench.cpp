// What the steps of a hunt cost on ordinary load: reading EVTX and JSON lines, routing, and
// matching by kind of event: warm, when every value was seen before, and fresh, when predicates are
// evaluated for each distinct value. SigmaHQ's Windows rules where they are, the starter pack
// otherwise.
//
// Each prints a hash of its results: figures with different hashes are of different work.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "bench/records.h"
#include "exhibit/sigma.h"
#include "ordinary/month.h"
#include "support/support.h"

namespace exhibit {
namespace {

using bench::Records;

constexpr std::uint64_t kSizeBytes = 24'000'000;
constexpr std::size_t kBatchesMax = 1000;

class Hash {  // FNV-1a
 public:
  void add(std::uint64_t number) { value_ = (value_ ^ number) * 1099511628211U; }
  void add(std::string_view text) {
    for (const char c : text) add(static_cast<unsigned char>(c));
  }
  [[nodiscard]] std::string text() const { return "result " + std::to_string(value_); }

 private:
  std::uint64_t value_ = 14695981039346656037U;
};

const std::filesystem::path& load() {
  static const test::TempDir folder;
  static const bool written = [] {
    ordinary::write_month({.folder = folder.path(),
                           .seed = 1,
                           .size_bytes = kSizeBytes,
                           .evtx = true,
                           .json = true,
                           .one_file = true});
    return true;
  }();
  benchmark::DoNotOptimize(written);
  return folder.path();
}

const sigma::RulePack& rules() {
  static const sigma::RulePack pack = [] {
    const auto folder = test::real_data("sigma/rules/windows");
    const std::string starter = std::string(EXHIBIT_SOURCE_DIR) + "/packs/starter";
    return sigma::load_rules({folder ? folder->string() : starter}).value();
  }();
  return pack;
}

// Framing, checksums and fields.
void BM_Read(benchmark::State& state, const char* name) {
  const std::string path = (load() / name).string();
  Records records(rules().fields);
  Hash hash;
  std::int64_t events = 0;
  bench::each_batch(path, records, [&](const event::Batch& batch) {
    events += static_cast<std::int64_t>(batch.events.size());
    for (const event::Field& field : batch.fields) hash.add(event::to_text(field.value));
  });
  for (auto _ : state) {
    bench::each_batch(path, records, [](const event::Batch& batch) {
      benchmark::DoNotOptimize(batch.fields.data());
    });
  }
  state.SetItemsProcessed(state.iterations() * events);
  state.SetLabel(std::to_string(events) + " records, " + hash.text());
}
BENCHMARK_CAPTURE(BM_Read, evtx, "ordinary.evtx")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Read, jsonl, "ordinary.jsonl")->Unit(benchmark::kMillisecond);

// Which rules an event's channel and id lead to.
void BM_Route(benchmark::State& state) {
  const sigma::CompiledRules compiled(rules());
  Hash hash;
  for (auto _ : state) {
    hash = {};
    for (std::size_t kind = 0; kind < ordinary::kKindCount; ++kind) {
      const auto& form = ordinary::event_kind(static_cast<ordinary::Kind>(kind));
      hash.add(compiled.rules_on(ordinary::provider(form.provider).channel, form.id,
                                 event::Product::windows));
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(ordinary::kKindCount));
  state.SetLabel(hash.text());
}
BENCHMARK(BM_Route);

void BM_Match(benchmark::State& state, ordinary::Kind kind, bool fresh) {
  static const std::unique_ptr<Records> all = [] {
    auto out = std::make_unique<Records>(rules().fields);
    bench::read((load() / "ordinary.evtx").string(), *out, kBatchesMax);
    return out;
  }();
  const ordinary::EventKind& form = ordinary::event_kind(kind);
  const std::string_view channel = ordinary::provider(form.provider).channel;
  std::vector<std::pair<const event::Batch*, const event::Event*>> chosen;
  for (const event::Batch& batch : all->batches) {
    for (const event::Event& event : batch.events) {
      if (event.event_id == form.id && event::to_text(event.channel) == channel) {
        chosen.emplace_back(&batch, &event);
      }
    }
  }
  const sigma::CompiledRules compiled(rules());
  std::vector<std::uint32_t> matches;
  Hash hash;
  const auto match = [&](sigma::Engine& engine) {
    hash = {};
    for (const auto& [batch, event] : chosen) {
      engine.match(*batch, *event, matches);
      for (const std::uint32_t rule : matches) hash.add(rule);
      hash.add(matches.size());
    }
  };
  auto engine = compiled.make_engine(all->paths);
  match(*engine);  // compiles what this kind of event needs
  for (auto _ : state) {
    if (fresh) {
      state.PauseTiming();
      engine = compiled.make_engine(all->paths);
      state.ResumeTiming();
    }
    match(*engine);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(chosen.size()));
  state.SetLabel(std::to_string(chosen.size()) + " records, " + hash.text());
}
#define EXHIBIT_MATCH(kind)                                             \
  BENCHMARK_CAPTURE(BM_Match, kind##_warm, ordinary::Kind::kind, false) \
      ->Unit(benchmark::kMicrosecond);                                  \
  BENCHMARK_CAPTURE(BM_Match, kind##_fresh, ordinary::Kind::kind, true) \
      ->Unit(benchmark::kMicrosecond)
EXHIBIT_MATCH(sysmon_process);
EXHIBIT_MATCH(sysmon_connection);
EXHIBIT_MATCH(sysmon_image);
EXHIBIT_MATCH(sysmon_access);
EXHIBIT_MATCH(sysmon_file);
EXHIBIT_MATCH(sysmon_value);
EXHIBIT_MATCH(sysmon_dns);
EXHIBIT_MATCH(process_created);
EXHIBIT_MATCH(logon);
EXHIBIT_MATCH(share_checked);
EXHIBIT_MATCH(kerberos_service);
EXHIBIT_MATCH(script_block);
#undef EXHIBIT_MATCH

}  // namespace
}  // namespace exhibit
