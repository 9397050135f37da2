// DSSE envelopes: one form, one signature.
#include <gtest/gtest.h>

#include "base/text.h"
#include "exhibit/seal.h"
#include "support/support.h"

namespace exhibit::seal {
namespace {

constexpr std::string_view kType = "application/vnd.exhibit.entry.v1+json";

VerifierKey verifier(std::string name, const SigningKey& key) {
  return {.name = std::move(name), .key = key.public_key()};
}

// DSSE v1 protocol, test vector of "PAE".
TEST(Envelope, PreimageIsDsse) {
  EXPECT_EQ(envelope_preimage("http://example.com/HelloWorld", "hello world"),
            "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  EXPECT_EQ(envelope_preimage("", ""), "DSSEv1 0  0 ");
}

TEST(Envelope, GoesRoundAndVerifies) {
  const SigningKey key = SigningKey::generate().value();
  const std::string payload("{\"any\":\"bytes\"}\0\xff", 17);
  const std::string text = sign_envelope(kType, payload, "incident-42/blue", key);
  const auto envelope = parse_envelope(text);
  ASSERT_TRUE(envelope) << envelope.error().what.c_str();
  EXPECT_EQ(envelope->payload_type, kType);
  EXPECT_EQ(envelope->payload, payload);
  EXPECT_TRUE(verify_envelope(*envelope, verifier("incident-42/blue", key)));
  EXPECT_EQ(verify_envelope(*envelope, verifier("incident-42/red", key)).error().code,
            ErrorCode::undecidable);
  EXPECT_EQ(verify_envelope(*envelope, verifier("incident-42/blue", SigningKey::generate().value()))
                .error()
                .code,
            ErrorCode::undecidable);
  Envelope other = *envelope;
  other.payload_type += 'x';
  EXPECT_EQ(verify_envelope(other, verifier("incident-42/blue", key)).error().code,
            ErrorCode::bad_signature);
}

// Made with Python's hashlib and the openssl program, not with this code.
TEST(Envelope, AnotherImplementationsEnvelopeVerifies) {
  const std::string corpus = std::string(EXHIBIT_SOURCE_DIR) + "/tests/fuzz/corpus/";
  const auto key = VerifierKey::parse(test::read_file(corpus + "fuzz_note/key"));
  const auto envelope = parse_envelope(test::read_file(corpus + "fuzz_envelope/envelope"));
  ASSERT_TRUE(key && envelope);
  EXPECT_TRUE(verify_envelope(*envelope, *key));
}

TEST(Envelope, EveryChangedBitIsFound) {
  const SigningKey key = SigningKey::generate().value();
  const std::string text = sign_envelope("t", "{}", "p", key);
  for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
    std::string wrong = text;
    wrong[bit / 8] = static_cast<char>(wrong[bit / 8] ^ (1 << (bit % 8)));
    const auto parsed = parse_envelope(wrong);
    EXPECT_FALSE(parsed && verify_envelope(*parsed, verifier("p", key))) << bit;
  }
}

TEST(Envelope, ParsesOneFormOnly) {
  const std::string sig(86, 'A');
  const auto with = [&](std::string_view payload, std::string_view keyid, std::string_view tail) {
    return "{\"payload\":\"" + std::string(payload) +
           "\",\"payloadType\":\"t\",\"signatures\":[{\"keyid\":\"" + std::string(keyid) +
           "\",\"sig\":\"" + sig + "==\"}]" + std::string(tail);
  };
  ASSERT_TRUE(parse_envelope(with("e30=", "p+0123abcd", "}")));
  const std::vector<std::string> wrong{
      with("e30", "p+0123abcd", "}"),           // no padding
      with("e31=", "p+0123abcd", "}"),          // unused bits
      with("e30=", "p+0123ABCD", "}"),          // upper case
      with("e30=", "p0123abcd", "}"),           // no plus
      with("e30=", "+0123abcd", "}"),           // no name
      with("e30=", "p+0123abc", "}"),           // short
      with("e30=", "p+0123abcd", ",\"z\":1}"),  // another member
      with("e30=", "p+0123abcd", "}\n"),
      with("e30=", "p+0123abcd", " }"),
      std::string("{}"),
      std::string("[]"),
      std::string(),
      std::string("{\"payload\":\"\",\"payloadType\":\"t\",\"signatures\":[]}"),
      "{\"payload\":\"\",\"payloadType\":\"t\",\"signatures\":[{\"keyid\":\"p+0123abcd\","
      "\"sig\":\"AAAA\"}]}"};
  for (const std::string& text : wrong) {
    const auto parsed = parse_envelope(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_NE(parsed.error().code, ErrorCode::limit);
  }
  EXPECT_EQ(parse_envelope(std::string(kEnvelopeSizeMax + 1, ' ')).error().code, ErrorCode::limit);
}

}  // namespace
}  // namespace exhibit::seal
