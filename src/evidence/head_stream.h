// A stream whose first bytes can be looked at before they are read.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "evidence/byte_stream.h"

namespace exhibit::evidence {

class HeadStream final : public ByteStream {
 public:
  /// Reads up to `head_size_bytes`. What fails there fails again in read(), behind the head.
  HeadStream(std::unique_ptr<ByteStream> stream, std::size_t head_size_bytes);

  [[nodiscard]] Bytes head() const EXHIBIT_LIFETIMEBOUND { return head_; }
  Result<std::size_t> read(std::span<std::byte> into) override;

 private:
  std::unique_ptr<ByteStream> stream_;
  std::vector<std::byte> head_;
  std::size_t given_ = 0;  // bytes of the head that were read
  std::optional<Error> failed_;
  bool ended_ = false;
};

}  // namespace exhibit::evidence
