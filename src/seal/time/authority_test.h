// A time-stamping authority for tests: certificates, tokens, CRLs and OCSP responses at any time
// and with any fault, made with OpenSSL from keys of its own.
#pragma once

#include <gtest/gtest.h>
#include <openssl/rsa.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "exhibit/timestamp.h"
#include "seal/time/openssl.h"

namespace exhibit::timestamp::test {

using Pkey = Owned<EVP_PKEY, EVP_PKEY_free>;
using AsnTime = Owned<ASN1_TIME, ASN1_TIME_free>;

inline void require(bool ok) {
  if (!ok) {
    ERR_print_errors_fp(stderr);
    std::abort();
  }
}
inline Ticks at(std::string_view rfc3339) { return base::parse_time(rfc3339).value(); }
/// `20260601120000Z` of `2026-06-01T12:00:00Z`, with its fraction if it has one.
inline std::string generalized(std::string_view rfc3339) {
  std::string out;
  for (const char c : rfc3339)
    if (c != '-' && c != ':' && c != 'T') out += c;
  return out;
}
inline AsnTime asn_time(std::string_view rfc3339) {
  AsnTime out(ASN1_TIME_new());
  require(ASN1_TIME_set_string_X509(out.get(), generalized(rfc3339).c_str()) == 1);
  return out;
}
inline const unsigned char* raw(const std::string& bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

struct Party {
  Certificate certificate;
  Pkey key;
};

struct CertificateSpec {
  std::string name{};
  const Party* issuer = nullptr;  // null: self-signed
  std::string from = "2020-01-01T00:00:00Z", until = "2035-01-01T00:00:00Z";
  bool authority = false;
  std::string usage = "critical,digitalSignature";
  std::string extended = "critical,timeStamping";
  std::vector<std::pair<int, std::string>> extensions{};
  long serial = 7;
  const char* digest = "SHA256";
  unsigned rsa_bits = 0;  // 0: a key on P-256
};

inline void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  if (value.empty()) return;
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

inline Party make_party(const CertificateSpec& spec) {
  Party out{.certificate = Certificate(X509_new()),
            .key = Pkey(spec.rsa_bits != 0 ? EVP_RSA_gen(spec.rsa_bits) : EVP_EC_gen("P-256"))};
  require(out.key != nullptr);
  X509* certificate = out.certificate.get();
  X509_NAME* name = X509_get_subject_name(certificate);
  require(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, raw(spec.name), -1, -1, 0) == 1);
  X509* issuer = spec.issuer != nullptr ? spec.issuer->certificate.get() : certificate;
  require(X509_set_version(certificate, 2) == 1 &&
          ASN1_INTEGER_set(X509_get_serialNumber(certificate), spec.serial) == 1 &&
          X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1 &&
          X509_set1_notBefore(certificate, asn_time(spec.from).get()) == 1 &&
          X509_set1_notAfter(certificate, asn_time(spec.until).get()) == 1 &&
          X509_set_pubkey(certificate, out.key.get()) == 1);
  add_extension(certificate, issuer, NID_basic_constraints,
                spec.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  add_extension(certificate, issuer, NID_key_usage,
                spec.authority ? "critical,keyCertSign,cRLSign" : spec.usage);
  if (!spec.authority) add_extension(certificate, issuer, NID_ext_key_usage, spec.extended);
  add_extension(certificate, issuer, NID_subject_key_identifier, "hash");
  for (const auto& [nid, value] : spec.extensions) add_extension(certificate, issuer, nid, value);
  require(X509_sign(certificate, (spec.issuer != nullptr ? spec.issuer->key : out.key).get(),
                    EVP_get_digestbyname(spec.digest)) > 0);
  return out;
}

enum class CertId {
  second_version,
  first_version,
  both,
  none,
  other_certificate,
  other_serial,
  first_other_certificate,
  sha1_in_second_version,
  no_sequence,
  empty_sequence
};

struct TokenSpec {
  std::string stamped = "what is stamped";
  const char* imprint_digest = "SHA256";
  std::string nonce{};  // bytes; empty: none
  std::string policy = "1.2.3.4.1";
  std::string time = "2026-06-01T12:00:00Z";
  int seconds = 1, millis = 0, micros = 0;  // accuracy; all 0: none is stated
  std::vector<const Party*> signers{};
  std::vector<const Party*> certificates{};  // in the token
  const Party* other = nullptr;              // for CertId::other_certificate
  CertId cert_id = CertId::second_version;
  const char* digest = "SHA256";
  std::string tsa{};  // common name in the TSTInfo
  bool critical_extension = false;
  long version = 1;
  int content_type = NID_id_smime_ct_TSTInfo;  // as the signed attribute names it
  bool pss = false;                            // RSA-PSS
  std::string content_suffix{};                // after the TSTInfo
};

inline std::string make_tst_info(const TokenSpec& spec) {
  const TstInfo info(TS_TST_INFO_new());
  const Owned<TS_MSG_IMPRINT, TS_MSG_IMPRINT_free> imprint(TS_MSG_IMPRINT_new());
  const Owned<X509_ALGOR, X509_ALGOR_free> algorithm(X509_ALGOR_new());
  const EVP_MD* md = EVP_get_digestbyname(spec.imprint_digest);
  std::string hash = digest_of(md, as_bytes(spec.stamped));
  const Object policy(OBJ_txt2obj(spec.policy.c_str(), 1));
  const Integer serial(ASN1_INTEGER_new());
  const Owned<ASN1_GENERALIZEDTIME, ASN1_GENERALIZEDTIME_free> time(ASN1_GENERALIZEDTIME_new());
  const std::string text = generalized(spec.time);
  require(ASN1_INTEGER_set(serial.get(), 4711) == 1 &&
          ASN1_STRING_set(time.get(), text.data(), static_cast<int>(text.size())) == 1 &&
          X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(EVP_MD_get_type(md)), V_ASN1_NULL,
                          nullptr) == 1 &&
          TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get()) == 1 &&
          TS_MSG_IMPRINT_set_msg(imprint.get(), reinterpret_cast<unsigned char*>(hash.data()),
                                 static_cast<int>(hash.size())) == 1 &&
          TS_TST_INFO_set_version(info.get(), spec.version) == 1 &&
          TS_TST_INFO_set_policy_id(info.get(), policy.get()) == 1 &&
          TS_TST_INFO_set_msg_imprint(info.get(), imprint.get()) == 1 &&
          TS_TST_INFO_set_serial(info.get(), serial.get()) == 1 &&
          TS_TST_INFO_set_time(info.get(), time.get()) == 1);
  if (spec.seconds != 0 || spec.millis != 0 || spec.micros != 0) {
    const Owned<TS_ACCURACY, TS_ACCURACY_free> accuracy(TS_ACCURACY_new());
    const Integer part(ASN1_INTEGER_new());
    const auto set = [&](int value, auto setter) {
      if (value == 0) return;
      require(ASN1_INTEGER_set(part.get(), value) == 1 && setter(accuracy.get(), part.get()) == 1);
    };
    set(spec.seconds, TS_ACCURACY_set_seconds);
    set(spec.millis, TS_ACCURACY_set_millis);
    set(spec.micros, TS_ACCURACY_set_micros);
    require(TS_TST_INFO_set_accuracy(info.get(), accuracy.get()) == 1);
  }
  if (!spec.nonce.empty()) {
    const Owned<BIGNUM, BN_free> number(
        BN_bin2bn(raw(spec.nonce), static_cast<int>(spec.nonce.size()), nullptr));
    const Integer nonce(BN_to_ASN1_INTEGER(number.get(), nullptr));
    require(TS_TST_INFO_set_nonce(info.get(), nonce.get()) == 1);
  }
  if (!spec.tsa.empty()) {
    const Owned<GENERAL_NAME, GENERAL_NAME_free> tsa(GENERAL_NAME_new());
    X509_NAME* name = X509_NAME_new();
    require(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, raw(spec.tsa), -1, -1, 0) == 1);
    GENERAL_NAME_set0_value(tsa.get(), GEN_DIRNAME, name);
    require(TS_TST_INFO_set_tsa(info.get(), tsa.get()) == 1);
  }
  if (spec.critical_extension) {
    X509_EXTENSION* extension =
        X509V3_EXT_conf(nullptr, nullptr, "1.2.3.4.5.6", "critical,DER:0500");
    require(extension != nullptr && TS_TST_INFO_add_ext(info.get(), extension, -1) == 1);
    X509_EXTENSION_free(extension);
  }
  return to_der(info.get(), i2d_TS_TST_INFO) + spec.content_suffix;
}

