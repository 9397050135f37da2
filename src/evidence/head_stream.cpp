#include "evidence/head_stream.h"

#include <algorithm>
#include <cstring>

namespace exhibit::evidence {

HeadStream::HeadStream(std::unique_ptr<ByteStream> stream, std::size_t head_size_bytes)
    : stream_(std::move(stream)), head_(head_size_bytes) {
  std::size_t filled = 0;
  while (filled < head_.size() && !ended_ && !failed_) {
    const Result<std::size_t> got = stream_->read(std::span(head_).subspan(filled));
    if (!got) {
      failed_ = got.error();
    } else {
      filled += *got;
      ended_ = *got == 0;
    }
  }
  head_.resize(filled);
}

Result<std::size_t> HeadStream::read(std::span<std::byte> into) {
  if (given_ < head_.size()) {
    const std::size_t size = std::min(into.size(), head_.size() - given_);
    std::memcpy(into.data(), head_.data() + given_, size);
    given_ += size;
    return size;
  }
  if (failed_) return std::unexpected(*failed_);
  if (ended_) return std::size_t{0};
  return stream_->read(into);
}

}  // namespace exhibit::evidence
