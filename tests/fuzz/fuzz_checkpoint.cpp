// Checkpoints: what is accepted has one form and is written back byte for byte; what we sign
// verifies, and with one bit changed it does not; what a stranger signed never verifies as ours.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "exhibit/seal.h"

namespace {

using namespace exhibit;

// RFC 8410, section 10.3: a key that everybody knows.
constexpr const char* kKey =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
    "-----END PRIVATE KEY-----\n";

void require(bool holds) {
  if (!holds) std::abort();
}

const seal::SigningKey& signing_key() {
  static const auto key = seal::SigningKey::from_pem(kKey);
  require(key.has_value());
  return *key;
}

bool verifies(std::string_view text, const seal::VerifierKey& key) {
  const auto note = seal::parse_note(text);
  return note && seal::verify_note(*note, key);
}

void check_signing(const seal::Checkpoint& checkpoint, std::string_view text, std::size_t place) {
  const seal::VerifierKey key{.name = checkpoint.origin, .key = signing_key().public_key()};
  const auto named = seal::VerifierKey::parse(key.to_string());
  if (!named) return;  // an origin that no key can be named by
  require(named->name == key.name && named->key == key.key);
  std::string signed_text = seal::sign_note(text, checkpoint.origin, signing_key());
  const auto note = seal::parse_note(signed_text);
  if (!note) return;  // a text that no note may have
  require(note->text == text);
  require(seal::verify_note(*note, key).has_value());
  const auto again = seal::Checkpoint::parse(note->text);
  require(again && again->origin == checkpoint.origin && again->size == checkpoint.size &&
          again->root == checkpoint.root);
  char& changed = signed_text[place / 8 % signed_text.size()];
  changed = static_cast<char>(changed ^ (1 << place % 8));
  require(!verifies(signed_text, key));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t place = size == 0 ? 0 : std::size_t{data[size / 2]} * 257 + size;
  const auto note = seal::parse_note(text);
  if (note) {
    // Whoever signed it: no crash, whatever the verdict.
    for (const seal::NoteSignature& signature : note->signatures)
      static_cast<void>(
          seal::verify_note(*note, {.name = signature.name, .key = signing_key().public_key()}));
    text = note->text;
  }
  const auto checkpoint = seal::Checkpoint::parse(text);
  if (!checkpoint) return 0;
  const std::string written = checkpoint->to_text();
  require(text.starts_with(written));
  // Behind it stand whole extension lines, or nothing: then it is the same text.
  const std::string_view extensions = text.substr(written.size());
  require(extensions.empty() || (extensions.ends_with('\n') && extensions.front() != '\n'));
  const auto again = seal::Checkpoint::parse(written);
  require(again && again->to_text() == written);
  check_signing(*checkpoint, text, place);
  return 0;
}
