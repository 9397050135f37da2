// Time-stamp tokens: one good authority, and every kind of bad token with its exact verdict.
#include <gtest/gtest.h>

#include "seal/time/world_test.h"

namespace exhibit::timestamp {
namespace {

using namespace test;
TEST(VerifyToken, AGoodTokenIsValidInEveryCheck) {
  const TokenReport report = judge(good());
  EXPECT_EQ(not_valid(report.checks), Expected{}) << why(report.checks, "timestamp.revocation");
  EXPECT_EQ(report.verdict(), Verdict::valid);
  EXPECT_EQ(report.generated, at("2026-06-01T12:00:00Z"));
  EXPECT_EQ(report.time->not_before, at("2026-06-01T11:59:59Z"));
  EXPECT_EQ(report.time->not_after, at("2026-06-01T12:00:01Z"));
  EXPECT_EQ(report.authority, "CN=TSA");
  EXPECT_EQ(report.policy, "1.2.3.4.1");
  EXPECT_EQ(report.serial, "1267");
  EXPECT_EQ(report.imprint_algorithm, "SHA256");
  EXPECT_EQ(report.renew_before, at("2027-01-01T00:00:00Z"));
  EXPECT_EQ(report.chain_pem, pem({&world().tsa, &world().intermediate, &world().root}));
  std::vector<std::string> ids;
  for (const Check& check : report.checks) ids.push_back(check.id);
  EXPECT_EQ(ids,
            (std::vector<std::string>{
                "timestamp.form", "timestamp.imprint_algorithm", "timestamp.imprint",
                "timestamp.time", "timestamp.signer", "timestamp.signer_id", "timestamp.signature",
                "timestamp.key_usage", "timestamp.chain", "timestamp.revocation"}));
}

TEST(VerifyToken, FractionAndAccuracyMakeTheInterval) {
  TokenSpec spec = good();
  spec.time = "2026-06-01T12:00:00.25Z";
  spec.seconds = 2;
  spec.millis = 300;
  spec.micros = 40;
  const TokenReport report = judge(spec);
  EXPECT_EQ(report.verdict(), Verdict::valid);
  EXPECT_EQ(report.time->not_before, at("2026-06-01T11:59:57.94996Z"));
  EXPECT_EQ(report.time->not_after, at("2026-06-01T12:00:02.55004Z"));
  spec.seconds = spec.millis = spec.micros = 0;
  EXPECT_EQ(judge(spec).time->not_before, judge(spec).time->not_after);
  spec.time = "2026-06-01T12:00:00.123456789Z";  // finer than a tick: the interval holds it
  EXPECT_EQ(judge(spec).time->not_before, at("2026-06-01T12:00:00.1234567Z"));
  EXPECT_EQ(judge(spec).time->not_after, at("2026-06-01T12:00:00.1234568Z"));
}

TEST(VerifyToken, ATimeThatIsNoneIsInvalidAndLeavesTheChainUndecidable) {
  Expected expected = without_chain(Verdict::undecidable);
  expected["timestamp.time"] = Verdict::invalid;
  for (const char* time : {"20260601120000", "20260601120000+0100", "20261301120000Z",
                           "202606011200Z", "20260601120000.Z", "20260601120000.1234567890Z",
                           "20260601120060.Z", "2026060112000aZ", "20260601120000,5Z", "Z", "é"}) {
    TokenSpec spec = good();
    spec.time = time;
    EXPECT_EQ(not_valid(judge(spec).checks), expected) << time;
  }
  for (const auto& [seconds, millis, micros] :
       {std::array{-1, 0, 0}, {0, 1000, 0}, {0, 0, 1000}, {31'536'001, 0, 0}}) {
    TokenSpec spec = good();
    spec.seconds = seconds;
    spec.millis = millis;
    spec.micros = micros;
    EXPECT_EQ(not_valid(judge(spec).checks), expected) << seconds << ' ' << millis << ' ' << micros;
  }
}

TEST(VerifyToken, OtherBytesThanThoseStamped) {
  TokenSpec spec = good();
  spec.stamped = "something else";
  EXPECT_EQ(not_valid(judge(spec).checks), (Expected{{"timestamp.imprint", Verdict::invalid}}));
}

TEST(VerifyToken, AcceptsTheHashesOfToday) {
  for (const char* digest : {"SHA256", "SHA384", "SHA512", "SM3"}) {
    TokenSpec spec = good();
    spec.imprint_digest = digest;
    EXPECT_EQ(not_valid(judge(spec).checks), Expected{}) << digest;
  }
  for (const char* digest : {"SHA1", "MD5", "SHA224", "RIPEMD160"}) {
    TokenSpec spec = good();
    spec.imprint_digest = digest;
    EXPECT_EQ(not_valid(judge(spec).checks),
              (Expected{{"timestamp.imprint_algorithm", Verdict::invalid},
                        {"timestamp.imprint", Verdict::undecidable}}))
        << digest;
  }
  TokenSpec spec = good();
  spec.digest = "SHA1";
  EXPECT_EQ(not_valid(judge(spec).checks), (Expected{{"timestamp.signature", Verdict::invalid}}));
}

TEST(VerifyToken, TheNonceAndThePolicyAreThoseAsked) {
  const std::string nonce("\x80\x01\x02\x03\x04\x05\x06\x07", 8);
  const std::string stamped = TokenSpec{}.stamped;
  const std::string request = make_request(as_bytes(stamped), as_bytes(nonce), "1.2.3.4.1").value();
  TokenSpec spec = good();
  spec.nonce = nonce;
  const auto asked = [&] { return judge(make_token(spec), world().trust, request); };
  EXPECT_EQ(not_valid(asked().checks), Expected{});
  EXPECT_EQ(asked().checks.size(), 13U);  // request, nonce and policy besides
  spec.nonce.back() = 8;
  EXPECT_EQ(not_valid(asked().checks), (Expected{{"timestamp.nonce", Verdict::invalid}}));
  spec.nonce.clear();
  EXPECT_EQ(not_valid(asked().checks), (Expected{{"timestamp.nonce", Verdict::invalid}}));
  spec.nonce = nonce;
  spec.policy = "1.2.3.4.2";
  EXPECT_EQ(not_valid(asked().checks), (Expected{{"timestamp.policy", Verdict::invalid}}));
  // An answer to a request for other bytes.
  spec.policy = "1.2.3.4.1";
  EXPECT_EQ(not_valid(judge(make_token(spec), world().trust,
                            make_request(as_bytes("other"), as_bytes(nonce)).value())
                          .checks),
            (Expected{{"timestamp.imprint", Verdict::invalid}}));
  EXPECT_EQ(not_valid(judge(make_token(spec), world().trust, request.substr(1)).checks),
            (Expected{{"timestamp.request", Verdict::invalid}}));
}

TEST(VerifyToken, APolicyThatTheVerifierDoesNotAccept) {
  Trust trust = world().trust;
  trust.policies = {"1.2.3.4.9", "1.2.3.4.1"};
  EXPECT_EQ(not_valid(judge(make_token(good()), trust).checks), Expected{});
  trust.policies.pop_back();
  EXPECT_EQ(not_valid(judge(make_token(good()), trust).checks),
            (Expected{{"timestamp.policy", Verdict::invalid}}));
}

TEST(VerifyToken, TheStatusOfAResponse) {
  const std::string token = make_token(good());
  EXPECT_EQ(not_valid(judge(make_response(0, token), world().trust).checks), Expected{});
  EXPECT_EQ(not_valid(judge(make_response(1, token), world().trust).checks), Expected{});
  for (const int status : {2, 3, 4, 5, 6})
    EXPECT_EQ(not_valid(judge(make_response(status, token), world().trust).checks),
              (Expected{{"timestamp.status", Verdict::invalid}}))
        << status;
  const TokenReport rejected =
      judge(make_response(2, "", TS_INFO_UNACCEPTED_POLICY), world().trust);
  EXPECT_EQ(not_valid(rejected.checks), (Expected{{"timestamp.status", Verdict::invalid}}));
  EXPECT_EQ(why(rejected.checks, "timestamp.status"), "rejected: policy not accepted");
  EXPECT_EQ(not_valid(judge(make_response(0, ""), world().trust).checks),
            (Expected{{"timestamp.form", Verdict::invalid}}));
}

TEST(VerifyToken, NothingIsReadPastItsForm) {
  const std::string token = make_token(good());
  const std::string response = make_response(0, token);
  const Expected bad{{"timestamp.form", Verdict::invalid}};
  for (const std::string& whole : {token, response}) {
    EXPECT_EQ(not_valid(judge(whole + '\0', world().trust).checks), bad);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const TokenReport report = judge(whole.substr(0, size), world().trust);
      ASSERT_EQ(not_valid(report.checks), bad) << size;
      ASSERT_EQ(report.checks.size(), 1U);
    }
  }
  EXPECT_EQ(not_valid(judge(make_response(0, token + token), world().trust).checks),
            (Expected{{"timestamp.form", Verdict::invalid}}));
  EXPECT_EQ(not_valid(judge(std::string(kTokenSizeMax + 1, '0'), world().trust).checks), bad);
  TokenSpec spec = good();
  spec.content_suffix = std::string(1, '\0');
  EXPECT_EQ(not_valid(judge(spec).checks), bad);
  spec = good();
  spec.version = 2;
  EXPECT_EQ(not_valid(judge(spec).checks), bad);
  spec = good();
  spec.critical_extension = true;
  EXPECT_EQ(not_valid(judge(spec).checks), (Expected{{"timestamp.form", Verdict::undecidable}}));
}

// What may change unseen says nothing: version numbers, how the signer is named in letters of
// either case, and the constructed bit of a tag, which OpenSSL reads over.
TEST(VerifyToken, NoChangedBitChangesWhatIsProven) {
  const std::string token = make_token(good());
  const TokenReport before = judge(token, world().trust);
  const std::string info = make_tst_info(good());
  const std::size_t from = token.find(info);
  ASSERT_NE(from, std::string::npos);
  std::size_t unseen = 0;
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
    const TokenReport report = judge(changed, world().trust);
    if (report.verdict() != Verdict::valid) continue;
    ++unseen;
    EXPECT_FALSE(from <= i && i < from + info.size()) << i;
    EXPECT_EQ(report.generated, before.generated) << i;
    EXPECT_EQ(report.serial, before.serial) << i;
    EXPECT_EQ(report.policy, before.policy) << i;
    EXPECT_EQ(report.chain_pem, before.chain_pem) << i;
  }
  EXPECT_LE(unseen, token.size() / 50);
}

