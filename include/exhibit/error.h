// Errors and results. Damaged evidence is data (exhibit/evidence.h), not an Error: an Error ends an
// operation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace exhibit {

using Bytes = std::span<const std::byte>;

[[nodiscard]] inline Bytes as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}
[[nodiscard]] inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

enum class ErrorCode : std::uint16_t {
  truncated = 1,   // input ends before what it promises
  bad_signature,   // magic bytes or a cryptographic signature do not match
  malformed,       // input breaks its format
  proof_mismatch,  // a recomputed hash differs
  limit,           // a named limit was reached
  not_found,       // file, key or entry is not there
  exists,          // would overwrite
  io,              // the system refused; `detail` holds errno
  usage,           // the caller asked for something that makes no sense
  unsupported,     // valid, but not something this version does
  undecidable,     // what is needed to decide is missing
  refused,         // refused by policy
  interrupted,     // asked to stop
  changed,         // input is not what it was when reading began
};

/// Text with static storage duration: only a string literal converts.
class Literal {
 public:
  consteval Literal(const char* text) : text_(text) {}  // NOLINT(google-explicit-constructor)
  [[nodiscard]] constexpr const char* c_str() const { return text_; }

 private:
  const char* text_;
};

inline constexpr std::uint64_t kNoOffset = ~std::uint64_t{0};

/// Why an operation failed. 24 bytes, trivially copyable, never allocates.
struct Error {
  Literal what;                      // English, lower case, no full stop; says what was expected
  std::uint64_t offset = kNoOffset;  // bytes from the start of the input
  std::uint32_t detail = 0;          // errno for io, else 0
  ErrorCode code;
};
static_assert(sizeof(Error) == 24 && std::is_trivially_copyable_v<Error>);

template <class T>
using Result = std::expected<T, Error>;

[[nodiscard]] constexpr std::unexpected<Error> fail(ErrorCode code, Literal what,
                                                    std::uint64_t offset = kNoOffset,
                                                    std::uint32_t detail = 0) {
  return std::unexpected(Error{.what = what, .offset = offset, .detail = detail, .code = code});
}

#define EXHIBIT_PASTE(a, b) a##b
#define EXHIBIT_CONCAT(a, b) EXHIBIT_PASTE(a, b)
/// Declares `decl` from a Result, or returns its error to the caller.
#define EXHIBIT_TRY(decl, ...)                                      \
  auto EXHIBIT_CONCAT(try_, __LINE__) = (__VA_ARGS__);              \
  if (!EXHIBIT_CONCAT(try_, __LINE__)) [[unlikely]]                 \
    return std::unexpected(EXHIBIT_CONCAT(try_, __LINE__).error()); \
  decl = *std::move(EXHIBIT_CONCAT(try_, __LINE__))
/// Returns the error of a Result<void> to the caller.
#define EXHIBIT_CHECK(...)                                                                  \
  if (auto EXHIBIT_CONCAT(chk_, __LINE__) = (__VA_ARGS__); !EXHIBIT_CONCAT(chk_, __LINE__)) \
      [[unlikely]]                                                                          \
  return std::unexpected(EXHIBIT_CONCAT(chk_, __LINE__).error())

}  // namespace exhibit
