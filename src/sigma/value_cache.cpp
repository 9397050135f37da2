#include "sigma/value_cache.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <utility>

namespace exhibit::sigma::fast {
namespace {

__extension__ using Wide = unsigned __int128;

// Seeds of the value hash. Nothing that is put out depends on them.
std::array<std::uint64_t, 3> make_seeds() {
  std::array<std::uint64_t, 3> seeds{0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0};
  std::array<std::uint64_t, 3> random{};
  if (getrandom(random.data(), sizeof random, GRND_NONBLOCK) != sizeof random)
    random.fill(
        static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count()));
  for (std::size_t i = 0; i < seeds.size(); ++i) seeds[i] ^= random[i];
  return seeds;
}
const std::array<std::uint64_t, 3>& seeds() {
  static const std::array<std::uint64_t, 3> value = make_seeds();
  return value;
}

std::uint64_t fold_product(std::uint64_t a, std::uint64_t b) {
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::uint64_t load(const std::byte* at, std::size_t size) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, size);
  return word;
}

std::uint64_t hash_bytes(Bytes bytes, std::uint64_t start) {
  const auto& [a, b, c] = seeds();
  const std::byte* at = bytes.data();
  std::size_t left = bytes.size();
  std::uint64_t hash = start ^ a;
  std::uint64_t other = start ^ c;
  for (; left >= 32; left -= 32, at += 32) {  // two chains, so that products overlap
    hash = fold_product(load(at, 8) ^ b, load(at + 8, 8) ^ hash);
    other = fold_product(load(at + 16, 8) ^ c, load(at + 24, 8) ^ other);
  }
  hash ^= other;
  for (; left >= 8; left -= 8, at += 8) hash = fold_product(load(at, 8) ^ b, hash ^ c);
  if (left > 0) hash = fold_product(load(at, left) ^ b, hash ^ c);
  return fold_product(hash ^ bytes.size(), b);
}

std::uint32_t what_of(std::uint32_t field, event::ValueType type) {
  return field << 8 | static_cast<std::uint32_t>(type);
}

constexpr std::size_t words_for(std::size_t bytes) { return (bytes + 3) / 4; }

}  // namespace

ValueCache::ValueCache() : ValueCache(kCacheSlotsMax, kCacheWordsMax) {}
ValueCache::ValueCache(std::size_t slots_max, std::size_t words_max)
    : slots_(std::min(kCacheSlotsMin, slots_max)),
      seen_(kCacheSeen),
      slots_max_(slots_max),
      words_max_(words_max) {
  words_.reserve(words_max);  // memory that is not written to is not taken
}

void ValueCache::set_key(Key& out, std::uint32_t field, const event::Value& value) const {
  out.field = field;
  out.type = value.type;
  out.bytes = value.bytes();
  out.hash = hash_bytes(value.bytes(), what_of(field, value.type)) | 1;
}

bool ValueCache::same(const Slot& slot, const Key& key) const {
  return slot.hash == key.hash && slot.what == what_of(key.field, key.type) &&
         slot.key_size == key.bytes.size() &&
         (key.bytes.empty() ||
          std::memcmp(words_.data() + slot.first, key.bytes.data(), key.bytes.size()) == 0);
}

std::optional<std::span<const std::uint32_t>> ValueCache::find(const Key& key) const {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t probe = 0; probe < kCacheProbesMax; ++probe) {
    const Slot& slot = slots_[((key.hash >> 16) + probe) & mask];
    if (slot.hash == 0) return std::nullopt;
    if (same(slot, key))
      return std::span(words_).subspan(slot.first + words_for(slot.key_size), slot.atoms);
  }
  return std::nullopt;
}

// Two values that take turns at one place of `seen_` are not admitted, but judged each time.
bool ValueCache::admits(std::uint64_t hash) {
  if (words_.size() < words_max_ / 16) return true;
  const auto upper = static_cast<std::uint32_t>(hash >> 32);
  return std::exchange(seen_[(hash >> 16) % kCacheSeen], upper) == upper;
}

ValueCache::Slot* ValueCache::free_slot(std::uint64_t hash) {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t probe = 0; probe < kCacheProbesMax; ++probe) {
    Slot& slot = slots_[((hash >> 16) + probe) & mask];
    if (slot.hash == 0) return &slot;
  }
  return nullptr;
}

void ValueCache::insert(const Key& key, std::span<const std::uint32_t> atoms) {
  const std::size_t key_words = words_for(key.bytes.size());
  if (key_words + atoms.size() > words_max_ / 4 || !admits(key.hash)) return;
  if (words_.size() + key_words + atoms.size() > words_max_) forget();
  if (2 * used_ >= slots_.size()) {
    if (slots_.size() < slots_max_)
      grow();
    else
      forget();
  }
  Slot* slot = free_slot(key.hash);
  if (slot == nullptr) return;
  *slot = {.hash = key.hash,
           .what = what_of(key.field, key.type),
           .key_size = static_cast<std::uint32_t>(key.bytes.size()),
           .first = static_cast<std::uint32_t>(words_.size()),
           .atoms = static_cast<std::uint32_t>(atoms.size())};
  ++used_;
  words_.resize(words_.size() + key_words);
  if (!key.bytes.empty())
    std::memcpy(words_.data() + slot->first, key.bytes.data(), key.bytes.size());
  words_.insert(words_.end(), atoms.begin(), atoms.end());
}

void ValueCache::forget() {
  std::fill(slots_.begin(), slots_.end(), Slot{});
  words_.clear();
  used_ = 0;
  ++resets_;
}

void ValueCache::grow() {
  std::vector<Slot> old(2 * slots_.size());
  old.swap(slots_);
  used_ = 0;
  for (const Slot& slot : old) {
    if (slot.hash == 0) continue;
    Slot* to = free_slot(slot.hash);
    if (to == nullptr) continue;  // forgotten: its words stay until the next reset
    *to = slot;
    ++used_;
  }
}

}  // namespace exhibit::sigma::fast
