#include "seal/shape_cache.h"

#include <openssl/crypto.h>

#include "seal/check.h"
#include "seal/commitment.h"

namespace exhibit::seal {
namespace {

constexpr std::size_t kBufferBytes = 64 * 1024;  // of lists and of preimages at a time

}  // namespace

ShapeCache::ShapeCache(const PathTexts& paths) : paths_(paths), table_(kTableSize) {
  random_bytes(std::as_writable_bytes(std::span(seed_)));
  shapes_.reserve(kShapesMax);
  numbers_.reserve(kNumbersMax);
  jobs_.reserve(kPathsAtOnce);
  blocks_.resize(2 * kPathsAtOnce);
  digests_.resize(kPathsAtOnce);
  set_key({});
}

ShapeCache::~ShapeCache() {
  OPENSSL_cleanse(inner_key_.data(), inner_key_.size());
  OPENSSL_cleanse(outer_key_.data(), outer_key_.size());
}

// Source: RFC 2104, 2; the key is shorter than a block.
void ShapeCache::set_key(const Key& shapes_key) {
  inner_key_.fill(std::byte{0x36});
  outer_key_.fill(std::byte{0x5c});
  for (std::size_t i = 0; i < shapes_key.size(); ++i) {
    inner_key_[i] ^= shapes_key[i];
    outer_key_[i] ^= shapes_key[i];
  }
  forget();
}

void ShapeCache::forget() {
  if (!shapes_.empty()) std::ranges::fill(table_, std::uint16_t{0});
  shapes_.clear();
  numbers_.clear();
}

std::uint64_t ShapeCache::hash(std::span<const NumberedField> fields) const {
  const std::uint64_t odd = seed_[1] | 1;
  std::uint64_t out = seed_[0] ^ fields.size();
  for (const NumberedField& field : fields) {
    out = (out ^ field.path) * odd;
    out ^= out >> 32;
  }
  return out;
}

bool ShapeCache::is(const Shape& shape, std::uint64_t hash,
                    std::span<const NumberedField> fields) const {
  if (shape.hash != hash || shape.count != fields.size()) return false;
  const std::uint32_t* number = numbers_.data() + shape.first;
  for (const NumberedField& field : fields)
    if (field.path != *number++) return false;
  return true;
}

Digest ShapeCache::commitment(std::span<const NumberedField> fields) {
  if (fields.size() > kNumbersMax / 16) return compute(fields);
  const std::uint64_t key = hash(fields);
  std::size_t at = key & (kTableSize - 1);
  for (; table_[at] != 0; at = (at + 1) & (kTableSize - 1))
    if (const Shape& shape = shapes_[table_[at] - 1U]; is(shape, key, fields))
      return shape.commitment;
  if (shapes_.size() == kShapesMax || numbers_.size() + fields.size() > kNumbersMax) {
    forget();
    at = key & (kTableSize - 1);
  }
  Shape shape{.hash = key,
              .first = static_cast<std::uint32_t>(numbers_.size()),
              .count = static_cast<std::uint32_t>(fields.size()),
              .commitment = compute(fields)};
  for (const NumberedField& field : fields) numbers_.push_back(field.path);
  shapes_.push_back(shape);
  table_[at] = static_cast<std::uint16_t>(shapes_.size());
  return shape.commitment;
}

Digest ShapeCache::compute(std::span<const NumberedField> fields) {
  Key key = shape_key(fields);
  prf_.set_key(key);
  OPENSSL_cleanse(key.data(), key.size());
  const std::uint8_t tag = kShapeTag;
  stream_.update(std::as_bytes(std::span(&tag, 1)));
  for (std::size_t i = 0; i < fields.size(); i += kPathsAtOnce)
    commit_paths(fields.subspan(i, std::min(kPathsAtOnce, fields.size() - i)), i);
  add_padding(fields.size(), shape_places(fields.size()));
  return stream_.finish();
}

Key ShapeCache::shape_key(std::span<const NumberedField> fields) {
  stream_.update(inner_key_);
  std::byte* const start = buffer_.reserve(kBufferBytes);
  Preimage list(start);
  const auto flush = [&] {
    stream_.update({start, static_cast<std::size_t>(list.at() - start)});
    list = Preimage(start);
  };
  for (const NumberedField& field : fields) {
    const std::string_view path = paths_.text(field.path);
    check(path.size() <= UINT32_MAX);
    if (static_cast<std::size_t>(list.at() - start) + 4 + path.size() > kBufferBytes) flush();
    list.u32(static_cast<std::uint32_t>(path.size()));
    if (path.size() > kBufferBytes - 4) {
      flush();
      stream_.update(as_bytes(path));
    } else {
      list.text(path);
    }
  }
  flush();
  const Digest inner = stream_.finish();
  stream_.update(outer_key_);
  stream_.update(inner);
  return stream_.finish();
}

// P_first … of at most kPathsAtOnce fields.
void ShapeCache::commit_paths(std::span<const NumberedField> fields, std::size_t first) {
  for (std::size_t i = 0; i < fields.size(); ++i) blocks_[i] = salt_block(first + i);
  prf_.apply(std::span(blocks_).first(fields.size()), blocks_.front().data());
  for (std::size_t i = 0; i < fields.size();) {
    // As many as the buffer holds, but at least one.
    std::size_t bytes = 0;
    std::size_t end = i;
    for (; end < fields.size(); ++end) {
      const std::size_t size = padded_size(kPathOverhead + paths_.text(fields[end].path).size());
      if (end != i && bytes + size > kBufferBytes) break;
      bytes += size;
    }
    std::byte* at = buffer_.reserve(bytes);
    jobs_.clear();
    for (std::size_t j = i; j < end; ++j) {
      Preimage message(at);
      message.u8(kPathTag);
      message.bytes(blocks_[j]);
      message.text(paths_.text(fields[j].path));
      const auto size = static_cast<std::size_t>(message.at() - at);
      write_padding(at, size);
      jobs_.push_back({at, digests_[j].data(), size});
      at += padded_size(size);
    }
    hasher_.hash(jobs_, LaneHasher::Padding::in_place);
    i = end;
  }
  stream_.update(std::as_bytes(std::span(digests_).first(fields.size())));
  buffer_.trim();
}

void ShapeCache::add_padding(std::size_t first, std::size_t last) {
  for (std::size_t i = first; i < last;) {
    const std::size_t count = std::min(kPathsAtOnce, last - i);
    for (std::size_t j = 0; j < count; ++j) {
      blocks_[2 * j] = padding_block(0, i + j);
      blocks_[2 * j + 1] = padding_block(1, i + j);
    }
    prf_.apply(std::span(blocks_).first(2 * count), blocks_.front().data());
    stream_.update(std::as_bytes(std::span(blocks_).first(2 * count)));
    i += count;
  }
}

}  // namespace exhibit::seal
