// Commitments exhibit/v1, one at a time: keys, openings, and what recomputes a commitment from
// them. The batched form that seals a hunt is record_committer.cpp; a test holds the two together.
#include "seal/commitment.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/random.h>

#include <cerrno>

#include "base/cursor.h"
#include "exhibit/seal.h"
#include "seal/check.h"

namespace exhibit::seal {
namespace {

Key hmac(const Key& key, Bytes message) {
  Key out;
  unsigned size = 0;
  check(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(message.data()), message.size(),
             reinterpret_cast<unsigned char*>(out.data()), &size) != nullptr &&
        size == out.size());
  return out;
}

Key hmac(const Key& key, std::string_view tag, const Pseudonym& name) {
  std::string message(tag);
  message += as_text(name);
  return hmac(key, as_bytes(message));
}

// Each path behind its length.
std::string list(std::span<const std::string_view> paths) {
  std::size_t size = 0;
  for (const std::string_view path : paths) {
    check(path.size() <= UINT32_MAX);
    size += 4 + path.size();
  }
  std::string out(size, '\0');
  Preimage writer(reinterpret_cast<std::byte*>(out.data()));
  for (const std::string_view path : paths) {
    writer.u32(static_cast<std::uint32_t>(path.size()));
    writer.text(path);
  }
  return out;
}

std::vector<std::string_view> paths_of(std::span<const FieldView> fields) {
  std::vector<std::string_view> out;
  for (const FieldView& field : fields) out.push_back(field.path);
  return out;
}

Salt salt_of(Prf& prf, std::size_t slot) {
  const PrfBlock block = salt_block(slot);
  Salt out;
  prf.apply(std::span(&block, 1), out.data());
  return out;
}

std::vector<Digest> padding(Prf& prf, std::size_t used, std::size_t bucket) {
  std::vector<Digest> out;
  for (std::size_t slot = used; slot < bucket; ++slot) {
    const std::array<PrfBlock, 2> blocks{padding_block(0, slot), padding_block(1, slot)};
    prf.apply(blocks, out.emplace_back().data());
  }
  return out;
}

struct Slot {
  std::uint8_t type;
  std::string value;
};

// Slots of one key, as far as they fit: its own, then the fields.
std::vector<FieldOpening> open_slots(Prf& prf, std::span<const Slot> own,
                                     std::span<const FieldView> fields) {
  std::vector<FieldOpening> out;
  const std::size_t used = std::min(own.size() + fields.size(), kSlotsMax);
  out.reserve(used);
  for (const Slot& slot : own)
    out.push_back(
        {.salt = salt_of(prf, out.size()), .path = {}, .type = slot.type, .value = slot.value});
  for (const FieldView& field : fields.first(used - own.size()))
    out.push_back({.salt = salt_of(prf, out.size()),
                   .path = std::string(field.path),
                   .type = field.type,
                   .value = std::string(as_text(field.value))});
  return out;
}

std::vector<Digest> slots(std::span<const FieldOpening> fields, std::span<const Digest> padding) {
  std::vector<Digest> out;
  out.reserve(fields.size() + padding.size());
  for (const FieldOpening& field : fields)
    out.push_back(field_commitment(field.salt, field.type, as_bytes(field.value)));
  out.insert(out.end(), padding.begin(), padding.end());
  return out;
}

// SHA-256 of tag, head and digests.
Digest hash_over(std::uint8_t tag, Bytes head, std::span<const Digest> digests) {
  Sha256 hash;
  hash.update(std::as_bytes(std::span(&tag, 1)));
  hash.update(head);
  hash.update(std::as_bytes(digests));
  return hash.finish();
}

}  // namespace

void random_bytes(std::span<std::byte> out) {
  while (!out.empty()) {
    const ssize_t got = getrandom(out.data(), out.size(), 0);
    check(got > 0 || errno == EINTR);
    if (got > 0) out = out.subspan(static_cast<std::size_t>(got));
  }
}

std::size_t bucket_slots(std::size_t slots) {
  check(slots <= kSlotsMax);
  return std::min(bucket_size(slots), kSlotsMax);
}

Key derive_source_key(const Key& case_key, const Pseudonym& source) {
  return hmac(case_key, kSourceKeyTag, source);
}

Key derive_statement_key(const Key& case_key, const Pseudonym& nonce) {
  return hmac(case_key, kStatementKeyTag, nonce);
}

Key derive_record_key(const Key& source_key, std::uint8_t stream, std::uint64_t offset) {
  Prf prf;
  prf.set_key(source_key);
  const std::array<PrfBlock, 2> blocks{record_key_block(stream, 0, offset),
                                       record_key_block(stream, 1, offset)};
  Key out;
  prf.apply(blocks, out.data());
  return out;
}

