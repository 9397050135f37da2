// What both the reader and the writer of OpenTimestamps proofs know.
#pragma once

#include <cstdint>
#include <string_view>

namespace exhibit::opentimestamps {

using namespace std::string_view_literals;

inline constexpr std::string_view kMagic =
    "\0OpenTimestamps\0\0Proof\0\xbf\x89\xe2\xe8\x84\xe8\x92\x94"sv;
inline constexpr std::uint8_t kVersion = 1;
inline constexpr std::uint8_t kSha256 = 0x08, kAppend = 0xf0, kPrepend = 0xf1;

}  // namespace exhibit::opentimestamps
