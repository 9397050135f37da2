#include "seal/time/openssl.h"

#include <openssl/pem.h>

#include <array>
#include <ctime>

#include "exhibit/timestamp.h"

namespace exhibit::timestamp {

std::string dotted(const ASN1_OBJECT* oid) {
  std::array<char, 256> text{};
  const int size = OBJ_obj2txt(text.data(), static_cast<int>(text.size()), oid, 1);
  if (size <= 0) return {};
  return {text.data(), std::min(static_cast<std::size_t>(size), text.size() - 1)};
}

std::string name_text(const X509_NAME* name) {
  const Bio bio(BIO_new(BIO_s_mem()));
  seal::check(bio != nullptr);
  // Control characters stay escaped; letters beyond ASCII are written as UTF-8.
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  ERR_clear_error();
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::optional<base::Ticks> ticks_of(const ASN1_TIME* time) {
  std::tm civil{};
  // A null pointer would be read as now.
  const bool read = time != nullptr && ASN1_TIME_to_tm(time, &civil) == 1;
  ERR_clear_error();
  if (!read) return std::nullopt;
  return base::ticks_from_civil({.year = civil.tm_year + 1900,
                                 .month = static_cast<std::uint8_t>(civil.tm_mon + 1),
                                 .day = static_cast<std::uint8_t>(civil.tm_mday),
                                 .hour = static_cast<std::uint8_t>(civil.tm_hour),
                                 .minute = static_cast<std::uint8_t>(civil.tm_min),
                                 .second = static_cast<std::uint8_t>(civil.tm_sec),
                                 .tick = 0});
}

Result<CertificateStack> parse_certificates(std::string_view pem) {
  if (pem.size() > kCertificatesSizeMax)
    return fail(ErrorCode::limit, "a file of certificates is at most 4 MiB");
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  CertificateStack out(sk_X509_new_null());
  seal::check(bio != nullptr && out != nullptr);
  while (true) {
    Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr));
    if (certificate == nullptr) {
      // The end is where no further PEM block starts; anything else is a certificate that is none.
      const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
      ERR_clear_error();
      if (!at_end) return fail(ErrorCode::malformed, "expected certificates in PEM form");
      break;
    }
    if (sk_X509_num(out.get()) >= static_cast<int>(kCertificatesMax))
      return fail(ErrorCode::limit, "at most 1,024 certificates in one file");
    seal::check(X509_add_cert(out.get(), certificate.get(), X509_ADD_FLAG_UP_REF) == 1);
  }
  if (sk_X509_num(out.get()) == 0)
    return fail(ErrorCode::malformed, "expected certificates in PEM form");
  return out;
}

std::string to_pem(const STACK_OF(X509) * certificates) {
  const Bio bio(BIO_new(BIO_s_mem()));
  seal::check(bio != nullptr);
  for (int i = 0; i < sk_X509_num(certificates); ++i)
    seal::check(PEM_write_bio_X509(bio.get(), sk_X509_value(certificates, i)) == 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

Digester accepted_digest(int nid) {
  if (nid != NID_sha256 && nid != NID_sha384 && nid != NID_sha512 && nid != NID_sm3) return nullptr;
  Digester md(EVP_MD_fetch(nullptr, OBJ_nid2sn(nid), nullptr));
  ERR_clear_error();
  return md;
}

std::string digest_name(const ASN1_OBJECT* oid) {
  const int nid = OBJ_obj2nid(oid);
  return nid == NID_undef ? dotted(oid) : OBJ_nid2sn(nid);
}

std::string digest_of(const EVP_MD* md, Bytes message) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  seal::check(EVP_Digest(message.data(), message.size(), out.data(), &size, md, nullptr) == 1);
  return {reinterpret_cast<const char*>(out.data()), size};
}

}  // namespace exhibit::timestamp