TEST(VerifyToken, EveryCertificateIsValidWhenTheTokenIsMade) {
  TokenSpec spec = good();
  spec.time = "2024-12-31T23:59:59Z";  // before the authority's certificate
  EXPECT_EQ(not_valid(judge(spec).checks), without_chain(Verdict::invalid));
  spec.time = "2027-01-01T00:00:01Z";  // after it
  EXPECT_EQ(not_valid(judge(spec).checks), without_chain(Verdict::invalid));
  spec.time = "2025-01-01T00:00:00Z";
  EXPECT_EQ(not_valid(judge(spec).checks), Expected{});
  spec.time = "2026-12-31T23:59:59Z";  // the CRLs are older, and no longer current
  EXPECT_EQ(not_valid(judge(spec).checks),
            (Expected{{"timestamp.revocation", Verdict::undecidable}}));
  // Expired for years when this test runs, and good: the verifier's clock is not asked.
  const Party old = make_party({.name = "Old TSA",
                                .issuer = &world().intermediate,
                                .from = "2020-01-01T00:00:00Z",
                                .until = "2022-01-01T00:00:00Z"});
  spec = good();
  spec.time = "2021-06-01T12:00:00Z";
  spec.signers = {&old};
  spec.certificates = {&old, &world().intermediate};
  const TokenReport report = judge(spec);
  EXPECT_EQ(not_valid(report.checks), (Expected{{"timestamp.revocation", Verdict::undecidable}}));
  EXPECT_EQ(report.renew_before, at("2022-01-01T00:00:00Z"));
  EXPECT_NE(why(report.checks, "timestamp.chain").find("2022-01-01T00:00:00.0000000Z"),
            std::string::npos);
}

