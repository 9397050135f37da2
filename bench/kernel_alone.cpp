// kernel_alone FILE: what the commitments to a file's records cost, and what the SHA-256 kernel
// alone needs for the same blocks.
//
// For every batch of the file, as a hunt reads it: the CPU time of RecordCommitter::commit, and
// that of the kernel over messages of the same sizes in the same order, whose bytes and padding lie
// ready in the cache. The second is the limit of the first: keys, salts, copying values and looking
// up shapes are what a commitment takes beyond it. The commitments to shapes are in the first
// alone. Prints one JSON object, with the start of a hash over all leaves.
#include <ctime>

#include <iostream>
#include <vector>

#include "base/text.h"
#include "bench/records.h"
#include "exhibit/seal.h"
#include "hunt/numbered.h"
#include "seal/commitment.h"
#include "seal/lane_hasher.h"

namespace exhibit {
namespace {

constexpr std::size_t kGroupBytes = 256 * 1024;  // as the committer groups them

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Hashes messages of the sizes that commitments have.
class KernelAlone {
 public:
  void hash(std::span<const seal::NumberedRecord> records) {
    std::size_t first = 0;
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < records.size(); ++i) {
      const std::size_t more = field_bytes(records[i]);
      if (i != first && bytes + more > kGroupBytes) {
        hash_group(records.subspan(first, i - first));
        first = i;
        bytes = 0;
      }
      bytes += more;
    }
    hash_group(records.subspan(first));
  }
  double seconds = 0;
  std::uint64_t blocks = 0;

 private:
  static std::size_t field_bytes(const seal::NumberedRecord& record) {
    std::size_t bytes = 0;
    each_field(record, [&](std::size_t size) { bytes += seal::padded_size(size); });
    return bytes;
  }
  template <class OnSize>
  static void each_field(const seal::NumberedRecord& record, const OnSize& on_size) {
    on_size(seal::kFieldOverhead + record.raw.size());
    on_size(seal::kFieldOverhead + sizeof(seal::Digest));
    on_size(seal::kFieldOverhead + seal::kPlaceSize);
    const std::size_t used = seal::used_slots(record.fields.size()) - seal::kRecordOwnSlots;
    for (const seal::NumberedField& field : record.fields.first(used))
      on_size(seal::kFieldOverhead + field.value.size());
  }

  void hash_group(std::span<const seal::NumberedRecord> records) {
    sizes_.clear();
    for (const auto& record : records)
      each_field(record, [&](std::size_t size) { sizes_.push_back(size); });
    hash_sizes();
    sizes_.clear();
    for (const auto& record : records)
      sizes_.push_back(1 + sizeof(seal::Digest) *
                               seal::bucket_slots(seal::used_slots(record.fields.size())));
    hash_sizes();
    sizes_.assign(records.size(), 1 + seal::kEntrySize);
    hash_sizes();
  }

  void hash_sizes() {
    std::size_t total = 0;
    for (const std::size_t size : sizes_) total += seal::padded_size(size);
    if (bytes_.size() < total) bytes_.resize(total);
    if (out_.size() < sizes_.size()) out_.resize(sizes_.size());
    jobs_.clear();
    std::byte* at = bytes_.data();
    for (std::size_t i = 0; i < sizes_.size(); ++i) {
      seal::write_padding(at, sizes_[i]);
      jobs_.push_back({at, out_[i].data(), sizes_[i]});
      at += seal::padded_size(sizes_[i]);
    }
    blocks += total / seal::kBlockSize;
    const double begun = cpu_seconds();
    hasher_.hash(jobs_, seal::LaneHasher::Padding::in_place);
    seconds += cpu_seconds() - begun;
  }

  seal::LaneHasher hasher_;
  std::vector<std::size_t> sizes_;
  std::vector<seal::HashJob> jobs_;
  std::vector<std::byte> bytes_;
  std::vector<seal::Digest> out_;
};

void measure(const std::string& path) {
  const event::FieldNames names;
  bench::Records all(names);
  const hunt::NumberedPaths texts(all.paths);
  seal::RecordCommitter committer(texts);
  committer.start_source({}, {});
  KernelAlone kernel;
  seal::TreeHasher tree;
  double commit_seconds = 0;
  hunt::NumberedBatch numbered;
  std::vector<seal::Digest> leaves;
  std::uint64_t generation = all.paths.generation();
  bench::each_batch(path, all, [&](const event::Batch& batch) {
    if (all.paths.generation() != generation) {
      generation = all.paths.generation();
      committer.forget_paths();
    }
    const std::span<const seal::NumberedRecord> records = numbered.of(batch);
    leaves.resize(records.size());
    const double begun = cpu_seconds();
    committer.commit(records, leaves);
    commit_seconds += cpu_seconds() - begun;
    for (const seal::Digest& leaf : leaves) tree.append(leaf);
    kernel.hash(records);
  });
  std::cout << "{\"records\": " << tree.size() << ", \"blocks\": " << kernel.blocks
            << ", \"kernel\": \"" << seal::kernel_name() << "\", \"kernel_s\": " << kernel.seconds
            << ", \"commit_s\": " << commit_seconds << ", \"result\": \""
            << base::to_hex(tree.root()).substr(0, 8) << "\"}\n";
}

}  // namespace
}  // namespace exhibit

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: kernel_alone FILE\n";
    return 2;
  }
  exhibit::measure(argv[1]);
  return 0;
}
