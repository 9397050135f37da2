// Keys, signed notes and checkpoints.
#include <gtest/gtest.h>

#include "base/text.h"
#include "exhibit/seal.h"
#include "support/support.h"

namespace exhibit::seal {
namespace {

template <std::size_t kSize>
std::array<std::byte, kSize> bytes(std::string_view hex) {
  const std::string raw = *base::from_hex(hex);
  std::array<std::byte, kSize> out{};
  EXPECT_EQ(raw.size(), kSize);
  for (std::size_t i = 0; i < kSize; ++i) out[i] = static_cast<std::byte>(raw[i]);
  return out;
}

// PKCS#8 of RFC 8410: a fixed head, then the 32 bytes.
SigningKey key_from_seed(std::string_view hex) {
  const std::string der = *base::from_hex("302e020100300506032b657004220420" + std::string(hex));
  return SigningKey::from_pem("-----BEGIN PRIVATE KEY-----\n" + base::to_base64(as_bytes(der)) +
                              "\n-----END PRIVATE KEY-----\n")
      .value();
}

struct Rfc8032 {
  std::string_view secret, key, message, signature;
};
// RFC 8032 7.1, TEST 1 to 3.
constexpr std::array<Rfc8032, 3> kVectors{
    {{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9"
      "b46bd25bf5f0595bbe24655141438e7a100b"},
     {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f1"
      "1d8c387b2eaeb4302aeeb00d291612bb0c00"},
     {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984d"
      "c6594a7c15e9716ed28dc027beceea1ec40a"}}};

TEST(SigningKey, SignsAsRfc8032) {
  for (const Rfc8032& v : kVectors) {
    const SigningKey key = key_from_seed(v.secret);
    EXPECT_EQ(base::to_hex(key.public_key()), v.key);
    const std::string message = *base::from_hex(v.message);
    EXPECT_EQ(base::to_hex(key.sign(as_bytes(message))), v.signature);
    const auto pub = bytes<32>(v.key);
    const auto signature = bytes<64>(v.signature);
    EXPECT_TRUE(verify_signature(pub, as_bytes(message), signature));
    EXPECT_FALSE(verify_signature(pub, as_bytes(message + "x"), signature));
    for (std::size_t bit = 0; bit < 512; ++bit) {
      Signature wrong = signature;
      wrong[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
      ASSERT_FALSE(verify_signature(pub, as_bytes(message), wrong)) << bit;
    }
  }
}

TEST(SigningKey, PemGoesRound) {
  const SigningKey key = SigningKey::generate().value();
  const std::string pem = key.to_pem();
  EXPECT_TRUE(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
  EXPECT_EQ(SigningKey::from_pem(pem).value().public_key(), key.public_key());
}

TEST(SigningKey, RejectsWhatIsNoEd25519Key) {
  EXPECT_EQ(SigningKey::from_pem("").error().code, ErrorCode::malformed);
  EXPECT_EQ(SigningKey::from_pem("-----BEGIN PRIVATE KEY-----\n!!\n").error().code,
            ErrorCode::malformed);
  EXPECT_EQ(SigningKey::from_pem(std::string(70'000, 'x')).error().code, ErrorCode::limit);
  // X25519 (RFC 8410, id 1.3.101.110).
  const std::string der =
      *base::from_hex("302e020100300506032b656e04220420" + std::string(64, '1'));
  EXPECT_EQ(SigningKey::from_pem("-----BEGIN PRIVATE KEY-----\n" + base::to_base64(as_bytes(der)) +
                                 "\n-----END PRIVATE KEY-----\n")
                .error()
                .code,
            ErrorCode::unsupported);
  // An encrypted key fails at once and asks nobody for a passphrase.
  EXPECT_FALSE(
      SigningKey::from_pem("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END "
                           "ENCRYPTED PRIVATE KEY-----\n"));
}

// A key of small order verifies signatures over messages that nobody signed.
TEST(VerifySignature, RejectsKeysOfSmallOrder) {
  PublicKey identity{};
  identity[0] = std::byte{1};
  Signature forged{};
  forged[0] = std::byte{1};  // R = identity, S = 0
  EXPECT_FALSE(verify_signature(identity, as_bytes("anything"), forged));
}

VerifierKey verifier(std::string name, const SigningKey& key) {
  return {.name = std::move(name), .key = key.public_key()};
}

// The example of golang.org/x/mod/sumdb/note, which other tools read too.
TEST(VerifierKey, ReadsAndWritesThePublishedExample) {
  const std::string text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
  const auto key = VerifierKey::parse(text);
  ASSERT_TRUE(key) << key.error().what.c_str();
  EXPECT_EQ(key->name, "PeterNeumann");
  EXPECT_EQ(key->key_id(), 0xc74f20a3U);
  EXPECT_EQ(key->to_string(), text);
  const std::string note =
      "If you think cryptography is the answer to your problem,\n"
      "then you don't know what your problem is.\n"
      "\n"
      "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZ"
      "b6KE6RyyBwJnAM=\n";
  const auto parsed = parse_note(note);
  ASSERT_TRUE(parsed) << parsed.error().what.c_str();
  EXPECT_TRUE(verify_note(*parsed, *key));
}

// Made with Python's hashlib and the openssl program, not with this code.
TEST(Note, AnotherImplementationsNoteVerifies) {
  const auto read = [](const char* name) {
    return test::read_file(std::string(EXHIBIT_SOURCE_DIR) + "/tests/fuzz/corpus/fuzz_note/" +
                           name);
  };
  const auto key = VerifierKey::parse(read("key"));
  ASSERT_TRUE(key);
  const std::string text = read("checkpoint");
  const auto note = parse_note(text);
  ASSERT_TRUE(note);
  EXPECT_TRUE(verify_note(*note, *key));
  EXPECT_EQ(Checkpoint::parse(note->text)->size, 7U);
  // Ed25519 is deterministic: the same key and text make the same note.
  EXPECT_EQ(sign_note(note->text, key->name,
                      key_from_seed("000102030405060708090a0b0c0d0e0f"
                                    "101112131415161718191a1b1c1d1e1f")),
            text);
}

TEST(VerifierKey, RejectsWrongForms) {
  const std::string good = verifier("log.test/a", SigningKey::generate().value()).to_string();
  ASSERT_TRUE(VerifierKey::parse(good));
  const auto code = [](std::string_view text) {
    const auto key = VerifierKey::parse(text);
    return key ? ErrorCode{} : key.error().code;
  };
  EXPECT_EQ(code(""), ErrorCode::malformed);
  EXPECT_EQ(code("name"), ErrorCode::malformed);
  EXPECT_EQ(code("name+12345678"), ErrorCode::malformed);
  EXPECT_EQ(code("a b" + good.substr(10)), ErrorCode::malformed);
  EXPECT_EQ(code(good.substr(10)), ErrorCode::malformed);  // no name
  EXPECT_EQ(code("x" + good), ErrorCode::proof_mismatch);  // another name under the same hash
  EXPECT_EQ(code(good + "\n"), ErrorCode::malformed);
  EXPECT_EQ(code("name+12345678+" + base::to_base64(as_bytes("\x02" + std::string(32, 'k')))),
            ErrorCode::unsupported);
  EXPECT_EQ(code("name+12345678+" + base::to_base64(as_bytes("\x01" + std::string(31, 'k')))),
            ErrorCode::malformed);
}

TEST(Note, SignedNotesVerify) {
  const SigningKey key = SigningKey::generate().value();
  const std::string text = "first\n\nsecond, after a blank line\n";
  const std::string note = sign_note(text, "party.test/a", key);
  const Note parsed = parse_note(note).value();
  EXPECT_EQ(parsed.text, text);
  ASSERT_EQ(parsed.signatures.size(), 1U);
  EXPECT_TRUE(verify_note(parsed, verifier("party.test/a", key)));
  // Another name, or another key: not signed by it.
  EXPECT_EQ(verify_note(parsed, verifier("party.test/b", key)).error().code,
            ErrorCode::undecidable);
  EXPECT_EQ(
      verify_note(parsed, verifier("party.test/a", SigningKey::generate().value())).error().code,
      ErrorCode::undecidable);
}

TEST(Note, EveryChangedBitIsFound) {
  const SigningKey key = SigningKey::generate().value();
  const std::string note = sign_note("origin.test/x\n7\nroot\n", "p", key);
  for (std::size_t bit = 0; bit < note.size() * 8; ++bit) {
    std::string wrong = note;
    wrong[bit / 8] = static_cast<char>(wrong[bit / 8] ^ (1 << (bit % 8)));
    const auto parsed = parse_note(wrong);
    EXPECT_FALSE(parsed && verify_note(*parsed, verifier("p", key))) << bit;
  }
}

VerifierKey cosigner(std::string name, const SigningKey& key) {
  return {.name = std::move(name), .key = key.public_key(), .role = KeyRole::cosigner};
}

// C2SP tlog-cosignature, put together here by hand.
TEST(Cosignature, IsOverTimeAndText) {
  const SigningKey key = SigningKey::generate().value();
  const VerifierKey verifier_key = cosigner("witness.test/w1", key);
  const std::string text = "origin.test/x\n7\nroot\n";
  const auto typed = std::string(1, '\x04') + std::string(as_text(key.public_key()));
  const std::string id =
      std::string(as_text(sha256(as_bytes("witness.test/w1\n" + typed))).substr(0, 4));
  EXPECT_EQ(verifier_key.to_string(), "witness.test/w1+" + base::to_hex(as_bytes(id)) + "+" +
                                          base::to_base64(as_bytes(typed)));
  EXPECT_EQ(VerifierKey::parse(verifier_key.to_string()).value().role, KeyRole::cosigner);
  const Signature signature = key.sign(as_bytes("cosignature/v1\ntime 1679315147\n" + text));
  const std::string blob =
      id + std::string("\0\0\0\0\x64\x18\x50\xcb", 8) + std::string(as_text(signature));
  EXPECT_EQ(cosign_note(text, "witness.test/w1", key, 1679315147),
            "— witness.test/w1 " + base::to_base64(as_bytes(blob)) + "\n");
}

TEST(Cosignature, TellsTheFirstTimeAndTakesNoOtherKey) {
  const SigningKey log = SigningKey::generate().value();
  const SigningKey witness = SigningKey::generate().value();
  const std::string text = "origin.test/x\n7\nroot\n";
  const std::string note = sign_note(text, "origin.test/x", log) +
                           cosign_note(text, "w", witness, 2000) +
                           cosign_note(text, "w", witness, 1000);
  const Note parsed = parse_note(note).value();
  EXPECT_TRUE(verify_note(parsed, verifier("origin.test/x", log)));
  EXPECT_EQ(verify_cosignature(parsed, cosigner("w", witness)).value(), 1000U);
  EXPECT_EQ(verify_cosignature(parsed, cosigner("v", witness)).error().code,
            ErrorCode::undecidable);
  EXPECT_EQ(verify_cosignature(parsed, cosigner("w", log)).error().code, ErrorCode::undecidable);
  // A log's signature is no cosignature, and the other way round, under the same key.
  EXPECT_EQ(verify_note(parsed, verifier("w", witness)).error().code, ErrorCode::undecidable);
  EXPECT_EQ(verify_cosignature(parsed, cosigner("origin.test/x", log)).error().code,
            ErrorCode::undecidable);
}

TEST(Cosignature, EveryChangedBitIsFound) {
  const SigningKey witness = SigningKey::generate().value();
  const std::string text = "o\n7\nr\n";
  const std::string note = text + "\n" + cosign_note(text, "w", witness, 1679315147);
  ASSERT_TRUE(verify_cosignature(parse_note(note).value(), cosigner("w", witness)));
  for (std::size_t bit = 0; bit < note.size() * 8; ++bit) {
    std::string wrong = note;
    wrong[bit / 8] = static_cast<char>(wrong[bit / 8] ^ (1 << (bit % 8)));
    const auto parsed = parse_note(wrong);
    EXPECT_FALSE(parsed && verify_cosignature(*parsed, cosigner("w", witness))) << bit;
  }
}

TEST(Cosignature, TooShortIsWrong) {
  const SigningKey witness = SigningKey::generate().value();
  const VerifierKey key = cosigner("w", witness);
  const std::string line = cosign_note("t\n", "w", witness, 5);
  const std::string blob = *base::from_base64(line.substr(6, line.size() - 7));
  for (std::size_t size = 5; size < blob.size(); ++size) {
    const auto note =
        parse_note("t\n\n— w " + base::to_base64(as_bytes(blob.substr(0, size))) + "\n");
    ASSERT_TRUE(note);
    EXPECT_EQ(verify_cosignature(*note, key).error().code, ErrorCode::bad_signature) << size;
  }
}

// Unknown keys are ignored; a known key that fails rejects the note, even beside a good signature.
TEST(Note, AKnownKeyThatFailsRejectsTheNote) {
  const SigningKey key = SigningKey::generate().value();
  const SigningKey stranger = SigningKey::generate().value();
  const std::string text = "text\n";
  const auto signature_line = [](std::string_view note) {
    return std::string(note.substr(note.find("\n\n") + 2));
  };
  const std::string good = sign_note(text, "p", key);
  const auto with_stranger = parse_note(good + signature_line(sign_note(text, "q", stranger)));
  EXPECT_TRUE(verify_note(*with_stranger, verifier("p", key)));
  const auto with_wrong = parse_note(good + signature_line(sign_note("other\n", "p", key)));
  EXPECT_EQ(verify_note(*with_wrong, verifier("p", key)).error().code, ErrorCode::bad_signature);
}

TEST(Note, ParsesStrictly) {
  const std::string good = sign_note("text\n", "p", SigningKey::generate().value());
  ASSERT_TRUE(parse_note(good));
  const std::string line = good.substr(6);
  const auto code = [](std::string_view note) {
    const auto parsed = parse_note(note);
    return parsed ? ErrorCode{} : parsed.error().code;
  };
  EXPECT_EQ(code(""), ErrorCode::malformed);
  EXPECT_EQ(code("text\n"), ErrorCode::malformed);
  EXPECT_EQ(code("text\n\n"), ErrorCode::malformed);
  EXPECT_EQ(code(good.substr(0, good.size() - 1)), ErrorCode::malformed);
  EXPECT_EQ(code(good + "trailing\n"), ErrorCode::malformed);
  EXPECT_EQ(code("te\rxt\n\n" + line), ErrorCode::malformed);
  EXPECT_EQ(code("te\txt\n\n" + line), ErrorCode::malformed);
  EXPECT_EQ(code(std::string("te\0xt\n\n", 8) + line), ErrorCode::malformed);
  EXPECT_EQ(code("te\xffxt\n\n" + line), ErrorCode::malformed);
  EXPECT_EQ(code("text\n\n- p AAAAAAA=\n"), ErrorCode::malformed);         // no em dash
  EXPECT_EQ(code("text\n\n— p  AAAAAAA=\n"), ErrorCode::malformed);        // two spaces
  EXPECT_EQ(code("text\n\n— p AAAAAAA\n"), ErrorCode::malformed);          // no padding
  EXPECT_EQ(code("text\n\n— p AAAAAB==\n"), ErrorCode::malformed);         // key id only
  EXPECT_EQ(code("text\n\n— p+q AAAAAAA=\n"), ErrorCode::malformed);       // + in a name
  EXPECT_EQ(code("text\n\n— p\u00a0q AAAAAAA=\n"), ErrorCode::malformed);  // space in a name
  std::string many = good;
  for (std::size_t i = 1; i < kNoteSignaturesMax; ++i) many += line;
  EXPECT_TRUE(parse_note(many));
  EXPECT_EQ(code(many + line), ErrorCode::limit);
  EXPECT_EQ(code(std::string(kNoteSizeMax, 'x') + "\n\n" + line), ErrorCode::limit);
}

TEST(Checkpoint, GoesRound) {
  Checkpoint checkpoint{.origin = "incident-42/blue", .size = 70'000, .root = {}};
  checkpoint.root.fill(std::byte{0x5a});
  const auto parsed = Checkpoint::parse(checkpoint.to_text());
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->origin, checkpoint.origin);
  EXPECT_EQ(parsed->size, checkpoint.size);
  EXPECT_EQ(parsed->root, checkpoint.root);
  EXPECT_TRUE(Checkpoint::parse(checkpoint.to_text() + "an extension\n"));
}

TEST(Checkpoint, ParsesStrictly) {
  const std::string root = base::to_base64(Digest{}) + "\n";
  EXPECT_TRUE(Checkpoint::parse("o\n1\n" + root));
  for (const std::string& text :
       {std::string(), std::string("o\n"), "\n1\n" + root, "o\n01\n" + root, "o\n-1\n" + root,
        "o\n+1\n" + root, "o\n 1\n" + root, "o\n1 \n" + root, "o\n\n" + root,
        "o\n18446744073709551616\n" + root, "o\n1\n" + root.substr(0, root.size() - 1),
        std::string("o\n1\nAAAA\n"), "o\n1\n" + root + "\n", "o\n1\n" + root + "unended",
        "o\n0\n" + root})
    EXPECT_FALSE(Checkpoint::parse(text)) << text;
  EXPECT_TRUE(Checkpoint::parse("o\n0\n" + base::to_base64(sha256({})) + "\n"));
}

}  // namespace
}  // namespace exhibit::seal
