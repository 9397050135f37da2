// Canonical JSON (RFC 8785 without floating point, docs/formats/tiles-and-notes.md) as a tree in
// an arena. What is not in its one form is refused while it is read.
#pragma once

#include "verify/core/text.h"
#include "verify/core/why.h"

namespace exhibit::verify::core {

struct Json {
  enum class Kind : std::uint8_t { null, boolean, integer, string, array, object };
  Kind kind = Kind::null;
  bool boolean = false;
  std::int64_t integer = 0;
  std::string_view name;  // of a member
  std::string_view text;  // of a string, unescaped
  std::size_t size = 0;   // items or members
  const Json* first = nullptr;
  const Json* next = nullptr;

  [[nodiscard]] bool is(Kind k) const { return kind == k; }
  /// The member of that name; null if there is none.
  [[nodiscard]] const Json* find(std::string_view name) const;
  /// An object with exactly these members, which stand in canonical order.
  [[nodiscard]] bool has_exactly(std::span<const std::string_view> names) const;
  [[nodiscard]] std::optional<std::string_view> string(std::string_view name) const;
  /// A number that is not negative; nullopt if there is none.
  [[nodiscard]] std::optional<std::uint64_t> number(std::string_view name) const;
};

/// At most 16 MiB, 64 levels, 1,048,576 values.
[[nodiscard]] Why parse_canonical_json(Arena& arena, std::string_view text, const Json*& out);

}  // namespace exhibit::verify::core
