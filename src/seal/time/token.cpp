#include "seal/time/token.h"

#include <algorithm>
#include <array>
#include <utility>

#include "seal/time/der.h"

namespace exhibit::timestamp {
namespace {

// PKIStatus and PKIFailureInfo (RFC 3161 2.4.2).
Finding judge_status(const TS_STATUS_INFO* info) {
  const long status = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(info));
  if (status == TS_STATUS_GRANTED) return valid("granted");
  if (status == TS_STATUS_GRANTED_WITH_MODS) return valid("granted with modifications");
  std::string why = status == TS_STATUS_REJECTION                 ? "rejected"
                    : status == TS_STATUS_WAITING                 ? "waiting"
                    : status == TS_STATUS_REVOCATION_WARNING      ? "revocation is imminent"
                    : status == TS_STATUS_REVOCATION_NOTIFICATION ? "revoked"
                                                                  : "an unknown status";
  constexpr std::array<std::pair<int, const char*>, 8> kFailures{
      {{TS_INFO_BAD_ALG, "algorithm not supported"},
       {TS_INFO_BAD_REQUEST, "bad request"},
       {TS_INFO_BAD_DATA_FORMAT, "bad data format"},
       {TS_INFO_TIME_NOT_AVAILABLE, "time not available"},
       {TS_INFO_UNACCEPTED_POLICY, "policy not accepted"},
       {TS_INFO_UNACCEPTED_EXTENSION, "extension not accepted"},
       {TS_INFO_ADD_INFO_NOT_AVAILABLE, "additional information not available"},
       {TS_INFO_SYSTEM_FAILURE, "system failure"}}};
  if (const ASN1_BIT_STRING* bits = TS_STATUS_INFO_get0_failure_info(info))
    for (const auto& [bit, text] : kFailures)
      if (ASN1_BIT_STRING_get_bit(bits, bit) != 0) why.append(": ").append(text);
  if (const STACK_OF(ASN1_UTF8STRING)* text = TS_STATUS_INFO_get0_text(info);
      text != nullptr && sk_ASN1_UTF8STRING_num(text) > 0)
    why.append(" (\"")
        .append(as_text(bytes_of(sk_ASN1_UTF8STRING_value(text, 0))).substr(0, 200))
        .append("\")");
  return invalid(why);
}

Finding no_token() { return invalid("neither a time-stamp response nor a time-stamp token"); }

}  // namespace

Answer read_answer(Bytes input) {
  if (input.size() > kTokenSizeMax)
    return {.form = invalid("longer than the 256 KiB that a token may have"),
            .status = {},
            .token = {}};
  DerReader outer(input);
  const auto sequence = outer.next(kDerSequence);
  if (!sequence) return {.form = no_token(), .status = {}, .token = {}};
  if (!outer.at_end())
    return {.form = invalid("bytes follow the token"), .status = {}, .token = {}};
  DerReader inner(sequence->value);
  if (inner.next_tag() == kDerOid)
    return {.form = valid("a time-stamp token"), .status = {}, .token = input};
  const auto status = inner.next(kDerSequence);
  if (!status) return {.form = no_token(), .status = {}, .token = {}};
  const auto info = parse_der<StatusInfo>(status->whole, d2i_TS_STATUS_INFO);
  if (info == nullptr) return {.form = no_token(), .status = {}, .token = {}};
  Answer answer{
      .form = valid("a time-stamp response"), .status = judge_status(info.get()), .token = {}};
  if (!inner.at_end()) {
    const auto token = inner.next(kDerSequence);
    if (!token || !inner.at_end()) return {.form = no_token(), .status = {}, .token = {}};
    answer.token = token->whole;
  } else if (answer.status->verdict == Verdict::valid) {
    answer.form = invalid("a response that grants, without a token");
  }
  return answer;
}

