#include "seal/lane_hasher.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "seal/check.h"

namespace exhibit::seal {
namespace {

void store_big_endian(std::byte* out, std::uint64_t value) {
  if constexpr (std::endian::native == std::endian::little) value = std::byteswap(value);
  std::memcpy(out, &value, sizeof value);
}

void store_word(std::byte* out, std::uint32_t value) {
  if constexpr (std::endian::native == std::endian::little) value = std::byteswap(value);
  std::memcpy(out, &value, sizeof value);
}

std::size_t block_count(std::size_t size) { return padded_size(size) / kBlockSize; }

}  // namespace

void write_padding(std::byte* message, std::size_t size) {
  const std::size_t total = padded_size(size);
  message[size] = std::byte{0x80};
  std::memset(message + size + 1, 0, total - size - 1 - 8);
  store_big_endian(message + total - 8, std::uint64_t{size} * 8);
}

void LaneHasher::sort(std::span<const HashJob> jobs) {
  check(jobs.size() < UINT32_MAX);
  std::array<std::uint32_t, kSortedBlocksMax + 2> first{};
  // Bucket 0 holds the longest, so that they start first.
  const auto bucket = [](const HashJob& job) {
    return kSortedBlocksMax - std::min(block_count(job.size), kSortedBlocksMax);
  };
  for (const HashJob& job : jobs) ++first[bucket(job) + 1];
  for (std::size_t i = 1; i < first.size(); ++i) first[i] += first[i - 1];
  if (order_.size() < jobs.size()) order_.resize(jobs.size());
  for (std::size_t i = 0; i < jobs.size(); ++i)
    order_[first[bucket(jobs[i])]++] = static_cast<std::uint32_t>(i);
}

// Takes out of order_, from next_ on, what fills all lanes with messages of the same length; the
// others stand together at the end, in their order.
void LaneHasher::hash_alike(std::span<const HashJob> jobs) {
  std::array<const std::byte*, kLanesMax> at{};
  std::array<std::byte*, kLanesMax> out{};
  std::size_t kept = jobs.size();
  for (std::size_t end = jobs.size(); end != next_;) {
    const std::size_t blocks = block_count(jobs[order_[end - 1]].size);
    std::size_t first = end;
    while (first != next_ && block_count(jobs[order_[first - 1]].size) == blocks) --first;
    for (; end - first >= kernel_.lanes; end -= kernel_.lanes) {
      for (std::size_t lane = 0; lane < kernel_.lanes; ++lane) {
        const HashJob& job = jobs[order_[end - kernel_.lanes + lane]];
        at[lane] = job.data;
        out[lane] = job.out;
      }
      kernel_.digest(at.data(), blocks, out.data());
    }
    while (end != first) order_[--kept] = order_[--end];
  }
  next_ = kept;
}

bool LaneHasher::start_next(std::size_t lane, std::span<const HashJob> jobs, Padding padding) {
  if (next_ == jobs.size()) return false;
  const HashJob& job = jobs[order_[next_++]];
  std::uint32_t* state = state_.data() + lane;
  for (std::size_t i = 0; i < 8; ++i, state += kernel_.lanes) *state = kInitialState[i];
  const std::size_t total = block_count(job.size);
  if (padding == Padding::in_place) {
    lanes_[lane] = {job.data, total, 0, job.out};
    return true;
  }
  const std::size_t whole = job.size / kBlockSize;
  const std::size_t rest = job.size % kBlockSize;
  std::byte* tail = tails_[lane].data();
  if (rest != 0) std::memcpy(tail, job.data + whole * kBlockSize, rest);
  const std::size_t tail_size = (total - whole) * kBlockSize;
  tail[rest] = std::byte{0x80};
  std::memset(tail + rest + 1, 0, tail_size - rest - 1 - 8);
  store_big_endian(tail + tail_size - 8, std::uint64_t{job.size} * 8);
  lanes_[lane] =
      whole != 0 ? Lane{job.data, whole, total - whole, job.out} : Lane{tail, total, 0, job.out};
  return true;
}

void LaneHasher::finish(std::size_t lane) {
  const std::uint32_t* state = state_.data() + lane;
  std::byte* out = lanes_[lane].out;
  for (std::size_t i = 0; i < 8; ++i, state += kernel_.lanes) store_word(out + 4 * i, *state);
}

void LaneHasher::hash(std::span<const HashJob> jobs, Padding padding) {
  if (kernel_.lanes == 0) {
    for (const HashJob& job : jobs) hash_openssl({job.data, job.size}, job.out);
    return;
  }
  sort(jobs);
  next_ = 0;
  std::size_t total = 0;
  for (const HashJob& job : jobs) total += block_count(job.size);
  while (next_ < jobs.size()) {
    const HashJob& longest = jobs[order_[next_]];
    const std::size_t blocks = block_count(longest.size);
    if (blocks * kernel_.lanes <= 2 * total) break;
    hash_single({longest.data, longest.size}, longest.out);
    total -= blocks;
    ++next_;
  }
  if (padding == Padding::in_place && kernel_.digest != nullptr) hash_alike(jobs);
  // Busy lanes are the first `busy` of `active`; a lane without a message repeats another's blocks.
  std::array<std::size_t, kLanesMax> active{};
  std::size_t busy = 0;
  for (std::size_t lane = 0; lane < kernel_.lanes && start_next(lane, jobs, padding); ++lane)
    active[busy++] = lane;
  std::array<const std::byte*, kLanesMax> at{};
  while (busy != 0) {
    std::size_t step = lanes_[active[0]].blocks;
    at.fill(lanes_[active[0]].at);
    for (std::size_t i = 0; i < busy; ++i) {
      const Lane& lane = lanes_[active[i]];
      step = std::min(step, lane.blocks);
      at[active[i]] = lane.at;
    }
    kernel_.compress(state_.data(), at.data(), step);
    for (std::size_t i = 0; i < busy;) {
      Lane& lane = lanes_[active[i]];
      lane.at += step * kBlockSize;
      lane.blocks -= step;
      if (lane.blocks == 0 && lane.tail_blocks != 0) {
        lane = {tails_[active[i]].data(), lane.tail_blocks, 0, lane.out};
      } else if (lane.blocks == 0) {
        finish(active[i]);
        if (!start_next(active[i], jobs, padding)) {
          active[i] = active[--busy];
          continue;
        }
      }
      ++i;
    }
  }
}

}  // namespace exhibit::seal
