// Trusted time: RFC 3161 requests and tokens, and tokens over tokens. Part of the seal, floor 1.
//
// No I/O, no network, no clock: requests and answers are carried as files, what is trusted comes in
// with the call, and nothing depends on today's date. docs/formats/time.md has every byte, every
// check, and what each kind of time proves and what it does not.
//
// Threads:  pure functions, safe from any thread.
// Not here: beacons (exhibit/beacon.h), OpenTimestamps (exhibit/opentimestamps.h), the ledger.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exhibit/error.h"
#include "exhibit/export.h"

namespace exhibit::timestamp {

// ---- what every check of time says

enum class Verdict : std::uint8_t { valid, undecidable, invalid };  // ordered: the worst is the sum

/// One line of a report. `why` may quote what the input says: escape it before it is shown.
struct Check {
  std::string id;  // stable: `timestamp.imprint`; docs/formats/time.md lists them
  Verdict verdict = Verdict::valid;
  std::string why;  // what was found; for undecidable, what is missing
};
/// The worst verdict; undecidable where nothing was checked.
[[nodiscard]] EXHIBIT_EXPORT Verdict overall(std::span<const Check> checks);

using Ticks = std::int64_t;  // 100 ns since 1601-01-01T00:00:00Z, as event::Ticks

/// The time meant lies between the two, both included.
struct Interval {
  Ticks not_before = 0;
  Ticks not_after = 0;
};

// ---- requests (RFC 3161 2.4.1)

inline constexpr std::size_t kNonceSizeMax = 32;              // bytes
inline constexpr std::size_t kRequestSizeMax = 16 << 10;      // bytes of a TimeStampReq
inline constexpr std::size_t kTokenSizeMax = 256 << 10;       // of a TimeStampResp or a bare token
inline constexpr std::size_t kTokenCertificatesMax = 32;      // inside one token
inline constexpr std::size_t kCertificatesMax = 1024;         // that the verifier brings
inline constexpr std::size_t kCertificatesSizeMax = 4 << 20;  // bytes of one PEM file of them
inline constexpr std::size_t kCrlSizeMax = 16 << 20;          // bytes of one CRL
inline constexpr std::size_t kOcspSizeMax = 256 << 10;        // bytes of one OCSP response
inline constexpr std::size_t kRevocationFilesMax = 64;        // CRLs and OCSP responses in one call

struct Request {
  std::string imprint_algorithm;  // `SHA256`, as OpenSSL names it
  std::string imprint;            // bytes
  std::string nonce;              // big-endian, no leading zeros; empty: none
  std::string policy;             // dotted OID; empty: any
  bool wants_certificate = false;
};
/// TimeStampReq over SHA-256 of `stamped`, which asks for the authority's certificate. `nonce` is
/// 1 to kNonceSizeMax random bytes that the caller draws; `policy` a dotted OID, or empty.
///
/// Errors: usage (nonce of another size or all zero, policy that is no OID).
[[nodiscard]] EXHIBIT_EXPORT Result<std::string> make_request(Bytes stamped, Bytes nonce,
                                                              std::string_view policy = {});
/// Errors: malformed (also: bytes after it, not DER), limit.
[[nodiscard]] EXHIBIT_EXPORT Result<Request> parse_request(Bytes der);

// ---- tokens (RFC 3161 2.4.2, RFC 5816)

// Members that a caller may leave out have an initialiser, which some compilers ask for.
// NOLINTBEGIN(readability-redundant-member-init)

/// What a verifier brings; never taken from a case.
struct Trust {
  std::string anchors_pem{};  // certificates that are believed; empty: the chain is undecidable
  std::vector<std::string> policies{};  // dotted OIDs; empty: any policy
};

/// What is judged. Everything here may come from the other side.
struct Evidence {
  Bytes stamped{};  // the exact bytes that the token is said to stamp
  Bytes token{};    // TimeStampResp, or the TimeStampToken alone
  Bytes request{};  // TimeStampReq; empty: nonce and asked policy are not checked
  std::string_view certificates_pem{};            // intermediates that the token does not hold
  std::span<const std::string> crls{};            // each DER or PEM
  std::span<const std::string> ocsp_responses{};  // each DER
  /// By when the token is known to have existed, from a later token over it (verify_restamped).
  std::optional<Ticks> existed_by{};
};

// NOLINTEND(readability-redundant-member-init)

struct TokenReport {
  std::vector<Check> checks;
  /// What the token says, whatever the verdict: none where it cannot be read.
  std::optional<Ticks> generated;  // genTime, cut to 100 ns
  std::optional<Interval> time;    // genTime with its accuracy
  std::string policy;              // dotted OID
  std::string serial;              // hexadecimal
  std::string imprint_algorithm;
  std::string authority;  // subject of the signer's certificate
  /// The first end of validity in the chain: a token over this one is due before. None without a
  /// chain.
  std::optional<Ticks> renew_before;
  std::string chain_pem;  // signer first, anchor last: what must be kept beside the token
  [[nodiscard]] EXHIBIT_EXPORT Verdict verdict() const { return overall(checks); }
};
/// Judges one token. Every check is made that can be, also where others fail.
///
/// Errors: malformed, limit: of what the verifier brings (Trust). What is wrong with the evidence
/// is
///         in the report.
/// Source: RFC 3161 2.4.2 and 4, RFC 5816, RFC 5652 5, RFC 5280 5 and 6, RFC 6960.
[[nodiscard]] EXHIBIT_EXPORT Result<TokenReport> verify_token(const Evidence& evidence,
                                                              const Trust& trust);

// ---- tokens over tokens (docs/formats/time.md, "Stamping again")

inline constexpr std::size_t kRestampSizeMax = 16 << 20;  // bytes of one manifest, all levels
inline constexpr std::size_t kRestampTokensMax = 8;       // of one level
inline constexpr std::size_t kRestampItemsMax = 128;      // of one level, everything
inline constexpr std::size_t kRestampDepthMax = 8;        // manifests in one another

// NOLINTBEGIN(readability-redundant-member-init)

/// Bytes that were stamped, the tokens over exactly these bytes, and what it takes to judge them:
/// all of it is what a later token stamps.
struct Stamped {
  std::string bytes{};                        // a checkpoint, or an earlier manifest
  std::vector<std::string> tokens{};          // at least one; TimeStampResp or TimeStampToken
  std::vector<std::string> certificates{};    // PEM
  std::vector<std::string> crls{};            // DER or PEM
  std::vector<std::string> ocsp_responses{};  // DER
};
// NOLINTEND(readability-redundant-member-init)

/// The exact bytes that a token over these tokens stamps. Errors: usage (no token), limit.
[[nodiscard]] EXHIBIT_EXPORT Result<std::string> restamp_manifest(const Stamped& stamped);
/// That the bytes begin as a manifest does, and so as no signed note can.
[[nodiscard]] EXHIBIT_EXPORT bool is_restamp_manifest(Bytes bytes);
/// Errors: malformed (also: not in the one order), truncated, limit.
[[nodiscard]] EXHIBIT_EXPORT Result<Stamped> parse_restamp_manifest(Bytes bytes);

/// One level of a chain of tokens: bytes, and the tokens over them.
struct RestampLevel {
  /// Of the level itself: `restamp.form`, and below the newest `restamp.order`, `restamp.in_time`.
  std::vector<Check> checks;
  std::vector<TokenReport> tokens;  // in the order given
  /// The earliest end of a valid token's interval: by then what it stamps existed.
  std::optional<Ticks> proven_by;
  /// The best of its tokens, for each authority speaks for itself, but no better than its checks.
  [[nodiscard]] EXHIBIT_EXPORT Verdict verdict() const;
};
struct RestampReport {
  std::vector<RestampLevel> levels;  // newest first
  std::string bytes;                 // the innermost that could be read: compare them
  [[nodiscard]] EXHIBIT_EXPORT Verdict verdict() const;  // the worst of its levels
};
/// Judges `newest.tokens` over `newest.bytes`; then, where those are a manifest, the tokens in it,
/// at the time by which the newer ones prove that they existed; and so on inwards. Certificates,
/// CRLs and OCSP responses of a level serve for all levels within. Errors: as verify_token.
[[nodiscard]] EXHIBIT_EXPORT Result<RestampReport> verify_restamped(const Stamped& newest,
                                                                    const Trust& trust);

}  // namespace exhibit::timestamp
