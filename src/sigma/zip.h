// Zips of rules, as they are distributed: read whole, from memory, by their central directory.
//
// Source:    PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12, 4.3.16; methods 0 (stored) and 8
// (deflate). Not here:  archives of evidence (evidence/archive.h), which are streamed and may be
// damaged. A
//            damaged zip of rules is refused: half of a rule set is not that rule set.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exhibit/error.h"

namespace exhibit::sigma {

inline constexpr std::size_t kMaxZipSizeBytes = 256 << 20;
inline constexpr std::size_t kMaxZipContentBytes = 1 << 30;  // of all members read, together

[[nodiscard]] bool is_zip(std::string_view bytes);
/// Name and content of every member whose name `wanted` takes, in order of the directory; none may
/// be larger than `member_size_max`.
/// Errors: malformed; truncated; limit; unsupported (encrypted, zip64, another method).
[[nodiscard]] Result<std::vector<std::pair<std::string, std::string>>> read_zip(
    std::string_view bytes, std::size_t member_size_max,
    const std::function<bool(std::string_view)>& wanted);

}  // namespace exhibit::sigma
