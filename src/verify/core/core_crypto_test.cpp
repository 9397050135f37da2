// The core's own hashes, ciphers and signatures, against OpenSSL and published vectors.
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdlib>
#include <random>
#include <string>

#include "base/json.h"
#include "base/text.h"
#include "exhibit/seal.h"
#include "support/support.h"
#include "verify/core/commitment.h"
#include "verify/core/ed25519.h"
#include "verify/core/sha2.h"

namespace exhibit::verify::core {
namespace {

std::string random_text(std::mt19937_64& random, std::size_t size) {
  std::string out;
  while (out.size() < size) out += static_cast<char>(random());
  return out;
}
std::string hex(std::string_view text) { return *base::from_hex(text); }
std::string openssl_digest(const EVP_MD* kind, std::string_view message) {
  std::string out(static_cast<std::size_t>(EVP_MD_get_size(kind)), '\0');
  unsigned size = 0;
  EVP_Digest(message.data(), message.size(), reinterpret_cast<unsigned char*>(out.data()), &size,
             kind, nullptr);
  return out;
}

TEST(CoreSha2, EqualsOpensslAtEveryLengthAndCut) {
  std::mt19937_64 random(1);
  const std::string message = random_text(random, 700);
  for (std::size_t size = 0; size <= message.size(); ++size) {
    const std::string_view text = std::string_view(message).substr(0, size);
    const std::size_t cut = size == 0 ? 0 : random() % size;
    Sha256 small;
    small.update(text.substr(0, cut));
    small.update(text.substr(cut));
    const Digest digest = small.finish();
    ASSERT_EQ(view(digest), openssl_digest(EVP_sha256(), text)) << size;
    Sha512 large;
    large.update(text.substr(0, cut));
    large.update(text.substr(cut));
    const Digest512 digest512 = large.finish();
    ASSERT_EQ(view(digest512), openssl_digest(EVP_sha512(), text)) << size;
  }
}

TEST(CorePrf, AesAndHmacEqualOpenssl) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 500; ++i) {
    const std::string key = random_text(random, 32), block = random_text(random, 16);
    const std::string message = random_text(random, random() % 200);
    std::string out(32, '\0');
    int size = 0;
    EVP_CIPHER_CTX* ctx = EVP_CIPHER_CTX_new();
    const auto raw = [](const std::string& s) {
      return reinterpret_cast<const unsigned char*>(s.data());
    };
    EVP_EncryptInit_ex(ctx, EVP_aes_256_ecb(), nullptr, raw(key), nullptr);
    EVP_EncryptUpdate(ctx, reinterpret_cast<unsigned char*>(out.data()), &size, raw(block), 16);
    EVP_CIPHER_CTX_free(ctx);
    const Block mine = Aes256(array_of<32>(key)).encrypt(array_of<16>(block));
    ASSERT_EQ(view(mine), out.substr(0, 16));
    unsigned length = 0;
    HMAC(EVP_sha256(), key.data(), 32, raw(message), message.size(),
         reinterpret_cast<unsigned char*>(out.data()), &length);
    const Digest mac = hmac_sha256(array_of<32>(key), message);
    ASSERT_EQ(view(mac), out);
  }
}

TEST(CoreCommitment, BucketsAndCommitmentsAreThoseOfTheSeal) {
  for (std::size_t n = 1; n <= seal::kSlotsMax; ++n)
    ASSERT_EQ(std::min(bucket(n), kSlotsMax), seal::bucket_slots(n));
  std::mt19937_64 random(3);
  for (int i = 0; i < 50; ++i) {
    seal::Key key;
    seal::random_bytes(key);
    std::vector<std::string> names;
    for (std::size_t n = random() % 40; n-- > 0;)
      names.push_back(random_text(random, random() % 50));
    const std::vector<std::string_view> paths(names.begin(), names.end());
    const seal::ShapeOpening shape = seal::open_shape(key, paths);
    const Digest whole = shape_commitment(array_of<32>(as_text(key)), paths);
    ASSERT_EQ(view(whole), as_text(shape.commitment));
    std::vector<Digest> places;
    for (const auto& path : shape.paths)
      places.push_back(path_commitment(array_of<16>(as_text(path.salt)), path.path));
    for (const seal::Digest& padding : shape.padding)
      places.push_back(array_of<32>(as_text(padding)));
    const Digest in_parts = shape_commitment(places);
    ASSERT_EQ(view(in_parts), as_text(shape.commitment));
  }
}

// ---- Ed25519

bool by_openssl(std::string_view key, std::string_view message, std::string_view signature) {
  if (key.size() != 32 || signature.size() != 64) return false;
  seal::PublicKey public_key;
  seal::Signature sig;
  std::ranges::copy(as_bytes(key), public_key.begin());
  std::ranges::copy(as_bytes(signature), sig.begin());
  return seal::verify_signature(public_key, as_bytes(message), sig);
}
void expect_same(std::string_view key, std::string_view message, std::string_view signature,
                 const std::string& what) {
  EXPECT_EQ(is_signed_ed25519(key, message, signature), by_openssl(key, message, signature))
      << what << " key " << base::to_hex(as_bytes(key)) << " signature "
      << base::to_hex(as_bytes(signature));
}

