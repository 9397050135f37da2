// JSON strings and numbers as text (RFC 8259 sections 6 and 7).
//
// Threads:  pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace exhibit::evidence {

/// Where the next quote, backslash or control character is, at or behind `at`; text.size() if
/// there is none.
[[nodiscard]] std::size_t find_string_special(std::string_view text, std::size_t at);

/// How many bytes behind the text unescape() may read, and behind the result write.
inline constexpr std::size_t kUnescapeSlackBytes = 64;
/// Resolves the escapes of `raw`, the inside of a string, into `out`, which has room for
/// raw.size() + kUnescapeSlackBytes bytes; `raw` is followed by as many readable bytes. Returns the
/// size of the result, nullopt where an escape is none. Half a surrogate pair becomes U+FFFD.
[[nodiscard]] std::optional<std::size_t> unescape(std::string_view raw, char* out);
/// The same without instructions that not every processor has.
[[nodiscard]] std::optional<std::size_t> unescape_portable(std::string_view raw, char* out);

/// Whether `token` is a number by the grammar.
[[nodiscard]] bool is_json_number(std::string_view token);

/// Appends `text` with U+FFFD in place of every byte that is not UTF-8.
void append_repaired_utf8(std::string& out, std::string_view text);

/// Appends a JSON text without the white space between its tokens, and as UTF-8.
void append_compact_json(std::string& out, std::string_view json);

}  // namespace exhibit::evidence
