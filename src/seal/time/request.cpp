// TimeStampReq (RFC 3161 2.4.1): made and read.
#include <algorithm>

#include "exhibit/timestamp.h"
#include "seal/time/openssl.h"

namespace exhibit::timestamp {
namespace {

// A nonce as an INTEGER reads it: without leading zeros.
Bytes significant(Bytes nonce) {
  const auto first =
      std::ranges::find_if(nonce, [](std::byte byte) { return byte != std::byte{0}; });
  return nonce.subspan(static_cast<std::size_t>(first - nonce.begin()));
}

}  // namespace

Result<std::string> make_request(Bytes stamped, Bytes nonce, std::string_view policy) {
  const Bytes magnitude = significant(nonce);
  if (nonce.size() > kNonceSizeMax || magnitude.empty())
    return fail(ErrorCode::usage, "a nonce has 1 to 32 bytes, not all zero");
  const TimeStampReq request(TS_REQ_new());
  const Digester sha256 = accepted_digest(NID_sha256);
  const Owned<TS_MSG_IMPRINT, TS_MSG_IMPRINT_free> imprint(TS_MSG_IMPRINT_new());
  const Owned<X509_ALGOR, X509_ALGOR_free> algorithm(X509_ALGOR_new());
  const Owned<BIGNUM, BN_free> number(
      BN_bin2bn(reinterpret_cast<const unsigned char*>(magnitude.data()),
                static_cast<int>(magnitude.size()), nullptr));
  seal::check(request != nullptr && sha256 != nullptr && imprint != nullptr &&
              algorithm != nullptr && number != nullptr);
  const Integer integer(BN_to_ASN1_INTEGER(number.get(), nullptr));
  std::string digest = digest_of(sha256.get(), stamped);
  seal::check(integer != nullptr && TS_REQ_set_version(request.get(), 1) == 1 &&
              X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr) ==
                  1 &&
              TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get()) == 1 &&
              TS_MSG_IMPRINT_set_msg(imprint.get(), reinterpret_cast<unsigned char*>(digest.data()),
                                     static_cast<int>(digest.size())) == 1 &&
              TS_REQ_set_msg_imprint(request.get(), imprint.get()) == 1 &&
              TS_REQ_set_nonce(request.get(), integer.get()) == 1 &&
              TS_REQ_set_cert_req(request.get(), 1) == 1);
  if (!policy.empty()) {
    constexpr std::size_t kOidTextMax = 128;
    const Object oid(policy.size() > kOidTextMax
                         ? nullptr
                         : OBJ_txt2obj(std::string(policy).c_str(), 1));  // dotted form only
    ERR_clear_error();
    if (oid == nullptr || dotted(oid.get()) != policy)
      return fail(ErrorCode::usage, "a policy is an object identifier such as 1.2.3.4");
    seal::check(TS_REQ_set_policy_id(request.get(), oid.get()) == 1);
  }
  return to_der(request.get(), i2d_TS_REQ);
}

Result<Request> parse_request(Bytes der) {
  if (der.size() > kRequestSizeMax)
    return fail(ErrorCode::limit, "a time-stamp request is at most 16 KiB");
  const auto request = parse_der<TimeStampReq>(der, d2i_TS_REQ);
  if (request == nullptr || TS_REQ_get_version(request.get()) != 1)
    return fail(ErrorCode::malformed, "expected a time-stamp request (RFC 3161), version 1");
  TS_MSG_IMPRINT* imprint = TS_REQ_get_msg_imprint(request.get());
  const ASN1_OBJECT* algorithm = nullptr;
  X509_ALGOR_get0(&algorithm, nullptr, nullptr, TS_MSG_IMPRINT_get_algo(imprint));
  Request out;
  out.imprint_algorithm = digest_name(algorithm);
  out.imprint = as_text(bytes_of(TS_MSG_IMPRINT_get_msg(imprint)));
  if (const ASN1_INTEGER* nonce = TS_REQ_get_nonce(request.get())) {
    if (ASN1_STRING_type(nonce) == V_ASN1_NEG_INTEGER || bytes_of(nonce).size() > kNonceSizeMax)
      return fail(ErrorCode::limit, "a nonce is positive and has at most 32 bytes");
    out.nonce = as_text(significant(bytes_of(nonce)));
    if (out.nonce.empty()) out.nonce.assign(1, '\0');
  }
  if (const ASN1_OBJECT* policy = TS_REQ_get_policy_id(request.get())) out.policy = dotted(policy);
  out.wants_certificate = TS_REQ_get_cert_req(request.get()) != 0;
  // DER has one form: what is written again must be what was read.
  if (to_der(request.get(), i2d_TS_REQ) != as_text(der))
    return fail(ErrorCode::malformed, "a time-stamp request must be in DER form");
  return out;
}

}  // namespace exhibit::timestamp
