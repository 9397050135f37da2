// What sealing costs: kernels, commitments, trees. Each prints the start of a result hash, which
// must not change with kernel or machine. Compare ratios of one run only.
#include <benchmark/benchmark.h>

#include <vector>

#include "base/text.h"
#include "exhibit/seal.h"
#include "seal/commitment.h"
#include "seal/lane_hasher.h"
#include "seal/prf.h"

namespace exhibit::seal {
namespace {

std::vector<std::byte> pattern(std::size_t size) {
  std::vector<std::byte> out(size);
  std::uint32_t x = 1;
  for (std::byte& b : out) b = static_cast<std::byte>((x = x * 1'664'525 + 1'013'904'223) >> 24);
  return out;
}

void label(benchmark::State& state, Bytes result, std::string_view before = {}) {
  state.SetLabel(std::string(before) + (before.empty() ? "" : " ") +
                 base::to_hex(sha256(result)).substr(0, 8));
}

// Many messages of one size. Arguments: kernel (index of available_kernels()), message size.
void BM_Kernel(benchmark::State& state) {
  const auto kernels = available_kernels();
  const auto index = static_cast<std::size_t>(state.range(0));
  const auto size = static_cast<std::size_t>(state.range(1));
  if (index >= kernels.size()) return state.SkipWithError("not on this processor");
  constexpr std::size_t kCount = 256;
  const auto bytes = pattern(kCount * size);
  std::vector<Digest> out(kCount);
  std::vector<HashJob> jobs;
  for (std::size_t i = 0; i < kCount; ++i)
    jobs.push_back({bytes.data() + i * size, out[i].data(), size});
  LaneHasher hasher(kernels[index]);
  for (auto _ : state) {
    hasher.hash(jobs, LaneHasher::Padding::absent);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kCount));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kCount * size));
  label(state, std::as_bytes(std::span(out)), kernels[index].name);
}
BENCHMARK(BM_Kernel)->ArgsProduct({{0, 1, 2, 3}, {55, 64, 119, 300, 1024, 16'384}});

// One message after the other. Argument: size.
void BM_Single(benchmark::State& state) {
  const auto bytes = pattern(static_cast<std::size_t>(state.range(0)));
  Digest out{};
  for (auto _ : state) benchmark::DoNotOptimize(out = sha256(bytes));
  state.SetBytesProcessed(state.iterations() * state.range(0));
  label(state, out);
}
BENCHMARK(BM_Single)->Arg(65)->Arg(1024)->Arg(1 << 20);

void BM_Stream(benchmark::State& state) {
  const auto bytes = pattern(static_cast<std::size_t>(state.range(0)));
  Digest out{};
  Sha256 stream;
  for (auto _ : state) {
    stream.update(bytes);
    benchmark::DoNotOptimize(out = stream.finish());
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
  label(state, out);
}
BENCHMARK(BM_Stream)->Arg(65)->Arg(1 << 20);

// One record's key and 32 blocks.
void BM_Salts(benchmark::State& state) {
  Prf prf;
  Key key{};
  const std::array<PrfBlock, 32> blocks{};
  std::array<PrfBlock, 32> out{};
  for (auto _ : state) {
    prf.set_key(key);
    prf.apply(blocks, out[0].data());
    benchmark::DoNotOptimize(out.data());
  }
  label(state, std::as_bytes(std::span(out)));
}
BENCHMARK(BM_Salts);

// What is committed to: names and sizes of the fields, and of the record's bytes.
struct Shape {
  std::string_view name;
  std::size_t raw_size;
  std::vector<std::pair<std::string, std::size_t>> fields;
};

// A security event with the values that have a name (20, UTF-16 of 8 to 120 bytes), and a line of
// JSON.
const std::vector<Shape>& shapes() {
  static const std::vector<Shape> all = [] {
    Shape evtx{"evtx", 1000, {}};
    const std::string_view evtx_names =
        "SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId NewProcessId "
        "NewProcessName TokenElevationType ProcessId CommandLine TargetUserSid TargetUserName "
        "TargetDomainName TargetLogonId ParentProcessName MandatoryLabel LogonType WorkstationName "
        "IpAddress IpPort LogonProcessName";
    const std::array<std::size_t, 20> evtx_sizes{92, 16, 24, 14, 12, 76, 12, 10, 120, 88,
                                                 18, 26, 14, 80, 34, 8,  20, 28, 10,  18};
    Shape json{"json", 2048, {}};
    const std::string_view json_names =
        "@timestamp host EventID Channel Hostname SourceName Severity Task Keywords RecordNumber "
        "ProcessID ThreadID UtcTime ProcessGuid Image FileVersion Description Product Company "
        "OriginalFileName CommandLine CurrentDirectory User LogonGuid LogonId IntegrityLevel "
        "Hashes ParentImage ParentCommandLine Message";
    const std::array<std::size_t, 30> json_sizes{24, 13, 1,  36, 22, 24, 4,   1,  20, 6,
                                                 4,  4,  23, 38, 44, 30, 27,  38, 21, 14,
                                                 96, 21, 19, 38, 6,  6,  190, 44, 64, 480};
    const auto fill = [](Shape& shape, std::string_view prefix, std::string_view names,
                         std::span<const std::size_t> sizes) {
      for (const std::size_t size : sizes) {
        const std::size_t end = std::min(names.find(' '), names.size());
        shape.fields.emplace_back(std::string(prefix) + std::string(names.substr(0, end)), size);
        names.remove_prefix(std::min(end + 1, names.size()));
      }
    };
    fill(evtx, "Event.EventData.", evtx_names, evtx_sizes);
    fill(json, "", json_names, json_sizes);
    return std::vector<Shape>{evtx, json};
  }();
  return all;
}

// SHA-256 blocks of a record whose shape is known.
std::size_t blocks(const Shape& shape) {
  const auto blocks_of = [](std::size_t size) { return padded_size(size) / kBlockSize; };
  std::size_t out = blocks_of(kFieldOverhead + shape.raw_size) +
                    blocks_of(kFieldOverhead + sizeof(Digest)) +
                    blocks_of(kFieldOverhead + kPlaceSize) +
                    blocks_of(1 + sizeof(Digest) * bucket_slots(used_slots(shape.fields.size()))) +
                    blocks_of(1 + kEntrySize);
  for (const auto& [path, size] : shape.fields) out += blocks_of(kFieldOverhead + size);
  return out;
}

// A path's number, cut to those that the shape has, is its place there.
class Texts final : public PathTexts {
 public:
  explicit Texts(const Shape& shape) : shape_(shape) {}
  [[nodiscard]] std::string_view text(std::uint32_t path) const override {
    return shape_.fields[path % shape_.fields.size()].first;
  }

 private:
  const Shape& shape_;
};

// Arguments: which of shapes(); whether each record has a shape of its own, as only hostile
// evidence has.
void BM_CommitRecords(benchmark::State& state) {
  const bool fresh = state.range(1) != 0;
  const std::size_t count = fresh ? 8192 : 256;
  const Shape& shape = shapes()[static_cast<std::size_t>(state.range(0))];
  const auto bytes = pattern(16'384);
  std::vector<std::vector<NumberedField>> fields(count);
  std::vector<NumberedRecord> records;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < shape.fields.size(); ++j)
      fields[i].push_back(
          {static_cast<std::uint32_t>(j + (fresh && j == 0 ? i * shape.fields.size() : 0)), 1,
           Bytes(bytes).subspan(j, shape.fields[j].second)});
    records.push_back(
        {i * 1024, kRecordStream, Bytes(bytes).subspan(i, shape.raw_size), fields[i]});
  }
  std::vector<Digest> leaves(count);
  const Texts texts(shape);
  RecordCommitter committer(texts);
  committer.start_source({}, {});
  for (auto _ : state) {
    committer.commit(records, leaves);
    benchmark::DoNotOptimize(leaves.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(count));
  state.counters["blocks"] = static_cast<double>(blocks(shape));
  label(state, std::as_bytes(std::span(leaves)),
        std::string(shape.name) + " " + std::string(kernel_name()));
}
BENCHMARK(BM_CommitRecords)->ArgsProduct({{0, 1}, {0, 1}});

// Leaves to root and tiles. Argument: leaves.
void BM_Tiles(benchmark::State& state) {
  std::vector<Digest> leaves(static_cast<std::size_t>(state.range(0)));
  for (std::size_t i = 0; i < leaves.size(); ++i)
    leaves[i] = leaf_hash(std::as_bytes(std::span(&i, 1)));
  Digest root{};
  for (auto _ : state) {
    TileWriter writer;
    std::vector<TreeFile> files;
    for (const Digest& leaf : leaves) writer.append(leaf, files);
    writer.partial(files);
    benchmark::DoNotOptimize(root = writer.root());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  label(state, root);
}
BENCHMARK(BM_Tiles)->Arg(10'000);

void BM_Sign(benchmark::State& state) {
  const SigningKey key = SigningKey::generate().value();
  for (auto _ : state) benchmark::DoNotOptimize(key.sign(as_bytes("a checkpoint")));
}
BENCHMARK(BM_Sign);

void BM_Verify(benchmark::State& state) {
  const SigningKey key = SigningKey::generate().value();
  const PublicKey pub = key.public_key();
  const Signature signature = key.sign(as_bytes("a checkpoint"));
  for (auto _ : state)
    benchmark::DoNotOptimize(verify_signature(pub, as_bytes("a checkpoint"), signature));
}
BENCHMARK(BM_Verify);

}  // namespace
}  // namespace exhibit::seal
