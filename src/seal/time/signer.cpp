#include "seal/time/signer.h"

#include "seal/time/der.h"

namespace exhibit::timestamp {
namespace {

std::string certificate_hash(const EVP_MD* md, X509* certificate) {
  const std::string der = to_der(certificate, i2d_X509);
  return digest_of(md, as_bytes(der));
}

// IssuerSerial ::= SEQUENCE { issuer GeneralNames, serialNumber INTEGER } (RFC 5035 5).
bool names_issuer(Bytes issuer_serial, X509* certificate) {
  DerReader reader(issuer_serial);
  const auto names = reader.next(kDerSequence);
  const auto serial = reader.next(kDerInteger);
  if (!names || !serial || !reader.at_end()) return false;
  const auto issuer = parse_der<Names>(names->whole, d2i_GENERAL_NAMES);
  const auto number = parse_der<Integer>(serial->whole, d2i_ASN1_INTEGER);
  if (issuer == nullptr || number == nullptr || sk_GENERAL_NAME_num(issuer.get()) != 1)
    return false;
  const GENERAL_NAME* name = sk_GENERAL_NAME_value(issuer.get(), 0);
  return name->type == GEN_DIRNAME &&
         X509_NAME_cmp(name->d.directoryName, X509_get_issuer_name(certificate)) == 0 &&
         ASN1_INTEGER_cmp(number.get(), X509_get0_serialNumber(certificate)) == 0;
}

// The first ESSCertID or ESSCertIDv2 of a signed attribute: the others only limit which further
// certificates may be used (RFC 5035 3), which the chain's own anchors decide here.
Finding judge_cert_id(Bytes signing_certificate, bool second_version, X509* signer) {
  const auto broken = [] { return invalid("the signing-certificate attribute cannot be read"); };
  DerReader attribute(signing_certificate);
  const auto body = attribute.next(kDerSequence);
  if (!body) return broken();
  DerReader fields(body->value);
  const auto ids = fields.next(kDerSequence);
  if (!ids) return broken();
  DerReader list(ids->value);
  const auto id = list.next(kDerSequence);
  if (!id) return broken();
  DerReader parts(id->value);
  Digester md;
  if (!second_version) {
    md.reset(EVP_MD_fetch(nullptr, "SHA1", nullptr));  // RFC 2634 5.4.1 knows no other
  } else if (parts.next_tag() == kDerSequence) {
    const auto algorithm = parts.next();
    DerReader inside(algorithm ? algorithm->value : Bytes{});
    const auto oid = inside.next(kDerOid);
    const auto object = oid ? parse_der<Object>(oid->whole, d2i_ASN1_OBJECT) : nullptr;
    if (object == nullptr) return broken();
    md = accepted_digest(OBJ_obj2nid(object.get()));
    if (md == nullptr)
      return invalid("the signer's certificate is named by " + digest_name(object.get()) +
                     ", which is not accepted");
  } else {
    md = accepted_digest(NID_sha256);  // the default, RFC 5035 4
  }
  seal::check(md != nullptr);
  const auto hash = parts.next(kDerOctetString);
  if (!hash) return broken();
  const auto issuer_serial = parts.at_end() ? std::nullopt : parts.next(kDerSequence);
  if (!parts.at_end()) return broken();
  if (as_text(hash->value) != certificate_hash(md.get(), signer))
    return invalid("the token names another certificate than the signer's by its hash");
  if (issuer_serial && !names_issuer(issuer_serial->value, signer))
    return invalid("the token names another issuer or serial number than the signer's");
  return valid("named by its " + std::string(EVP_MD_get0_name(md.get())) + " in the signed part");
}

// The one value of a signed attribute; null where it is absent or there are several.
const ASN1_TYPE* one_value(const CMS_SignerInfo* signer, int nid) {
  const int at = CMS_signed_get_attr_by_NID(signer, nid, -1);
  if (at < 0) return nullptr;
  X509_ATTRIBUTE* attribute = CMS_signed_get_attr(signer, at);
  if (X509_ATTRIBUTE_count(attribute) != 1 || CMS_signed_get_attr_by_NID(signer, nid, at) >= 0)
    return nullptr;
  return X509_ATTRIBUTE_get0_type(attribute, 0);
}

// That an algorithm of signature is for this kind of key, and where it names a hash, for this one:
// OpenSSL goes by the key alone.
bool fits(int algorithm, int digest, const EVP_PKEY* key) {
  const int kind = EVP_PKEY_get_base_id(key);
  int named_digest = NID_undef;
  int named_kind = NID_undef;
  const bool known = OBJ_find_sigid_algs(algorithm, &named_digest, &named_kind) == 1;
  ERR_clear_error();
  if (!known) return algorithm == kind;  // `rsaEncryption`, which names no hash
  return (named_digest == NID_undef || named_digest == digest) &&
         (named_kind == kind || (named_kind == NID_rsassaPss && kind == EVP_PKEY_RSA));
}

bool has_name(X509* certificate, GENERAL_NAME* wanted) {
  if (wanted->type == GEN_DIRNAME &&
      X509_NAME_cmp(wanted->d.directoryName, X509_get_subject_name(certificate)) == 0)
    return true;
  const Names others(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  ERR_clear_error();
  for (int i = 0; i < sk_GENERAL_NAME_num(others.get()); ++i)
    if (GENERAL_NAME_cmp(sk_GENERAL_NAME_value(others.get(), i), wanted) == 0) return true;
  return false;
}

}  // namespace

X509* find_signer(const Token& token, const STACK_OF(X509) * pool) {
  for (int i = 0; i < sk_X509_num(pool); ++i)
    if (CMS_SignerInfo_cert_cmp(token.signer, sk_X509_value(pool, i)) == 0)
      return sk_X509_value(pool, i);
  return nullptr;
}

Finding judge_signer_id(const Token& token, X509* signer) {
  Finding out = invalid("no signed attribute names the signer's certificate (RFC 5816)");
  for (const bool second : {false, true}) {
    const int nid =
        second ? NID_id_smime_aa_signingCertificateV2 : NID_id_smime_aa_signingCertificate;
    if (CMS_signed_get_attr_by_NID(token.signer, nid, -1) < 0) continue;
    const ASN1_TYPE* value = one_value(token.signer, nid);
    if (value == nullptr || value->type != V_ASN1_SEQUENCE)
      return invalid("the signing-certificate attribute cannot be read");
    out = judge_cert_id(bytes_of(value->value.sequence), second, signer);
    if (out.verdict != Verdict::valid) return out;
  }
  if (GENERAL_NAME* tsa = TS_TST_INFO_get_tsa(token.info.get());
      tsa != nullptr && !has_name(signer, tsa))
    return invalid("the token names an authority that is not the signer's certificate's subject");
  return out;
}

Finding judge_key_usage(X509* signer) {
  int critical = -1;
  const ExtendedKeyUsage usages(static_cast<EXTENDED_KEY_USAGE*>(
      X509_get_ext_d2i(signer, NID_ext_key_usage, &critical, nullptr)));
  ERR_clear_error();
  if (usages == nullptr)
    return invalid("the signer's certificate has no extended key usage timeStamping");
  bool stamping = false;
  for (int i = 0; i < sk_ASN1_OBJECT_num(usages.get()); ++i)
    stamping |= OBJ_obj2nid(sk_ASN1_OBJECT_value(usages.get(), i)) == NID_time_stamp;
  if (!stamping) return invalid("the signer's certificate has no extended key usage timeStamping");
  if (sk_ASN1_OBJECT_num(usages.get()) != 1)
    return invalid("the signer's certificate may be used for other things than time stamps");
  if (critical != 1) return invalid("the extended key usage timeStamping is not critical");
  // All bits where the extension is absent. Bits beyond signatures would let the key do other work.
  const std::uint32_t usage = X509_get_key_usage(signer);
  constexpr std::uint32_t kSigning = KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION;
  if (usage != UINT32_MAX && ((usage & kSigning) == 0 || (usage & ~kSigning) != 0))
    return invalid("the signer's key usage is not signatures alone");
  return valid("timeStamping, critical and alone");
}

Finding judge_signature(const Token& token, X509* signer) {
  X509_ALGOR* digest = nullptr;
  X509_ALGOR* signature = nullptr;
  CMS_SignerInfo_get0_algs(token.signer, nullptr, nullptr, &digest, &signature);
  if (accepted_digest(OBJ_obj2nid(digest->algorithm)) == nullptr)
    return invalid("signed over " + digest_name(digest->algorithm) + ", which is not accepted");
  const EVP_PKEY* key = X509_get0_pubkey(signer);
  ERR_clear_error();
  if (key == nullptr) return invalid("the signer's public key cannot be read");
  if (!fits(OBJ_obj2nid(signature->algorithm), OBJ_obj2nid(digest->algorithm), key))
    return invalid("the signature's algorithm is not that of the key and the hash");
  // RFC 5652 5.3: signed attributes must be there, with the type of the content.
  const ASN1_TYPE* type = one_value(token.signer, NID_pkcs9_contentType);
  if (type == nullptr || type->type != V_ASN1_OBJECT ||
      OBJ_obj2nid(type->value.object) != NID_id_smime_ct_TSTInfo)
    return invalid("the signed attributes do not name the content's type");
  CMS_SignerInfo_set1_signer_cert(token.signer, signer);
  const bool holds = CMS_verify(token.cms.get(), nullptr, nullptr, nullptr, nullptr,
                                CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY) == 1;
  ERR_clear_error();
  if (!holds) return invalid("the signature is not that of the signer's key over this token");
  return valid("by the signer's key, over " + digest_name(digest->algorithm));
}

}  // namespace exhibit::timestamp
