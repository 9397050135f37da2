// Beacons: values that nobody knew before a certain time. Whoever seals one shows that he sealed it
// after that time. Part of the seal, floor 1.
//
// A Bitcoin block header and a Roughtime reply can be checked here; anything else is a value of
// which only its owner can say when it came up. docs/formats/time.md says what each proves.
//
// Threads:  pure functions, safe from any thread; no network, no clock.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exhibit/error.h"
#include "exhibit/export.h"
#include "exhibit/seal.h"
#include "exhibit/timestamp.h"

namespace exhibit::beacon {

using timestamp::Check;
using timestamp::Interval;
using timestamp::Ticks;
using timestamp::Verdict;

// ---- Bitcoin block headers

inline constexpr std::size_t kBlockHeaderSize = 80;  // bytes

/// Work in units of difficulty 1: the average number of hashes is this times 2^32. One header of
/// the default costs 4.3e22 hashes; every block since October 2019 has more (docs/formats/time.md).
inline constexpr std::uint64_t kDifficultyDefault = 10'000'000'000'000;

struct BlockHeader {
  std::uint32_t version = 0;
  seal::Digest previous{};     // as in the header: the last byte is the most significant
  seal::Digest merkle_root{};  // likewise
  std::uint32_t time = 0;      // seconds since 1970, as the miner wrote it
  std::uint32_t bits = 0;      // target in compact form
  std::uint32_t nonce = 0;
  seal::Digest hash{};  // double SHA-256 of the 80 bytes, in the same order
  [[nodiscard]] EXHIBIT_EXPORT std::string hash_text() const;  // hex, as block explorers show it
};
/// 80 bytes, or 160 hexadecimal digits with white space after them. Errors: malformed.
[[nodiscard]] EXHIBIT_EXPORT Result<BlockHeader> parse_block_header(Bytes input);

/// Checks `block.form`, `block.target`, `block.work`, `block.difficulty`.
struct BlockReport {
  std::vector<Check> checks;
  std::optional<BlockHeader> header;
  /// Two hours before the miner's time: no node took a block in earlier. Only if the block is in
  /// the chain with the most work, which no header can show alone.
  std::optional<Ticks> not_before;
  [[nodiscard]] EXHIBIT_EXPORT Verdict verdict() const { return timestamp::overall(checks); }
};
[[nodiscard]] EXHIBIT_EXPORT BlockReport
check_block_header(Bytes input, std::uint64_t difficulty_min = kDifficultyDefault);

// ---- Roughtime (RFC 10049; Google's protocol before it)

inline constexpr std::size_t kRoughtimePacketMax = 64 << 10;  // bytes of a request or a reply
inline constexpr std::size_t kRoughtimeTagsMax = 64;          // of one message

/// The nonces that bind a reply to `value` (a checkpoint, say): a reply to such a request was made
/// after the value existed.
[[nodiscard]] EXHIBIT_EXPORT std::array<std::byte, 32> roughtime_nonce(Bytes value);
[[nodiscard]] EXHIBIT_EXPORT std::array<std::byte, 64> google_roughtime_nonce(Bytes value);

/// A request packet to carry to a server: a message of 1,024 bytes, for version 1 and its last
/// drafts.
[[nodiscard]] EXHIBIT_EXPORT std::string roughtime_request(Bytes value,
                                                           const seal::PublicKey& server);

// Members that a caller may leave out have an initialiser, which some compilers ask for.
// NOLINTBEGIN(readability-redundant-member-init)
struct RoughtimeEvidence {
  Bytes request{};  // the packet that was sent
  Bytes reply{};    // the packet that came back
  Bytes value{};    // what the nonce is to be bound to
};
// NOLINTEND(readability-redundant-member-init)
/// Checks `roughtime.form`, `roughtime.nonce`, `roughtime.delegation`, `roughtime.signature`,
/// `roughtime.tree`, `roughtime.time`.
struct RoughtimeReport {
  std::vector<Check> checks;
  std::string protocol;          // `version 1`, `draft`, `Google`; empty where it is none
  std::optional<Interval> time;  // what the server says
  [[nodiscard]] EXHIBIT_EXPORT Verdict verdict() const { return timestamp::overall(checks); }
};
/// `server`: the long-term key that the verifier believes; without it the delegation is
/// undecidable.
[[nodiscard]] EXHIBIT_EXPORT RoughtimeReport
verify_roughtime(const RoughtimeEvidence& evidence, const std::optional<seal::PublicKey>& server);

// ---- anything else

/// The one check of a value that cannot be checked: `beacon.source`, undecidable, "unverified".
[[nodiscard]] EXHIBIT_EXPORT Check unverified(std::string_view source);

}  // namespace exhibit::beacon
