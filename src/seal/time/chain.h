// The chain from a signer's certificate to an anchor that the verifier brought, at the time of the
// token (RFC 5280 6). The verifier's clock is not asked.
#pragma once

#include <optional>

#include "seal/time/checks.h"
#include "seal/time/openssl.h"

namespace exhibit::timestamp {

inline constexpr int kChainDepthMax = 8;  // certificates between the signer and the anchor

struct Chain {
  Finding finding;
  CertificateStack certificates;    // signer first, anchor last; null unless valid
  std::optional<base::Ticks> ends;  // the first end of validity among them
};
[[nodiscard]] Chain build_chain(X509* signer, const STACK_OF(X509) * pool,
                                const STACK_OF(X509) * anchors, base::Ticks at);

/// Certificates that may help: each only once, none owned by the token any more.
[[nodiscard]] CertificateStack join(const STACK_OF(X509) * first, const STACK_OF(X509) * second);

}  // namespace exhibit::timestamp
