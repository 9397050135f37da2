// What is made from the table of verbs and flags: help, the manual page, completions.
//
// Invariant:  no line of help is wider than 80 cells.
#pragma once

#include <string>
#include <string_view>

#include "cli/flags.h"

namespace exhibit::cli {

/// The list of verbs.
[[nodiscard]] std::string help_overview();
[[nodiscard]] std::string help_verb(const Verb& verb);
/// The verbs below a word that has some (`rules`, `key`); empty for another word.
[[nodiscard]] std::string help_group(std::string_view first_word);

/// exhibit(1) in man(7) form. `date` as it stands in the footer.
[[nodiscard]] std::string manual_page(std::string_view date);

/// The completion script of `bash`, `zsh` or `fish`; empty for another shell.
[[nodiscard]] std::string completion_script(std::string_view shell);

/// Appends `text` broken at spaces, each line starting at column `indent` and none wider than
/// `width` but for a word that is; the first line goes on at column `column`.
void append_wrapped(std::string& out, std::string_view text, std::size_t indent, std::size_t column,
                    std::size_t width = 80);

}  // namespace exhibit::cli
