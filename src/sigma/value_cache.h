// One worker's memory of what it found out about values: field, type and bytes → the atoms that
// hold. Values repeat 7 to 40 times in real logs, so most are only looked up.
//
// Ownership:  keys and results are copied in; a result holds until the next insert().
// Admission:  once it holds a sixteenth of what it may, a value is remembered when it comes for the
//             second time. Most values of a long log come once (process ids, GUIDs, command lines);
//             they would fill the memory, and push out those that repeat.
// Invariant:  a hit is never by hash alone: field, type and every byte are compared. Memory stays
//             below kCacheWordsMax and kCacheSlotsMax; when one is reached everything is forgotten.
// Hostile:    the hash is seeded afresh in each process, and a probe that meets kCacheProbesMax
//             other values gives up, so values made to collide cost no more than values that are
//             always new.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "exhibit/event.h"

namespace exhibit::sigma::fast {

inline constexpr std::size_t kCacheSlotsMin = std::size_t{1} << 10;
inline constexpr std::size_t kCacheSlotsMax = std::size_t{1} << 17;  // at most half are used
inline constexpr std::size_t kCacheWordsMax = std::size_t{1} << 22;  // 16 MiB of keys and results
inline constexpr std::size_t kCacheProbesMax = 16;
inline constexpr std::size_t kCacheSeen = std::size_t{1} << 15;  // hashes of values that came once
/// A longer value (a script block) is evaluated each time: it rarely repeats.
inline constexpr std::size_t kCachedValueSizeBytesMax = 4096;

class ValueCache {
 public:
  struct Key {
    std::uint32_t field = 0;  // whatever tells apart what a value is asked; below 2^24
    event::ValueType type = event::ValueType::null;
    Bytes bytes;
    std::uint64_t hash = 0;
  };

  ValueCache();
  /// For tests: other limits (slots_max a power of two).
  ValueCache(std::size_t slots_max, std::size_t words_max);

  [[nodiscard]] Key key(std::uint32_t field, const event::Value& value) const {
    Key out;
    set_key(out, field, value);
    return out;
  }
  void set_key(Key& out, std::uint32_t field, const event::Value& value) const;
  [[nodiscard]] std::optional<std::span<const std::uint32_t>> find(const Key& key) const;
  /// find() looks into two places of a large memory: these have them fetched while others are
  /// looked for, the second of them once the first is there.
  void fetch_slot(const Key& key) const {
    __builtin_prefetch(&slots_[(key.hash >> 16) & (slots_.size() - 1)]);
  }
  void fetch_value(const Key& key) const {
    const Slot& slot = slots_[(key.hash >> 16) & (slots_.size() - 1)];
    if (slot.hash == key.hash) __builtin_prefetch(words_.data() + slot.first);
  }
  /// Remembers `atoms` for a key that find() did not know, if it is to be admitted. They must not
  /// lie in the cache.
  void insert(const Key& key, std::span<const std::uint32_t> atoms);
  [[nodiscard]] std::size_t resets() const { return resets_; }

 private:
  struct Slot {
    std::uint64_t hash = 0;  // 0: empty
    std::uint32_t what = 0;  // field and type
    std::uint32_t key_size = 0;
    std::uint32_t first = 0;  // into words_: the key's bytes, padded, then the atoms
    std::uint32_t atoms = 0;
  };
  [[nodiscard]] bool same(const Slot& slot, const Key& key) const;
  bool admits(std::uint64_t hash);
  Slot* free_slot(std::uint64_t hash);
  void forget();
  void grow();

  std::vector<Slot> slots_;
  std::vector<std::uint32_t> words_;
  std::vector<std::uint32_t> seen_;  // by the lower half of the hash, the upper half
  std::size_t used_ = 0;
  std::size_t slots_max_;
  std::size_t words_max_;
  std::size_t resets_ = 0;
};

}  // namespace exhibit::sigma::fast
