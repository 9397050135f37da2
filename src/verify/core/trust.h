// What a verifier brings, read: keys that he trusts, and a policy.
#pragma once

#include "verify/core/policy.h"

namespace exhibit::verify::core {

/// A fingerprint, or a verifier key that also says for which log or cosigner it is.
struct TrustedKey {
  Digest fingerprint{};   // SHA-256 of the public key
  std::string_view name;  // empty: of any
  VerifierKey key;        // where one was given, its name is `name`
};
struct Trust {
  std::span<const TrustedKey> keys;
  Policy policy;
  bool has_policy = false;
};
/// Tells the listener what cannot be read (`trust`, `policy`: undecidable), and reads on.
[[nodiscard]] Verdict read_trust(Arena& arena, const Brought& brought, Listener& listener,
                                 Trust& out);

/// Whether a log's key is one that the verifier trusts: named for this origin or its party, by
/// fingerprint, or as a log of his policy.
[[nodiscard]] bool trusts(const Trust& trust, std::string_view origin, const PublicKey& key);

}  // namespace exhibit::verify::core
