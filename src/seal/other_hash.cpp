#include "exhibit/other_hash.h"

#include <openssl/evp.h>

#include <array>

#include "base/text.h"
#include "seal/check.h"

namespace exhibit::seal {
namespace {

struct Known {
  OtherHash hash;
  const char* name;     // ours
  const char* openssl;  // the provider's
  std::size_t hex_digits;
};
constexpr std::array<Known, kOtherHashes.size()> kKnown{{
    {OtherHash::md5, "md5", "MD5", 32},
    {OtherHash::sha1, "sha1", "SHA1", 40},
    {OtherHash::sha512, "sha512", "SHA2-512", 128},
    {OtherHash::sm3, "sm3", "SM3", 64},
}};

const Known& known(OtherHash hash) { return kKnown[static_cast<std::size_t>(hash)]; }

struct FreeMethod {
  void operator()(EVP_MD* method) const { EVP_MD_free(method); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

}  // namespace

struct OtherHasher::Context {
  std::unique_ptr<EVP_MD, FreeMethod> method;
  std::unique_ptr<EVP_MD_CTX, FreeContext> state{EVP_MD_CTX_new()};
};

std::string_view to_string(OtherHash hash) { return known(hash).name; }
std::size_t hex_digits(OtherHash hash) { return known(hash).hex_digits; }

std::optional<OtherHash> parse_other_hash(std::string_view name) {
  for (const Known& one : kKnown)
    if (name == one.name) return one.hash;
  return std::nullopt;
}

OtherHasher::OtherHasher(OtherHash hash, std::unique_ptr<Context> context)
    : hash_(hash), context_(std::move(context)) {}
OtherHasher::~OtherHasher() = default;
OtherHasher::OtherHasher(OtherHasher&&) noexcept = default;
OtherHasher& OtherHasher::operator=(OtherHasher&&) noexcept = default;

Result<OtherHasher> OtherHasher::create(OtherHash hash) {
  auto context = std::make_unique<Context>();
  context->method.reset(EVP_MD_fetch(nullptr, known(hash).openssl, nullptr));
  if (context->method == nullptr || context->state == nullptr ||
      EVP_DigestInit_ex2(context->state.get(), context->method.get(), nullptr) != 1)
    return fail(ErrorCode::unsupported, "this machine's OpenSSL does not offer the hash");
  return OtherHasher(hash, std::move(context));
}

void OtherHasher::update(Bytes bytes) {
  check(EVP_DigestUpdate(context_->state.get(), bytes.data(), bytes.size()) == 1);
}

std::string OtherHasher::finish() {
  std::array<std::byte, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  check(EVP_DigestFinal_ex(context_->state.get(), reinterpret_cast<unsigned char*>(digest.data()),
                           &size) == 1 &&
        size * 2 == known(hash_).hex_digits);
  return base::to_hex(Bytes(digest).first(size));
}

}  // namespace exhibit::seal
