// Little-endian integers in a growing string: how test writers lay out binary formats.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace exhibit::test {

template <std::unsigned_integral T>
void set_le(std::string& bytes, std::size_t at, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    bytes.at(at + i) = static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i));
  }
}

template <std::unsigned_integral T>
[[nodiscard]] T get_le(std::string_view bytes, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value |= std::uint64_t{static_cast<unsigned char>(bytes.at(at + i))} << (8 * i);
  }
  return static_cast<T>(value);
}

template <std::unsigned_integral T>
void put_le(std::string& bytes, T value) {
  bytes.resize(bytes.size() + sizeof(T));
  set_le(bytes, bytes.size() - sizeof(T), value);
}

inline void put_u8(std::string& bytes, std::uint8_t value) { put_le(bytes, value); }
inline void put_u16(std::string& bytes, std::uint16_t value) { put_le(bytes, value); }
inline void put_u32(std::string& bytes, std::uint32_t value) { put_le(bytes, value); }
inline void put_u64(std::string& bytes, std::uint64_t value) { put_le(bytes, value); }

}  // namespace exhibit::test