TEST(VerifyToken, TheChainEndsInAnAnchorOfTheVerifiers) {
  const std::string token = make_token(good());
  EXPECT_EQ(not_valid(judge(token, {}).checks), without_chain(Verdict::undecidable));
  const Party other = make_party({.name = "Root", .authority = true, .serial = 1});
  const Trust others{.anchors_pem = pem({&other})};
  EXPECT_NE(not_valid(judge(token, others).checks), Expected{});
  const Party stranger = make_party({.name = "Stranger", .authority = true, .serial = 1});
  const Trust strangers{.anchors_pem = pem({&stranger})};
  EXPECT_EQ(not_valid(judge(token, strangers).checks), without_chain(Verdict::undecidable));
  // A root in the token is no anchor.
  TokenSpec spec = good();
  spec.certificates.push_back(&world().root);
  EXPECT_EQ(not_valid(judge(make_token(spec), strangers).checks),
            without_chain(Verdict::undecidable));
  // What stands above the anchor is left out.
  const TokenReport cut = judge(make_token(spec), {.anchors_pem = pem({&world().intermediate})});
  EXPECT_EQ(not_valid(cut.checks), Expected{});
  EXPECT_EQ(cut.chain_pem, pem({&world().tsa, &world().intermediate}));
  // Whatever certificate the verifier brings is one.
  for (const Party* anchor : {&world().intermediate, &world().tsa})
    EXPECT_EQ(not_valid(judge(token, {.anchors_pem = pem({anchor})}).checks), Expected{});
}