Token read_token(Bytes der) {
  Token out;
  const auto refuse = [&](std::string why) -> Token& {
    out.form = invalid(std::move(why));
    return out;
  };
  out.cms = parse_der<Cms>(der, d2i_CMS_ContentInfo);
  if (out.cms == nullptr || OBJ_obj2nid(CMS_get0_type(out.cms.get())) != NID_pkcs7_signed)
    return std::move(refuse("the token is no CMS SignedData"));
  if (OBJ_obj2nid(CMS_get0_eContentType(out.cms.get())) != NID_id_smime_ct_TSTInfo)
    return std::move(refuse("the token's content is no TSTInfo"));
  ASN1_OCTET_STRING** content = CMS_get0_content(out.cms.get());
  if (content == nullptr || *content == nullptr)
    return std::move(refuse("the token has no content"));
  out.info = parse_der<TstInfo>(bytes_of(*content), d2i_TS_TST_INFO);
  if (out.info == nullptr) return std::move(refuse("the token's TSTInfo cannot be read"));
  if (TS_TST_INFO_get_version(out.info.get()) != 1)
    return std::move(refuse("the token's TSTInfo is not of version 1"));
  STACK_OF(CMS_SignerInfo)* signers = CMS_get0_SignerInfos(out.cms.get());
  out.signers = std::max(0, sk_CMS_SignerInfo_num(signers));
  if (out.signers == 1) out.signer = sk_CMS_SignerInfo_value(signers, 0);
  out.certificates.reset(CMS_get1_certs(out.cms.get()));
  ERR_clear_error();
  if (out.certificates == nullptr) out.certificates.reset(sk_X509_new_null());
  seal::check(out.certificates != nullptr);
  if (sk_X509_num(out.certificates.get()) > static_cast<int>(kTokenCertificatesMax))
    return std::move(refuse("more than the 32 certificates that a token may hold"));
  if (TS_TST_INFO_get_ext_by_critical(out.info.get(), 1, -1) >= 0)
    out.form = undecidable("the token has a critical extension that this program does not know");
  else
    out.form = valid("a token of one TSTInfo, version 1");
  return out;
}

namespace {

// GeneralizedTime as RFC 3161 2.4.2 has it: YYYYMMDDhhmmss[.s…]Z, with any fraction.
struct Generalized {
  Ticks ticks = 0;
  bool cut = false;  // the fraction is finer than a tick
};
std::optional<Generalized> parse_generalized(std::string_view text) {
  constexpr std::size_t kDigits = 14;
  constexpr std::size_t kFractionMax = 9;
  if (text.size() < kDigits + 1 || text.back() != 'Z') return std::nullopt;
  text.remove_suffix(1);
  const std::string_view fraction = text.substr(kDigits);
  text = text.substr(0, kDigits);
  if (!fraction.empty()) {
    if (fraction.front() != '.' || fraction.size() < 2 || fraction.size() > 1 + kFractionMax)
      return std::nullopt;
    for (const char c : fraction.substr(1))
      if (c < '0' || c > '9') return std::nullopt;
  }
  // The same digits as RFC 3339 has them: base::parse_time knows the calendar.
  std::string rfc3339;
  for (std::size_t i = 0; i < kDigits; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    if (i == 4 || i == 6) rfc3339 += '-';
    if (i == 8) rfc3339 += 'T';
    if (i == 10 || i == 12) rfc3339 += ':';
    rfc3339 += text[i];
  }
  rfc3339.append(fraction).append("Z");
  const auto ticks = base::parse_time(rfc3339);
  if (!ticks) return std::nullopt;
  return Generalized{.ticks = *ticks, .cut = fraction.size() > 1 + 7};
}

// An INTEGER of an Accuracy: 0 where it is absent; -1 where it is out of its range.
std::int64_t part(const ASN1_INTEGER* integer, std::int64_t min, std::int64_t max) {
  if (integer == nullptr) return 0;
  std::int64_t value = 0;
  if (ASN1_INTEGER_get_int64(&value, integer) != 1 || value < min || value > max) {
    ERR_clear_error();
    return -1;
  }
  return value;
}

}  // namespace

TokenTime read_time(const TS_TST_INFO* info) {
  TokenTime out;
  const std::string_view text = as_text(bytes_of(TS_TST_INFO_get_time(info)));
  const auto time = parse_generalized(text);
  if (!time) {
    out.finding = invalid("genTime is no time as RFC 3161 writes it");
    return out;
  }
  // TS_TST_INFO_get_accuracy takes no const pointer and changes nothing.
  TS_ACCURACY* accuracy = TS_TST_INFO_get_accuracy(const_cast<TS_TST_INFO*>(info));
  Ticks ticks = 0;
  if (accuracy != nullptr) {
    const auto seconds = part(TS_ACCURACY_get_seconds(accuracy), 0, kAccuracySecondsMax);
    const auto millis = part(TS_ACCURACY_get_millis(accuracy), 1, 999);
    const auto micros = part(TS_ACCURACY_get_micros(accuracy), 1, 999);
    if (seconds < 0 || millis < 0 || micros < 0) {
      out.finding = invalid("the accuracy is out of the range that RFC 3161 allows");
      return out;
    }
    ticks = seconds * base::kTicksPerSecond + millis * 10'000 + micros * 10;
  }
  out.generated = time->ticks;
  out.interval = {.not_before = time->ticks - ticks,
                  .not_after = time->ticks + ticks + (time->cut ? 1 : 0)};
  std::string why =
      "between " + time_text(out.interval.not_before) + " and " + time_text(out.interval.not_after);
  if (accuracy == nullptr) why = time_text(time->ticks) + "; the token states no accuracy";
  out.finding = valid(std::move(why));
  return out;
}

}  // namespace exhibit::timestamp
