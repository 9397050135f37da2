// Who signed a token, and how: one signer, named in what he signed, with a key for stamping alone.
#include <gtest/gtest.h>

#include "seal/time/der.h"
#include "seal/time/world_test.h"

namespace exhibit::timestamp {
namespace {

using namespace test;

TEST(Signer, ASignatureThatIsNotTheSigners) {
  std::string token = make_token(good());
  token.back() ^= 1;  // the signature stands last
  EXPECT_EQ(not_valid(judge(token, world().trust).checks),
            (Expected{{"timestamp.signature", Verdict::invalid}}));
  token.back() ^= 1;
  const std::size_t serial = token.find("\x02\x02\x12\x67");  // in the TSTInfo
  ASSERT_NE(serial, std::string::npos);
  token[serial + 3] ^= 1;
  const TokenReport tampered = judge(token, world().trust);
  EXPECT_EQ(not_valid(tampered.checks), (Expected{{"timestamp.signature", Verdict::invalid}}));
  EXPECT_EQ(tampered.serial, "1266");
  TokenSpec spec = good();  // a signature that was made over content of another type
  spec.content_type = NID_pkcs7_data;
  EXPECT_EQ(not_valid(judge(spec).checks), (Expected{{"timestamp.signature", Verdict::invalid}}));
}

TEST(Signer, ExactlyOneSigner) {
  TokenSpec spec = good();
  spec.signers = {&world().tsa, &world().intermediate};
  EXPECT_EQ(not_valid(judge(spec).checks), with_no_signer(Verdict::invalid));
  // The same without its signerInfos, which stand last in the SignedData.
  const std::string token = make_token(good());
  DerReader outer(DerReader(as_bytes(token)).next()->value);
  const std::string type(as_text(outer.next(kDerOid)->whole));
  DerReader signed_data(DerReader(outer.next()->value).next()->value);
  std::string kept;
  for (auto element = signed_data.next(); !signed_data.at_end(); element = signed_data.next())
    kept += as_text(element->whole);
  std::string explicit_tag = sequence(sequence(kept + std::string("\x31\x00", 2)));
  explicit_tag.front() = '\xa0';
  EXPECT_EQ(not_valid(judge(sequence(type + explicit_tag), world().trust).checks),
            with_no_signer(Verdict::invalid));
}

TEST(Signer, TheTokenNamesItsSigner) {
  TokenSpec spec = good();
  spec.other = &world().intermediate;
  const Expected bad{{"timestamp.signer_id", Verdict::invalid}};
  for (const CertId id : {CertId::first_version, CertId::both}) {
    spec.cert_id = id;
    EXPECT_EQ(not_valid(judge(spec).checks), Expected{});
  }
  for (const CertId id : {CertId::none, CertId::other_certificate, CertId::other_serial,
                          CertId::first_other_certificate, CertId::sha1_in_second_version,
                          CertId::no_sequence, CertId::empty_sequence}) {
    spec.cert_id = id;
    EXPECT_EQ(not_valid(judge(spec).checks), bad) << static_cast<int>(id);
  }
  // Another certificate under the same issuer and serial number differs by its hash alone.
  const Party twin = make_party({.name = "TSA", .issuer = &world().intermediate, .serial = 3});
  spec.other = &twin;
  spec.cert_id = CertId::other_certificate;
  EXPECT_EQ(not_valid(judge(spec).checks), bad);
  spec = good();
  spec.tsa = "TSA";
  EXPECT_EQ(not_valid(judge(spec).checks), Expected{});
  spec.tsa = "Another";
  EXPECT_EQ(not_valid(judge(spec).checks), bad);
}

TEST(Signer, TheSignersKeyIsForStampingAlone) {
  const auto with = [](CertificateSpec spec) {
    spec.name = "Odd TSA";
    spec.issuer = &world().intermediate;
    spec.serial = 12;
    const Party odd = make_party(spec);
    TokenSpec token = good();
    token.signers = {&odd};
    token.certificates = {&odd, &world().intermediate};
    return not_valid(judge(token).checks);
  };
  const Expected bad{{"timestamp.key_usage", Verdict::invalid}};
  EXPECT_EQ(with({.name = {}}), Expected{});
  EXPECT_EQ(with({.name = {}, .extended = ""}), bad);
  EXPECT_EQ(with({.name = {}, .extended = "timeStamping"}), bad);
  EXPECT_EQ(with({.name = {}, .extended = "critical,codeSigning"}), bad);
  EXPECT_EQ(with({.name = {}, .extended = "critical,timeStamping,codeSigning"}), bad);
  EXPECT_EQ(with({.name = {}, .usage = "critical,nonRepudiation"}), Expected{});
  EXPECT_EQ(with({.name = {}, .usage = ""}), Expected{});
  EXPECT_EQ(with({.name = {}, .usage = "critical,digitalSignature,keyEncipherment"}), bad);
  EXPECT_EQ(with({.name = {}, .usage = "critical,keyAgreement"}), bad);
}

// Most authorities sign with RSA, named as the key alone, as key and hash, or with PSS.
TEST(Signer, RsaInAllItsForms) {
  const Party rsa = make_party(
      {.name = "RSA TSA", .issuer = &world().intermediate, .serial = 30, .rsa_bits = 2048});
  TokenSpec spec = good();
  spec.signers = {&rsa};
  spec.certificates = {&rsa, &world().intermediate};
  EXPECT_EQ(not_valid(judge(spec).checks), Expected{});
  spec.pss = true;
  EXPECT_EQ(not_valid(judge(spec).checks), Expected{});
  spec.pss = false;
  // The algorithm stands outside of what is signed: 1.2.840.113549.1.1.x.
  const std::string token = make_token(spec);
  const std::size_t place = token.rfind("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01");
  ASSERT_NE(place, std::string::npos);
  const auto named = [&](char last) {
    std::string changed = token;
    changed[place + 8] = last;
    return not_valid(judge(changed, world().trust).checks);
  };
  const Expected bad{{"timestamp.signature", Verdict::invalid}};
  EXPECT_EQ(named('\x0b'), Expected{});  // sha256WithRSAEncryption
  EXPECT_EQ(named('\x05'), bad);         // sha1WithRSAEncryption
  EXPECT_EQ(named('\x0d'), bad);         // sha512WithRSAEncryption
  EXPECT_EQ(named('\x7f'), bad);         // none
}

// OpenSSL goes by the key, whatever algorithm an elliptic signature names: 1.2.840.10045.4.3.x.
TEST(Signer, AnEllipticSignatureNamesItsAlgorithm) {
  const std::string token = make_token(good());
  const std::size_t place = token.rfind("\x2a\x86\x48\xce\x3d\x04\x03\x02");
  ASSERT_NE(place, std::string::npos);
  for (const char last : {'\x01', '\x03', '\x7f'}) {  // with SHA-224, with SHA-384, none
    std::string changed = token;
    changed[place + 7] = last;
    EXPECT_EQ(not_valid(judge(changed, world().trust).checks),
              (Expected{{"timestamp.signature", Verdict::invalid}}));
  }
}

TEST(Signer, AShortKeyIsTooWeak) {
  const Party weak =
      make_party({.name = "Short", .issuer = &world().intermediate, .serial = 31, .rsa_bits = 768});
  TokenSpec spec = good();
  spec.signers = {&weak};
  spec.certificates = {&weak, &world().intermediate};
  EXPECT_EQ(not_valid(judge(spec).checks), without_chain(Verdict::invalid));
}

}  // namespace
}  // namespace exhibit::timestamp
