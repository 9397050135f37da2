// Archives and compressed streams, member by member, without unpacking anything to disk.
//
// Ownership:  an archive owns the stream it reads; a member's stream borrows the archive and is
// void
//             at the next next().
// Threads:    one thread at a time; archives are independent of each other and of the locale.
// Invariant:  every byte of the archive's stream is consumed once, in order: memory does not grow
//             with members or sizes.
// Not here:   what the members hold, archives in archives (container.cpp).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "evidence/byte_stream.h"
#include "evidence/sniff.h"
#include "exhibit/evidence.h"

namespace exhibit::evidence {

/// How much came out of a container for what went in: what a bomb is known by. One for a container
/// and all that it contains.
struct Inflation {
  /// A tar in a compressed stream is one container and two archives.
  static constexpr std::size_t kLevelsMax = 2 * std::size_t{kContainerDepthMax};

  std::uint64_t bytes_in = 0;                         // of the outermost container
  std::array<std::uint64_t, kLevelsMax> bytes_out{};  // by archive, outermost first
  bool stopped = false;                               // a limit was met: no archive in it goes on

  /// `size` bytes came out of the archive of `level`, with them `member_bytes` of a member. Errors:
  /// limit.
  Result<void> add(std::size_t level, std::size_t size, std::uint64_t member_bytes);
};

struct Member {
  std::string name;              // the archive's bytes; empty where it has no names
  std::uint64_t size_bytes = 0;  // as the archive says; 0 where it does not
  bool encrypted = false;
};

class Archive {
 public:
  virtual ~Archive();
  /// The next member that is a regular file; nullopt at the end.
  ///
  /// Errors:  concern one member, and the next call goes on, or all the rest, and the next call
  ///          says that it ended.
  [[nodiscard]] virtual Result<std::optional<Member>> next() = 0;
  /// The bytes of the member that next() gave last.
  [[nodiscard]] virtual std::unique_ptr<ByteStream> content() = 0;
  /// Reads what lies behind the last member, so that a change of the file is noticed.
  [[nodiscard]] virtual Result<void> drain() = 0;
};

/// `content` is a container's (sniff.h); a compressed stream has one member, without a name.
/// `level` counts the archives around this one; `inflation` must outlive the archive and everything
/// in it.
[[nodiscard]] Result<std::unique_ptr<Archive>> open_archive(std::unique_ptr<ByteStream> stream,
                                                            Content content, Inflation& inflation,
                                                            std::size_t level);

}  // namespace exhibit::evidence
