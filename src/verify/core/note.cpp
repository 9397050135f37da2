#include "verify/core/note.h"

#include "verify/core/sha2.h"

namespace exhibit::verify::core {
namespace {

constexpr std::string_view kSignatureStart = "\xe2\x80\x94 ";  // em dash, space
constexpr std::size_t kKeyIdSize = 4;
constexpr std::size_t kTimeSize = 8;

constexpr Why kNoVerifierKey = "a verifier key is name+hash+key";
constexpr Why kNoNote = "the note is not in its one form (C2SP signed-note)";
constexpr Why kNoCheckpoint = "the checkpoint is not in its one form (C2SP tlog-checkpoint)";

// White space of Unicode 15.0 (property White_Space), which a key's name must not hold.
bool is_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
         c == 0x3000;
}

bool is_key_name(std::string_view name) {
  if (name.empty() || name.size() > kNoteNameSizeMax) return false;
  for (std::size_t at = 0; at < name.size();) {
    const Decoded d = decode_utf8(name, at);
    if (d.size == 0 || is_space(d.codepoint) || d.codepoint < 0x20 || d.codepoint == U'+')
      return false;
    at += d.size;
  }
  return true;
}

std::uint32_t first_word(std::string_view bytes) {
  return load_big_endian<std::uint32_t>(reinterpret_cast<const std::uint8_t*>(bytes.data()));
}

Why parse_signature(Arena& arena, std::string_view line, NoteSignature& out) {
  if (!line.starts_with(kSignatureStart)) return kNoNote;
  line.remove_prefix(kSignatureStart.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || !is_key_name(line.substr(0, space))) return kNoNote;
  const auto blob = from_base64(arena, line.substr(space + 1));
  if (!blob) return kNoNote;
  if (blob->data() == nullptr) return kNoMemory;
  if (blob->size() <= kKeyIdSize) return kNoNote;
  out = {
      .name = line.substr(0, space), .key_id = first_word(*blob), .blob = blob->substr(kKeyIdSize)};
  return kHolds;
}

}  // namespace

std::uint32_t key_id_of(std::string_view name, std::uint8_t role, const PublicKey& key) {
  Sha256 hash;
  hash.update(name);
  hash.update("\n");
  hash.update(role);
  hash.update(view(key));
  const Digest digest = hash.finish();
  return first_word(view(digest));
}

Why parse_verifier_key(Arena& arena, std::string_view text, VerifierKey& out) {
  const std::size_t first = text.find('+');
  const std::size_t second =
      first == std::string_view::npos ? first : text.find('+', first + 1);  // base64 has + too
  if (second == std::string_view::npos) return kNoVerifierKey;
  const auto id = hex_array<kKeyIdSize>(text.substr(first + 1, second - first - 1));
  const auto typed = from_base64(arena, text.substr(second + 1));
  if (typed && typed->data() == nullptr) return kNoMemory;
  if (!is_key_name(text.substr(0, first)) || !id || !typed || typed->empty()) return kNoVerifierKey;
  out = {.name = text.substr(0, first),
         .key_id = load_big_endian<std::uint32_t>(id->data()),
         .role = byte_at(*typed, 0),
         .material = typed->substr(1)};
  if (out.role != kNoteRole && out.role != kCosignerRole) return kHolds;
  if (out.material.size() != out.key.size()) return "an Ed25519 verifier key has 32 bytes";
  out.key = array_of<32>(out.material);
  out.checked = true;
  if (key_id_of(out.name, out.role, out.key) != out.key_id)
    return "the key hash is not that of this name and key";
  return kHolds;
}

Why parse_note(Arena& arena, std::string_view text, Note& out) {
  if (text.size() > kNoteSizeMax) return "a signed note is at most 1 MiB";
  for (std::size_t at = 0; at < text.size();) {
    const Decoded d = decode_utf8(text, at);
    if (d.size == 0 || (d.codepoint < 0x20 && d.codepoint != U'\n')) return kNoNote;
    at += d.size;
  }
  // The last blank line: the text itself may hold blank lines, signatures may not.
  const std::size_t blank = text.rfind("\n\n");
  if (blank == std::string_view::npos) return kNoNote;
  std::string_view rest = text.substr(blank + 2);
  if (rest.empty() || rest.back() != '\n') return kNoNote;
  List<NoteSignature> signatures;
  while (const auto line = take_line(rest)) {
    if (signatures.size() == kNoteSignaturesMax) return "a signed note has at most 64 signatures";
    NoteSignature signature;
    EXHIBIT_WHY(parse_signature(arena, *line, signature));
    if (!signatures.push(arena, signature)) return kNoMemory;
  }
  out = {.text = text.substr(0, blank + 1), .signatures = signatures.items()};
  return kHolds;
}

bool has_line_of(const Note& note, const VerifierKey& key) {
  for (const NoteSignature& s : note.signatures)
    if (s.name == key.name && s.key_id == key.key_id) return true;
  return false;
}

Signed is_signed(const Note& note, const VerifierKey& key) {
  Signed out = Signed::no;
  for (const NoteSignature& s : note.signatures) {
    if (s.name != key.name || s.key_id != key.key_id) continue;
    if (!verify_ed25519(key.key, note.text, s.blob)) return Signed::wrong;
    out = Signed::yes;
  }
  return key.role == kNoteRole ? out : Signed::no;
}

Signed is_cosigned(const Note& note, const VerifierKey& key, std::uint64_t& time) {
  constexpr std::string_view kHead = "cosignature/v1\ntime ";  // C2SP tlog-cosignature, "Format"
  Signed out = Signed::no;
  for (const NoteSignature& s : note.signatures) {
    if (s.name != key.name || s.key_id != key.key_id) continue;
    if (s.blob.size() != kTimeSize + kSignatureSize) return Signed::wrong;
    const std::uint64_t seconds =
        load_big_endian<std::uint64_t>(reinterpret_cast<const std::uint8_t*>(s.blob.data()));
    std::array<std::byte, kHead.size() + 24> memory;
    Arena head_arena{memory};
    Writer head(head_arena, memory.size());
    head.text(kHead).number(seconds).byte('\n');
    if (!verify_ed25519_parts(key.key, head.view(), note.text, s.blob.substr(kTimeSize)))
      return Signed::wrong;
    if (out == Signed::no || seconds < time) time = seconds;
    out = Signed::yes;
  }
  return key.role == kCosignerRole ? out : Signed::no;
}

Why parse_checkpoint(Arena& arena, std::string_view text, Checkpoint& out) {
  const auto origin = take_line(text);
  const auto size = take_line(text);
  const auto root = take_line(text);
  if (!origin || origin->empty() || !size || !root) return kNoCheckpoint;
  const auto number = parse_decimal(*size);
  const auto digest = from_base64(arena, *root);
  if (digest && digest->data() == nullptr) return kNoMemory;
  if (!number || !digest || digest->size() != sizeof(Digest)) return kNoCheckpoint;
  out = {
      .origin = *origin, .size = *number, .root = array_of<32>(*digest), .extended = !text.empty()};
  // Extension lines are allowed, not understood, and covered by the signature.
  while (!text.empty()) {
    const auto line = take_line(text);
    if (!line || line->empty()) return kNoCheckpoint;
  }
  if (out.size == 0 && out.root != sha256({}))
    return "the root of an empty tree is the SHA-256 of nothing";
  return kHolds;
}

}  // namespace exhibit::verify::core
