#include <benchmark/benchmark.h>
#include <cstring>

#include "evidence/json_framer.h"
#include "evidence/json_parser.h"

namespace exhibit::evidence {
namespace {

// Some 2.2 KB each, as NXLog writes Sysmon's process creations: most of it is the message.
std::string records(std::size_t size) {
  const std::string path = R"(C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe)";
  std::string out;
  for (std::size_t i = 0; out.size() < size; ++i) {
    const std::string n = std::to_string(i);
    std::string line = R"({"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational",)"
                       R"("Hostname":"ran-)" +
                       std::to_string(i % 7) + R"(.operator.example","RecordNumber":)" + n +
                       R"(,"SourceName":"Microsoft-Windows-Sysmon","@timestamp":)"
                       R"("2026-11-22T01:02:03.456Z","Keywords":"0x8000000000000000")";
    for (const char* name : {"Image", "ParentImage", "CurrentDirectory", "OriginalFileName"})
      line += std::string(R"(,")") + name + R"(":")" + path + '"';
    line += R"(,"CommandLine":")" + path + R"( -NoProfile -File C:\\jobs\\)" + n + R"(.ps1")";
    for (int k = 0; k < 12; ++k) line += R"(,"Field)" + std::to_string(k) + R"(":)" + n;
    line += R"(,"Message":"Process Create:\r\n)";
    while (line.size() < 2'200) line += R"(\tImage: )" + path + R"(\r\n)";
    out += line + "\"}\n";
  }
  return out;
}

void fill(event::Batch& batch, std::string_view text) {
  batch.clear();
  batch.resize(text.size());
  std::memcpy(batch.buffer.data(), text.data(), text.size());
}

void BM_JsonFrame(benchmark::State& state) {
  const std::string text = records(event::kBatchSizeBytes);
  event::Batch batch;
  std::size_t found = 0;
  for (auto _ : state) {
    batch.clear();
    JsonFramer framer(state.range(0) == 0 ? JsonFramer::Mode::lines : JsonFramer::Mode::values, 0);
    benchmark::DoNotOptimize(framer.frame(text, true, batch));
    found = batch.events.size();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
  state.SetLabel(std::to_string(found) + " records");
}
BENCHMARK(BM_JsonFrame)->ArgName("values")->Arg(0)->Arg(1);

void BM_JsonParse(benchmark::State& state) {
  const std::string text = records(event::kBatchSizeBytes);
  const event::FieldNames names;
  event::PathTable paths(names);
  const auto parser = make_json_parser(paths);
  event::Batch batch;
  fill(batch, text);
  JsonFramer framer(JsonFramer::Mode::lines, 0);
  static_cast<void>(framer.frame(text, true, batch));
  const std::vector<event::Event> framed = batch.events;
  for (auto _ : state) {
    batch.events = framed;
    batch.fields.clear();
    batch.arena.clear();
    parser->parse(batch);
    benchmark::DoNotOptimize(batch.fields.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(framed.size()));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
  std::uint64_t hash = 14695981039346656037U;  // FNV-1a over all fields' texts
  for (const event::Field& field : batch.fields) {
    for (const char c : event::to_text(field.value)) {
      hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    }
  }
  state.SetLabel(std::to_string(batch.events.size()) + " events, " +
                 std::to_string(batch.fields.size()) + " fields, result " + std::to_string(hash));
}
BENCHMARK(BM_JsonParse);

}  // namespace
}  // namespace exhibit::evidence
