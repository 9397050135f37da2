// OCSP responses (RFC 6960): read from a file, signed by the issuer or by a responder it named.
#include "seal/time/revocation.h"

namespace exhibit::timestamp {
namespace {

using GeneralizedTime = Owned<ASN1_GENERALIZEDTIME, ASN1_GENERALIZEDTIME_free>;

RevocationStatus unusable(std::string why) {
  return {.kind = RevocationStatus::Kind::unusable, .why = std::move(why), .invalid_since = {}};
}

bool valid_at(X509* certificate, base::Ticks at) {
  const auto from = ticks_of(X509_get0_notBefore(certificate));
  const auto until = ticks_of(X509_get0_notAfter(certificate));
  return from && until && *from <= at && at <= *until;
}

// Why `response` does not speak for `issuer` (RFC 6960 4.2.2.2).
std::optional<std::string> judge_signer(OCSP_BASICRESP* response, X509* issuer) {
  const CertificateStack extra(sk_X509_new_null());
  seal::check(extra != nullptr && X509_add_cert(extra.get(), issuer, X509_ADD_FLAG_UP_REF) == 1);
  X509* signer = nullptr;
  const ASN1_OBJECT* algorithm = nullptr;
  X509_ALGOR_get0(&algorithm, nullptr, nullptr, OCSP_resp_get0_tbs_sigalg(response));
  const bool found = OCSP_resp_get0_signer(response, &signer, extra.get()) == 1;
  // Only the signature: whether the signer may speak is decided below, at his time and not today's.
  const bool holds = found && accepted_signature(OBJ_obj2nid(algorithm)) &&
                     OCSP_basic_verify(response, extra.get(), nullptr, OCSP_NOVERIFY) == 1;
  ERR_clear_error();
  if (!holds) return "is not signed by a certificate at hand";
  const auto produced = ticks_of(OCSP_resp_get0_produced_at(response));
  if (!produced || !valid_at(signer, *produced))
    return "was produced when its signer's certificate was not valid";
  if (X509_cmp(signer, issuer) == 0) return std::nullopt;
  const bool delegated = X509_check_issued(issuer, signer) == X509_V_OK &&
                         X509_verify(signer, X509_get0_pubkey(issuer)) == 1 &&
                         accepted_signature(X509_get_signature_nid(signer)) &&
                         (X509_get_extension_flags(signer) & EXFLAG_XKUSAGE) != 0 &&
                         (X509_get_extended_key_usage(signer) & XKU_OCSP_SIGN) != 0;
  ERR_clear_error();
  if (!delegated) return "is signed by nobody whom the certificate's issuer named for it";
  // Without this mark the responder's own certificate would have to be looked up as well.
  if (X509_get_ext_by_NID(signer, NID_id_pkix_OCSP_noCheck, -1) < 0)
    return "is signed by a responder whose own revocation cannot be decided";
  return std::nullopt;
}

// The answer about `certificate` among those of a response; null where there is none.
OCSP_SINGLERESP* find_answer(OCSP_BASICRESP* response, X509* certificate, X509* issuer) {
  constexpr int kAnswersMax = 1024;
  const int count = std::min(kAnswersMax, OCSP_resp_count(response));
  for (int i = 0; i < count; ++i) {
    OCSP_SINGLERESP* answer = OCSP_resp_get0(response, i);
    // OCSP_id_get0_info takes no const pointer and changes nothing.
    auto* id = const_cast<OCSP_CERTID*>(OCSP_SINGLERESP_get0_id(answer));
    ASN1_OBJECT* algorithm = nullptr;
    OCSP_id_get0_info(nullptr, &algorithm, nullptr, nullptr, id);
    // Any hash will do here, SHA-1 too: it only says which certificate is meant.
    const EVP_MD* md = EVP_get_digestbyobj(algorithm);
    if (md == nullptr) continue;
    const OcspId wanted(OCSP_cert_to_id(md, certificate, issuer));
    if (wanted != nullptr && OCSP_id_cmp(id, wanted.get()) == 0) return answer;
  }
  return nullptr;
}

}  // namespace

RevocationStatus ocsp_status(OCSP_BASICRESP* response, X509* certificate, X509* issuer,
                             const Interval& when) {
  OCSP_SINGLERESP* answer = find_answer(response, certificate, issuer);
  ERR_clear_error();
  if (answer == nullptr) return unusable("is about other certificates");
  if (auto why = judge_signer(response, issuer)) return unusable(*why);
  int reason = -1;
  ASN1_GENERALIZEDTIME* revoked = nullptr;
  ASN1_GENERALIZEDTIME* from = nullptr;
  ASN1_GENERALIZEDTIME* until = nullptr;
  const int status = OCSP_single_get0_status(answer, &reason, &revoked, &from, &until);
  if (status == V_OCSP_CERTSTATUS_REVOKED) {
    RevocationStatus out{.kind = RevocationStatus::Kind::revoked, .why = {}, .invalid_since = {}};
    const auto at = ticks_of(revoked);
    if (!at) return unusable("does not say when the certificate was revoked");
    out.revoked_at = *at;
    out.reason = reason;
    const GeneralizedTime since(static_cast<ASN1_GENERALIZEDTIME*>(
        OCSP_SINGLERESP_get1_ext_d2i(answer, NID_invalidity_date, nullptr, nullptr)));
    ERR_clear_error();
    if (since != nullptr) out.invalid_since = ticks_of(since.get());
    return out;
  }
  if (status != V_OCSP_CERTSTATUS_GOOD) return unusable("says that the certificate is unknown");
  if (OCSP_BASICRESP_get_ext_by_critical(response, 1, -1) >= 0 ||
      OCSP_SINGLERESP_get_ext_by_critical(answer, 1, -1) >= 0)
    return unusable("has a critical extension that this program does not know");
  const auto issued = ticks_of(from);
  if (!issued) return unusable("does not say when it was issued");
  const Currency currency{.this_update = *issued, .next_update = ticks_of(until)};
  if (auto why = stale(currency, certificate, when)) return unusable(*why);
  return {.kind = RevocationStatus::Kind::good,
          .why = "good by the response of " + time_text(*issued),
          .invalid_since = {}};
}

}  // namespace exhibit::timestamp