inline void add_cert_id(CMS_SignerInfo* signer, X509* certificate, bool second_version,
                        const char* digest = "SHA256", bool other_serial = false) {
  std::string der;
  if (second_version) {
    const Owned<ESS_SIGNING_CERT_V2, ESS_SIGNING_CERT_V2_free> id(
        OSSL_ESS_signing_cert_v2_new_init(EVP_get_digestbyname(digest), certificate, nullptr, 1));
    der = to_der(id.get(), i2d_ESS_SIGNING_CERT_V2);
  } else {
    const Owned<ESS_SIGNING_CERT, ESS_SIGNING_CERT_free> id(
        OSSL_ESS_signing_cert_new_init(certificate, nullptr, 1));
    der = to_der(id.get(), i2d_ESS_SIGNING_CERT);
  }
  if (other_serial) der.back() ^= 1;  // the serial number stands last
  const int nid =
      second_version ? NID_id_smime_aa_signingCertificateV2 : NID_id_smime_aa_signingCertificate;
  require(CMS_signed_add1_attr_by_NID(signer, nid, V_ASN1_SEQUENCE, der.data(),
                                      static_cast<int>(der.size())) == 1);
}

inline std::string make_token(const TokenSpec& spec) {
  constexpr unsigned kFlags = CMS_PARTIAL | CMS_BINARY | CMS_NOSMIMECAP | CMS_NOCERTS;
  const Cms cms(CMS_sign(nullptr, nullptr, nullptr, nullptr, kFlags));
  require(cms != nullptr && CMS_set1_eContentType(cms.get(), OBJ_nid2obj(spec.content_type)) == 1);
  for (const Party* party : spec.signers) {
    X509* certificate = party->certificate.get();
    CMS_SignerInfo* signer =
        CMS_add1_signer(cms.get(), certificate, party->key.get(), EVP_get_digestbyname(spec.digest),
                        spec.pss ? kFlags | CMS_KEY_PARAM : kFlags);
    require(signer != nullptr);
    if (spec.pss)
      require(EVP_PKEY_CTX_set_rsa_padding(CMS_SignerInfo_get0_pkey_ctx(signer),
                                           RSA_PKCS1_PSS_PADDING) == 1);
    X509* other = spec.other != nullptr ? spec.other->certificate.get() : nullptr;
    switch (spec.cert_id) {
      case CertId::none:
        break;
      case CertId::second_version:
        add_cert_id(signer, certificate, true);
        break;
      case CertId::first_version:
        add_cert_id(signer, certificate, false);
        break;
      case CertId::both:
        add_cert_id(signer, certificate, false);
        add_cert_id(signer, certificate, true);
        break;
      case CertId::other_certificate:
        add_cert_id(signer, other, true);
        break;
      case CertId::first_other_certificate:
        add_cert_id(signer, other, false);
        add_cert_id(signer, certificate, true);
        break;
      case CertId::other_serial:
        add_cert_id(signer, certificate, true, "SHA256", true);
        break;
      case CertId::sha1_in_second_version:
        add_cert_id(signer, certificate, true, "SHA1");
        break;
      case CertId::no_sequence:
        require(CMS_signed_add1_attr_by_NID(signer, NID_id_smime_aa_signingCertificateV2,
                                            V_ASN1_OCTET_STRING, "x", 1) == 1);
        break;
      case CertId::empty_sequence:
        require(CMS_signed_add1_attr_by_NID(signer, NID_id_smime_aa_signingCertificateV2,
                                            V_ASN1_SEQUENCE, "0\0", 2) == 1);
        break;
    }
  }
  for (const Party* party : spec.certificates)
    require(CMS_add1_cert(cms.get(), party->certificate.get()) == 1);
  const std::string info = make_tst_info(spec);
  const Bio data(BIO_new_mem_buf(info.data(), static_cast<int>(info.size())));
  require(CMS_final(cms.get(), data.get(), nullptr, kFlags & ~static_cast<unsigned>(CMS_PARTIAL)) ==
          1);
  require(CMS_set1_eContentType(cms.get(), OBJ_nid2obj(NID_id_smime_ct_TSTInfo)) == 1);
  return to_der(cms.get(), i2d_CMS_ContentInfo);
}

