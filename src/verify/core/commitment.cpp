#include "verify/core/commitment.h"

#include <algorithm>
#include <bit>

#include "verify/core/sha2.h"

namespace exhibit::verify::core {
namespace {

Block block_of(std::uint8_t kind, std::uint8_t half, std::size_t place) {
  Block out{kind, half};
  store_big_endian(out.data() + 12, static_cast<std::uint32_t>(place));
  return out;
}

}  // namespace

std::size_t bucket(std::size_t count) {
  const std::size_t step = count < 2 ? 8 : std::max<std::size_t>(8, std::bit_floor(count - 1) / 4);
  return (count + step - 1) / step * step;
}

Digest field_commitment(const Salt& salt, std::uint8_t type, std::string_view value) {
  Sha256 hash;
  hash.update("f");
  hash.update(view(salt));
  hash.update(type);
  hash.update(value);
  return hash.finish();
}

std::array<std::uint8_t, 51> record_entry(const Pseudonym& source, std::span<const Digest> slots) {
  Sha256 hash;
  hash.update("r");
  for (const Digest& slot : slots) hash.update(view(slot));
  const Digest digest = hash.finish();
  std::array<std::uint8_t, 51> out{1};
  std::copy(source.begin(), source.end(), out.begin() + 1);
  store_big_endian(out.data() + 17, static_cast<std::uint16_t>(slots.size()));
  std::copy(digest.begin(), digest.end(), out.begin() + 19);
  return out;
}

Digest statement_commitment(const Pseudonym& nonce, std::span<const Digest> slots) {
  std::array<std::uint8_t, 2> count;
  store_big_endian(count.data(), static_cast<std::uint16_t>(slots.size()));
  Sha256 hash;
  hash.update("s");
  hash.update(view(nonce));
  hash.update(view(count));
  for (const Digest& slot : slots) hash.update(view(slot));
  return hash.finish();
}

Digest path_commitment(const Salt& salt, std::string_view path) {
  Sha256 hash;
  hash.update("p");
  hash.update(view(salt));
  hash.update(path);
  return hash.finish();
}

Digest shape_commitment(std::span<const Digest> places) {
  Sha256 hash;
  hash.update("h");
  for (const Digest& place : places) hash.update(view(place));
  return hash.finish();
}

Digest shape_commitment(const Key& shape_key, std::span<const std::string_view> paths) {
  const Aes256 cipher(shape_key);
  Sha256 hash;
  hash.update("h");
  const std::size_t places = bucket(paths.size() + kRecordOwnSlots);
  for (std::size_t i = 0; i < places; ++i) {
    if (i < paths.size()) {
      const Digest place = path_commitment(cipher.encrypt(block_of(0x02, 0, i)), paths[i]);
      hash.update(view(place));
    } else {
      const Block first = cipher.encrypt(block_of(0x03, 0, i));
      const Block second = cipher.encrypt(block_of(0x03, 1, i));
      hash.update(view(first));
      hash.update(view(second));
    }
  }
  return hash.finish();
}

}  // namespace exhibit::verify::core
