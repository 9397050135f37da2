// Raw deflate (RFC 1951), by zlib, and CRC-32, by libdeflate: for whoever frames the compressed
// bytes.
//
// Ownership:  an Inflater owns its window (some 40 KiB); bytes are the caller's.
// Threads:    one thread at a time.
// Not here:   headers and trailers of gzip (evidence/gzip.h) and zip (sigma/zip.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "exhibit/error.h"

namespace exhibit::base {

class Inflater {
 public:
  Inflater();
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Begins a new stream. Errors: limit (no memory).
  Result<void> reset();

  struct Step {
    std::size_t taken = 0, given = 0;  // bytes of `in` and of `out`
    bool ended = false;                // the stream is whole; what follows in `in` is not its own
  };
  /// Unpacks what there is of `in` and room in `out`, both below 4 GiB. Errors: malformed.
  [[nodiscard]] Result<Step> step(Bytes in, std::span<std::byte> out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Continues `crc` (0 at the start) over `bytes`: CRC-32 of IEEE 802.3, as gzip and zip have it.
[[nodiscard]] std::uint32_t crc32(std::uint32_t crc, Bytes bytes);

}  // namespace exhibit::base
