// What sealing costs: kernels, commitments, trees. Each prints the start of a result hash, which
// must not change with kernel or machine. Compare ratios of one run only.
#include <benchmark/benchmark.h>

#include <vector>

#include "base/text.h"
#include "exhibit/seal.h"
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

// A typical EVTX record: 25 fields with paths of 31 bytes and values of 4 to 40, 1 KB of raw bytes.
void BM_CommitRecords(benchmark::State& state) {
  constexpr std::size_t kRecords = 64;
  constexpr std::size_t kFields = 25;
  const auto bytes = pattern(2048);
  const std::string path(31, 'p');
  std::vector<FieldView> fields;
  for (std::size_t i = 0; i < kFields; ++i)
    fields.push_back({path, 1, Bytes(bytes).subspan(i, i % 3 == 0 ? 40 : i % 3 == 1 ? 4 : 16)});
  std::vector<RecordView> records;
  for (std::size_t i = 0; i < kRecords; ++i)
    records.push_back({i * 1024, kRecordStream, Bytes(bytes).subspan(i, 1000), fields});
  std::vector<Digest> leaves(kRecords);
  RecordCommitter committer;
  committer.start_source({}, {});
  for (auto _ : state) {
    committer.commit(records, leaves);
    benchmark::DoNotOptimize(leaves.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRecords));
  label(state, std::as_bytes(std::span(leaves)), kernel_name());
}
BENCHMARK(BM_CommitRecords);

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
