// Ed25519 verification (RFC 8032), of public inputs only: nothing here is secret, so nothing takes
// care to run in constant time, and nothing here may ever sign.
#pragma once

#include "verify/core/bytes.h"

namespace exhibit::verify::core {

using PublicKey = std::array<std::uint8_t, 32>;
inline constexpr std::size_t kSignatureSize = 64;

/// Whether `signature` is that of `key` over the message.
///
/// Where RFC 8032 leaves a choice, this takes OpenSSL 3.0's, so that the page and the command line
/// agree: without the cofactor ([S]B = R + [k]A); S below the group's order; R in its one encoding,
/// for it is compared as bytes; the y of A may be encoded unreduced, and x = 0 with the sign set is
/// read as 0. A of small order is refused, as src/seal does: its owner could exchange what he
/// signed.
[[nodiscard]] bool verify_ed25519(const PublicKey& key, std::string_view message,
                                  std::string_view signature);

/// The same for a message in two parts, one behind the other.
[[nodiscard]] bool verify_ed25519_parts(const PublicKey& key, std::string_view head,
                                        std::string_view tail, std::string_view signature);

}  // namespace exhibit::verify::core
