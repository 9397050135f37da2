// A stream of bytes that a framer cuts: a file, a member of an archive, memory in tests.
//
// Ownership:  a stream owns what it reads from. Threads: one at a time.
// Not here:   framers (evtx_framer.h and the JSON framer), files and archives (their openers).
#pragma once

#include <cstddef>
#include <span>

#include "exhibit/error.h"

namespace exhibit::evidence {

class ByteStream {
 public:
  virtual ~ByteStream() = default;
  /// Reads up to `into.size()` bytes, at least one unless the stream is at its end or `into` is
  /// empty; 0 is the end. Short reads are allowed. An error is final: the stream gives no more
  /// bytes. Bytes that came before it have been given by the calls before.
  [[nodiscard]] virtual Result<std::size_t> read(std::span<std::byte> into) = 0;

  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;

 protected:
  ByteStream() = default;
};

/// Reads until `into` is full or the stream ends; how many bytes were read. After an error,
/// `filled` says how many bytes came before it.
[[nodiscard]] inline Result<void> read_full(ByteStream& stream, std::span<std::byte> into,
                                            std::size_t& filled) {
  filled = 0;
  while (filled < into.size()) {
    EXHIBIT_TRY(const std::size_t got, stream.read(into.subspan(filled)));
    if (got == 0) break;
    filled += got;
  }
  return {};
}

}  // namespace exhibit::evidence
