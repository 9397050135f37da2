// JSON for people: indented, and harmless on a terminal.
#pragma once

#include <string>
#include <string_view>

namespace exhibit::cli {

/// `json` (valid, one value) with one member a line, each line indented by `indent` cells and more;
/// text made safe as by safe_text. Ends with a newline.
void append_pretty_json(std::string& out, std::string_view json, std::size_t indent);

/// `json` with every character that safe_text takes out, but for line breaks, as a \u escape: the
/// same value, harmless on a terminal.
[[nodiscard]] std::string terminal_json(std::string_view json);

}  // namespace exhibit::cli
