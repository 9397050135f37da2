// Writes JSON as text: deterministic, no white space, members in the order they are written.
//
// Ownership:  appends to a caller's string.
// Invariant:  the output is valid UTF-8 and valid JSON whenever calls nest properly; bytes that are
// not
//             UTF-8 become U+FFFD, so callers that must keep them use base64 (exhibit/seal.h,
//             canonical JSON).
// Escapes:    RFC 8785: \" \\ \b \f \n \r \t, other C0 controls as \u00xx, everything else as is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace exhibit::base {

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);
  JsonWriter& string(std::string_view utf8);
  JsonWriter& number(std::uint64_t value);
  JsonWriter& number(std::int64_t value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  /// Inserts text that is already JSON.
  JsonWriter& raw(std::string_view json);

  JsonWriter& member(std::string_view name, std::string_view utf8) {
    return key(name).string(utf8);
  }
  JsonWriter& member(std::string_view name, const char* utf8) { return key(name).string(utf8); }
  JsonWriter& member(std::string_view name, std::uint64_t value) { return key(name).number(value); }
  JsonWriter& member(std::string_view name, std::uint32_t value) {
    return key(name).number(std::uint64_t{value});
  }
  JsonWriter& member(std::string_view name, bool value) { return key(name).boolean(value); }

 private:
  void separate();

  std::string& out_;
  bool needs_comma_ = false;
};

/// Appends `utf8` as a quoted JSON string.
void append_json_string(std::string& out, std::string_view utf8);

}  // namespace exhibit::base
