#include <algorithm>

#include "base/text.h"
#include "exhibit/verify.h"

namespace exhibit::verify {

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::valid:
      return "valid";
    case Verdict::undecidable:
      return "undecidable";
    case Verdict::invalid:
      break;
  }
  return "invalid";
}

Verdict overall(std::span<const Check> checks) {
  Verdict worst = Verdict::valid;
  for (const Check& check : checks) worst = std::max(worst, check.verdict);
  return worst;
}

std::string fingerprint(const seal::PublicKey& key) { return base::to_hex(seal::sha256(key)); }

Result<TrustedKey> parse_trusted_key(std::string_view text) {
  if (text.find('+') != std::string_view::npos) {
    EXHIBIT_TRY(const seal::VerifierKey key, seal::VerifierKey::parse(text));
    if (key.role != seal::KeyRole::note)
      return fail(ErrorCode::unsupported, "a cosigner's key signs no log");
    return TrustedKey{
        .name = key.name, .fingerprint = fingerprint(key.key), .text = std::string(text)};
  }
  constexpr std::string_view kPrefix = "sha256:";
  if (text.starts_with(kPrefix)) text.remove_prefix(kPrefix.size());
  const auto bytes = base::from_hex(text);
  if (!bytes || bytes->size() != sizeof(seal::Digest))
    return fail(
        ErrorCode::malformed,
        "a trusted key is a verifier key (name+hash+key) or a fingerprint of 64 hex digits");
  return TrustedKey{
      .name = {}, .fingerprint = base::to_hex(as_bytes(*bytes)), .text = std::string(text)};
}

bool trusts(std::span<const TrustedKey> trusted, std::string_view origin,
            const seal::PublicKey& key) {
  const std::string wanted = fingerprint(key);
  const std::string_view party = origin.substr(origin.rfind('/') + 1);
  return std::ranges::any_of(trusted, [&](const TrustedKey& t) {
    return t.fingerprint == wanted && (t.name.empty() || t.name == origin || t.name == party);
  });
}

}  // namespace exhibit::verify
