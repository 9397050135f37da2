// Bytes in order: what every framer reads from, whether they come from a file, a pipe or the member
// of an archive.
//
// Ownership:  the stream owns what it reads from; the caller owns where the bytes go.
// Threads:    one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
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

/// How much to make room for before reading on behind `offset`: `most`, or less where the source
/// is said to end sooner (`size_bytes`; 0: not known), and then one byte more than that, so that
/// its end is seen in the same breath. A size that is not true costs another read, nothing else.
[[nodiscard]] std::size_t room_for(std::uint64_t size_bytes, std::uint64_t offset,
                                   std::size_t most);

}  // namespace exhibit::evidence
