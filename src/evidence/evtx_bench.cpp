// What a record costs: framing, checksums, and fields from values, over files that the test
// writer makes.
#include <benchmark/benchmark.h>

#include <cstring>

#include "base/inflate.h"
#include "evidence/evtx.h"
#include "support/evtx_event.h"

namespace exhibit::evidence {
namespace {

constexpr std::int64_t kTicks = 133'000'000'000'000'000;

std::string logons(std::size_t count, bool with_template) {
  test::EvtxWriter writer;
  for (std::size_t i = 0; i < count; ++i) {
    test::EvtxEvent event;
    event.provider = "Microsoft-Windows-Security-Auditing";
    event.guid = "54849625-5478-4994-a5ba-3e3b0328c30d";
    event.event_id = 4624;
    event.task = 12544;
    event.keywords = 0x8020000000000000;
    event.ticks = kTicks + static_cast<std::int64_t>(i);
    event.channel = "Security";
    event.computer = "WS01.example.org";
    event.data = {
        {"SubjectUserSid", test::evtx_sid("S-1-5-18")},
        {"SubjectUserName", test::evtx_string("WS01$")},
        {"SubjectDomainName", test::evtx_string("EXAMPLE")},
        {"SubjectLogonId", test::evtx_hex64(0x3e7)},
        {"TargetUserSid", test::evtx_sid("S-1-5-21-1-2-3-1104")},
        {"TargetUserName", test::evtx_string("user" + std::to_string(i % 37))},
        {"TargetDomainName", test::evtx_string("EXAMPLE")},
        {"TargetLogonId", test::evtx_hex64(0x100000 + i)},
        {"LogonType", test::evtx_uint32(3)},
        {"LogonProcessName", test::evtx_string("Kerberos")},
        {"AuthenticationPackageName", test::evtx_string("Kerberos")},
        {"WorkstationName", test::evtx_string("-")},
        {"LogonGuid", test::evtx_guid("00000000-0000-0000-0000-000000000000")},
        {"TransmittedServices", test::evtx_string("-")},
        {"LmPackageName", test::evtx_string("-")},
        {"KeyLength", test::evtx_uint32(0)},
        {"ProcessId", test::evtx_hex64(0)},
        {"ProcessName", test::evtx_string("-")},
        {"IpAddress", test::evtx_string("10.0.0." + std::to_string(i % 200))},
        {"IpPort", test::evtx_string(std::to_string(49152 + i % 1000))},
    };
    test::add_event(writer, event, with_template);
  }
  return writer.finish();
}

std::vector<event::Batch> batches_of(const std::string& file) {
  class Memory final : public ByteStream {
   public:
    explicit Memory(std::string_view bytes) : left_(bytes) {}
    Result<std::size_t> read(std::span<std::byte> into) override {
      const std::size_t size = std::min(into.size(), left_.size());
      std::memcpy(into.data(), left_.data(), size);
      left_.remove_prefix(size);
      return size;
    }

   private:
    std::string_view left_;
  };
  const auto source = make_evtx_source({}, std::make_unique<Memory>(file));
  std::vector<event::Batch> out;
  for (event::Batch batch; source->next(batch); batch = {}) out.push_back(std::move(batch));
  return out;
}

void parse(benchmark::State& state, bool with_template) {
  std::vector<event::Batch> batches = batches_of(logons(2000, with_template));
  const event::FieldNames names;
  event::PathTable paths(names);
  const auto parser = make_evtx_parser(paths, {});
  std::size_t records = 0;
  std::size_t bytes = 0;
  std::uint64_t fields = 0;
  for (auto _ : state) {
    for (event::Batch& batch : batches) {
      batch.arena.clear();
      parser->parse(batch);
      records += batch.events.size();
      bytes += batch.size;
      fields += batch.fields.size();
      benchmark::DoNotOptimize(batch.fields.data());
    }
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(records));
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
  std::uint64_t hash = 14695981039346656037U;  // FNV-1a over all fields' texts
  for (const event::Batch& batch : batches) {
    for (const event::Field& field : batch.fields) {
      for (const char c : event::to_text(field.value)) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
      }
    }
  }
  state.SetLabel("result " + std::to_string(hash));
  state.counters["fields_per_record"] = static_cast<double>(fields) / static_cast<double>(records);
}

void BM_ParseRecords(benchmark::State& state) { parse(state, true); }
BENCHMARK(BM_ParseRecords);
void BM_ParseRecordsWithoutTemplate(benchmark::State& state) { parse(state, false); }
BENCHMARK(BM_ParseRecordsWithoutTemplate);

void BM_Checksum(benchmark::State& state) {
  const std::string chunk(65536, 'x');
  for (auto _ : state) benchmark::DoNotOptimize(base::crc32(0, as_bytes(chunk)));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(chunk.size()));
}
BENCHMARK(BM_Checksum);

}  // namespace
}  // namespace exhibit::evidence
