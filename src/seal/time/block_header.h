// Targets of Bitcoin's proof of work: 256-bit numbers, and the two forms they come in.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "exhibit/seal.h"

namespace exhibit::beacon {

/// A number of 256 bits, the least significant byte first, as a block's hash has them.
using Number = seal::Digest;

enum class TargetProblem : std::uint8_t { none, negative, zero, overflow };
struct Target {
  Number value{};
  TargetProblem problem = TargetProblem::none;
};
/// The compact form of nBits: one byte of size, three of mantissa, of which the highest bit is a
/// sign. Source: Bitcoin Core, arith_uint256::SetCompact.
[[nodiscard]] Target decode_target(std::uint32_t bits);

/// The largest target of that difficulty: 0xffff · 2^208 / difficulty. Zero is taken as one.
[[nodiscard]] Number target_of(std::uint64_t difficulty);

[[nodiscard]] bool less_or_equal(const Number& a, const Number& b);

}  // namespace exhibit::beacon
