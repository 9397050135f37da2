// What a text must hold for a regular expression to match it: the gate before RE2.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::sigma {

inline constexpr std::size_t kMinRegexLiteralSizeBytes = 3;
inline constexpr std::size_t kMaxRegexLiterals = 32;

/// Literals, folded, of which at least one stands in the folded text whenever `pattern` matches the
/// text. Empty when no such set is known: then the pattern must always be run.
[[nodiscard]] std::vector<std::string> required_literals(std::string_view pattern);

}  // namespace exhibit::sigma