TEST(VerifyToken, AnAnchorNeedsNobodyAboveIt) {
  const Party ended = make_party({.name = "Ended CA",
                                  .issuer = &world().root,
                                  .until = "2026-01-01T00:00:00Z",
                                  .authority = true});
  const Party unit = make_party({.name = "Unit", .issuer = &ended});
  TokenSpec spec = good();
  spec.signers = {&unit};
  spec.certificates = {&unit, &ended};
  const std::string token = make_token(spec);
  EXPECT_EQ(not_valid(judge(token, world().trust).checks), without_chain(Verdict::invalid));
  EXPECT_EQ(not_valid(judge(token, {.anchors_pem = pem({&unit})}).checks), Expected{});
}

TEST(VerifyToken, AMissingIntermediateCanBeGiven) {
  TokenSpec spec = good();
  spec.certificates = {&world().tsa};
  const std::string token = make_token(spec);
  EXPECT_EQ(not_valid(judge(token, world().trust).checks), without_chain(Verdict::undecidable));
  EXPECT_EQ(not_valid(judge(token, world().trust, {}, pem({&world().intermediate})).checks),
            Expected{});
  spec.certificates = {};
  const std::string bare = make_token(spec);
  EXPECT_EQ(not_valid(judge(bare, world().trust).checks), with_no_signer(Verdict::undecidable));
  EXPECT_EQ(
      not_valid(judge(bare, world().trust, {}, pem({&world().intermediate, &world().tsa})).checks),
      Expected{});
  const TokenReport garbled = judge(bare, world().trust, {}, "-----BEGIN CERTIFICATE-----\nx\n");
  EXPECT_EQ(not_valid(garbled.checks), with_no_signer(Verdict::undecidable));
  EXPECT_NE(why(garbled.checks, "timestamp.signer").find("cannot be read"), std::string::npos);
}

TEST(VerifyToken, AnIssuerThatIsNoAuthorityAndWeakSignatures) {
  TokenSpec spec = good();
  const Party leaf = make_party({.name = "Leaf", .issuer = &world().tsa, .serial = 20});
  spec.signers = {&leaf};
  spec.certificates = {&leaf, &world().tsa, &world().intermediate};
  EXPECT_EQ(not_valid(judge(spec).checks), without_chain(Verdict::invalid));
  const Party weak =
      make_party({.name = "Weak", .issuer = &world().intermediate, .serial = 21, .digest = "SHA1"});
  spec.signers = {&weak};
  spec.certificates = {&weak, &world().intermediate};
  EXPECT_EQ(not_valid(judge(spec).checks), without_chain(Verdict::invalid));
}

TEST(VerifyToken, AnchorsThatCannotBeReadAreTheCallersError) {
  const std::string token = make_token(good());
  for (const std::string& pem :
       {std::string("nothing"), std::string("-----BEGIN CERTIFICATE-----\nAAAA\n"),
        // Nobody is asked for a passphrase.
        std::string("-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,"
                    "00112233445566778899AABBCCDDEEFF\n\nAAAA\n-----END CERTIFICATE-----\n"),
        world().trust.anchors_pem +
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}) {
    const auto report = verify_token({.token = as_bytes(token)}, {.anchors_pem = pem});
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::malformed);
  }
}

}  // namespace
}  // namespace exhibit::timestamp
