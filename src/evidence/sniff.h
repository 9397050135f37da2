// What a source holds, by its first bytes; never by its name.
//
// Threads:  pure functions.
#pragma once

#include <cstddef>
#include <cstdint>

#include "exhibit/error.h"

namespace exhibit::evidence {

enum class Content : std::uint8_t {
  unknown,
  evtx,
  json,
  gzip,
  bzip2,
  xz,
  zstd,
  zip,
  tar,
  seven_zip,  // known for what it is, not read: docs/decisions/0010-libarchive.md
};

/// Enough to see an EVTX chunk behind a destroyed file header.
inline constexpr std::size_t kSniffSizeBytes = 4'096 + 8;

/// `head` holds the first kSniffSizeBytes of the source, or all of a shorter one.
[[nodiscard]] Content sniff(Bytes head);
[[nodiscard]] bool is_container(Content content);
/// Whether it is one compressed stream (which may hold a tar) rather than an archive of members.
[[nodiscard]] bool is_compressed_stream(Content content);

}  // namespace exhibit::evidence