// RFC 8032 7.1, tests 1 to 3.
TEST(CoreEd25519, AcceptsTheVectorsOfRfc8032) {
  struct Vector {
    const char *key, *message, *signature;
  };
  for (const Vector& v :
       {Vector{"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
               "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac"
               "c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
        Vector{"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
               "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e"
               "458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
        Vector{"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
               "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290"
               "ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"}}) {
    EXPECT_TRUE(is_signed_ed25519(hex(v.key), hex(v.message), hex(v.signature))) << v.key;
    EXPECT_TRUE(by_openssl(hex(v.key), hex(v.message), hex(v.signature)));
  }
}

TEST(CoreEd25519, AgreesWithOpensslOnSignaturesAndTheirMutations) {
  std::mt19937_64 random(4);
  for (int i = 0; i < 100; ++i) {
    const auto signer = seal::SigningKey::generate();
    ASSERT_TRUE(signer);
    const std::string message = random_text(random, random() % 300);
    const std::string key(as_text(signer->public_key()));
    const std::string signature(as_text(signer->sign(as_bytes(message))));
    ASSERT_TRUE(is_signed_ed25519(key, message, signature));
    for (int k = 0; k < 10; ++k) {
      std::string other_key = key, other_message = message, other_signature = signature;
      std::string* changed = k % 3 == 0   ? &other_key
                             : k % 3 == 1 ? &other_message
                                          : &other_signature;
      if (changed->empty()) continue;
      const std::size_t bit = random() % (8 * changed->size());
      (*changed)[bit / 8] = static_cast<char>((*changed)[bit / 8] ^ (1 << bit % 8));
      EXPECT_FALSE(is_signed_ed25519(other_key, other_message, other_signature));
      expect_same(other_key, other_message, other_signature, "one bit");
    }
  }
}

// S + L is the same number modulo the order: RFC 8032 5.1.7 refuses it.
std::string plus_order(std::string signature, int times) {
  const std::string order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  for (; times > 0; --times) {
    unsigned carry = 0;
    for (std::size_t i = 0; i < 32; ++i) {
      carry +=
          0U + static_cast<unsigned char>(signature[32 + i]) + static_cast<unsigned char>(order[i]);
      signature[32 + i] = static_cast<char>(carry);
      carry >>= 8;
    }
  }
  return signature;
}

// Encodings that RFC 8032 does not speak of, or that libraries are known to differ on: points of
// small order and of mixed order, y above the prime, a sign without an x.
TEST(CoreEd25519, AgreesWithOpensslWhereLibrariesDiffer) {
  std::vector<std::string> points;
  for (const char* y : {"0000000000000000000000000000000000000000000000000000000000000000",
                        "0100000000000000000000000000000000000000000000000000000000000000",
                        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                        "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                        "f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                        "0200000000000000000000000000000000000000000000000000000000000000",
                        "0300000000000000000000000000000000000000000000000000000000000000"}) {
    points.push_back(hex(y));
    points.push_back(hex(y));
    points.back()[31] = static_cast<char>(points.back()[31] | 0x80);
  }
  for (int low = 0xe0; low <= 0xff; ++low)  // every y that is not reduced, and some below
    for (const int top : {0x7f, 0xff}) {
      points.push_back(std::string(1, static_cast<char>(low)) + std::string(30, '\xff') +
                       std::string(1, static_cast<char>(top)));
    }
  std::vector<std::string> scalars{std::string(32, '\0'), std::string(32, '\xff')};
  for (const char* s : {"ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
                        "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
                        "eed3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
                        "0100000000000000000000000000000000000000000000000000000000000000"})
    scalars.push_back(hex(s));
  // Under a point of small order [k]A is the same for one message in eight or fewer.
  for (const std::string& key : points)
    for (const std::string& r : std::span(points).first(10))
      for (const std::string& scalar : scalars) expect_same(key, "a", r + scalar, "edge");
  const auto signer = seal::SigningKey::generate();
  ASSERT_TRUE(signer);
  const std::string key(as_text(signer->public_key()));
  const std::string signature(as_text(signer->sign(as_bytes("text"))));
  for (int times = 1; times <= 15; ++times) {
    EXPECT_FALSE(is_signed_ed25519(key, "text", plus_order(signature, times)));
    expect_same(key, "text", plus_order(signature, times), "S + L");
  }
  for (const std::string& r : points) {
    expect_same(key, "text", r + signature.substr(32), "R");
    expect_same(r, "text", signature, "A");
  }
  EXPECT_FALSE(is_signed_ed25519(key, "text", signature.substr(1)));
  EXPECT_FALSE(is_signed_ed25519(key.substr(1), "text", signature));
}

// Project Wycheproof's vectors, where a folder with ed25519_test.json is named.
TEST(CoreEd25519, AgreesWithWycheproof) {
  const char* folder = std::getenv("EXHIBIT_WYCHEPROOF");
  if (folder == nullptr)
    GTEST_SKIP() << "set EXHIBIT_WYCHEPROOF to a folder with Wycheproof's ed25519_test.json";
  const std::string text = test::read_file(std::string(folder) + "/ed25519_test.json");
  ASSERT_FALSE(text.empty());
  const auto json = base::parse_json(text);
  ASSERT_TRUE(json) << json.error().what.c_str();
  std::size_t count = 0;
  for (const base::JsonValue& group : json->find("testGroups")->items()) {
    const std::string key = hex(*group.find("publicKey")->find_string("pk"));
    for (const base::JsonValue& test : group.find("tests")->items()) {
      const std::string message = hex(*test.find_string("msg"));
      const std::string signature = hex(*test.find_string("sig"));
      const std::string result = *test.find_string("result");
      EXPECT_EQ(is_signed_ed25519(key, message, signature), result == "valid")
          << test.find("tcId")->as_integer().value_or(0);
      expect_same(key, message, signature, "wycheproof");
      ++count;
    }
  }
  EXPECT_GT(count, 100U);
}

}  // namespace
}  // namespace exhibit::verify::core
