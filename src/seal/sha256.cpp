// SHA-256 of one message, of a stream, and of many messages at once.
#include <openssl/evp.h>

#include <algorithm>
#include <cstring>

#include "exhibit/seal.h"
#include "seal/check.h"
#include "seal/lane_hasher.h"

namespace exhibit::seal {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* ctx) const { EVP_MD_CTX_free(ctx); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

// Fetched once: looking it up at each use costs more than hashing a short message. Never freed,
// because threads may still hash while the process ends.
EVP_MD* fetched_sha256() {
  static EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  check(md != nullptr);
  return md;
}

unsigned char* raw(std::byte* out) { return reinterpret_cast<unsigned char*>(out); }

#if defined(__x86_64__)
void hash_shani(Bytes message, std::byte* out) {
  std::array<std::uint32_t, 8> state = kInitialState;
  const std::size_t whole = message.size() / kBlockSize;
  const std::size_t rest = message.size() % kBlockSize;
  compress_shani_single(state.data(), message.data(), whole);
  std::array<std::byte, 2 * kBlockSize> tail;
  if (rest != 0) std::memcpy(tail.data(), message.data() + whole * kBlockSize, rest);
  tail[rest] = std::byte{0x80};
  const std::size_t tail_size = padded_size(rest);
  std::fill(tail.begin() + static_cast<std::ptrdiff_t>(rest) + 1, tail.end(), std::byte{0});
  const std::uint64_t bits = std::uint64_t{message.size()} * 8;
  for (std::size_t i = 0; i < 8; ++i)
    tail[tail_size - 1 - i] = static_cast<std::byte>(bits >> (8 * i));
  compress_shani_single(state.data(), tail.data(), tail_size / kBlockSize);
  for (std::size_t i = 0; i < 32; ++i)
    out[i] = static_cast<std::byte>(state[i / 4] >> (24 - 8 * (i % 4)));
}
#endif

}  // namespace

void hash_openssl(Bytes message, std::byte* out) {
  thread_local const Context ctx(EVP_MD_CTX_new());
  check(ctx != nullptr && EVP_DigestInit_ex2(ctx.get(), fetched_sha256(), nullptr) == 1 &&
        EVP_DigestUpdate(ctx.get(), message.data(), message.size()) == 1 &&
        EVP_DigestFinal_ex(ctx.get(), raw(out), nullptr) == 1);
}

void hash_single(Bytes message, std::byte* out) {
#if defined(__x86_64__)
  if (single_stream_shani()) return hash_shani(message, out);
#endif
  hash_openssl(message, out);
}

Digest sha256(Bytes message) {
  Digest out;
  hash_single(message, out.data());
  return out;
}

struct Sha256::Impl {
  Context ctx{EVP_MD_CTX_new()};
  Impl() { start(); }
  void start() const {
    check(ctx != nullptr && EVP_DigestInit_ex2(ctx.get(), fetched_sha256(), nullptr) == 1);
  }
};

Sha256::Sha256() : impl_(std::make_unique<Impl>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(Bytes bytes) {
  check(EVP_DigestUpdate(impl_->ctx.get(), bytes.data(), bytes.size()) == 1);
}

Digest Sha256::finish() {
  Digest out;
  check(EVP_DigestFinal_ex(impl_->ctx.get(), raw(out.data()), nullptr) == 1);
  impl_->start();
  return out;
}

struct ManyHasher::Impl {
  LaneHasher lanes;
  std::vector<HashJob> jobs;
};

ManyHasher::ManyHasher() : impl_(std::make_unique<Impl>()) {}
ManyHasher::~ManyHasher() = default;

void ManyHasher::hash(std::span<const Bytes> messages, std::span<Digest> out) {
  check(messages.size() == out.size());
  impl_->jobs.clear();
  for (std::size_t i = 0; i < messages.size(); ++i)
    impl_->jobs.push_back({messages[i].data(), out[i].data(), messages[i].size()});
  impl_->lanes.hash(impl_->jobs, LaneHasher::Padding::absent);
}

std::string_view kernel_name() { return active_kernel().name; }

}  // namespace exhibit::seal
