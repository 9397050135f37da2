// A file of values for %name% placeholders.
//
//   # comment
//   Administrators:
//     - alice
//     - 'svc-*'
//
// The part of YAML that this needs, and no more: names in the first column, values as list items,
// plain or in single or double quotes (no escapes but '' in single quotes).
#pragma once

#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::cli {

using Placeholders = std::map<std::string, std::vector<std::string>>;

/// The error says in which line what was expected.
[[nodiscard]] std::expected<Placeholders, std::string> parse_placeholders(std::string_view text);

}  // namespace exhibit::cli
