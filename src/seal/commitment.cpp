// Commitments exhibit/v0, one at a time: keys, openings, and what recomputes a commitment from
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

Key hmac(const Key& key, std::string_view tag, const Pseudonym& name) {
  std::string message(tag);
  message += as_text(name);
  Key out;
  unsigned size = 0;
  check(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(message.data()), message.size(),
             reinterpret_cast<unsigned char*>(out.data()), &size) != nullptr &&
        size == out.size());
  return out;
}

// Field 0 of a record is its bytes; of a statement, nothing.
std::vector<FieldOpening> open_fields(const Key& key, std::uint8_t stream, std::uint64_t offset,
                                      Bytes raw, std::span<const FieldView> fields) {
  std::vector<FieldOpening> out;
  const std::size_t used = used_slots(fields.size());
  out.reserve(used);
  out.push_back({.index = 0,
                 .salt = {},
                 .path = {},
                 .type = kRawFieldType,
                 .value = std::string(as_text(raw))});
  std::string outline(outline_size(fields), '\0');
  Preimage writer(reinterpret_cast<std::byte*>(outline.data()));
  write_outline(writer, stream, offset, fields);
  out.push_back(
      {.index = 1, .salt = {}, .path = {}, .type = kOutlineFieldType, .value = std::move(outline)});
  for (std::size_t slot = 2; slot < used; ++slot) {
    const FieldView& field = fields[slot - 2];
    out.push_back({.index = static_cast<std::uint16_t>(slot),
                   .salt = {},
                   .path = std::string(field.path),
                   .type = field.type,
                   .value = std::string(as_text(field.value))});
  }
  Prf prf;
  prf.set_key(key);
  for (FieldOpening& opening : out) {
    const PrfBlock block = salt_block(opening.index);
    prf.apply(std::span(&block, 1), opening.salt.data());
  }
  return out;
}

std::vector<Digest> padding(const Key& key, std::size_t used) {
  Prf prf;
  prf.set_key(key);
  std::vector<Digest> out;
  for (std::size_t slot = used; slot < bucket_slots(used); ++slot) {
    const std::array<PrfBlock, 2> blocks{padding_block(0, slot), padding_block(1, slot)};
    prf.apply(blocks, out.emplace_back().data());
  }
  return out;
}

std::vector<Digest> slots(std::span<const FieldOpening> fields, std::span<const Digest> padding) {
  std::vector<Digest> out;
  out.reserve(fields.size() + padding.size());
  for (const FieldOpening& field : fields)
    out.push_back(field_commitment(field.salt, field.index, field.view()));
  out.insert(out.end(), padding.begin(), padding.end());
  return out;
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
  check(slots >= 2 && slots <= kSlotsMax);
  const std::size_t step = std::max<std::size_t>(8, std::bit_floor(slots - 1) / 4);
  return std::min((slots + step - 1) / step * step, kSlotsMax);
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

Digest field_commitment(const Salt& salt, std::uint16_t index, const FieldView& field) {
  check(field.path.size() <= UINT32_MAX && field.value.size() <= UINT32_MAX);
  std::vector<std::byte> preimage(kFieldOverhead + field.path.size() + field.value.size());
  Preimage out(preimage.data());
  write_field_head(out, salt, index, field.path, field.type, field.value.size());
  out.bytes(field.value);
  return sha256(preimage);
}

std::string record_entry(const Pseudonym& source, std::span<const Digest> fields) {
  check(fields.size() <= kSlotsMax);
  Sha256 hash;
  hash.update(as_bytes(kRecordTag));
  hash.update(std::as_bytes(fields));
  const Digest digest = hash.finish();
  std::string entry(kEntrySize, '\0');
  Preimage out(reinterpret_cast<std::byte*>(entry.data()));
  out.u8(kCommitmentVersion);
  out.bytes(source);
  out.u16(static_cast<std::uint16_t>(fields.size()));
  out.bytes(digest);
  return entry;
}

RecordOpening open_record(const Key& source_key, const Pseudonym& source,
                          const RecordView& record) {
  const Key key = derive_record_key(source_key, record.stream, record.offset);
  RecordOpening out;
  out.fields = open_fields(key, record.stream, record.offset, record.raw, record.fields);
  out.padding = padding(key, out.fields.size());
  out.entry = record_entry(source, slots(out.fields, out.padding));
  return out;
}

Result<Outline> parse_outline(std::string_view value) {
  base::Cursor in(as_bytes(value));
  Outline out;
  EXHIBIT_TRY(out.stream, in.read<std::uint8_t>());
  EXHIBIT_TRY(out.offset, in.read<std::uint64_t>());
  out.offset = std::byteswap(out.offset);  // the cursor reads little-endian
  while (in.offset() < value.size()) {
    EXHIBIT_TRY(const auto size, in.read<std::uint32_t>());
    EXHIBIT_TRY(const Bytes path, in.take(std::byteswap(size)));
    out.paths.emplace_back(as_text(path));
  }
  return out;
}

StatementOpening open_statement(const Key& statement_key, const Pseudonym& nonce,
                                std::span<const FieldView> fields) {
  StatementOpening out;
  out.fields = open_fields(statement_key, kStatementStream, 0, {}, fields);
  out.padding = padding(statement_key, out.fields.size());
  out.commitment = statement_commitment(nonce, slots(out.fields, out.padding));
  return out;
}

Digest statement_commitment(const Pseudonym& nonce, std::span<const Digest> fields) {
  check(fields.size() <= kSlotsMax);
  std::array<std::byte, 22> head;
  Preimage out(head.data());
  out.text(kStatementTag);
  out.bytes(nonce);
  out.u16(static_cast<std::uint16_t>(fields.size()));
  Sha256 hash;
  hash.update(head);
  hash.update(std::as_bytes(fields));
  return hash.finish();
}

}  // namespace exhibit::seal