Key derive_shape_key(const Key& source_key, std::span<const std::string_view> paths) {
  Prf prf;
  prf.set_key(source_key);
  Key shapes;
  prf.apply(shapes_key_blocks(), shapes.data());
  return hmac(shapes, as_bytes(list(paths)));
}

Digest field_commitment(const Salt& salt, std::uint8_t type, Bytes value) {
  std::vector<std::byte> preimage(kFieldOverhead + value.size());
  Preimage out(preimage.data());
  write_field_head(out, salt, type);
  out.bytes(value);
  return sha256(preimage);
}

std::string record_entry(const Pseudonym& source, std::span<const Digest> fields) {
  check(fields.size() <= kSlotsMax);
  const Digest digest = hash_over(kRecordTag, {}, fields);
  std::string entry(kEntrySize, '\0');
  Preimage out(reinterpret_cast<std::byte*>(entry.data()));
  out.u8(kCommitmentVersion);
  out.bytes(source);
  out.u16(static_cast<std::uint16_t>(fields.size()));
  out.bytes(digest);
  return entry;
}

Digest path_commitment(const Salt& salt, std::string_view path) {
  std::vector<std::byte> preimage(kPathOverhead + path.size());
  Preimage out(preimage.data());
  out.u8(kPathTag);
  out.bytes(salt);
  out.text(path);
  return sha256(preimage);
}

Digest shape_commitment(std::span<const Digest> paths) { return hash_over(kShapeTag, {}, paths); }

ShapeOpening open_shape(const Key& shape_key, std::span<const std::string_view> paths) {
  Prf prf;
  prf.set_key(shape_key);
  ShapeOpening out;
  std::vector<Digest> places;
  for (const std::string_view path : paths) {
    out.paths.push_back({.salt = salt_of(prf, out.paths.size()), .path = std::string(path)});
    places.push_back(path_commitment(out.paths.back().salt, path));
  }
  out.padding = padding(prf, paths.size(), shape_places(paths.size()));
  places.insert(places.end(), out.padding.begin(), out.padding.end());
  out.commitment = shape_commitment(places);
  return out;
}

RecordOpening open_record(const Key& source_key, const Pseudonym& source,
                          const RecordView& record) {
  RecordOpening out;
  const std::vector<std::string_view> paths = paths_of(record.fields);
  out.shape = open_shape(derive_shape_key(source_key, paths), paths);
  std::string place(kPlaceSize, '\0');
  Preimage writer(reinterpret_cast<std::byte*>(place.data()));
  write_place(writer, record.stream, record.offset);
  const std::array<Slot, kRecordOwnSlots> own{
      Slot{.type = kRawFieldType, .value = std::string(as_text(record.raw))},
      Slot{.type = kShapeFieldType, .value = std::string(as_text(out.shape.commitment))},
      Slot{.type = kPlaceFieldType, .value = std::move(place)}};
  Prf prf;
  prf.set_key(derive_record_key(source_key, record.stream, record.offset));
  out.fields = open_slots(prf, own, record.fields);
  out.padding = padding(prf, out.fields.size(), bucket_slots(out.fields.size()));
  out.entry = record_entry(source, slots(out.fields, out.padding));
  return out;
}

StatementOpening open_statement(const Key& statement_key, const Pseudonym& nonce,
                                std::span<const FieldView> fields) {
  const std::array<Slot, kStatementOwnSlots> own{
      Slot{.type = kNamesFieldType, .value = list(paths_of(fields))}};
  Prf prf;
  prf.set_key(statement_key);
  StatementOpening out;
  out.fields = open_slots(prf, own, fields);
  out.padding = padding(prf, out.fields.size(), bucket_slots(out.fields.size()));
  out.commitment = statement_commitment(nonce, slots(out.fields, out.padding));
  return out;
}

Result<std::vector<std::string>> parse_names(std::string_view value) {
  base::Cursor in(as_bytes(value));
  std::vector<std::string> out;
  while (in.offset() < value.size()) {
    EXHIBIT_TRY(const auto size, in.read<std::uint32_t>());
    EXHIBIT_TRY(const Bytes name, in.take(std::byteswap(size)));  // the cursor reads little-endian
    out.emplace_back(as_text(name));
  }
  return out;
}

Digest statement_commitment(const Pseudonym& nonce, std::span<const Digest> fields) {
  check(fields.size() <= kSlotsMax);
  std::array<std::byte, 18> head;
  Preimage out(head.data());
  out.bytes(nonce);
  out.u16(static_cast<std::uint16_t>(fields.size()));
  return hash_over(kStatementTag, head, fields);
}

}  // namespace exhibit::seal
