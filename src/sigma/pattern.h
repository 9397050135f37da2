// Text patterns: literals with `*` and `?`, and what modifiers make of them.
//
// Until folded(), literals keep the case in which the rule wrote them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exhibit/sigma.h"

namespace exhibit::sigma {

inline constexpr std::size_t kMaxWindashVariants = 3125;  // five dashes in five places

/// Reads wildcards and escapes. Source: Sigma 2.1, "Escape Character": `\*` and `\?` are literal,
/// `\\` is one backslash, and a backslash before anything else is itself.
[[nodiscard]] Pattern parse_pattern(std::string_view text);
/// `text` taken literally.
[[nodiscard]] Pattern literal_pattern(std::string_view text);
/// The text of a pattern without wildcards.
[[nodiscard]] std::optional<std::string> literal_text(const Pattern& pattern);

/// Adds `*` in front or behind, unless one stands there.
void open_front(Pattern& pattern);
void open_back(Pattern& pattern);
[[nodiscard]] Pattern folded(Pattern pattern);

/// Every combination of the five dashes in the places where a command-line option begins. nullopt:
/// more than kMaxWindashVariants.
[[nodiscard]] std::optional<std::vector<Pattern>> windash(const Pattern& pattern);

/// The three forms in which `bytes` can stand inside base64, by its distance from a group of three
/// bytes, without the characters that depend on its neighbours.
[[nodiscard]] std::vector<std::string> base64_offsets(std::string_view bytes);

enum class Utf16 : std::uint8_t { little, big, marked };
/// nullopt: `text` is not UTF-8.
[[nodiscard]] std::optional<std::string> to_utf16(std::string_view text, Utf16 form);

/// Whole-value match by code point: on a misfit, the last `*` takes one code point more.
/// `text` must be folded when the pattern is.
[[nodiscard]] bool glob_matches(const Pattern& pattern, std::string_view text);

}  // namespace exhibit::sigma
