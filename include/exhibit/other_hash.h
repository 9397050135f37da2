// Hash functions beside SHA-256, to be compared with what other tools wrote down. Nothing of the
// seal rests on them: MD5 and SHA-1 are broken against whoever can choose the bytes. Floor 1.
//
// Threads:  one thread at a time per OtherHasher; others may run beside it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "exhibit/error.h"
#include "exhibit/export.h"

namespace exhibit::seal {

enum class OtherHash : std::uint8_t { md5, sha1, sha512, sm3 };
inline constexpr std::array kOtherHashes{OtherHash::md5, OtherHash::sha1, OtherHash::sha512,
                                         OtherHash::sm3};
/// `md5`, `sha1`, `sha512`, `sm3` (GB/T 32905-2016).
[[nodiscard]] EXHIBIT_EXPORT std::string_view to_string(OtherHash hash);
[[nodiscard]] EXHIBIT_EXPORT std::optional<OtherHash> parse_other_hash(std::string_view name);
/// Hexadecimal digits of its digests.
[[nodiscard]] EXHIBIT_EXPORT std::size_t hex_digits(OtherHash hash);

class EXHIBIT_EXPORT OtherHasher {
 public:
  /// Errors: unsupported (this machine's OpenSSL lacks it, or its policy forbids it).
  [[nodiscard]] static Result<OtherHasher> create(OtherHash hash);
  ~OtherHasher();
  OtherHasher(OtherHasher&&) noexcept;
  OtherHasher& operator=(OtherHasher&&) noexcept;

  [[nodiscard]] OtherHash hash() const { return hash_; }
  void update(Bytes bytes);
  /// Lower-case hexadecimal; the hasher is used up.
  [[nodiscard]] std::string finish();

 private:
  struct Context;
  OtherHasher(OtherHash hash, std::unique_ptr<Context> context);
  OtherHash hash_;
  std::unique_ptr<Context> context_;
};

}  // namespace exhibit::seal
