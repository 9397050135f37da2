// What looks like a person's data: proposed to be withheld, and shown before it is.
// docs/disclosure.md lists the names and forms.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "exhibit/event.h"

namespace exhibit::casefile {

/// `names`: those that rules know the field by, in lower case. `text`: the value's.
[[nodiscard]] bool is_personal(std::span<const std::string> names, event::ValueType type,
                               std::string_view text);

}  // namespace exhibit::casefile
