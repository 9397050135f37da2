// JSON in UTF-16, as Windows PowerShell writes it (`ConvertTo-Json > file`): framed by its ASCII,
// which is all that framing looks at, and read as UTF-8.
//
// Threads:  pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "evidence/json_framer.h"
#include "exhibit/event.h"

namespace exhibit::evidence {

enum class JsonEncoding : std::uint8_t { utf8, utf16le, utf16be };

[[nodiscard]] constexpr std::size_t code_unit_bytes(JsonEncoding encoding) {
  return encoding == JsonEncoding::utf8 ? 1 : 2;
}
/// By the byte order mark that `source` begins with.
[[nodiscard]] JsonEncoding encoding_of_source(std::string_view source);
/// By its `{`, of which one byte is zero in UTF-16.
[[nodiscard]] JsonEncoding encoding_of_record(Bytes record);

/// As JsonFramer::frame(), of a window in `encoding`: offsets, lengths and the result are in bytes.
/// The framer counts in code units, so its limits hold for those, and it was made with an offset in
/// units. `scratch` holds the window's ASCII.
[[nodiscard]] std::size_t frame_json(JsonFramer& framer, JsonEncoding encoding,
                                     std::string_view window, bool at_end, event::Batch& batch,
                                     std::string& scratch);

/// Appends a record that is in UTF-16 as UTF-8. Half a surrogate pair, and half a code unit at the
/// end, become U+FFFD.
void append_json_as_utf8(std::string& out, JsonEncoding encoding, Bytes record);

}  // namespace exhibit::evidence
