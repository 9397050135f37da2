// Bytes in order: what every framer reads from, whether they come from a file, a pipe or the member
// of an archive.
//
// Ownership:  the stream owns what it reads from; the caller owns where the bytes go.
// Threads:    one thread at a time.
#pragma once

#include <cstddef>
#include <span>

#include "exhibit/error.h"
#include "exhibit/event.h"

namespace exhibit::evidence {

class ByteStream {
 public:
  virtual ~ByteStream();
  /// Reads up to `into.size()` bytes and says how many; 0 is the end, short reads are not.
  ///
  /// Errors:  io (the system refused), malformed and truncated (the compressed stream around these
  ///          bytes is broken), limit (a bomb), refused (encrypted), changed (the file is not what
  ///          it was when reading began). After an error the stream has ended.
  [[nodiscard]] virtual Result<std::size_t> read(std::span<std::byte> into) = 0;
};

/// What a framer reports when read() fails: it puts the damage behind the last byte it got and
/// ends.
[[nodiscard]] event::DamageKind damage_of(const Error& error);

}  // namespace exhibit::evidence
