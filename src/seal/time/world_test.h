// A root, an authority for stamping, and its unit: certificates and CRLs under which a token of
// 2026-06-01 is good in every check.
#pragma once

#include "seal/time/authority_test.h"

namespace exhibit::timestamp::test {

struct World {
  Party root = make_party({.name = "Root", .authority = true, .serial = 1});
  Party intermediate =
      make_party({.name = "Stamping CA", .issuer = &root, .authority = true, .serial = 2});
  Party tsa = make_party({.name = "TSA",
                          .issuer = &intermediate,
                          .from = "2025-01-01T00:00:00Z",
                          .until = "2027-01-01T00:00:00Z",
                          .serial = 3});
  Trust trust{.anchors_pem = pem({&root})};
  // That the intermediate and the unit are not revoked.
  std::string root_crl =
      make_crl({.issuer = &root, .from = "2026-05-01T00:00:00Z", .until = "2026-07-01T00:00:00Z"});
  std::string crl = make_crl(
      {.issuer = &intermediate, .from = "2026-05-31T00:00:00Z", .until = "2026-06-07T00:00:00Z"});
  std::vector<std::string> crls{root_crl, crl};
};
inline const World& world() {
  static const World kWorld;
  return kWorld;
}

inline TokenSpec good() {
  return {.signers = {&world().tsa}, .certificates = {&world().tsa, &world().intermediate}};
}

using Expected = std::map<std::string, Verdict>;

inline TokenReport judge(const std::string& token, const Trust& trust,
                         std::string_view request = {}, std::string_view certificates = {}) {
  static const std::string kStamped = TokenSpec{}.stamped;
  return verify_token({.stamped = as_bytes(kStamped),
                       .token = as_bytes(token),
                       .request = as_bytes(request),
                       .certificates_pem = certificates,
                       .crls = world().crls},
                      trust)
      .value();
}
inline TokenReport judge(const TokenSpec& spec) { return judge(make_token(spec), world().trust); }

// Everything below the signer is undecidable when there is none to ask about.
inline const Expected kNoSigner{{"timestamp.signer_id", Verdict::undecidable},
                                {"timestamp.signature", Verdict::undecidable},
                                {"timestamp.key_usage", Verdict::undecidable},
                                {"timestamp.chain", Verdict::undecidable},
                                {"timestamp.revocation", Verdict::undecidable}};
inline Expected with_no_signer(Verdict signer) {
  Expected out = kNoSigner;
  out["timestamp.signer"] = signer;
  return out;
}
// No chain: whether it was revoked cannot be asked.
inline Expected without_chain(Verdict chain) {
  return {{"timestamp.chain", chain}, {"timestamp.revocation", Verdict::undecidable}};
}

}  // namespace exhibit::timestamp::test
