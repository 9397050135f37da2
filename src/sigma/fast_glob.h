// Patterns of the fast engine: what kind a rule's pattern is, and the match of those that are more
// than one literal.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "exhibit/sigma.h"
#include "sigma/matcher.h"

namespace exhibit::sigma::fast {

/// `pattern` without what does not matter: empty literals gone, neighbouring literals joined, runs
/// of any_many made one, and any_one before any_many (`*?` and `?*` are the same).
[[nodiscard]] Pattern normalised(const Pattern& pattern);
[[nodiscard]] bool is_normalised(const Pattern& pattern);

/// What a normalised pattern comes down to.
struct PatternShape {
  enum class Kind : std::uint8_t {
    everything,  // `*`
    literal,     // one literal with its anchor: holds exactly when the literal does
    gated,       // can hold only where the literal does; then match_glob decides
    ungated,     // no literal in it (`?`, `??*`): match_glob decides
  };
  Kind kind = Kind::ungated;
  Literal literal;
};
[[nodiscard]] PatternShape shape_of(const Pattern& pattern);

/// True when the normalised `pattern` matches the whole of `text`; any_one is one code point, or
/// one byte that is no UTF-8. Time: |text| times the longest stretch of `pattern` between two
/// any_many.
[[nodiscard]] bool match_glob(const Pattern& pattern, std::string_view text);

}  // namespace exhibit::sigma::fast
