// DER, read one element at a time (X.690 8.1, 10.1): what OpenSSL has no public type for.
//
// Ownership:  nothing is owned; spans point into the input.
// Invariant:  lengths are definite, minimal and inside the input; tags are of one byte.
#pragma once

#include <cstdint>
#include <optional>

#include "exhibit/error.h"

namespace exhibit::timestamp {

struct DerElement {
  std::uint8_t tag = 0;
  Bytes value;
  Bytes whole;  // tag, length and value
};

inline constexpr std::uint8_t kDerInteger = 0x02;
inline constexpr std::uint8_t kDerOctetString = 0x04;
inline constexpr std::uint8_t kDerOid = 0x06;
inline constexpr std::uint8_t kDerSequence = 0x30;

class DerReader {
 public:
  explicit DerReader(Bytes bytes) : rest_(bytes) {}
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] std::uint8_t next_tag() const {
    return rest_.empty() ? 0 : std::to_integer<std::uint8_t>(rest_.front());
  }
  /// The next element, if there is one and it is well formed.
  [[nodiscard]] std::optional<DerElement> next() {
    if (rest_.size() < 2) return std::nullopt;
    const std::uint8_t tag = next_tag();
    if ((tag & 0x1f) == 0x1f) return std::nullopt;  // tag numbers above 30
    const auto first = std::to_integer<std::uint8_t>(rest_[1]);
    std::size_t header = 2;
    std::size_t length = first;
    if (first >= 0x80) {
      const std::size_t count = first & 0x7fU;
      if (count == 0 || count > 4 || rest_.size() < 2 + count) return std::nullopt;
      length = 0;
      for (std::size_t i = 0; i < count; ++i)
        length = length << 8 | std::to_integer<std::size_t>(rest_[2 + i]);
      if (length < 0x80 || rest_[2] == std::byte{0}) return std::nullopt;
      header += count;
    }
    if (rest_.size() - header < length) return std::nullopt;
    const DerElement out{
        .tag = tag, .value = rest_.subspan(header, length), .whole = rest_.first(header + length)};
    rest_ = rest_.subspan(header + length);
    return out;
  }
  /// The next element, if its tag is `tag`.
  [[nodiscard]] std::optional<DerElement> next(std::uint8_t tag) {
    return next_tag() == tag ? next() : std::nullopt;
  }

 private:
  Bytes rest_;
};

}  // namespace exhibit::timestamp
