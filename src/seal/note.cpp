// C2SP signed-note, tlog-checkpoint and tlog-cosignature: verifier keys, notes, checkpoints.
//
// Everything here is read from files that an adversary may have written: strict, one form only.
#include <algorithm>

#include "base/text.h"
#include "exhibit/seal.h"
#include "seal/check.h"

namespace exhibit::seal {
namespace {

constexpr std::string_view kSignatureStart = "\u2014 ";  // em dash, space
constexpr std::size_t kKeyIdSize = 4;
constexpr std::size_t kTimeSize = 8;

// White space of Unicode 15.0 (property White_Space), which a key name must not hold.
bool is_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
         c == 0x3000;
}

bool is_key_name(std::string_view name) {
  if (name.empty() || name.size() > kNoteNameSizeMax) return false;
  for (std::size_t at = 0; at < name.size();) {
    const base::Decoded d = base::decode_utf8(name, at);
    if (!d.valid || is_space(d.codepoint) || d.codepoint < 0x20 || d.codepoint == U'+')
      return false;
    at += d.size_bytes;
  }
  return true;
}

template <typename Unsigned>
std::string big_endian(Unsigned value) {
  std::string out;
  for (int shift = 8 * static_cast<int>(sizeof value) - 8; shift >= 0; shift -= 8)
    out += static_cast<char>(value >> shift);
  return out;
}

template <typename Unsigned>
Unsigned read_big_endian(std::string_view bytes) {
  Unsigned value = 0;
  for (const char c : bytes.substr(0, sizeof value))
    value = (value << 8) | static_cast<unsigned char>(c);
  return value;
}

std::string signature_line(const VerifierKey& key, std::string_view signature) {
  check(is_key_name(key.name));
  std::string out(kSignatureStart);
  out += key.name;
  out += ' ';
  base::append_base64(out, as_bytes(big_endian(key.key_id()) + std::string(signature)));
  out += '\n';
  return out;
}

// What a cosigner signs. Source: C2SP tlog-cosignature, "Format".
std::string cosigned_message(std::uint64_t time_unix_s, std::string_view text) {
  return "cosignature/v1\ntime " + std::to_string(time_unix_s) + '\n' + std::string(text);
}

bool is_signed(const VerifierKey& key, std::string_view message, std::string_view blob) {
  Signature signature;
  if (blob.size() != signature.size()) return false;
  std::ranges::copy(as_bytes(blob), signature.begin());
  return verify_signature(key.key, as_bytes(message), signature);
}

Result<NoteSignature> parse_signature(std::string_view line) {
  if (!line.starts_with(kSignatureStart))
    return fail(ErrorCode::malformed, "a signature line of a note starts with an em dash");
  line.remove_prefix(kSignatureStart.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || !is_key_name(line.substr(0, space)))
    return fail(ErrorCode::malformed, "a signature line of a note names its key");
  const auto blob = base::from_base64(line.substr(space + 1));
  if (!blob || blob->size() <= kKeyIdSize)
    return fail(ErrorCode::malformed, "a note's signature is base64 of key id and signature");
  return NoteSignature{std::string(line.substr(0, space)), read_big_endian<std::uint32_t>(*blob),
                       blob->substr(kKeyIdSize)};
}

}  // namespace

// ---- verifier keys

std::uint32_t VerifierKey::key_id() const {
  std::string preimage = name + '\n' + static_cast<char>(role);
  preimage += as_text(key);
  return read_big_endian<std::uint32_t>(as_text(sha256(as_bytes(preimage))));
}

std::string VerifierKey::fingerprint() const {
  return name + '+' + base::to_hex(as_bytes(big_endian(key_id())));
}

std::string VerifierKey::to_string() const {
  std::string typed(1, static_cast<char>(role));
  typed += as_text(key);
  return fingerprint() + '+' + base::to_base64(as_bytes(typed));
}

Result<VerifierKey> VerifierKey::parse(std::string_view text) {
  const std::size_t first = text.find('+');
  const std::size_t second =
      first == std::string_view::npos ? first : text.find('+', first + 1);  // base64 has + too
  if (second == std::string_view::npos)
    return fail(ErrorCode::malformed, "a verifier key is name+hash+key");
  const std::string_view id = text.substr(first + 1, second - first - 1);
  const auto typed = base::from_base64(text.substr(second + 1));
  if (!is_key_name(text.substr(0, first)) || id.size() != 2 * kKeyIdSize ||
      id.find_first_not_of("0123456789abcdef") != std::string_view::npos || !typed ||
      typed->empty())
    return fail(ErrorCode::malformed, "a verifier key is name+hash+key");
  const auto role = static_cast<KeyRole>(typed->front());
  if (role != KeyRole::note && role != KeyRole::cosigner)
    return fail(ErrorCode::unsupported, "only Ed25519 verifier keys are supported");
  VerifierKey key{.name = std::string(text.substr(0, first)), .key = {}, .role = role};
  if (typed->size() != 1 + key.key.size())
    return fail(ErrorCode::malformed, "an Ed25519 verifier key has 32 bytes");
  std::ranges::copy(as_bytes(*typed).subspan(1), key.key.begin());
  if (base::to_hex(as_bytes(big_endian(key.key_id()))) != id)
    return fail(ErrorCode::proof_mismatch, "the key hash is not that of this name and key");
  return key;
}

