// CRC-32 (IEEE 802.3, reflected, as zlib computes it): what EVTX headers and chunks carry.
//
// Threads:  pure functions, safe from any thread.
#pragma once

#include <cstdint>

#include "exhibit/error.h"

namespace exhibit::evidence::evtx {

/// Continues `crc` (0 at the start) over `bytes`.
[[nodiscard]] std::uint32_t crc32(std::uint32_t crc, Bytes bytes);

}  // namespace exhibit::evidence::evtx
