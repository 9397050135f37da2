// Commits to the records of a batch: what sealing costs is decided here.
//
// Records are taken in groups whose preimages fit the second-level cache. Of each group, first all
// slot commitments are hashed together, then one flat hash for each record, then one leaf for
// each; a hash is written straight into the preimage that it is part of:
//
//   fields   [ f salt type value pad ] [ … ] …                  one message for each used slot
//   flat     [ r F_0 F_1 … F_bucket-1 pad ] [ … ] …             one for each record
//   leaves   [ 00 version pseudonym bucket flat pad ] [ … ] …   one block for each record
//
// Every message is followed by its SHA-256 padding, so the kernels read nothing else. Most fields
// are one block. The paths are not in them: their commitment is the same for all records of a shape
// (shape_cache.h), and slot 1 holds it.
#include <openssl/crypto.h>

#include <algorithm>

#include "exhibit/seal.h"
#include "seal/buffer.h"
#include "seal/check.h"
#include "seal/commitment.h"
#include "seal/lane_hasher.h"
#include "seal/shape_cache.h"

namespace exhibit::seal {
namespace {

constexpr std::size_t kGroupBytes = 256 * 1024;  // of preimages; fits an L2 of 512 KiB
constexpr std::size_t kLeafSize = 1 + kEntrySize;

struct Sizes {
  std::size_t fields = 0;
  std::size_t flat = 0;
  std::size_t leaves = 0;
};

std::size_t flat_size(std::size_t slots) { return 1 + sizeof(Digest) * slots; }

Sizes sizes_of(const NumberedRecord& record) {
  const std::size_t used = used_slots(record.fields.size());
  Sizes sizes{.fields = padded_size(kFieldOverhead + record.raw.size()) +
                        padded_size(kFieldOverhead + sizeof(Digest)) +
                        padded_size(kFieldOverhead + kPlaceSize),
              .flat = padded_size(flat_size(bucket_slots(used))),
              .leaves = padded_size(kLeafSize)};
  for (const NumberedField& field : record.fields.first(used - kRecordOwnSlots))
    sizes.fields += padded_size(kFieldOverhead + field.value.size());
  return sizes;
}

}  // namespace

struct RecordCommitter::Impl {
  explicit Impl(const PathTexts& paths) : shapes(paths) {}

  Prf source_prf;
  Prf record_prf;
  std::optional<Key> source_key;
  Pseudonym source{};
  ShapeCache shapes;
  LaneHasher hasher;
  Buffer fields;
  Buffer flat;
  Buffer leaves;
  std::vector<HashJob> field_jobs;
  std::vector<HashJob> flat_jobs;
  std::vector<HashJob> leaf_jobs;
  std::vector<PrfBlock> salts;           // of the record at hand
  std::vector<PrfBlock> salt_inputs;     // salt_block of every slot so far
  std::vector<PrfBlock> padding_inputs;  // both padding_blocks of every slot so far

