// What an event costs in the fast engine. Prints a hash of the results: a figure without the same
// hash is of other work.
//
// Real: the LSASS campaigns and EVTX samples, all Windows rules, events parsed beforehand, so that
// only matching is timed. Without real data, synthetic events over a few generated rules.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "exhibit/sigma.h"
#include "sigma/fast_engine.h"
#include "sigma/fast_rules.h"
#include "support/engines.h"
#include "support/evtx_value.h"
#include "support/support.h"

namespace exhibit::sigma::fast {
namespace {

using event::ValueType;

/// Events as a busy Windows host writes them: few images, many process ids, command lines of which
/// every third is new.
void add_events(testing::Events& events, std::size_t count) {
  constexpr std::array<std::string_view, 8> kImages{
      R"(C:\Windows\System32\svchost.exe)",
      R"(C:\Windows\System32\cmd.exe)",
      R"(C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe)",
      R"(C:\Windows\System32\conhost.exe)",
      R"(C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe)",
      R"(C:\Windows\System32\wbem\WmiPrvSE.exe)",
      R"(C:\Windows\System32\lsass.exe)",
      R"(C:\Users\alice\AppData\Local\Temp\setup.exe)"};
  constexpr std::array<std::string_view, 6> kCommands{
      R"(C:\Windows\System32\svchost.exe -k netsvcs -p -s Schedule)",
      R"("C:\Windows\System32\cmd.exe" /c "dir C:\Users\alice\Documents")",
      R"(powershell.exe -NoProfile -ExecutionPolicy Bypass -File C:\Scripts\inventory.ps1)",
      R"(\??\C:\Windows\system32\conhost.exe 0xffffffff -ForceV1)",
      R"("C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe" --type=renderer --lang=en-US)",
      R"(rundll32.exe C:\Windows\System32\shell32.dll,Control_RunDLL)"};
  const auto text = [&](std::string_view path, std::string_view value) {
    events.add(path, events.value(test::utf16le(value), ValueType::utf16));
  };
  std::uint32_t random = 1;
  for (std::size_t i = 0; i < count; ++i) {
    random = random * 1664525 + 1013904223;
    const std::uint32_t kind = random >> 28;
    const std::uint16_t id = kind < 4 ? 1 : kind < 10 ? 10 : kind < 13 ? 13 : 7;
    events.begin("Microsoft-Windows-Sysmon/Operational", id);
    const std::string_view id_bytes(reinterpret_cast<const char*>(&id), 2);
    events.add("Event.System.EventID", events.value(id_bytes, ValueType::uint16));
    text("Event.System.Computer", "host-1.example.org");
    text("Event.System.Provider.#attributes.Name", "Microsoft-Windows-Sysmon");
    const std::string_view image = kImages[(random >> 8) % kImages.size()];
    const std::string_view parent = kImages[(random >> 16) % kImages.size()];
    std::string command(kCommands[(random >> 12) % kCommands.size()]);
    if (random % 3 == 0) command += " --id=" + std::to_string(random);
    if (id == 1) {
      text("Event.EventData.Image", image);
      text("Event.EventData.ParentImage", parent);
      text("Event.EventData.CommandLine", command);
      text("Event.EventData.ParentCommandLine", kCommands[random % kCommands.size()]);
      text("Event.EventData.User", "EXAMPLE\\alice");
      text("Event.EventData.IntegrityLevel", "Medium");
      text("Event.EventData.OriginalFileName", "Cmd.Exe");
      text("Event.EventData.Hashes",
           "MD5=0123456789ABCDEF0123456789ABCDEF,IMPHASH=" + std::to_string(random));
    } else if (id == 10) {
      text("Event.EventData.SourceImage", image);
      text("Event.EventData.TargetImage", parent);
      text("Event.EventData.GrantedAccess", "0x1000");
      text("Event.EventData.CallTrace",
           R"(C:\Windows\SYSTEM32\ntdll.dll+9c524|C:\Windows\System32\KERNELBASE.dll+2730e)");
    } else if (id == 13) {
      text("Event.EventData.EventType", "SetValue");
      text("Event.EventData.Image", image);
      text("Event.EventData.TargetObject",
           R"(HKLM\System\CurrentControlSet\Services\bam\State\UserSettings\)" +
               std::to_string(random % 50));
      text("Event.EventData.Details", "Binary Data");
    } else {
      text("Event.EventData.Image", image);
      text("Event.EventData.ImageLoaded",
           R"(C:\Windows\System32\module)" + std::to_string(random % 200) + ".dll");
      text("Event.EventData.Signed", "true");
    }
  }
}

// The rules at ../shared/data where they are, a few of our own otherwise.
const RulePack& rules() {
  static const std::unique_ptr<RulePack> pack = [] {
    if (const auto folder = test::real_data("sigma/rules/windows"))
      if (auto loaded = load_rules({folder->string()}))
        return std::make_unique<RulePack>(std::move(*loaded));
    return std::make_unique<RulePack>(load_rules_from_memory({{"bench.yml", R"(
title: Renderer or script
logsource: {product: windows, category: process_creation}
detection:
  selection:
    Image|endswith: ['\cmd.exe', '\powershell.exe']
    CommandLine|contains: ['bypass', 'dir ']
  filter:
    ParentImage|endswith: '\conhost.exe'
  condition: selection and not filter
)"}}));
  }();
  return *pack;
}

void BM_MatchSynthetic(benchmark::State& state) {
  const RulePack& pack = rules();
  testing::Events events(pack.fields);
  add_events(events, 20'000);
  CompiledRules::Impl compiled(pack);
  FastEngine engine(compiled, events.paths());
  std::vector<std::uint32_t> matches;
  std::uint64_t hash = 0;
  for (auto _ : state) {
    hash = 14695981039346656037U;  // FNV-1a over the matches in order
    for (const event::Event& event : events.batch().events) {
      engine.match(events.batch(), event, matches);
      for (const std::uint32_t rule : matches) hash = (hash ^ rule) * 1099511628211U;
    }
    benchmark::DoNotOptimize(hash);
  }
  state.SetLabel("result " + std::to_string(hash));
  state.SetItemsProcessed(state.iterations() *
                          static_cast<std::int64_t>(events.batch().events.size()));
}
BENCHMARK(BM_MatchSynthetic)->Unit(benchmark::kMillisecond);

// All groups that Sysmon process creation needs, from nothing.
void BM_BuildProcessCreation(benchmark::State& state) {
  const RulePack& pack = rules();
  constexpr std::string_view kChannel = "Microsoft-Windows-Sysmon/Operational";
  const auto variants = RouteTable(pack).admitted(kChannel, 1, event::Product::windows);
  for (auto _ : state) {
    RegexPool regexes(pack);
    const Group group(pack, variants, {.event_id = {.known = true, .id = 1}}, regexes);
    benchmark::DoNotOptimize(group.atom_count());
  }
  state.SetLabel(std::to_string(variants.size()) + " variants");
}
BENCHMARK(BM_BuildProcessCreation)->Unit(benchmark::kMillisecond);

void BM_Construct(benchmark::State& state) {
  const RulePack& pack = rules();
  for (auto _ : state) {
    const CompiledRules compiled(pack);
    benchmark::DoNotOptimize(&compiled);
  }
}
BENCHMARK(BM_Construct)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace exhibit::sigma::fast
