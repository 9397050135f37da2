#include "seal/time/revocation.h"

#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace exhibit::timestamp {
namespace {

using Kind = RevocationStatus::Kind;

struct Parsed {
  std::vector<Crl> crls;
  std::vector<OcspBasic> responses;
  std::string problem;  // of the files that could not be read
};

Crl parse_crl(std::string_view file) {
  if (file.size() > kCrlSizeMax) return nullptr;
  if (!file.starts_with("-----BEGIN")) return parse_der<Crl>(as_bytes(file), d2i_X509_CRL);
  const Bio bio(BIO_new_mem_buf(file.data(), static_cast<int>(file.size())));
  seal::check(bio != nullptr);
  Crl out(PEM_read_bio_X509_CRL(bio.get(), nullptr, no_passphrase, nullptr));
  ERR_clear_error();
  return out;
}

OcspBasic parse_response(std::string_view file) {
  if (file.size() > kOcspSizeMax) return nullptr;
  const auto response = parse_der<OcspResponse>(as_bytes(file), d2i_OCSP_RESPONSE);
  OcspBasic out;
  if (response != nullptr &&
      OCSP_response_status(response.get()) == OCSP_RESPONSE_STATUS_SUCCESSFUL)
    out.reset(OCSP_response_get1_basic(response.get()));
  ERR_clear_error();
  return out;
}

Parsed parse(const RevocationData& data) {
  Parsed out;
  std::size_t size = 0;
  std::size_t count = 0;
  const auto fits = [&](const std::string& file) {
    size += file.size();
    return ++count <= kRevocationFilesMax && size <= kRevocationSizeMax;
  };
  for (const std::string& file : data.crls) {
    Crl crl = fits(file) ? parse_crl(file) : nullptr;
    if (crl != nullptr)
      out.crls.push_back(std::move(crl));
    else
      out.problem = "a CRL cannot be read, or is beyond the limits";
  }
  for (const std::string& file : data.ocsp_responses) {
    OcspBasic response = fits(file) ? parse_response(file) : nullptr;
    if (response != nullptr)
      out.responses.push_back(std::move(response));
    else
      out.problem = "an OCSP response cannot be read, is no success, or is beyond the limits";
  }
  return out;
}

std::string_view reason_text(int reason) {
  constexpr std::array<std::string_view, 11> kReasons{
      {"unspecified", "key compromise", "CA compromise", "affiliation changed", "superseded",
       "cessation of operation", "certificate hold", "reason 7", "removed from CRL",
       "privilege withdrawn", "AA compromise"}};
  return reason >= 0 && reason < static_cast<int>(kReasons.size())
             ? kReasons[static_cast<std::size_t>(reason)]
             : "no reason given";
}

// RFC 3161 4, items 1 and 2: under these reasons, given in so many words, tokens from before the
// revocation stay good. Under any other, or none, no token of the key does.
bool leaves_older_tokens(int reason) {
  return reason == CRL_REASON_UNSPECIFIED || reason == CRL_REASON_AFFILIATION_CHANGED ||
         reason == CRL_REASON_SUPERSEDED || reason == CRL_REASON_CESSATION_OF_OPERATION;
}

Finding judge_revoked(const RevocationStatus& status, const Interval& when,
                      std::optional<base::Ticks> existed_by) {
  const std::string what = "revoked at " + time_text(status.revoked_at) + " (" +
                           std::string(reason_text(status.reason)) + ")";
  if (status.reason == CRL_REASON_CERTIFICATE_HOLD)
    return undecidable(what + ": a hold may be lifted or become final");
  if (leaves_older_tokens(status.reason)) {
    if (when.not_before >= status.revoked_at) return invalid(what + ", before the token");
    if (when.not_after < status.revoked_at) return valid(what + ", after the token");
    return undecidable(what + ", within the token's own accuracy");
  }
  const base::Ticks since =
      std::min(status.revoked_at, status.invalid_since.value_or(status.revoked_at));
  if (existed_by && *existed_by < since)
    return valid(what + "; a later token proves that this one existed by " +
                 time_text(*existed_by));
  if (when.not_before >= status.revoked_at) return invalid(what + ", before the token");
  return invalid(what +
                 ": whoever has the key can date a token back, unless a later token proves "
                 "that this one existed before");
}

Finding judge_certificate(X509* certificate, X509* issuer, const Interval& when,
                          std::optional<base::Ticks> existed_by, const Parsed& data) {
  Finding worst = undecidable("no CRL or OCSP response that decides");
  bool decided = false;
  std::string unusable;
  const auto take = [&](std::string_view source, const RevocationStatus& status) {
    if (status.kind == Kind::unusable) {
      unusable.append(unusable.empty() ? "" : "; ").append(source).append(" ").append(status.why);
      return;
    }
    const Finding finding =
        status.kind == Kind::good ? valid(status.why) : judge_revoked(status, when, existed_by);
    if (!decided || finding.verdict >= worst.verdict) worst = finding;
    decided = true;
  };
  for (const Crl& crl : data.crls) take("a CRL", crl_status(crl.get(), certificate, issuer, when));
  for (const OcspBasic& response : data.responses)
    take("an OCSP response", ocsp_status(response.get(), certificate, issuer, when));
  if (!decided) {
    if (!data.problem.empty()) unusable.append(unusable.empty() ? "" : "; ").append(data.problem);
    if (!unusable.empty()) worst.why += " (" + unusable + ")";
  }
  worst.why = name_text(X509_get_subject_name(certificate)) + ": " + worst.why;
  return worst;
}

}  // namespace

Finding judge_revocation(const Chain& chain, const Interval& when,
                         std::optional<base::Ticks> existed_by, const RevocationData& data) {
  const STACK_OF(X509)* certificates = chain.certificates.get();
  const int count = sk_X509_num(certificates);
  if (count == 1) return valid("the signer's certificate is itself an anchor");
  const Parsed parsed = parse(data);
  Finding out = valid("");
  for (int i = 0; i + 1 < count; ++i) {
    const Finding finding =
        judge_certificate(sk_X509_value(certificates, i), sk_X509_value(certificates, i + 1), when,
                          existed_by, parsed);
    if (finding.verdict < out.verdict) continue;
    if (finding.verdict > out.verdict) out = {.verdict = finding.verdict, .why = {}};
    out.why.append(out.why.empty() ? "" : "; ").append(finding.why);
  }
  return out;
}

}  // namespace exhibit::timestamp
