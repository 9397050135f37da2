#include "seal/prf.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "seal/check.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define EXHIBIT_TARGET __attribute__((target("aes,sse4.1")))
#endif

namespace exhibit::seal {
namespace {

#if defined(__x86_64__)
bool has_aesni() {
  __builtin_cpu_init();
  return __builtin_cpu_supports("aes") && __builtin_cpu_supports("sse4.1");
}

EXHIBIT_TARGET inline __m128i load(const std::byte* at) {
  return _mm_loadu_si128(static_cast<const __m128i_u*>(static_cast<const void*>(at)));
}
EXHIBIT_TARGET inline void store(std::byte* at, __m128i v) {
  _mm_storeu_si128(static_cast<__m128i_u*>(static_cast<void*>(at)), v);
}

// x, x<<32, x<<64, x<<96 summed: each word takes the sum of those before it (FIPS 197 5.2).
EXHIBIT_TARGET inline __m128i chain(__m128i x) {
  x = _mm_xor_si128(x, _mm_slli_si128(x, 4));
  return _mm_xor_si128(x, _mm_slli_si128(x, 8));
}

template <int kRoundConstant>
EXHIBIT_TARGET inline __m128i even_key(__m128i before, __m128i last) {
  const __m128i word = _mm_shuffle_epi32(_mm_aeskeygenassist_si128(last, kRoundConstant), 0xff);
  return _mm_xor_si128(chain(before), word);
}
EXHIBIT_TARGET inline __m128i odd_key(__m128i before, __m128i last) {
  const __m128i word = _mm_shuffle_epi32(_mm_aeskeygenassist_si128(last, 0), 0xaa);
  return _mm_xor_si128(chain(before), word);
}

EXHIBIT_TARGET void expand(const Key& key, std::array<PrfBlock, 15>& out) {
  __m128i k[15];
  k[0] = load(key.data());
  k[1] = load(key.data() + 16);
  k[2] = even_key<0x01>(k[0], k[1]);
  k[3] = odd_key(k[1], k[2]);
  k[4] = even_key<0x02>(k[2], k[3]);
  k[5] = odd_key(k[3], k[4]);
  k[6] = even_key<0x04>(k[4], k[5]);
  k[7] = odd_key(k[5], k[6]);
  k[8] = even_key<0x08>(k[6], k[7]);
  k[9] = odd_key(k[7], k[8]);
  k[10] = even_key<0x10>(k[8], k[9]);
  k[11] = odd_key(k[9], k[10]);
  k[12] = even_key<0x20>(k[10], k[11]);
  k[13] = odd_key(k[11], k[12]);
  k[14] = even_key<0x40>(k[12], k[13]);
  for (std::size_t i = 0; i < 15; ++i) store(out[i].data(), k[i]);
}

// Eight blocks at a time hide the latency of aesenc.
template <std::size_t kCount>
EXHIBIT_TARGET inline void encrypt(const std::array<PrfBlock, 15>& keys, const std::byte* blocks,
                                   std::byte* out) {
  __m128i x[kCount];
  const __m128i first = load(keys[0].data());
  for (std::size_t i = 0; i < kCount; ++i) x[i] = _mm_xor_si128(load(blocks + 16 * i), first);
  for (std::size_t round = 1; round < 14; ++round) {
    const __m128i key = load(keys[round].data());
    for (std::size_t i = 0; i < kCount; ++i) x[i] = _mm_aesenc_si128(x[i], key);
  }
  const __m128i last = load(keys[14].data());
  for (std::size_t i = 0; i < kCount; ++i) store(out + 16 * i, _mm_aesenclast_si128(x[i], last));
}

EXHIBIT_TARGET void encrypt_all(const std::array<PrfBlock, 15>& keys, const std::byte* blocks,
                                std::byte* out, std::size_t count) {
  for (; count >= 8; count -= 8, blocks += 128, out += 128) encrypt<8>(keys, blocks, out);
  for (; count != 0; --count, blocks += 16, out += 16) encrypt<1>(keys, blocks, out);
}
#endif

}  // namespace

struct Prf::Openssl {
  EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, "AES-256-ECB", nullptr);
  EVP_CIPHER_CTX* ctx = EVP_CIPHER_CTX_new();
  Openssl() {
    check(cipher != nullptr && ctx != nullptr &&
          EVP_EncryptInit_ex2(ctx, cipher, nullptr, nullptr, nullptr) == 1 &&
          EVP_CIPHER_CTX_set_padding(ctx, 0) == 1);
  }
  ~Openssl() {
    EVP_CIPHER_CTX_free(ctx);
    EVP_CIPHER_free(cipher);
  }
  Openssl(const Openssl&) = delete;
  Openssl& operator=(const Openssl&) = delete;
};

Prf::Prf(Engine engine) {
#if defined(__x86_64__)
  if (engine == Engine::fastest && has_aesni()) return;
#endif
  openssl_ = std::make_unique<Openssl>();
}

Prf::~Prf() { OPENSSL_cleanse(round_keys_.data(), sizeof round_keys_); }

void Prf::set_key(const Key& key) {
  if (openssl_ != nullptr) {
    check(EVP_EncryptInit_ex2(openssl_->ctx, nullptr,
                              reinterpret_cast<const unsigned char*>(key.data()), nullptr,
                              nullptr) == 1);
    return;
  }
#if defined(__x86_64__)
  expand(key, round_keys_);
#endif
}

void Prf::apply(std::span<const PrfBlock> blocks, std::byte* out) {
  if (blocks.empty()) return;
  if (openssl_ != nullptr) {
    int size = 0;
    check(blocks.size() < (1U << 24) &&
          EVP_EncryptUpdate(openssl_->ctx, reinterpret_cast<unsigned char*>(out), &size,
                            reinterpret_cast<const unsigned char*>(blocks.data()),
                            static_cast<int>(blocks.size_bytes())) == 1 &&
          static_cast<std::size_t>(size) == blocks.size_bytes());
    return;
  }
#if defined(__x86_64__)
  encrypt_all(round_keys_, blocks.front().data(), out, blocks.size());
#endif
}

}  // namespace exhibit::seal
