// DSSE v1 envelopes: payload and payload type under one Ed25519 signature, in one form.
#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "exhibit/seal.h"
#include "seal/check.h"

namespace exhibit::seal {
namespace {

// "<name>+<8 hexadecimal digits>"; a key's name holds no '+'.
bool parse_key(std::string_view text, Envelope& out) {
  constexpr std::size_t kIdDigits = 8;
  const std::size_t plus = text.find('+');
  if (plus == 0 || plus == std::string_view::npos || text.size() - plus - 1 != kIdDigits)
    return false;
  out.key_name = text.substr(0, plus);
  out.key_id = 0;
  for (const char c : text.substr(plus + 1)) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && (c < 'a' || c > 'f')) return false;
    out.key_id = (out.key_id << 4) | static_cast<std::uint32_t>(digit ? c - '0' : c - 'a' + 10);
  }
  return true;
}

std::string to_text(std::string_view payload_type, std::string_view payload, std::string_view key,
                    Bytes signature) {
  using base::JsonValue;
  JsonValue line = JsonValue::object();
  line.set("keyid", JsonValue::string(key));
  line.set("sig", JsonValue::string(base::to_base64(signature)));
  JsonValue signatures = JsonValue::array();
  signatures.push(std::move(line));
  JsonValue out = JsonValue::object();
  out.set("payload", JsonValue::string(base::to_base64(as_bytes(payload))));
  out.set("payloadType", JsonValue::string(payload_type));
  out.set("signatures", std::move(signatures));
  return out.canonical();
}

}  // namespace

std::string envelope_preimage(std::string_view payload_type, std::string_view payload) {
  std::string out = "DSSEv1 " + std::to_string(payload_type.size()) + ' ';
  out += payload_type;
  out += ' ' + std::to_string(payload.size()) + ' ';
  out += payload;
  return out;
}

std::string sign_envelope(std::string_view payload_type, std::string_view payload,
                          std::string_view name, const SigningKey& key) {
  check(base::is_utf8(payload_type) && base::is_utf8(name));
  const VerifierKey verifier{.name = std::string(name), .key = key.public_key()};
  const Signature signature = key.sign(as_bytes(envelope_preimage(payload_type, payload)));
  return to_text(payload_type, payload, verifier.fingerprint(), signature);
}

Result<Envelope> parse_envelope(std::string_view text) {
  if (text.size() > kEnvelopeSizeMax)
    return fail(ErrorCode::limit, "an envelope is at most 65535 bytes");
  EXHIBIT_TRY(const base::JsonValue json, base::parse_canonical_json(text));
  const std::string* payload = json.find_string("payload");
  const std::string* type = json.find_string("payloadType");
  const base::JsonValue* signatures = json.find("signatures");
  if (payload == nullptr || type == nullptr || signatures == nullptr || json.names().size() != 3 ||
      signatures->kind() != base::JsonValue::Kind::array || signatures->items().size() != 1)
    return fail(ErrorCode::malformed, "an envelope has payload, payloadType and one signature");
  const base::JsonValue& line = signatures->items().front();
  const std::string* key = line.find_string("keyid");
  const std::string* sig = line.find_string("sig");
  if (key == nullptr || sig == nullptr || line.names().size() != 2)
    return fail(ErrorCode::malformed, "an envelope's signature has keyid and sig");
  Envelope out{.payload_type = *type, .payload = {}, .key_name = {}, .key_id = 0, .signature = {}};
  if (!parse_key(*key, out))
    return fail(ErrorCode::malformed, "an envelope's keyid is a key's name and hash");
  auto bytes = base::from_base64(*payload);
  const auto signature = base::from_base64(*sig);
  if (!bytes || !signature || signature->size() != out.signature.size())
    return fail(ErrorCode::malformed, "an envelope's payload and signature are base64");
  out.payload = std::move(*bytes);
  std::ranges::copy(as_bytes(*signature), out.signature.begin());
  return out;
}

Result<void> verify_envelope(const Envelope& envelope, const VerifierKey& key) {
  if (envelope.key_name != key.name || envelope.key_id != key.key_id())
    return fail(ErrorCode::undecidable, "the envelope is not signed by this key");
  const std::string preimage = envelope_preimage(envelope.payload_type, envelope.payload);
  if (!verify_signature(key.key, as_bytes(preimage), envelope.signature))
    return fail(ErrorCode::bad_signature, "the envelope's signature is wrong");
  return {};
}

}  // namespace exhibit::seal