/// SEQUENCE { PKIStatusInfo, token OPTIONAL }.
inline std::string sequence(const std::string& content) {
  std::string out("\x30");
  if (content.size() < 0x80) {
    out += static_cast<char>(content.size());
  } else {
    out += '\x82';
    out += static_cast<char>(content.size() >> 8);
    out += static_cast<char>(content.size() & 0xff);
  }
  return out + content;
}
inline std::string make_response(int status, const std::string& token, int failure = -1) {
  const StatusInfo info(TS_STATUS_INFO_new());
  require(TS_STATUS_INFO_set_status(info.get(), status) == 1);
  std::string der = to_der(info.get(), i2d_TS_STATUS_INFO);
  if (failure >= 0) {
    const Owned<ASN1_BIT_STRING, ASN1_BIT_STRING_free> bits(ASN1_BIT_STRING_new());
    require(ASN1_BIT_STRING_set_bit(bits.get(), failure, 1) == 1);
    der = sequence(der.substr(2) + to_der(bits.get(), i2d_ASN1_BIT_STRING));
  }
  return sequence(der + token);
}

struct Revoked {
  const Party* party;
  std::string when;
  int reason = -1;      // none is given
  std::string since{};  // invalidityDate
};
struct CrlSpec {
  const Party* issuer;
  std::string from{}, until{};  // until empty: none is given
  std::vector<Revoked> revoked{};
  std::vector<std::pair<int, std::string>> extensions{};
};
inline std::string make_crl(const CrlSpec& spec) {
  const Crl crl(X509_CRL_new());
  require(X509_CRL_set_version(crl.get(), 1) == 1 &&
          X509_CRL_set_issuer_name(crl.get(),
                                   X509_get_subject_name(spec.issuer->certificate.get())) == 1 &&
          X509_CRL_set1_lastUpdate(crl.get(), asn_time(spec.from).get()) == 1);
  if (!spec.until.empty())
    require(X509_CRL_set1_nextUpdate(crl.get(), asn_time(spec.until).get()) == 1);
  for (const Revoked& one : spec.revoked) {
    X509_REVOKED* entry = X509_REVOKED_new();
    require(X509_REVOKED_set_serialNumber(
                entry, X509_get_serialNumber(one.party->certificate.get())) == 1 &&
            X509_REVOKED_set_revocationDate(entry, asn_time(one.when).get()) == 1);
    if (one.reason >= 0) {
      const Owned<ASN1_ENUMERATED, ASN1_ENUMERATED_free> reason(ASN1_ENUMERATED_new());
      require(ASN1_ENUMERATED_set(reason.get(), one.reason) == 1 &&
              X509_REVOKED_add1_ext_i2d(entry, NID_crl_reason, reason.get(), 0, 0) == 1);
    }
    if (!one.since.empty()) {
      const Owned<ASN1_GENERALIZEDTIME, ASN1_GENERALIZEDTIME_free> since(
          ASN1_GENERALIZEDTIME_new());
      require(ASN1_GENERALIZEDTIME_set_string(since.get(), generalized(one.since).c_str()) == 1 &&
              X509_REVOKED_add1_ext_i2d(entry, NID_invalidity_date, since.get(), 0, 0) == 1);
    }
    require(X509_CRL_add0_revoked(crl.get(), entry) == 1);
  }
  for (const auto& [nid, value] : spec.extensions) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, spec.issuer->certificate.get(), nullptr, nullptr, crl.get(), 0);
    CONF* conf = NCONF_new(nullptr);
    X509V3_set_nconf(&context, conf);
    X509_EXTENSION* extension = X509V3_EXT_nconf_nid(conf, &context, nid, value.c_str());
    require(extension != nullptr && X509_CRL_add_ext(crl.get(), extension, -1) == 1);
    X509_EXTENSION_free(extension);
    NCONF_free(conf);
  }
  require(X509_CRL_sort(crl.get()) == 1 &&
          X509_CRL_sign(crl.get(), spec.issuer->key.get(), EVP_sha256()) > 0);
  return to_der(crl.get(), i2d_X509_CRL);
}

