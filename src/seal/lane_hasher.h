// Feeds many messages to a SHA-256 kernel's lanes.
//
// Messages are taken longest first (counting sort by block count); a lane whose message ends takes
// the next one, so all lanes work until the last messages. A message so long that it would leave
// more than half of the lanes idle, on average, is hashed by itself. Where as many messages of one
// length come together as there are lanes, and their padding is in place, they are begun and ended
// together, which for a message of one block saves as much as the block costs.
//
// Threads:     belongs to one thread.
// Allocation:  none once `order_` has grown to the largest call.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "exhibit/seal.h"
#include "seal/sha256_kernels.h"

namespace exhibit::seal {

/// One message and where its digest goes (32 bytes).
struct HashJob {
  const std::byte* data;
  std::byte* out;
  std::size_t size;
};

/// Bytes that a message and its padding take. Source: FIPS 180-4 5.1.1.
[[nodiscard]] constexpr std::size_t padded_size(std::size_t size) {
  return ((size + 8) / kBlockSize + 1) * kBlockSize;
}
/// Writes the padding of a message of `size` bytes into the rest of its last block or blocks.
/// `message` has padded_size(size) bytes.
void write_padding(std::byte* message, std::size_t size);

class LaneHasher {
 public:
  explicit LaneHasher(const Kernel& kernel = active_kernel()) : kernel_(kernel) {}

  enum class Padding : std::uint8_t { absent, in_place };
  /// `in_place`: every message is followed by its padding (write_padding).
  void hash(std::span<const HashJob> jobs, Padding padding);

 private:
  struct Lane {
    const std::byte* at = nullptr;
    std::size_t blocks = 0;       // left at `at`
    std::size_t tail_blocks = 0;  // then so many in tails_
    std::byte* out = nullptr;
  };
  static constexpr std::size_t kSortedBlocksMax = 64;

  void sort(std::span<const HashJob> jobs);
  void hash_alike(std::span<const HashJob> jobs);
  bool start_next(std::size_t lane, std::span<const HashJob> jobs, Padding padding);
  void finish(std::size_t lane);

  const Kernel& kernel_;
  std::vector<std::uint32_t> order_;
  std::size_t next_ = 0;
  std::array<Lane, kLanesMax> lanes_{};
  alignas(64) std::array<std::uint32_t, 8 * kLanesMax> state_{};
  alignas(64) std::array<std::array<std::byte, 2 * kBlockSize>, kLanesMax> tails_{};
};

/// SHA-256 of one message by the fastest single-stream way, and by OpenSSL's.
void hash_single(Bytes message, std::byte* out);
void hash_openssl(Bytes message, std::byte* out);

}  // namespace exhibit::seal
