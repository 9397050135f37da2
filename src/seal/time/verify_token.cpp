// Judging a token: each check by itself, as docs/formats/time.md lists them.
#include <algorithm>

#include "base/text.h"
#include "seal/time/chain.h"
#include "seal/time/checks.h"
#include "seal/time/openssl.h"
#include "seal/time/revocation.h"
#include "seal/time/signer.h"
#include "seal/time/token.h"

namespace exhibit::timestamp {
namespace {

struct Imprint {
  const ASN1_OBJECT* algorithm = nullptr;
  Bytes hash;
};
Imprint imprint_of(TS_TST_INFO* info) {
  TS_MSG_IMPRINT* imprint = TS_TST_INFO_get_msg_imprint(info);
  Imprint out;
  X509_ALGOR_get0(&out.algorithm, nullptr, nullptr, TS_MSG_IMPRINT_get_algo(imprint));
  out.hash = bytes_of(TS_MSG_IMPRINT_get_msg(imprint));
  return out;
}

void judge_imprint(TS_TST_INFO* info, const Evidence& evidence,
                   const std::optional<Result<Request>>& request, TokenReport& report) {
  const Imprint imprint = imprint_of(info);
  report.imprint_algorithm = digest_name(imprint.algorithm);
  const Digester md = accepted_digest(OBJ_obj2nid(imprint.algorithm));
  if (md == nullptr) {
    add(report.checks, "timestamp.imprint_algorithm",
        invalid(report.imprint_algorithm + " is none of SHA-256, SHA-384, SHA-512 and SM3"));
    add(report.checks, "timestamp.imprint",
        undecidable("not compared: the algorithm is not accepted"));
    return;
  }
  add(report.checks, "timestamp.imprint_algorithm", valid(report.imprint_algorithm));
  Finding finding = valid("the hash of the bytes given");
  if (digest_of(md.get(), evidence.stamped) != as_text(imprint.hash))
    finding = invalid("the token stamps other bytes than those given");
  else if (request && *request &&
           ((*request)->imprint != as_text(imprint.hash) ||
            (*request)->imprint_algorithm != report.imprint_algorithm))
    finding = invalid("the request asked for other bytes than the token stamps");
  add(report.checks, "timestamp.imprint", std::move(finding));
}

void judge_nonce(const TS_TST_INFO* info, const Request& request, std::vector<Check>& checks) {
  const ASN1_INTEGER* integer = TS_TST_INFO_get_nonce(info);
  Finding finding = valid("as asked");
  if (request.nonce.empty()) {
    finding = valid("none was asked for");
  } else if (integer == nullptr) {
    finding = invalid("the token has none; the request asked for one");
  } else if (ASN1_STRING_type(integer) == V_ASN1_NEG_INTEGER ||
             as_text(bytes_of(integer)) != request.nonce) {
    finding = invalid("not the one that was asked for: an answer to another request");
  }
  add(checks, "timestamp.nonce", std::move(finding));
}

void judge_policy(const std::string& policy, const std::string& asked, const Trust& trust,
                  std::vector<Check>& checks) {
  if (asked.empty() && trust.policies.empty()) return;
  Finding finding = valid(policy);
  if (!asked.empty() && policy != asked)
    finding = invalid("the token is under " + policy + "; the request asked for " + asked);
  else if (!trust.policies.empty() &&
           std::ranges::find(trust.policies, policy) == trust.policies.end())
    finding = invalid("the token is under " + policy + ", which the verifier does not accept");
  add(checks, "timestamp.policy", std::move(finding));
}

constexpr std::string_view kSignerChecks[] = {"timestamp.signer_id", "timestamp.signature",
                                              "timestamp.key_usage", "timestamp.chain",
                                              "timestamp.revocation"};

void judge_signer(const Token& token, const TokenTime& time, const Evidence& evidence,
                  const STACK_OF(X509) * anchors, TokenReport& report) {
  std::vector<Check>& checks = report.checks;
  const auto nothing_more = [&](const std::string& why) {
    for (const std::string_view id : kSignerChecks) add(checks, id, undecidable(why));
  };
  if (token.signers != 1) {
    add(checks, "timestamp.signer",
        invalid("the token has " + std::to_string(token.signers) + " signers; it must have one"));
    return nothing_more("there is not exactly one signer");
  }
  CertificateStack given;
  std::string note;
  if (!evidence.certificates_pem.empty()) {
    auto parsed = parse_certificates(evidence.certificates_pem);
    if (parsed)
      given = *std::move(parsed);
    else
      note = " (the certificates given beside it cannot be read)";
  }
  const CertificateStack at_hand = join(token.certificates.get(), given.get());
  const CertificateStack all = join(at_hand.get(), anchors);
  X509* signer = find_signer(token, all.get());
  if (signer == nullptr) {
    add(checks, "timestamp.signer",
        undecidable("the signer's certificate is neither in the token nor given" + note));
    return nothing_more("the signer's certificate is missing");
  }
  report.authority = name_text(X509_get_subject_name(signer));
  add(checks, "timestamp.signer", valid("one: " + report.authority));
  add(checks, "timestamp.signer_id", judge_signer_id(token, signer));
  add(checks, "timestamp.signature", judge_signature(token, signer));
  add(checks, "timestamp.key_usage", judge_key_usage(signer));
  if (time.finding.verdict != Verdict::valid || anchors == nullptr) {
    const char* why =
        anchors == nullptr ? "no trust anchor is given" : "the time of the token cannot be read";
    add(checks, "timestamp.chain", undecidable(why));
    add(checks, "timestamp.revocation", undecidable("there is no chain"));
    return;
  }
  Chain chain = build_chain(signer, at_hand.get(), anchors, time.generated);
  if (chain.finding.verdict != Verdict::valid) {
    chain.finding.why += note;
    add(checks, "timestamp.chain", std::move(chain.finding));
    add(checks, "timestamp.revocation", undecidable("there is no chain"));
    return;
  }
  report.renew_before = chain.ends;
  report.chain_pem = to_pem(chain.certificates.get());
  Finding revocation =
      judge_revocation(chain, time.interval, evidence.existed_by,
                       {.crls = evidence.crls, .ocsp_responses = evidence.ocsp_responses});
  add(checks, "timestamp.chain", std::move(chain.finding));
  add(checks, "timestamp.revocation", std::move(revocation));
}

}  // namespace

Verdict overall(std::span<const Check> checks) {
  if (checks.empty()) return Verdict::undecidable;
  Verdict out = Verdict::valid;
  for (const Check& check : checks) out = std::max(out, check.verdict);
  return out;
}

Result<TokenReport> verify_token(const Evidence& evidence, const Trust& trust) {
  CertificateStack anchors;
  if (!trust.anchors_pem.empty()) {
    EXHIBIT_TRY(anchors, parse_certificates(trust.anchors_pem));
  }
  TokenReport report;
  Answer answer = read_answer(evidence.token);
  if (answer.form.verdict != Verdict::valid || answer.token.empty()) {
    add(report.checks, "timestamp.form", std::move(answer.form));
    if (answer.status) add(report.checks, "timestamp.status", *std::move(answer.status));
    return report;
  }
  Token token = read_token(answer.token);
  const bool readable = token.form.verdict != Verdict::invalid;
  add(report.checks, "timestamp.form", std::move(token.form));
  if (answer.status) add(report.checks, "timestamp.status", *std::move(answer.status));
  if (!readable) return report;

  std::optional<Result<Request>> request;
  if (!evidence.request.empty()) {
    request = parse_request(evidence.request);
    add(report.checks, "timestamp.request",
        *request
            ? valid("a time-stamp request, version 1")
            : invalid(std::string("the request cannot be read: ") + request->error().what.c_str()));
  }
  TS_TST_INFO* info = token.info.get();
  report.policy = dotted(TS_TST_INFO_get_policy_id(info));
  report.serial = base::to_hex(bytes_of(TS_TST_INFO_get_serial(info)));
  judge_imprint(info, evidence, request, report);
  if (request && *request) judge_nonce(info, **request, report.checks);
  judge_policy(report.policy, request && *request ? (*request)->policy : "", trust, report.checks);
  const TokenTime time = read_time(info);
  if (time.finding.verdict == Verdict::valid) {
    report.generated = time.generated;
    report.time = time.interval;
  }
  add(report.checks, "timestamp.time", time.finding);
  judge_signer(token, time, evidence, anchors.get(), report);
  return report;
}

}  // namespace exhibit::timestamp
