// Who signed a token: his certificate, that the token names it, that it may stamp, and the
// signature (RFC 3161 2.3 and 2.4.2, RFC 5816, RFC 5652 5.6).
#pragma once

#include "seal/time/checks.h"
#include "seal/time/openssl.h"
#include "seal/time/token.h"

namespace exhibit::timestamp {

/// The certificate in `pool` that the token's one signer names; null where there is none. Borrowed.
[[nodiscard]] X509* find_signer(const Token& token, const STACK_OF(X509) * pool);
/// That the signed attributes name `signer` by hash (ESSCertID or ESSCertIDv2, the first of them),
/// and the TSTInfo's `tsa`, where it is there, by name.
[[nodiscard]] Finding judge_signer_id(const Token& token, X509* signer);
/// Extended key usage: id-kp-timeStamping, critical and alone; key usage: signatures alone.
[[nodiscard]] Finding judge_key_usage(X509* signer);
/// Signature over the signed attributes, and these over the TSTInfo, with hashes that are accepted.
[[nodiscard]] Finding judge_signature(const Token& token, X509* signer);

}  // namespace exhibit::timestamp
