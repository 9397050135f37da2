// Signed notes, checkpoints and verifier keys: what is accepted has one form only, and a key that
// signed nothing verifies nothing.
#include <cstdint>
#include <cstdlib>

#include "exhibit/seal.h"

namespace {

using namespace exhibit;

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto key = seal::VerifierKey::parse(text)) require(key->to_string() == text);
  if (const auto checkpoint = seal::Checkpoint::parse(text))
    require(text.starts_with(checkpoint->to_text()));
  if (const auto note = seal::parse_note(text)) {
    require(!note->signatures.empty() && note->signatures.size() <= seal::kNoteSignaturesMax);
    require(text.starts_with(note->text + '\n'));
    for (const seal::NoteSignature& signature : note->signatures) {
      // A key that signed nothing here.
      seal::VerifierKey stranger{.name = signature.name, .key = {}};
      stranger.key[0] = std::byte{0x05};
      require(!seal::verify_note(*note, stranger));
    }
    if (const auto checkpoint = seal::Checkpoint::parse(note->text))
      require(note->text.starts_with(checkpoint->to_text()));
  }
  return 0;
}