// ---- notes

Result<Note> parse_note(std::string_view note) {
  if (note.size() > kNoteSizeMax) return fail(ErrorCode::limit, "a signed note is at most 1 MiB");
  for (std::size_t at = 0; at < note.size();) {
    const base::Decoded d = base::decode_utf8(note, at);
    if (!d.valid) return fail(ErrorCode::malformed, "a signed note is UTF-8", at);
    if (d.codepoint < 0x20 && d.codepoint != U'\n')
      return fail(ErrorCode::malformed, "a signed note holds no control character but newline", at);
    at += d.size_bytes;
  }
  // The last blank line: the text itself may hold blank lines, signatures may not.
  const std::size_t blank = note.rfind("\n\n");
  if (blank == std::string_view::npos)
    return fail(ErrorCode::malformed, "a signed note has a blank line before its signatures");
  Note out{.text = std::string(note.substr(0, blank + 1)), .signatures = {}};
  std::string_view rest = note.substr(blank + 2);
  if (rest.empty() || rest.back() != '\n')
    return fail(ErrorCode::malformed, "a signed note ends with a signature line");
  while (const auto line = base::take_line(rest)) {
    if (out.signatures.size() == kNoteSignaturesMax)
      return fail(ErrorCode::limit, "a signed note has at most 64 signatures");
    EXHIBIT_TRY(auto signature, parse_signature(*line));
    out.signatures.push_back(std::move(signature));
  }
  return out;
}

std::string sign_note(std::string_view text, std::string_view name, const SigningKey& key) {
  check(!text.empty() && text.back() == '\n');
  return std::string(text) + '\n' +
         signature_line({.name = std::string(name), .key = key.public_key()},
                        as_text(key.sign(as_bytes(text))));
}

std::string cosign_note(std::string_view text, std::string_view name, const SigningKey& key,
                        std::uint64_t time_unix_s) {
  const Signature signature = key.sign(as_bytes(cosigned_message(time_unix_s, text)));
  return signature_line(
      {.name = std::string(name), .key = key.public_key(), .role = KeyRole::cosigner},
      big_endian(time_unix_s) + std::string(as_text(signature)));
}

Result<void> verify_note(const Note& note, const VerifierKey& key) {
  bool found = false;
  for (const NoteSignature& s : note.signatures) {
    if (s.name != key.name || s.key_id != key.key_id()) continue;
    if (!is_signed(key, note.text, s.blob))
      return fail(ErrorCode::bad_signature, "the note's signature under this key is wrong");
    found = true;
  }
  if (!found || key.role != KeyRole::note)
    return fail(ErrorCode::undecidable, "the note is not signed by this key");
  return {};
}

Result<std::uint64_t> verify_cosignature(const Note& note, const VerifierKey& key) {
  std::optional<std::uint64_t> first;
  for (const NoteSignature& s : note.signatures) {
    if (s.name != key.name || s.key_id != key.key_id()) continue;
    const std::string_view blob = s.blob;
    const auto time = read_big_endian<std::uint64_t>(blob);
    if (blob.size() < kTimeSize ||
        !is_signed(key, cosigned_message(time, note.text), blob.substr(kTimeSize)))
      return fail(ErrorCode::bad_signature, "the cosignature under this key is wrong");
    first = std::min(first.value_or(time), time);
  }
  if (!first || key.role != KeyRole::cosigner)
    return fail(ErrorCode::undecidable, "the note is not cosigned by this key");
  return *first;
}

// ---- checkpoints

std::string Checkpoint::to_text() const {
  return origin + '\n' + std::to_string(size) + '\n' + base::to_base64(root) + '\n';
}

Result<Checkpoint> Checkpoint::parse(std::string_view note_text) {
  EXHIBIT_TRY(Checkpoint out, parse_form(note_text));
  if (out.size == 0 && out.root != sha256({}))
    return fail(ErrorCode::malformed, "the root of an empty tree is the SHA-256 of nothing");
  return out;
}

Result<Checkpoint> Checkpoint::parse_form(std::string_view note_text) {
  const auto origin = base::take_line(note_text);
  const auto size = base::take_line(note_text);
  const auto root = base::take_line(note_text);
  if (!origin || origin->empty() || !size || !root)
    return fail(ErrorCode::malformed, "a checkpoint is origin, size and root, a line each");
  Checkpoint out{.origin = std::string(*origin), .size = 0, .root = {}};
  const auto tree_size = base::parse_decimal(*size);
  if (!tree_size) return fail(ErrorCode::malformed, "a checkpoint's size is a decimal number");
  out.size = *tree_size;
  const auto digest = base::from_base64(*root);
  if (!digest || digest->size() != out.root.size())
    return fail(ErrorCode::malformed, "a checkpoint's root is base64 of 32 bytes");
  std::ranges::copy(as_bytes(*digest), out.root.begin());
  // Extension lines are allowed, not understood, and covered by the signature (tlog-checkpoint).
  while (!note_text.empty()) {
    const auto line = base::take_line(note_text);
    if (!line || line->empty())
      return fail(ErrorCode::malformed, "an extension line of a checkpoint is empty or unended");
  }
  return out;
}

}  // namespace exhibit::seal