  void start_source(const Key& key, const Pseudonym& name);
  void commit_group(std::span<const NumberedRecord> records, const Sizes& sizes,
                    std::span<Digest> out);
  void add_salts(const NumberedRecord& record, std::size_t used, std::size_t bucket,
                 std::byte* digests);
  std::byte* add_fields(const NumberedRecord& record, std::size_t used, std::byte* at,
                        std::byte* digests);
};

// Batches of one source mostly follow each other; its shapes are kept for them.
void RecordCommitter::Impl::start_source(const Key& key, const Pseudonym& name) {
  source = name;
  if (key == source_key) return;
  source_key = key;
  source_prf.set_key(key);
  Key shapes_key;
  source_prf.apply(shapes_key_blocks(), shapes_key.data());
  shapes.set_key(shapes_key);
  OPENSSL_cleanse(shapes_key.data(), shapes_key.size());
}

// Fills `salts`. Padding commitments go straight to their slots.
void RecordCommitter::Impl::add_salts(const NumberedRecord& record, std::size_t used,
                                      std::size_t bucket, std::byte* digests) {
  for (std::size_t slot = salt_inputs.size(); slot < bucket; ++slot) {
    salt_inputs.push_back(salt_block(slot));
    padding_inputs.push_back(padding_block(0, slot));
    padding_inputs.push_back(padding_block(1, slot));
  }
  if (salts.size() < used) salts.resize(used);
  const std::array<PrfBlock, 2> halves{record_key_block(record.stream, 0, record.offset),
                                       record_key_block(record.stream, 1, record.offset)};
  Key key;
  source_prf.apply(halves, key.data());
  record_prf.set_key(key);
  record_prf.apply(std::span(salt_inputs).first(used), salts.front().data());
  record_prf.apply(std::span(padding_inputs).subspan(2 * used, 2 * (bucket - used)),
                   digests + sizeof(Digest) * used);
}

std::byte* RecordCommitter::Impl::add_fields(const NumberedRecord& record, std::size_t used,
                                             std::byte* at, std::byte* digests) {
  const auto add = [&](std::size_t slot, std::uint8_t type, Bytes value) {
    Preimage message(at);
    write_field_head(message, salts[slot], type);
    message.bytes(value);
    const std::size_t size = kFieldOverhead + value.size();
    write_padding(at, size);
    field_jobs.push_back({at, digests + sizeof(Digest) * slot, size});
    at += padded_size(size);
  };
  std::array<std::byte, kPlaceSize> place;
  Preimage writer(place.data());
  write_place(writer, record.stream, record.offset);
  add(0, kRawFieldType, record.raw);
  add(1, kShapeFieldType, shapes.commitment(record.fields));
  add(2, kPlaceFieldType, place);
  for (std::size_t slot = kRecordOwnSlots; slot < used; ++slot) {
    const NumberedField& field = record.fields[slot - kRecordOwnSlots];
    add(slot, field.type, field.value);
  }
  return at;
}

void RecordCommitter::Impl::commit_group(std::span<const NumberedRecord> records,
                                         const Sizes& sizes, std::span<Digest> out) {
  field_jobs.clear();
  flat_jobs.clear();
  leaf_jobs.clear();
  std::byte* field_at = fields.reserve(sizes.fields);
  std::byte* flat_at = flat.reserve(sizes.flat);
  std::byte* leaf_at = leaves.reserve(sizes.leaves);
  for (std::size_t i = 0; i < records.size(); ++i) {
    const std::size_t used = used_slots(records[i].fields.size());
    const std::size_t bucket = bucket_slots(used);
    Preimage flat_message(flat_at);
    flat_message.u8(kRecordTag);
    std::byte* digests = flat_message.at();
    add_salts(records[i], used, bucket, digests);
    field_at = add_fields(records[i], used, field_at, digests);

    Preimage leaf(leaf_at);
    leaf.u8(0x00);  // RFC 6962 2.1: the prefix of a leaf
    leaf.u8(kCommitmentVersion);
    leaf.bytes(source);
    leaf.u16(static_cast<std::uint16_t>(bucket));
    const std::size_t size = flat_size(bucket);
    write_padding(flat_at, size);
    flat_jobs.push_back({flat_at, leaf.at(), size});
    flat_at += padded_size(size);
    write_padding(leaf_at, kLeafSize);
    leaf_jobs.push_back({leaf_at, out[i].data(), kLeafSize});
    leaf_at += padded_size(kLeafSize);
  }
  hasher.hash(field_jobs, LaneHasher::Padding::in_place);
  hasher.hash(flat_jobs, LaneHasher::Padding::in_place);
  hasher.hash(leaf_jobs, LaneHasher::Padding::in_place);
  fields.trim();
  flat.trim();
  OPENSSL_cleanse(salts.data(), salts.size() * sizeof(PrfBlock));
}

PathTexts::~PathTexts() = default;

RecordCommitter::RecordCommitter(const PathTexts& paths) : impl_(std::make_unique<Impl>(paths)) {}
RecordCommitter::~RecordCommitter() = default;

void RecordCommitter::start_source(const Key& source_key, const Pseudonym& source) {
  impl_->start_source(source_key, source);
}

void RecordCommitter::forget_paths() { impl_->shapes.forget(); }

void RecordCommitter::commit(std::span<const NumberedRecord> records, std::span<Digest> leaves) {
  check(records.size() == leaves.size());
  std::size_t first = 0;
  Sizes group;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Sizes sizes = sizes_of(records[i]);
    if (i != first && group.fields + sizes.fields > kGroupBytes) {
      impl_->commit_group(records.subspan(first, i - first), group,
                          leaves.subspan(first, i - first));
      first = i;
      group = {};
    }
    group.fields += sizes.fields;
    group.flat += sizes.flat;
    group.leaves += sizes.leaves;
  }
  if (first != records.size())
    impl_->commit_group(records.subspan(first), group, leaves.subspan(first));
}

}  // namespace exhibit::seal