struct OcspSpec {
  const Party* certificate = nullptr;
  const Party* issuer = nullptr;
  const Party* responder = nullptr;  // null: the issuer
  int status = V_OCSP_CERTSTATUS_GOOD;
  int reason = OCSP_REVOKED_STATUS_NOSTATUS;
  std::string revoked{}, from = "2026-06-02T00:00:00Z", until = "2026-06-03T00:00:00Z";
  bool critical_extension = false;
};
inline std::string make_ocsp(const OcspSpec& spec) {
  const OcspBasic basic(OCSP_BASICRESP_new());
  const OcspId id(OCSP_cert_to_id(EVP_sha1(), spec.certificate->certificate.get(),
                                  spec.issuer->certificate.get()));
  const AsnTime revoked = spec.revoked.empty() ? nullptr : asn_time(spec.revoked);
  const AsnTime from = asn_time(spec.from);
  const AsnTime until = spec.until.empty() ? nullptr : asn_time(spec.until);
  OCSP_SINGLERESP* answer = OCSP_basic_add1_status(basic.get(), id.get(), spec.status, spec.reason,
                                                   revoked.get(), from.get(), until.get());
  require(answer != nullptr);
  if (spec.critical_extension)
    require(OCSP_SINGLERESP_add1_ext_i2d(answer, NID_invalidity_date, from.get(), 1, 0) == 1);
  const Party* signer = spec.responder != nullptr ? spec.responder : spec.issuer;
  require(OCSP_basic_sign(basic.get(), signer->certificate.get(), signer->key.get(), EVP_sha256(),
                          nullptr, 0) == 1);
  const OcspResponse response(OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic.get()));
  return to_der(response.get(), i2d_OCSP_RESPONSE);
}

inline std::string pem(std::initializer_list<const Party*> parties) {
  const CertificateStack stack(sk_X509_new_null());
  for (const Party* party : parties)
    require(X509_add_cert(stack.get(), party->certificate.get(), X509_ADD_FLAG_UP_REF) == 1);
  return to_pem(stack.get());
}

/// The checks of a report that are not valid, as `id` → verdict.
inline std::map<std::string, Verdict> not_valid(std::span<const Check> checks) {
  std::map<std::string, Verdict> out;
  for (const Check& check : checks)
    if (check.verdict != Verdict::valid) out[check.id] = check.verdict;
  return out;
}
inline std::string why(std::span<const Check> checks, std::string_view id) {
  for (const Check& check : checks)
    if (check.id == id) return check.why;
  return "no such check";
}

}  // namespace exhibit::timestamp::test
