// A TimeStampResp or TimeStampToken (RFC 3161 2.4.2), read but not yet judged.
//
// Limits:   kTokenSizeMax, kTokenCertificatesMax; accuracy at most kAccuracySecondsMax.
#pragma once

#include <optional>

#include "exhibit/timestamp.h"
#include "seal/time/checks.h"
#include "seal/time/openssl.h"

namespace exhibit::timestamp {

inline constexpr std::int64_t kAccuracySecondsMax = 31'536'000;  // a year: more says nothing

/// What is inside the answer: how it was answered, and the bytes of the token.
struct Answer {
  Finding form;                   // not valid: nothing else is there
  std::optional<Finding> status;  // none for a bare token
  Bytes token;                    // empty: a rejection
};
[[nodiscard]] Answer read_answer(Bytes input);

struct Token {
  Finding form;  // invalid: nothing else is there
  Cms cms;
  TstInfo info;
  CMS_SignerInfo* signer = nullptr;  // of `cms`; null where there is not exactly one
  int signers = 0;
  CertificateStack certificates;  // that the token holds
};
[[nodiscard]] Token read_token(Bytes der);

/// genTime and accuracy (RFC 3161 2.4.2).
struct TokenTime {
  Finding finding;
  Ticks generated = 0;
  Interval interval;
};
[[nodiscard]] TokenTime read_time(const TS_TST_INFO* info);

}  // namespace exhibit::timestamp
