// OpenSSL's objects with owners, and what is read out of them in this program's terms.
//
// Every parser is given a span whose size its caller has limited, and must take all of it; errors
// that OpenSSL leaves behind are cleared.
#pragma once

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/ocsp.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "exhibit/error.h"
#include "seal/check.h"

namespace exhibit::timestamp {

template <auto kFree>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
template <class T, auto kFree>
using Owned = std::unique_ptr<T, Freed<kFree>>;

inline void free_certificates(STACK_OF(X509) * stack) { sk_X509_pop_free(stack, X509_free); }

using Certificate = Owned<X509, X509_free>;
using CertificateStack = Owned<STACK_OF(X509), free_certificates>;
using Store = Owned<X509_STORE, X509_STORE_free>;
using StoreContext = Owned<X509_STORE_CTX, X509_STORE_CTX_free>;
using Crl = Owned<X509_CRL, X509_CRL_free>;
using Cms = Owned<CMS_ContentInfo, CMS_ContentInfo_free>;
using TstInfo = Owned<TS_TST_INFO, TS_TST_INFO_free>;
using StatusInfo = Owned<TS_STATUS_INFO, TS_STATUS_INFO_free>;
using TimeStampReq = Owned<TS_REQ, TS_REQ_free>;
using OcspResponse = Owned<OCSP_RESPONSE, OCSP_RESPONSE_free>;
using OcspBasic = Owned<OCSP_BASICRESP, OCSP_BASICRESP_free>;
using OcspId = Owned<OCSP_CERTID, OCSP_CERTID_free>;
using Integer = Owned<ASN1_INTEGER, ASN1_INTEGER_free>;
using Object = Owned<ASN1_OBJECT, ASN1_OBJECT_free>;
using Names = Owned<GENERAL_NAMES, GENERAL_NAMES_free>;
using ExtendedKeyUsage = Owned<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free>;
using Bio = Owned<BIO, BIO_free_all>;
using Digester = Owned<EVP_MD, EVP_MD_free>;

/// Parses all of `der` with OpenSSL's d2i function for T; null where it is not a T or longer.
template <class Handle, class Parse>
[[nodiscard]] Handle parse_der(Bytes der, Parse parse) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const auto* end = at + der.size();
  Handle out(parse(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  return at == end ? std::move(out) : nullptr;
}
/// What OpenSSL's i2d function for the object writes.
template <class T, class Write>
[[nodiscard]] std::string to_der(T* object, Write write) {
  unsigned char* bytes = nullptr;
  const int size = write(object, &bytes);
  seal::check(size >= 0);
  std::string out(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return out;
}

[[nodiscard]] inline Bytes bytes_of(const ASN1_STRING* string) {
  return std::as_bytes(std::span(ASN1_STRING_get0_data(string),
                                 static_cast<std::size_t>(ASN1_STRING_length(string))));
}
[[nodiscard]] std::string dotted(const ASN1_OBJECT* oid);
/// RFC 2253 text of a name; what is no printable character is escaped.
[[nodiscard]] std::string name_text(const X509_NAME* name);
/// Time of a certificate, CRL or OCSP response; nullopt where it is none.
[[nodiscard]] std::optional<base::Ticks> ticks_of(const ASN1_TIME* time);
[[nodiscard]] inline std::string time_text(base::Ticks ticks) { return base::to_rfc3339(ticks); }
/// Certificates of a PEM text, whatever else stands between them. Errors: malformed (none, or one
/// that cannot be read), limit.
[[nodiscard]] Result<CertificateStack> parse_certificates(std::string_view pem);
/// For PEM readers: an encrypted block must fail, not ask on the terminal.
inline int no_passphrase(char*, int, int, void*) { return -1; }
[[nodiscard]] std::string to_pem(const STACK_OF(X509) * certificates);

/// A hash that may stand for what was stamped: SHA-256, SHA-384, SHA-512, and SM3 where OpenSSL has
/// it. Null for others.
[[nodiscard]] Digester accepted_digest(int nid);
[[nodiscard]] std::string digest_name(const ASN1_OBJECT* oid);  // `SHA256`, or the dotted OID
[[nodiscard]] std::string digest_of(const EVP_MD* md, Bytes message);

}  // namespace exhibit::timestamp
