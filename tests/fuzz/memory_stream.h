// What fuzzers of readers share: a stream over the input, and what must hold of any.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "evidence/byte_stream.h"

namespace exhibit::fuzz {

inline void require(bool holds) {
  if (!holds) std::abort();
}

class MemoryStream final : public evidence::ByteStream {
 public:
  explicit MemoryStream(std::string_view bytes) : rest_(bytes) {}
  Result<std::size_t> read(std::span<std::byte> into) override {
    const std::size_t size = std::min(into.size(), rest_.size());
    if (size > 0) std::memcpy(into.data(), rest_.data(), size);
    rest_.remove_prefix(size);
    return size;
  }

 private:
  std::string_view rest_;
};

/// Batches that must follow one another without a gap.
class Tiling {
 public:
  void take(const event::Batch& batch) {
    require(batch.source_offset == size_);
    size_ += batch.size;
  }
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  std::uint64_t size_ = 0;
};

}  // namespace exhibit::fuzz
