// Whether the certificates of a chain were revoked, and what that means for a token
// (RFC 3161 4, RFC 5280 5 and 6.3, RFC 6960 3.2).
//
// What counts is the time of the token, never today: a list that is expired today but was current
// then decides, and so does one that was issued later, as long as its issuer still kept the
// certificate on it.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "seal/time/chain.h"
#include "seal/time/checks.h"
#include "seal/time/openssl.h"

namespace exhibit::timestamp {

inline constexpr std::size_t kRevocationSizeMax = 64 << 20;  // bytes of all CRLs and responses

/// What one CRL or OCSP response says of one certificate.
struct RevocationStatus {
  enum class Kind : std::uint8_t { unusable, good, revoked };
  Kind kind = Kind::unusable;
  std::string why;
  base::Ticks revoked_at = 0;
  std::optional<base::Ticks> invalid_since;  // invalidityDate
  int reason = -1;                           // CRLReason; -1 where none is given
};

/// `when` is the token's interval, `issuer` the next certificate of the chain.
[[nodiscard]] RevocationStatus crl_status(X509_CRL* crl, X509* certificate, X509* issuer,
                                          const Interval& when);
[[nodiscard]] RevocationStatus ocsp_status(OCSP_BASICRESP* response, X509* certificate,
                                           X509* issuer, const Interval& when);

/// From when to when an answer of not-revoked counts.
struct Currency {
  base::Ticks this_update = 0;
  std::optional<base::Ticks> next_update;
};
/// Why an answer with these times, which does not name `certificate` as revoked, says nothing about
/// `when`; nullopt where it does.
[[nodiscard]] std::optional<std::string> stale(const Currency& currency, X509* certificate,
                                               const Interval& when);
/// That a signature's hash is none that is broken.
[[nodiscard]] bool accepted_signature(int signature_nid);

/// What judge_revocation is given beside the chain.
struct RevocationData {
  std::span<const std::string> crls;
  std::span<const std::string> ocsp_responses;
};
[[nodiscard]] Finding judge_revocation(const Chain& chain, const Interval& when,
                                       std::optional<base::Ticks> existed_by,
                                       const RevocationData& data);

}  // namespace exhibit::timestamp
