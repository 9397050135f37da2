// Certificate revocation lists (RFC 5280 5 and 6.3.3).
#include <openssl/pem.h>

#include "seal/time/revocation.h"

namespace exhibit::timestamp {
namespace {

using DistributionPoint = Owned<ISSUING_DIST_POINT, ISSUING_DIST_POINT_free>;
using DistributionPoints = Owned<CRL_DIST_POINTS, CRL_DIST_POINTS_free>;
using Reason = Owned<ASN1_ENUMERATED, ASN1_ENUMERATED_free>;
using GeneralizedTime = Owned<ASN1_GENERALIZEDTIME, ASN1_GENERALIZEDTIME_free>;

RevocationStatus unusable(std::string why) {
  return {.kind = RevocationStatus::Kind::unusable, .why = std::move(why), .invalid_since = {}};
}

bool same_name(const DIST_POINT_NAME* a, const DIST_POINT_NAME* b) {
  if (a == nullptr || b == nullptr || a->type != 0 || b->type != 0) return false;
  for (int i = 0; i < sk_GENERAL_NAME_num(a->name.fullname); ++i)
    for (int k = 0; k < sk_GENERAL_NAME_num(b->name.fullname); ++k)
      if (GENERAL_NAME_cmp(sk_GENERAL_NAME_value(a->name.fullname, i),
                           sk_GENERAL_NAME_value(b->name.fullname, k)) == 0)
        return true;
  return false;
}

// A list in parts covers only the certificates that point to its part.
bool covers(const DIST_POINT_NAME* part, X509* certificate) {
  const DistributionPoints points(static_cast<CRL_DIST_POINTS*>(
      X509_get_ext_d2i(certificate, NID_crl_distribution_points, nullptr, nullptr)));
  ERR_clear_error();
  for (int i = 0; i < sk_DIST_POINT_num(points.get()); ++i)
    if (same_name(part, sk_DIST_POINT_value(points.get(), i)->distpoint)) return true;
  return false;
}

// Why the list may be silent about `certificate` although that is revoked.
std::optional<std::string> limited(const X509_CRL* crl, X509* certificate) {
  for (int i = 0; i < X509_CRL_get_ext_count(crl); ++i) {
    X509_EXTENSION* extension = X509_CRL_get_ext(crl, i);
    const int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
    if (nid == NID_delta_crl) return "a delta list is not read alone";
    if (X509_EXTENSION_get_critical(extension) != 0 && nid != NID_issuing_distribution_point)
      return "has a critical extension that this program does not know";
  }
  int found = -1;
  const DistributionPoint point(static_cast<ISSUING_DIST_POINT*>(
      X509_CRL_get_ext_d2i(crl, NID_issuing_distribution_point, &found, nullptr)));
  ERR_clear_error();
  if (point == nullptr) {
    if (found == -1) return std::nullopt;
    return "its distribution point cannot be read";
  }
  if (point->indirectCRL > 0 || point->onlyattr > 0 || point->onlysomereasons != nullptr)
    return "an indirect list, or one for some reasons only";
  const bool authority = X509_check_ca(certificate) != 0;
  if ((point->onlyuser > 0 && authority) || (point->onlyCA > 0 && !authority))
    return "is for another kind of certificate";
  if (point->distpoint != nullptr && !covers(point->distpoint, certificate))
    return "is for another distribution point";
  return std::nullopt;
}

}  // namespace

bool accepted_signature(int signature_nid) {
  int digest = NID_undef;
  const bool known = OBJ_find_sigid_algs(signature_nid, &digest, nullptr) == 1;
  ERR_clear_error();
  // EdDSA has its own hash; that of RSA-PSS stands in its parameters, which are not looked at.
  return known && digest != NID_sha1 && digest != NID_md5 && digest != NID_md5_sha1 &&
         digest != NID_md4 && digest != NID_md2;
}

std::optional<std::string> stale(const Currency& currency, X509* certificate,
                                 const Interval& when) {
  const auto& [from, until] = currency;
  if (from >= when.not_after) {
    const auto end = ticks_of(X509_get0_notAfter(certificate));
    // RFC 5280 3.3: an expired certificate may be taken off the list.
    if (!end || from > *end)
      return "was issued at " + time_text(from) + ", when the certificate had expired";
    return std::nullopt;
  }
  if (until && *until >= when.not_after) return std::nullopt;
  return until ? "was current only until " + time_text(*until)
               : "was issued before the token, and does not say until when it is current";
}

RevocationStatus crl_status(X509_CRL* crl, X509* certificate, X509* issuer, const Interval& when) {
  if (X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_issuer_name(certificate)) != 0)
    return unusable("is by another issuer");
  const bool signs_lists = (X509_get_key_usage(issuer) & KU_CRL_SIGN) != 0;
  const bool holds = signs_lists && accepted_signature(X509_CRL_get_signature_nid(crl)) &&
                     X509_CRL_verify(crl, X509_get0_pubkey(issuer)) == 1;
  ERR_clear_error();
  if (!holds) return unusable("is not signed by the certificate's issuer");
  const auto issued = ticks_of(X509_CRL_get0_lastUpdate(crl));
  if (!issued) return unusable("does not say when it was issued");
  const Currency currency{.this_update = *issued,
                          .next_update = ticks_of(X509_CRL_get0_nextUpdate(crl))};
  if (*issued < ticks_of(X509_get0_notBefore(issuer)).value_or(base::kNoTime) ||
      *issued > ticks_of(X509_get0_notAfter(issuer)).value_or(base::kNoTime))
    return unusable("was issued when its issuer's certificate was not valid");
  X509_REVOKED* entry = nullptr;
  const int listed = X509_CRL_get0_by_cert(crl, &entry, certificate);
  if (listed == 1) {
    RevocationStatus out{.kind = RevocationStatus::Kind::revoked, .why = {}, .invalid_since = {}};
    const auto at = ticks_of(X509_REVOKED_get0_revocationDate(entry));
    if (!at) return unusable("does not say when it revoked the certificate");
    out.revoked_at = *at;
    const Reason reason(static_cast<ASN1_ENUMERATED*>(
        X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, nullptr, nullptr)));
    if (reason != nullptr) out.reason = static_cast<int>(ASN1_ENUMERATED_get(reason.get()));
    const GeneralizedTime since(static_cast<ASN1_GENERALIZEDTIME*>(
        X509_REVOKED_get_ext_d2i(entry, NID_invalidity_date, nullptr, nullptr)));
    ERR_clear_error();
    if (since != nullptr) out.invalid_since = ticks_of(since.get());
    return out;
  }
  if (auto why = limited(crl, certificate)) return unusable(*why);
  if (auto why = stale(currency, certificate, when)) return unusable(*why);
  return {.kind = RevocationStatus::Kind::good,
          .why = "not on the list of " + time_text(*issued),
          .invalid_since = {}};
}

}  // namespace exhibit::timestamp
