#include "seal/prf.h"

#include <openssl/evp.h>

#include "seal/check.h"

namespace exhibit::seal {
namespace {

struct FreeCipher {
  void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
};
struct FreeContext {
  void operator()(EVP_CIPHER_CTX* ctx) const { EVP_CIPHER_CTX_free(ctx); }  // wipes the key
};

}  // namespace

struct Prf::Impl {
  std::unique_ptr<EVP_CIPHER, FreeCipher> cipher{EVP_CIPHER_fetch(nullptr, "AES-256-ECB", nullptr)};
  std::unique_ptr<EVP_CIPHER_CTX, FreeContext> ctx{EVP_CIPHER_CTX_new()};
};

Prf::Prf() : impl_(std::make_unique<Impl>()) {
  check(impl_->cipher != nullptr && impl_->ctx != nullptr &&
        EVP_EncryptInit_ex2(impl_->ctx.get(), impl_->cipher.get(), nullptr, nullptr, nullptr) ==
            1 &&
        EVP_CIPHER_CTX_set_padding(impl_->ctx.get(), 0) == 1);
}

Prf::~Prf() = default;

void Prf::set_key(const Key& key) {
  check(EVP_EncryptInit_ex2(impl_->ctx.get(), nullptr,
                            reinterpret_cast<const unsigned char*>(key.data()), nullptr,
                            nullptr) == 1);
}

void Prf::apply(std::span<const PrfBlock> blocks, std::byte* out) {
  if (blocks.empty()) return;
  int size = 0;
  check(blocks.size() < (1U << 24) &&
        EVP_EncryptUpdate(impl_->ctx.get(), reinterpret_cast<unsigned char*>(out), &size,
                          reinterpret_cast<const unsigned char*>(blocks.data()),
                          static_cast<int>(blocks.size_bytes())) == 1 &&
        static_cast<std::size_t>(size) == blocks.size_bytes());
}

}  // namespace exhibit::seal
