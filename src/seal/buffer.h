// Bytes without initialisation, kept from call to call; a giant record's are given back.
//
// Threads:  belongs to one thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>

namespace exhibit::seal {

class Buffer {
 public:
  /// At least `size` bytes; what stood there before is lost when it grows.
  std::byte* reserve(std::size_t size) {
    if (size > capacity_) {
      capacity_ = std::max(size, 2 * std::min(capacity_, kKeptBytesMax));
      data_ = std::make_unique_for_overwrite<std::byte[]>(capacity_);
    }
    return data_.get();
  }
  void trim() {
    if (capacity_ <= kKeptBytesMax) return;
    data_.reset();
    capacity_ = 0;
  }

 private:
  static constexpr std::size_t kKeptBytesMax = 4 * 1024 * 1024;

  std::unique_ptr<std::byte[]> data_;
  std::size_t capacity_ = 0;
};

}  // namespace exhibit::seal
