// The marking under which a source was received: what goes out keeps to it.
#pragma once

#include "casefile/facts.h"
#include "exhibit/disclosure.h"

namespace exhibit::casefile {

/// Errors: refused (the source is for a narrower circle than `tlp`), malformed (its marking is
/// none).
[[nodiscard]] inline Result<void> check_marking(const SourceFacts& facts, Tlp tlp) {
  const std::string& marking = facts.acquisition.said.tlp;
  if (marking.empty()) return {};
  const auto kept = parse_tlp(marking);
  if (!kept) return fail(ErrorCode::malformed, "a source has a marking that is none of TLP 2.0");
  if (tlp < *kept)
    return fail(ErrorCode::refused,
                "a source was received under a narrower marking (TLP) than it would go out with");
  return {};
}

}  // namespace exhibit::casefile
