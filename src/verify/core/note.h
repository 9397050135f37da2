// C2SP signed-note, tlog-checkpoint and tlog-cosignature (docs/formats/tiles-and-notes.md).
#pragma once

#include "verify/core/ed25519.h"
#include "verify/core/text.h"
#include "verify/core/tree.h"
#include "verify/core/why.h"

namespace exhibit::verify::core {

inline constexpr std::size_t kNoteSizeMax = 1 << 20;
inline constexpr std::size_t kNoteSignaturesMax = 64;
inline constexpr std::size_t kNoteNameSizeMax = 1024;

inline constexpr std::uint8_t kNoteRole = 0x01;      // logs and entries
inline constexpr std::uint8_t kCosignerRole = 0x04;  // cosignature/v1

/// `<name>+<hex key id>+<base64(type || public key)>`.
struct VerifierKey {
  std::string_view name;
  std::uint32_t key_id = 0;
  std::uint8_t role = 0;
  std::string_view material;  // what follows the type
  PublicKey key{};            // of an algorithm that is checked here
  bool checked = false;       // Ed25519, of a role that is known
};
[[nodiscard]] std::uint32_t key_id_of(std::string_view name, std::uint8_t role,
                                      const PublicKey& key);
/// One of another algorithm is taken, and not `checked`.
[[nodiscard]] Why parse_verifier_key(Arena& arena, std::string_view text, VerifierKey& out);

struct NoteSignature {
  std::string_view name;
  std::uint32_t key_id = 0;
  std::string_view blob;  // after the key id
};
struct Note {
  std::string_view text;  // with its last newline
  std::span<const NoteSignature> signatures;
};
[[nodiscard]] Why parse_note(Arena& arena, std::string_view text, Note& out);

/// A signature line under this name and key id, if there is one.
[[nodiscard]] bool has_line_of(const Note& note, const VerifierKey& key);

enum class Signed : std::uint8_t { no, yes, wrong };
/// By a log's or entry's key: wrong where any line under it is wrong.
[[nodiscard]] Signed is_signed(const Note& note, const VerifierKey& key);
/// By a cosigner's: and when he first did, seconds since 1970.
[[nodiscard]] Signed is_cosigned(const Note& note, const VerifierKey& key, std::uint64_t& time);

struct Checkpoint {
  std::string_view origin;
  std::uint64_t size = 0;
  Digest root{};
  bool extended = false;  // with extension lines
};
[[nodiscard]] Why parse_checkpoint(Arena& arena, std::string_view note_text, Checkpoint& out);

}  // namespace exhibit::verify::core
