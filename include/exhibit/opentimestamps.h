// OpenTimestamps: a digest on its way to a Bitcoin block, and a proof that it is in one. Part of
// the seal, floor 1.
//
// A calendar takes a digest, and after some hours its proof leads to the Merkle root of a block.
// The proof is checked here against a block header that the verifier brings; where he got it, and
// that the block is in the chain with the most work, is his affair. docs/formats/time.md has the
// bytes.
//
// Threads:  pure functions, safe from any thread; no network.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exhibit/beacon.h"
#include "exhibit/error.h"
#include "exhibit/export.h"
#include "exhibit/seal.h"

namespace exhibit::opentimestamps {

using timestamp::Check;
using timestamp::Verdict;

inline constexpr std::size_t kProofSizeMax = 1 << 20;     // bytes of a `.ots` file
inline constexpr std::size_t kMessageSizeMax = 4096;      // bytes that an operation takes or gives
inline constexpr std::size_t kOperationsMax = 4096;       // of one proof, all branches
inline constexpr std::size_t kDepthMax = 256;             // operations in a row
inline constexpr std::size_t kAttestationsMax = 256;      // of one proof
inline constexpr std::size_t kAttestationSizeMax = 8192;  // bytes of one payload
inline constexpr std::size_t kUriSizeMax = 1000;          // bytes of a calendar's address

enum class Attester : std::uint8_t { bitcoin, pending, other };

struct Attestation {
  Attester attester = Attester::other;
  /// What is attested to; none where an operation before it cannot be computed here.
  std::optional<std::string> message;
  std::uint64_t height = 0;  // bitcoin: of the block, as the proof claims
  std::string calendar;      // pending: where the rest of the proof can be had
  std::string tag;           // other: 16 hexadecimal digits
};
struct Proof {
  std::string digest_algorithm;  // `SHA256`, `SHA1`, `RIPEMD160`
  std::string digest;            // of the file that was stamped
  std::vector<Attestation> attestations;
  /// An operation that this program does not know: what came after it could not be read.
  std::optional<std::uint8_t> unknown_operation;
};
/// Errors: malformed, truncated, limit, unsupported (another version, another digest).
[[nodiscard]] EXHIBIT_EXPORT Result<Proof> parse_proof(Bytes ots);

/// A block header that the verifier brings.
struct GivenHeader {
  std::string header;  // 80 bytes or 160 hexadecimal digits
  std::optional<std::uint64_t>
      height{};  // NOLINT(readability-redundant-member-init): may be left out
};
/// Checks `ots.form`, `ots.digest`, and `ots.block` for each header given.
struct ProofReport {
  std::vector<Check> checks;
  /// The earliest time of a block that holds: as its miner wrote it, up to two hours off.
  std::optional<timestamp::Ticks> block_time;
  std::vector<std::string> calendars;  // that still have something to say
  [[nodiscard]] EXHIBIT_EXPORT Verdict verdict() const { return timestamp::overall(checks); }
};
[[nodiscard]] EXHIBIT_EXPORT ProofReport
verify_proof(Bytes stamped, Bytes ots, std::span<const GivenHeader> headers,
             std::uint64_t difficulty_min = beacon::kDifficultyDefault);

/// A digest to be carried to a calendar. There is no `.ots` file without an attestation: the
/// calendar's answer makes it one.
struct Submission {
  std::string prefix;      // the file up to where the calendar's answer goes
  std::string commitment;  // 32 bytes: the body of `POST <calendar>/digest`
};
/// `blind`: up to 32 random bytes that keep the digest from the calendar; may be empty.
/// Errors: usage (more than 32 bytes).
[[nodiscard]] EXHIBIT_EXPORT Result<Submission> submit(const seal::Digest& stamped, Bytes blind);
/// The `.ots` file: prefix and answer, if together they are one. Errors: as parse_proof.
[[nodiscard]] EXHIBIT_EXPORT Result<std::string> complete(const Submission& submission,
                                                          Bytes answer);

}  // namespace exhibit::opentimestamps
