// New keys for a party's log, and keys that are no longer to be trusted. Floor 4.
//
// A log is signed with one log key for ever: it is what others know. The keys below it, for entries
// and cosignatures, are named in the log and can be replaced in it, by an entry that the old key
// signs and the log key's checkpoint covers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "exhibit/casefile.h"

namespace exhibit::casefile {

struct Rotated {
  std::uint64_t index = 0;  // of the `keys` entry
  seal::VerifierKey entry, cosign;
};
/// Makes new keys for entries and cosignatures and names them in the log of the case's party. They
/// hold for this case only, from the next entry on; the old ones stay in the key folder. Errors:
/// usage (open for reading only; text), io.
[[nodiscard]] EXHIBIT_EXPORT Result<Rotated> rotate_keys(Case& into, std::string_view text);

/// Says that a key that was replaced is not to be trusted: entries that it signed from `from` on
/// are undecidable to a verifier, and so is every cosignature under it. `key`: a verifier key, or
/// its id of 8 hexadecimal digits. Returns the entry's place. Errors: not_found (the log never
/// named it), usage (it is the present key: rotate first; `from` is beyond the log), io.
[[nodiscard]] EXHIBIT_EXPORT Result<std::uint64_t> revoke_key(Case& into, std::string_view key,
                                                              std::uint64_t from,
                                                              std::string_view text);

}  // namespace exhibit::casefile
