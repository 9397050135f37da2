// Revocation: what CRLs and OCSP responses say of a token that was made at 2026-06-01T12:00:00 ± 1
// s.
#include <gtest/gtest.h>

#include "seal/time/world_test.h"

namespace exhibit::timestamp {
namespace {

using namespace test;

struct Given {
  std::vector<std::string> crls{};
  std::vector<std::string> ocsp{};
  std::optional<Ticks> existed_by{};
};
// With a CRL that clears the intermediate, so that what is given for the unit decides.
Check judge(Given given, const Party& tsa = world().tsa) {
  static const std::string kStamped = TokenSpec{}.stamped;
  given.crls.push_back(world().root_crl);
  TokenSpec spec = good();
  spec.signers = {&tsa};
  spec.certificates = {&tsa, &world().intermediate};
  const std::string token = make_token(spec);
  const TokenReport report = verify_token({.stamped = as_bytes(kStamped),
                                           .token = as_bytes(token),
                                           .crls = given.crls,
                                           .ocsp_responses = given.ocsp,
                                           .existed_by = given.existed_by},
                                          world().trust)
                                 .value();
  // Nothing else depends on it.
  for (const Check& check : report.checks)
    if (check.id != "timestamp.revocation") {
      EXPECT_EQ(check.verdict, Verdict::valid) << check.id << ": " << check.why;
    }
  return report.checks.back();
}
Verdict verdict(Given given) { return judge(std::move(given)).verdict; }

std::string crl(const std::string& from, const std::string& until,
                std::vector<Revoked> revoked = {}) {
  return make_crl({.issuer = &world().intermediate,
                   .from = from,
                   .until = until,
                   .revoked = std::move(revoked)});
}
constexpr const char* kBefore = "2026-05-20T00:00:00Z";
constexpr const char* kAfter = "2026-08-01T00:00:00Z";
std::string revoking(const std::string& when, int reason, const std::string& since = {}) {
  return crl("2026-09-01T00:00:00Z", "2026-10-01T00:00:00Z",
             {{.party = &world().tsa, .when = when, .reason = reason, .since = since}});
}

TEST(Revocation, WithoutDataIsUndecidable) {
  const Check check = judge({});
  EXPECT_EQ(check.verdict, Verdict::undecidable);
  EXPECT_EQ(check.why, "CN=TSA: no CRL or OCSP response that decides (a CRL is by another issuer)");
}

TEST(Revocation, AListDecidesWhenItWasCurrentAtTheTokenOrIssuedLater) {
  EXPECT_EQ(verdict({.crls = {crl("2026-05-31T00:00:00Z", "2026-06-07T00:00:00Z")}}),
            Verdict::valid);
  EXPECT_EQ(verdict({.crls = {crl("2026-06-02T00:00:00Z", "2026-06-07T00:00:00Z")}}),
            Verdict::valid);
  EXPECT_EQ(verdict({.crls = {crl("2026-06-02T00:00:00Z", "")}}), Verdict::valid);
  // Expired before the token, without an end, or ending within the token's accuracy.
  EXPECT_EQ(verdict({.crls = {crl("2026-05-01T00:00:00Z", "2026-05-31T00:00:00Z")}}),
            Verdict::undecidable);
  EXPECT_EQ(verdict({.crls = {crl("2026-05-31T00:00:00Z", "")}}), Verdict::undecidable);
  EXPECT_EQ(verdict({.crls = {crl("2026-05-31T00:00:00Z", "2026-06-01T12:00:00Z")}}),
            Verdict::undecidable);
  // Issued when the certificate had expired, and may have been taken off.
  EXPECT_EQ(verdict({.crls = {crl("2027-02-01T00:00:00Z", "2027-03-01T00:00:00Z")}}),
            Verdict::undecidable);
  // Issued when the issuer had.
  EXPECT_EQ(verdict({.crls = {crl("2036-02-01T00:00:00Z", "2036-03-01T00:00:00Z")}}),
            Verdict::undecidable);
  EXPECT_EQ(verdict({.crls = {crl("2019-02-01T00:00:00Z", "2036-03-01T00:00:00Z")}}),
            Verdict::undecidable);
  const Party longer =
      make_party({.name = "TSA", .issuer = &world().intermediate, .until = "2040-01-01T00:00:00Z"});
  EXPECT_EQ(judge({.crls = {crl("2034-02-01T00:00:00Z", "")}}, longer).verdict, Verdict::valid);
  EXPECT_EQ(judge({.crls = {crl("2036-02-01T00:00:00Z", "")}}, longer).verdict,
            Verdict::undecidable);
}

TEST(Revocation, OnlyTheIssuersOwnListCounts) {
  const Party stranger = make_party({.name = "Stranger", .authority = true});
  const Party forger = make_party({.name = "Stamping CA", .authority = true});
  for (const Party* issuer : {&stranger, &forger})
    EXPECT_EQ(verdict({.crls = {make_crl({.issuer = issuer,
                                          .from = "2026-05-31T00:00:00Z",
                                          .until = "2026-06-07T00:00:00Z"})}}),
              Verdict::undecidable);
  // Nor can a stranger revoke.
  EXPECT_EQ(verdict({.crls = {world().crl,
                              make_crl({.issuer = &forger,
                                        .from = "2026-05-31T00:00:00Z",
                                        .until = "2026-06-07T00:00:00Z",
                                        .revoked = {{.party = &world().tsa, .when = kBefore}}})}}),
            Verdict::valid);
}

TEST(Revocation, BeforeTheTokenNothingHelps) {
  for (const int reason : {-1, 0, 1, 2, 3, 4, 5, 9, 10}) {
    EXPECT_EQ(verdict({.crls = {revoking(kBefore, reason)}}), Verdict::invalid) << reason;
    EXPECT_EQ(verdict({.crls = {world().crl, revoking(kBefore, reason)}}), Verdict::invalid);
    EXPECT_EQ(verdict({.crls = {revoking(kBefore, reason), world().crl}}), Verdict::invalid);
  }
  // A list that is no longer current still says so.
  EXPECT_EQ(verdict({.crls = {crl("2026-05-21T00:00:00Z", "2026-05-22T00:00:00Z",
                                  {{.party = &world().tsa, .when = kBefore}})}}),
            Verdict::invalid);
}

TEST(Revocation, AfterTheTokenTheReasonDecides) {
  for (const int reason : {0, 3, 4, 5})
    EXPECT_EQ(verdict({.crls = {revoking(kAfter, reason)}}), Verdict::valid) << reason;
  for (const int reason : {-1, 1, 2, 9, 10})
    EXPECT_EQ(verdict({.crls = {revoking(kAfter, reason)}}), Verdict::invalid) << reason;
  EXPECT_EQ(verdict({.crls = {revoking(kAfter, 6)}}), Verdict::undecidable);
  EXPECT_EQ(verdict({.crls = {revoking("2026-06-01T12:00:01Z", 5)}}), Verdict::undecidable);
  EXPECT_EQ(verdict({.crls = {revoking("2026-06-01T12:00:02Z", 5)}}), Verdict::valid);
  EXPECT_EQ(verdict({.crls = {revoking("2026-06-01T11:59:59Z", 5)}}), Verdict::invalid);
}

TEST(Revocation, ATokenProvenOlderThanTheCompromiseStays) {
  const Ticks early = at("2026-07-01T00:00:00Z");
  const Ticks late = at("2026-08-02T00:00:00Z");
  for (const int reason : {-1, 1}) {
    EXPECT_EQ(verdict({.crls = {revoking(kAfter, reason)}, .existed_by = early}), Verdict::valid);
    EXPECT_EQ(verdict({.crls = {revoking(kAfter, reason)}, .existed_by = late}), Verdict::invalid);
    EXPECT_EQ(verdict({.crls = {revoking(kAfter, reason)}, .existed_by = at(kAfter)}),
              Verdict::invalid);
    // The key was out of hand before the list says that it was revoked.
    EXPECT_EQ(
        verdict({.crls = {revoking(kAfter, reason, "2026-06-15T00:00:00Z")}, .existed_by = early}),
        Verdict::invalid);
    EXPECT_EQ(
        verdict({.crls = {revoking(kAfter, reason, "2026-07-15T00:00:00Z")}, .existed_by = early}),
        Verdict::valid);
  }
}

TEST(Revocation, AListThatIsNotAboutAllCertificatesIsNoClearance) {
  const auto with = [](int nid, const std::string& value, const Party& tsa = world().tsa) {
    return judge({.crls = {make_crl({.issuer = &world().intermediate,
                                     .from = "2026-05-31T00:00:00Z",
                                     .until = "2026-06-07T00:00:00Z",
                                     .extensions = {{nid, value}}})}},
                 tsa)
        .verdict;
  };
  constexpr int kPoint = NID_issuing_distribution_point;
  EXPECT_EQ(with(NID_crl_number, "DER:020109"), Verdict::valid);
  EXPECT_EQ(with(kPoint, "critical,onlyuser:TRUE"), Verdict::valid);
  EXPECT_EQ(with(kPoint, "critical,onlyCA:TRUE"), Verdict::undecidable);
  EXPECT_EQ(with(kPoint, "critical,onlyAA:TRUE"), Verdict::undecidable);
  EXPECT_EQ(with(kPoint, "critical,indirectCRL:TRUE"), Verdict::undecidable);
  EXPECT_EQ(with(kPoint, "critical,onlysomereasons:keyCompromise"), Verdict::undecidable);
  EXPECT_EQ(with(kPoint, "critical,fullname:URI:http://a.example/1"), Verdict::undecidable);
  EXPECT_EQ(with(NID_delta_crl, "critical,DER:020108"), Verdict::undecidable);
  EXPECT_EQ(with(NID_basic_constraints, "critical,CA:TRUE"), Verdict::undecidable);
  const Party pointing =
      make_party({.name = "TSA",
                  .issuer = &world().intermediate,
                  .extensions = {{NID_crl_distribution_points, "URI:http://a.example/1"}}});
  EXPECT_EQ(with(kPoint, "critical,fullname:URI:http://a.example/1", pointing), Verdict::valid);
  EXPECT_EQ(with(kPoint, "critical,fullname:URI:http://a.example/2", pointing),
            Verdict::undecidable);
}

TEST(Revocation, EveryCertificateBelowTheAnchorIsAskedAbout) {
  static const std::string kStamped = TokenSpec{}.stamped;
  const std::string token = make_token(good());
  const auto judged = [&](std::vector<std::string> crls, const Party& anchor) {
    return verify_token({.stamped = as_bytes(kStamped), .token = as_bytes(token), .crls = crls},
                        {.anchors_pem = pem({&anchor})})
        .value()
        .checks.back();
  };
  EXPECT_EQ(judged({world().crl}, world().root).verdict, Verdict::undecidable);
  EXPECT_EQ(judged({world().crl}, world().intermediate).verdict, Verdict::valid);
  EXPECT_EQ(judged({}, world().tsa).verdict, Verdict::valid);
  const std::string fallen = make_crl(
      {.issuer = &world().root,
       .from = "2026-09-01T00:00:00Z",
       .until = "2026-10-01T00:00:00Z",
       .revoked = {
           {.party = &world().intermediate, .when = kAfter, .reason = CRL_REASON_CA_COMPROMISE}}});
  EXPECT_EQ(judged({world().crl, fallen}, world().root).verdict, Verdict::invalid);
}

TEST(Revocation, FilesThatCannotBeReadAreNamedAndDoNoHarm) {
  EXPECT_EQ(verdict({.crls = {"garbage", world().crl}, .ocsp = {"garbage"}}), Verdict::valid);
  EXPECT_NE(judge({.crls = {world().crl + "x"}}).why.find("a CRL cannot be read"),
            std::string::npos);
  std::string pem = "-----BEGIN X509 CRL-----\n" + base::to_base64(as_bytes(world().crl)) +
                    "\n-----END X509 CRL-----\n";
  for (std::size_t i = 25 + 64; i < pem.find("\n-----END"); i += 65) pem.insert(i, "\n");
  EXPECT_EQ(verdict({.crls = {pem}}), Verdict::valid);
  std::vector<std::string> many(kRevocationFilesMax, "x");
  many.push_back(world().crl);
  EXPECT_EQ(verdict({.crls = many}), Verdict::undecidable);
}

TEST(Revocation, NoChangedBitOfAListClears) {
  for (std::size_t i = 0; i < world().crl.size(); ++i) {
    std::string changed = world().crl;
    changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
    const Check check = judge({.crls = {changed}});
    // The tags of the outer structure, as OpenSSL reads them, and nothing that is signed.
    if (check.verdict == Verdict::valid) {
      EXPECT_TRUE(i < 8 || i > world().crl.size() - 100) << i;
    }
  }
}

std::string ocsp(OcspSpec spec) {
  spec.certificate = &world().tsa;
  spec.issuer = &world().intermediate;
  return make_ocsp(spec);
}

TEST(Ocsp, SaysGoodRevokedOrUnknown) {
  EXPECT_EQ(verdict({.ocsp = {ocsp({})}}), Verdict::valid);
  EXPECT_EQ(verdict({.ocsp = {ocsp({.status = V_OCSP_CERTSTATUS_UNKNOWN})}}), Verdict::undecidable);
  EXPECT_EQ(verdict({.ocsp = {ocsp({.critical_extension = true})}}), Verdict::undecidable);
  const auto revoked = [](const char* when, int reason) {
    return ocsp({.status = V_OCSP_CERTSTATUS_REVOKED, .reason = reason, .revoked = when});
  };
  EXPECT_EQ(verdict({.ocsp = {revoked(kBefore, 5)}}), Verdict::invalid);
  EXPECT_EQ(verdict({.ocsp = {revoked(kAfter, 5)}}), Verdict::valid);
  EXPECT_EQ(verdict({.ocsp = {revoked(kAfter, 1)}}), Verdict::invalid);
  EXPECT_EQ(verdict({.ocsp = {revoked(kAfter, OCSP_REVOKED_STATUS_NOSTATUS)}}), Verdict::invalid);
  EXPECT_EQ(verdict({.ocsp = {revoked(kAfter, 1)}, .existed_by = at("2026-07-01T00:00:00Z")}),
            Verdict::valid);
  EXPECT_EQ(verdict({.crls = {world().crl}, .ocsp = {revoked(kBefore, 5)}}), Verdict::invalid);
}

TEST(Ocsp, IsCurrentAtTheTokenOrLater) {
  const auto between = [](const char* from, const char* until) {
    return verdict({.ocsp = {ocsp({.from = from, .until = until})}});
  };
  EXPECT_EQ(between("2026-05-31T00:00:00Z", "2026-06-07T00:00:00Z"), Verdict::valid);
  EXPECT_EQ(between("2026-05-30T00:00:00Z", "2026-05-31T00:00:00Z"), Verdict::undecidable);
  EXPECT_EQ(between("2026-05-31T00:00:00Z", ""), Verdict::undecidable);
  EXPECT_EQ(between("2026-06-02T00:00:00Z", ""), Verdict::valid);
  EXPECT_EQ(between("2027-06-02T00:00:00Z", "2027-06-03T00:00:00Z"), Verdict::undecidable);
}

TEST(Ocsp, SpeaksForTheIssuer) {
  const auto by = [](CertificateSpec spec) {
    spec.name = "Responder";
    if (spec.issuer == nullptr) spec.issuer = &world().intermediate;
    const Party responder = make_party(spec);
    return verdict({.ocsp = {ocsp({.responder = &responder})}});
  };
  const std::pair<int, std::string> no_check{NID_id_pkix_OCSP_noCheck, "null"};
  EXPECT_EQ(by({.extended = "OCSPSigning", .extensions = {no_check}}), Verdict::valid);
  EXPECT_EQ(by({.extended = "OCSPSigning"}), Verdict::undecidable);
  EXPECT_EQ(by({.extended = "critical,timeStamping", .extensions = {no_check}}),
            Verdict::undecidable);
  EXPECT_EQ(by({.extended = "", .extensions = {no_check}}), Verdict::undecidable);
  EXPECT_EQ(by({.issuer = &world().root, .extended = "OCSPSigning", .extensions = {no_check}}),
            Verdict::undecidable);
  EXPECT_EQ(
      by({.until = "2024-01-01T00:00:00Z", .extended = "OCSPSigning", .extensions = {no_check}}),
      Verdict::undecidable);
  const Party forger = make_party({.name = "Stamping CA", .authority = true});
  EXPECT_EQ(by({.issuer = &forger, .extended = "OCSPSigning", .extensions = {no_check}}),
            Verdict::undecidable);
  // Of another certificate, and changed after it was signed.
  const Party sibling =
      make_party({.name = "Sibling", .issuer = &world().intermediate, .serial = 99});
  EXPECT_EQ(
      verdict({.ocsp = {make_ocsp({.certificate = &sibling, .issuer = &world().intermediate})}}),
      Verdict::undecidable);
  EXPECT_EQ(
      verdict(
          {.ocsp = {make_ocsp({.certificate = &world().intermediate, .issuer = &world().root})}}),
      Verdict::undecidable);
  std::string changed = ocsp({});
  const std::size_t at_date = changed.find("20260602000000Z");
  ASSERT_NE(at_date, std::string::npos);
  changed[at_date + 3] = '5';
  EXPECT_EQ(verdict({.ocsp = {changed}}), Verdict::undecidable);
}

}  // namespace
}  // namespace exhibit::timestamp
