// Text from evidence, made harmless for a terminal.
//
// Invariant:  the output is valid UTF-8 without control characters (C0, DEL, C1), without
// characters
//             that change the direction of writing or hide (U+200E, U+200F, U+061C, U+202A-U+202E,
//             U+2066-U+2069, U+FEFF, other format characters of width 0 that are invisible, tags,
//             line and paragraph separators); so it cannot move the cursor, colour the terminal or
//             reverse the writing direction.
// Form:       what is taken out stands as an escape: \n \t \x1b \u{202e}; bytes that are not UTF-8
//             as \xNN; a backslash stays as it is.
#pragma once

#include <string>
#include <string_view>

namespace exhibit::cli {

void append_safe(std::string& out, std::string_view text);
[[nodiscard]] std::string safe_text(std::string_view text);

/// `text` as one word of a command line that can be pasted into a shell: as it is, in quotes, or,
/// where it is not safe, escaped between $' and '.
[[nodiscard]] std::string shell_word(std::string_view text);

/// `text` made safe and cut to `width` terminal cells; what is cut ends in "…".
[[nodiscard]] std::string safe_cut(std::string_view text, std::size_t width);
/// The same, with the middle left out: for paths, whose end tells most.
[[nodiscard]] std::string safe_cut_middle(std::string_view text, std::size_t width);

}  // namespace exhibit::cli
