// What an examiner puts on a screen about one finding. All text is harmless on a terminal.
#pragma once

#include <string>
#include <string_view>

#include "cli/console.h"
#include "exhibit/casefile.h"

namespace exhibit::cli {

/// The rule, where the record is, which conditions which field met, the event.
void append_finding(std::string& out, const Console& console, const casefile::Shown& shown);
/// append_finding, the rule's whole text, and the way to the signed checkpoint.
void append_why(std::string& out, const Console& console, const casefile::Shown& shown);
/// The way from the record and from the finding to the signed checkpoint, step by step, and the
/// proofs in C2SP form.
void append_proof(std::string& out, const Console& console, const casefile::Shown& shown);
/// Sixteen bytes a line, with their offsets from `offset` on.
void append_hex_dump(std::string& out, std::string_view bytes, std::uint64_t offset);

}  // namespace exhibit::cli
