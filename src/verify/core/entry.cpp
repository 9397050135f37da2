#include "verify/core/entry.h"

namespace exhibit::verify::core {
namespace {

constexpr std::string_view kPayloadType = "application/vnd.exhibit.entry.v1+json";
constexpr std::size_t kEnvelopeSizeMax = 65'535;
constexpr std::size_t kPayloadSizeMax = 1024;

constexpr Why kNoEnvelope = "the entry is no envelope in its one form (DSSE v1)";
constexpr Why kNoPayload = "a ledger entry has exactly commitment, kind, log, party and time";

// "<name>+<8 hexadecimal digits>"; a key's name holds no '+'.
bool parse_key_id(std::string_view text, Entry& out) {
  const std::size_t plus = text.find('+');
  if (plus == 0 || plus == std::string_view::npos) return false;
  const auto id = hex_array<4>(text.substr(plus + 1));
  if (!id) return false;
  out.key_name = text.substr(0, plus);
  out.key_id = load_big_endian<std::uint32_t>(id->data());
  return true;
}

Why parse_payload(Arena& arena, Entry& out) {
  constexpr std::array<std::string_view, 5> kMembers{"commitment", "kind", "log", "party", "time"};
  if (out.payload.size() > kPayloadSizeMax) return "a ledger entry's payload is at most 1 KiB";
  const Json* json = nullptr;
  EXHIBIT_WHY(parse_canonical_json(arena, out.payload, json));
  if (!json->has_exactly(kMembers)) return kNoPayload;
  for (const Json* member = json->first; member != nullptr; member = member->next)
    if (!member->is(Json::Kind::string)) return kNoPayload;
  const auto commitment = hex_array<32>(json->first->text);
  if (!commitment) return kNoPayload;
  out.commitment = *commitment;
  out.kind = *json->string("kind");
  out.log = *json->string("log");
  out.party = *json->string("party");
  out.time = *json->string("time");
  return kHolds;
}

}  // namespace

Why parse_entry(Arena& arena, std::string_view text, Entry& out) {
  constexpr std::array<std::string_view, 3> kMembers{"payload", "payloadType", "signatures"};
  constexpr std::array<std::string_view, 2> kLine{"keyid", "sig"};
  if (text.size() > kEnvelopeSizeMax) return "an envelope is at most 65535 bytes";
  const Json* json = nullptr;
  EXHIBIT_WHY(parse_canonical_json(arena, text, json));
  if (!json->has_exactly(kMembers)) return kNoEnvelope;
  const auto payload = json->string("payload");
  const auto type = json->string("payloadType");
  const Json* signatures = json->find("signatures");
  if (!payload || !type || !signatures->is(Json::Kind::array) || signatures->size != 1 ||
      !signatures->first->has_exactly(kLine))
    return kNoEnvelope;
  const auto key = signatures->first->string("keyid");
  const auto sig = signatures->first->string("sig");
  if (!key || !sig || !parse_key_id(*key, out)) return kNoEnvelope;
  const auto bytes = from_base64(arena, *payload);
  const auto signature = from_base64(arena, *sig);
  if (!bytes || !signature) return kNoEnvelope;
  if (bytes->data() == nullptr || signature->data() == nullptr) return kNoMemory;
  if (signature->size() != kSignatureSize) return kNoEnvelope;
  out.payload = *bytes;
  out.payload_type = *type;
  out.signature = *signature;
  if (*type != kPayloadType) return "the envelope holds something else than a ledger entry";
  return parse_payload(arena, out);
}

Signed is_signed(Arena& arena, const Entry& entry, const VerifierKey& key) {
  if (entry.key_name != key.name || entry.key_id != key.key_id || key.role != kNoteRole)
    return Signed::no;
  const Scratch scratch(arena);
  // DSSE v1 protocol, "PAE".
  Writer head(arena, 64 + entry.payload_type.size());
  head.text("DSSEv1 ").number(entry.payload_type.size()).byte(' ').text(entry.payload_type);
  head.byte(' ').number(entry.payload.size()).byte(' ');
  return head.ok() && verify_ed25519_parts(key.key, head.view(), entry.payload, entry.signature)
             ? Signed::yes
             : Signed::wrong;
}

}  // namespace exhibit::verify::core
