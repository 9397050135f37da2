// gzip (RFC 1952): members one behind the other, their lengths and checksums compared.
//
// libarchive reads gzip too, but never looks at what stands behind the compressed bytes, so a
// damaged file was read without a word.
#pragma once

#include <cstddef>
#include <memory>

#include "evidence/archive.h"

namespace exhibit::evidence {

/// One member without a name, which is all of the stream's. A checksum or length that differs is
/// told at its end, with everything that could be unpacked before it; a stream that is cut off, is
/// broken, or has anything but zeros behind it, where it is. Parameters as open_archive.
[[nodiscard]] std::unique_ptr<Archive> make_gzip_archive(std::unique_ptr<ByteStream> stream,
                                                         Inflation& inflation, std::size_t level);

}  // namespace exhibit::evidence
