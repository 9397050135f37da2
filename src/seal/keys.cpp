// Ed25519 keys and signatures (RFC 8032), kept as PKCS#8 PEM (RFC 8410). OpenSSL does the work.
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>

#include "base/text.h"
#include "exhibit/seal.h"
#include "seal/check.h"

namespace exhibit::seal {
namespace {

struct FreePkey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeMdContext {
  void operator()(EVP_MD_CTX* ctx) const { EVP_MD_CTX_free(ctx); }
};
struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Pkey = std::unique_ptr<EVP_PKEY, FreePkey>;
using MdContext = std::unique_ptr<EVP_MD_CTX, FreeMdContext>;
using Bio = std::unique_ptr<BIO, FreeBio>;

const unsigned char* raw(const std::byte* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}
unsigned char* raw(std::byte* bytes) { return reinterpret_cast<unsigned char*>(bytes); }

// The y coordinates of the eight points of small order on edwards25519, with the two encodings that
// are not reduced; the sign bit is ignored. Under such a key a signature holds for messages that
// its owner never signed, so he could exchange what he said; RFC 8032 leaves them in.
constexpr std::array<std::string_view, 7> kSmallOrder{
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"};

bool has_small_order(PublicKey key) {
  key.back() &= std::byte{0x7f};
  const std::string hex = base::to_hex(key);
  return std::ranges::find(kSmallOrder, hex) != kSmallOrder.end();
}

constexpr std::size_t kPemSizeMax = 64 * 1024;

// An encrypted key must fail, not ask on the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

}  // namespace

struct SigningKey::Impl {
  Pkey key;
};

SigningKey::SigningKey(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SigningKey::~SigningKey() = default;
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;

Result<SigningKey> SigningKey::generate() {
  Pkey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (key == nullptr) return fail(ErrorCode::io, "the system gave no random bytes for a key");
  return SigningKey(std::make_unique<Impl>(Impl{std::move(key)}));
}

Result<SigningKey> SigningKey::from_pem(std::string_view pem) {
  if (pem.size() > kPemSizeMax) return fail(ErrorCode::limit, "a key file is at most 64 KiB");
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  check(bio != nullptr);
  Pkey key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  ERR_clear_error();
  if (key == nullptr)
    return fail(ErrorCode::malformed, "expected an unencrypted private key in PEM form");
  if (EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519)
    return fail(ErrorCode::unsupported, "expected an Ed25519 private key");
  return SigningKey(std::make_unique<Impl>(Impl{std::move(key)}));
}

std::string SigningKey::to_pem() const {
  const Bio bio(BIO_new(BIO_s_secmem()));
  check(bio != nullptr && PEM_write_bio_PKCS8PrivateKey(bio.get(), impl_->key.get(), nullptr,
                                                        nullptr, 0, nullptr, nullptr) == 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

PublicKey SigningKey::public_key() const {
  PublicKey out;
  std::size_t size = out.size();
  check(EVP_PKEY_get_raw_public_key(impl_->key.get(), raw(out.data()), &size) == 1 &&
        size == out.size());
  return out;
}

Signature SigningKey::sign(Bytes message) const {
  const MdContext ctx(EVP_MD_CTX_new());
  Signature out;
  std::size_t size = out.size();
  check(ctx != nullptr &&
        EVP_DigestSignInit(ctx.get(), nullptr, nullptr, nullptr, impl_->key.get()) == 1 &&
        EVP_DigestSign(ctx.get(), raw(out.data()), &size, raw(message.data()), message.size()) ==
            1 &&
        size == out.size());
  return out;
}

bool verify_signature(const PublicKey& key, Bytes message, const Signature& signature) {
  if (has_small_order(key)) return false;
  const Pkey pkey(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw(key.data()), key.size()));
  const MdContext ctx(EVP_MD_CTX_new());
  check(ctx != nullptr);
  const bool valid = pkey != nullptr &&
                     EVP_DigestVerifyInit(ctx.get(), nullptr, nullptr, nullptr, pkey.get()) == 1 &&
                     EVP_DigestVerify(ctx.get(), raw(signature.data()), signature.size(),
                                      raw(message.data()), message.size()) == 1;
  ERR_clear_error();
  return valid;
}

}  // namespace exhibit::seal
