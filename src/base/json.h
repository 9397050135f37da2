// JSON as a tree, for documents that this program writes itself: ledger payloads, envelopes,
// case files. Strict on reading, one form on writing.
//
// Accepts:    RFC 8259 without floating point: integers from -2^53 to 2^53; UTF-8; no name twice in
//             an object; no lone surrogate; nothing before or after the value but white space.
// Writes:     RFC 8785 (JCS) for that subset: no white space, members in order of their names'
//             UTF-16 code units, shortest escapes.
// Limits:     kJsonSizeMax, kJsonDepthMax, kJsonValuesMax; each is ErrorCode::limit.
// Not here:   JSON evidence (evidence module, simdjson), output as a stream (base/json_writer.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exhibit/error.h"
#include "exhibit/export.h"

namespace exhibit::base {

inline constexpr std::size_t kJsonSizeMax = 16 << 20;   // bytes of one document
inline constexpr std::size_t kJsonDepthMax = 64;        // arrays and objects in one another
inline constexpr std::size_t kJsonValuesMax = 1 << 20;  // values of all kinds in one document
inline constexpr std::int64_t kJsonIntegerMax = std::int64_t{1} << 53;

class JsonValue {
 public:
  enum class Kind : std::uint8_t { null, boolean, integer, string, array, object };

  JsonValue() = default;  // null
  [[nodiscard]] static JsonValue boolean(bool value);
  /// A number if it is within kJsonIntegerMax, else its decimal text.
  [[nodiscard]] static JsonValue integer(std::int64_t value);
  [[nodiscard]] static JsonValue unsigned_integer(std::uint64_t value);
  /// `utf8` must be UTF-8: what is not becomes U+FFFD when written.
  [[nodiscard]] static JsonValue string(std::string_view utf8);
  [[nodiscard]] static JsonValue array();
  [[nodiscard]] static JsonValue object();

  /// Appends to an array.
  JsonValue& push(JsonValue item);
  /// Adds a member to an object, or replaces it.
  JsonValue& set(std::string_view name, JsonValue value);

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] bool is_null() const { return kind_ == Kind::null; }
  [[nodiscard]] std::optional<bool> as_boolean() const;
  [[nodiscard]] std::optional<std::int64_t> as_integer() const;  // of a number
  /// Of a number, or of its decimal text in the one form that unsigned_integer writes.
  [[nodiscard]] std::optional<std::uint64_t> as_unsigned() const;
  [[nodiscard]] const std::string* as_string() const EXHIBIT_LIFETIMEBOUND;  // null if it is none
  /// Items of an array, or values of an object in the order of names(); else empty.
  [[nodiscard]] const std::vector<JsonValue>& items() const EXHIBIT_LIFETIMEBOUND { return items_; }
  /// Names of an object's members, in order of UTF-16 code units.
  [[nodiscard]] const std::vector<std::string>& names() const EXHIBIT_LIFETIMEBOUND {
    return names_;
  }
  /// The member of that name; null if there is none or this is no object.
  [[nodiscard]] const JsonValue* find(std::string_view name) const EXHIBIT_LIFETIMEBOUND;
  /// The string of that member; null if there is none.
  [[nodiscard]] const std::string* find_string(std::string_view name) const EXHIBIT_LIFETIMEBOUND;

  void append_canonical(std::string& out) const;
  [[nodiscard]] std::string canonical() const;

 private:
  friend class JsonParser;
  Kind kind_ = Kind::null;
  bool boolean_ = false;
  std::int64_t integer_ = 0;
  std::string string_;
  std::vector<JsonValue> items_;
  std::vector<std::string> names_;
};

/// Errors: malformed, truncated, limit; the offset is where.
[[nodiscard]] Result<JsonValue> parse_json(std::string_view text);
/// As parse_json, and malformed unless `text` is exactly what canonical() writes of it.
[[nodiscard]] Result<JsonValue> parse_canonical_json(std::string_view text);

/// Order of names in RFC 8785: by UTF-16 code units. Both must be UTF-8.
[[nodiscard]] bool utf16_less(std::string_view a, std::string_view b);

}  // namespace exhibit::base
