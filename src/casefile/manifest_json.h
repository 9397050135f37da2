// A JSON object of another tool, as far as a manifest needs it: its members that are text, and
// those of the objects in it.
//
// Tolerant where base/json.h is strict: numbers are skipped as they stand, names may repeat.
// Limits:  kManifestJsonDepthMax; the caller's text.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exhibit/error.h"

namespace exhibit::casefile {

inline constexpr unsigned kManifestJsonDepthMax = 16;

/// Names without case, those of objects within as `outer.inner`; arrays are skipped.
using JsonTexts = std::vector<std::pair<std::string, std::string>>;

/// Takes the object that `text` begins with off it. Errors: malformed, limit; then `text` is where
/// it was.
[[nodiscard]] Result<JsonTexts> take_json_object(std::string_view& text);

}  // namespace exhibit::casefile
