// C2SP tlog-policy: which logs and witnesses a verifier knows, and which of them must have signed
// (docs/formats/witness.md).
#pragma once

#include "verify/core/note.h"

namespace exhibit::verify::core {

struct PolicyWitness {
  std::string_view name;
  VerifierKey key;
};
/// A witness or a group, by its place in the policy.
struct PolicyMember {
  bool group = false;
  std::size_t index = 0;
};
struct PolicyGroup {
  std::string_view name;
  std::size_t threshold = 1;
  std::span<const PolicyMember> members;
};
struct Policy {
  std::span<const VerifierKey> logs;
  std::span<const PolicyWitness> witnesses;
  std::span<const PolicyGroup> groups;
  std::optional<PolicyMember> quorum;
};
/// `line` is the 1-based number of the line that is wrong.
[[nodiscard]] Why parse_policy(Arena& arena, std::string_view text, Policy& out, std::size_t& line);

/// What a policy says of one checkpoint.
struct PolicyVerdict {
  Verdict verdict = Verdict::valid;  // of the whole
  std::string_view check;            // where it is not valid: the first that is worst
  Why why;
  std::string_view who;    // the log or witness that `why` is about
  bool quorum = false;     // the policy asks for one, and it is reached:
  std::uint64_t time = 0;  // by then, on its witnesses' word; seconds since 1970
};
[[nodiscard]] PolicyVerdict check_policy(Arena& arena, const Note& note, const Policy& policy,
                                         std::uint64_t latest_unix_s);

}  // namespace exhibit::verify::core
