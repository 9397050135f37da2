// SHA-256 compression kernels and the choice among them (docs/decisions/sha256-kernels.md).
//
// A kernel advances the states of `lanes` independent messages by the same number of 64-byte
// blocks. States are stored word by word: state[word * lanes + lane].
//
// Not here:  padding and feeding the lanes (lane_hasher.h).
// Source:    FIPS 180-4, sections 4.1.2, 4.2.2, 5.3.3, 6.2.2.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace exhibit::seal {

inline constexpr std::size_t kLanesMax = 16;
inline constexpr std::size_t kBlockSize = 64;

inline constexpr std::array<std::uint32_t, 8> kInitialState{
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

// Aligned for the SHA-NI kernel, which loads four at a time.
alignas(64) inline constexpr std::uint32_t kRoundConstants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/// Advances every lane by `block_count` blocks, read from blocks[lane] on (unaligned).
using CompressLanes = void (*)(std::uint32_t* state, const std::byte* const* blocks,
                               std::size_t block_count);

/// Hashes `lanes` whole messages of `block_count` blocks each, their padding in place; a digest
/// goes to each of `out`. For short messages, whose states would otherwise be brought to their
/// lanes and back for a block or two.
using DigestLanes = void (*)(const std::byte* const* messages, std::size_t block_count,
                             std::byte* const* out);

struct Kernel {
  std::string_view name;  // as EXHIBIT_SHA256 names it
  std::size_t lanes;      // 0: whole messages through OpenSSL
  CompressLanes compress;
  DigestLanes digest;  // nullptr: through `compress`
};

#if defined(__x86_64__)
void compress_avx512(std::uint32_t* state, const std::byte* const* blocks, std::size_t block_count);
void digest_avx512(const std::byte* const* messages, std::size_t block_count,
                   std::byte* const* out);
void compress_avx2(std::uint32_t* state, const std::byte* const* blocks, std::size_t block_count);
void compress_shani(std::uint32_t* state, const std::byte* const* blocks, std::size_t block_count);
void digest_shani(const std::byte* const* messages, std::size_t block_count, std::byte* const* out);
/// One message alone; `state` is its eight words.
void compress_shani_single(std::uint32_t* state, const std::byte* blocks, std::size_t block_count);
#endif

/// The kernels that this processor and its operating system can run; the preferred one first,
/// OpenSSL last.
[[nodiscard]] std::span<const Kernel> available_kernels();
/// The one that EXHIBIT_SHA256 names, else the preferred one. Fixed at the first call.
[[nodiscard]] const Kernel& active_kernel();
/// True where a single message goes through compress_shani_single: where there is SHA-NI and
/// EXHIBIT_SHA256 names no other kernel.
[[nodiscard]] bool single_stream_shani();

}  // namespace exhibit::seal
