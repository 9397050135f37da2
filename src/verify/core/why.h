// Why something is not valid: a text that always says the same, so that a page can translate it.
#pragma once

#include <string_view>

#include "exhibit/verify_core.h"

namespace exhibit::verify::core {

using Why = std::string_view;  // empty: it holds

inline constexpr Why kHolds{};
inline constexpr Why kNoMemory = "the memory that was given for this is used up";

/// What a text says of the verdict: only memory that ran out leaves it open.
[[nodiscard]] inline Verdict verdict_of(Why why) {
  if (why.empty()) return Verdict::valid;
  return why == kNoMemory ? Verdict::undecidable : Verdict::invalid;
}

// Returns what is not empty to the caller.
#define EXHIBIT_WHY(...) \
  if (const ::exhibit::verify::core::Why why_ = (__VA_ARGS__); !why_.empty()) return why_

}  // namespace exhibit::verify::core
