#include "seal/time/chain.h"

#include <algorithm>

namespace exhibit::timestamp {
namespace {

constexpr base::Ticks kTicksPerSecond = base::kTicksPerSecond;

// Why no chain holds, in this document's terms; what is missing is undecidable.
Finding judge_failure(X509_STORE_CTX* context) {
  const int error = X509_STORE_CTX_get_error(context);
  X509* at = X509_STORE_CTX_get_current_cert(context);
  const std::string who = at == nullptr ? "" : ": " + name_text(X509_get_subject_name(at));
  switch (error) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return undecidable("no certificate at hand issued this one, and no anchor is it" + who);
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return undecidable("the chain ends in a certificate that is none of the anchors given" + who);
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return invalid("not yet valid at the time of the token" + who);
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return invalid("expired at the time of the token" + who);
    default:
      return invalid(std::string(X509_verify_cert_error_string(error)) + who);
  }
}

bool contains(const STACK_OF(X509) * stack, const X509* certificate) {
  for (int i = 0; i < sk_X509_num(stack); ++i)
    if (X509_cmp(sk_X509_value(stack, i), certificate) == 0) return true;
  return false;
}

}  // namespace

Chain build_chain(X509* signer, const STACK_OF(X509) * pool, const STACK_OF(X509) * anchors,
                  base::Ticks at) {
  Chain out;
  const Store store(X509_STORE_new());
  const StoreContext context(X509_STORE_CTX_new());
  seal::check(store != nullptr && context != nullptr);
  for (int i = 0; i < sk_X509_num(anchors); ++i)
    seal::check(X509_STORE_add_cert(store.get(), sk_X509_value(anchors, i)) == 1);
  ERR_clear_error();
  // Borrowed and not changed; a signer who is himself an anchor needs nobody above him.
  auto* untrusted = contains(anchors, signer) ? nullptr : const_cast<STACK_OF(X509)*>(pool);
  seal::check(X509_STORE_CTX_init(context.get(), store.get(), signer, untrusted) == 1);
  X509_VERIFY_PARAM* param = X509_STORE_CTX_get0_param(context.get());
  base::Ticks seconds = (at - base::kUnixEpochTicks) / kTicksPerSecond;
  if ((at - base::kUnixEpochTicks) % kTicksPerSecond < 0) --seconds;
  X509_VERIFY_PARAM_set_time(param, seconds);
  // Any certificate that the verifier brings is an anchor, also one that another one issued.
  X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_depth(param, kChainDepthMax);
  X509_VERIFY_PARAM_set_auth_level(param, 1);  // 80 bits: no MD5, SHA-1 or RSA under 1,024 bits
  const bool holds = X509_verify_cert(context.get()) == 1;
  if (!holds) {
    out.finding = judge_failure(context.get());
    ERR_clear_error();
    return out;
  }
  out.certificates.reset(X509_STORE_CTX_get1_chain(context.get()));
  seal::check(out.certificates != nullptr);
  for (int i = 0; i < sk_X509_num(out.certificates.get()); ++i)
    if (const auto end = ticks_of(X509_get0_notAfter(sk_X509_value(out.certificates.get(), i))))
      out.ends = std::min(out.ends.value_or(*end), *end);
  X509* anchor = sk_X509_value(out.certificates.get(), sk_X509_num(out.certificates.get()) - 1);
  std::string why = "to the anchor " + name_text(X509_get_subject_name(anchor)) +
                    ", each certificate valid at the time of the token";
  if (out.ends) why += "; the first of them ends " + time_text(*out.ends) + ": stamp again before";
  out.finding = valid(std::move(why));
  return out;
}

CertificateStack join(const STACK_OF(X509) * first, const STACK_OF(X509) * second) {
  CertificateStack out(sk_X509_new_null());
  seal::check(out != nullptr);
  for (const STACK_OF(X509) * from : {first, second})
    if (from != nullptr)
      // Copies no certificate: each is shared, and counted.
      seal::check(X509_add_certs(out.get(), const_cast<STACK_OF(X509)*>(from),
                                 X509_ADD_FLAG_UP_REF | X509_ADD_FLAG_NO_DUP) == 1);
  ERR_clear_error();
  return out;
}

}  // namespace exhibit::timestamp
