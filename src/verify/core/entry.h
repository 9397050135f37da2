// Ledger entries: DSSE envelope over a small canonical payload (docs/formats/case.md, "The ledger";
// tiles-and-notes.md, "Envelopes").
#pragma once

#include "verify/core/json.h"
#include "verify/core/note.h"

namespace exhibit::verify::core {

struct Entry {
  std::string_view kind, log, party, time;
  Digest commitment{};
  // The envelope.
  std::string_view payload, payload_type, key_name;
  std::uint32_t key_id = 0;
  std::string_view signature;
};
[[nodiscard]] Why parse_entry(Arena& arena, std::string_view text, Entry& out);
/// Signed by this key: no where it names another one.
[[nodiscard]] Signed is_signed(Arena& arena, const Entry& entry, const VerifierKey& key);

}  // namespace exhibit::verify::core
