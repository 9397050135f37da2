// What the core is made of: text that somebody else holds, and memory that somebody else gives.
//
// The core is freestanding: of the standard library it uses what needs no library (array, span,
// string_view, algorithms), so that the same files are compiled natively and to WebAssembly.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <optional>
#include <span>
#include <string_view>

#include "exhibit/verify_core.h"

namespace exhibit::verify::core {

using Digest = std::array<std::uint8_t, 32>;

[[nodiscard]] inline std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}
template <class Array>
[[nodiscard]] std::string_view view(const Array& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
/// The first bytes of `bytes` as an array; `bytes` must be at least as long.
template <std::size_t N>
[[nodiscard]] std::array<std::uint8_t, N> array_of(std::string_view bytes) {
  std::array<std::uint8_t, N> out;
  std::memcpy(out.data(), bytes.data(), N);
  return out;
}

template <class Unsigned>
[[nodiscard]] Unsigned load_big_endian(const std::uint8_t* at) {
  Unsigned out = 0;
  for (std::size_t i = 0; i < sizeof out; ++i) out = static_cast<Unsigned>(out << 8 | at[i]);
  return out;
}
template <class Unsigned>
void store_big_endian(std::uint8_t* at, Unsigned value) {
  for (std::size_t i = sizeof value; i-- > 0; value = static_cast<Unsigned>(value >> 8))
    at[i] = static_cast<std::uint8_t>(value);
}

/// A list in an arena that grows until the arena is full. Elements are trivial.
template <class T>
class List {
 public:
  /// False: the memory is used up.
  [[nodiscard]] bool push(Arena& arena, const T& value) {
    if (size_ == capacity_) {
      const std::size_t capacity = capacity_ == 0 ? 16 : 2 * capacity_;
      void* memory = arena.take(capacity * sizeof(T), alignof(T));
      if (memory == nullptr) return false;
      T* grown = static_cast<T*>(memory);
      for (std::size_t i = 0; i < size_; ++i) new (grown + i) T(items_[i]);
      items_ = grown;
      capacity_ = capacity;
    }
    new (items_ + size_++) T(value);
    return true;
  }
  /// Room for so many; what is pushed up to then takes no memory.
  [[nodiscard]] bool reserve(Arena& arena, std::size_t count) {
    if (count > SIZE_MAX / sizeof(T)) return false;
    items_ = static_cast<T*>(arena.take(count * sizeof(T), alignof(T)));
    capacity_ = items_ == nullptr ? 0 : count;
    return items_ != nullptr;
  }
  [[nodiscard]] std::span<const T> items() const { return {items_, size_}; }
  [[nodiscard]] std::span<T> items() { return {items_, size_}; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] const T& operator[](std::size_t i) const { return items_[i]; }
  [[nodiscard]] T& operator[](std::size_t i) { return items_[i]; }
  [[nodiscard]] const T& back() const { return items_[size_ - 1]; }
  void clear() { size_ = 0; }
  void pop() { --size_; }

 private:
  T* items_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

/// Takes back what was taken from an arena since.
class Scratch {
 public:
  explicit Scratch(Arena& arena) : arena_(arena), mark_(arena.used()) {}
  ~Scratch() { arena_.release(mark_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

 private:
  Arena& arena_;
  std::size_t mark_;
};

}  // namespace exhibit::verify::core
