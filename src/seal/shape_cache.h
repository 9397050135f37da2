// The commitments to the shapes (lists of paths) of one source's records, each computed once.
//
// A list is known by the numbers of its paths. Real logs have a few hundred; evidence that brings a
// new one with every record pays for each and holds no more memory for it: what is full is
// forgotten. The numbers' hash has a random seed, so nobody can choose lists that collide.
//
// Threads:     belongs to one thread.
// Allocation:  none after construction, but for paths of more than 64 KiB.
// Limits:      kShapesMax lists, kNumbersMax numbers; longer lists are computed each time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "exhibit/seal.h"
#include "seal/buffer.h"
#include "seal/lane_hasher.h"
#include "seal/prf.h"

namespace exhibit::seal {

class ShapeCache {
 public:
  explicit ShapeCache(const PathTexts& paths);
  ~ShapeCache();
  ShapeCache(const ShapeCache&) = delete;
  ShapeCache& operator=(const ShapeCache&) = delete;

  /// K_shapes of another source: forgets the commitments of the one before.
  void set_key(const Key& shapes_key);
  void forget();
  /// C_shape of the fields' paths.
  [[nodiscard]] Digest commitment(std::span<const NumberedField> fields);

 private:
  struct Shape {
    std::uint64_t hash;
    std::uint32_t first;  // of its numbers
    std::uint32_t count;
    Digest commitment;
  };
  static constexpr std::size_t kShapesMax = 4096;
  static constexpr std::size_t kNumbersMax = 256 * 1024;
  static constexpr std::size_t kTableSize = 2 * kShapesMax;  // a power of two
  static constexpr std::size_t kPathsAtOnce = 256;

  [[nodiscard]] std::uint64_t hash(std::span<const NumberedField> fields) const;
  [[nodiscard]] bool is(const Shape& shape, std::uint64_t hash,
                        std::span<const NumberedField> fields) const;
  [[nodiscard]] Digest compute(std::span<const NumberedField> fields);
  [[nodiscard]] Key shape_key(std::span<const NumberedField> fields);
  void commit_paths(std::span<const NumberedField> fields, std::size_t first);
  void add_padding(std::size_t first, std::size_t last);

  const PathTexts& paths_;
  std::array<std::uint64_t, 2> seed_{};
  std::vector<Shape> shapes_;
  std::vector<std::uint32_t> numbers_;  // of all shapes, one behind the other
  std::vector<std::uint16_t> table_;    // 1-based into shapes_; 0 is free

  std::array<std::byte, kBlockSize> inner_key_{};  // K_shapes as HMAC mixes it in
  std::array<std::byte, kBlockSize> outer_key_{};
  Prf prf_;
  Sha256 stream_;
  LaneHasher hasher_;
  Buffer buffer_;
  std::vector<HashJob> jobs_;
  std::vector<PrfBlock> blocks_;
  std::vector<Digest> digests_;
};

}  // namespace exhibit::seal
