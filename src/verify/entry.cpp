#include <algorithm>

#include "base/canonical_json.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "exhibit/verify.h"

namespace exhibit::verify {
namespace {

constexpr std::string_view kPayloadType = "application/vnd.exhibit.entry.v0+json";

// DSSE v1 pre-authentication encoding: binds the type, so that a signature over one kind of
// payload cannot be taken for one over another.
std::string pre_authentication(std::string_view payload) {
  std::string out = "DSSEv1 ";
  out += std::to_string(kPayloadType.size());
  out += ' ';
  out += kPayloadType;
  out += ' ';
  out += std::to_string(payload.size());
  out += ' ';
  out += payload;
  return out;
}

Result<Entry> parse_payload(std::string_view payload) {
  if (payload.size() > kEntrySizeBytesMax)
    return fail(ErrorCode::limit, "a ledger entry's payload is at most 1 KiB");
  EXHIBIT_TRY(const base::Json json, base::parse_canonical_json(payload));
  const auto commitment = json.string("commitment");
  const auto kind = json.string("kind");
  const auto log = json.string("log");
  const auto party = json.string("party");
  const auto time = json.string("time");
  if (!commitment || !kind || !log || !party || !time || json.members.size() != 5)
    return fail(ErrorCode::malformed,
                "a ledger entry has exactly commitment, kind, log, party and time");
  const auto bytes = base::from_hex(*commitment);
  if (!bytes || bytes->size() != sizeof(seal::Digest) ||
      base::to_hex(as_bytes(*bytes)) != *commitment)
    return fail(ErrorCode::malformed,
                "a ledger entry's commitment is 64 lower-case hexadecimal digits");
  return Entry{.kind = std::string(*kind),
               .log = std::string(*log),
               .party = std::string(*party),
               .time = std::string(*time),
               .commitment = *bytes};
}

}  // namespace

std::string entry_payload(const Entry& entry) {
  std::string out;
  base::JsonWriter(out)
      .begin_object()
      .member("commitment", base::to_hex(as_bytes(entry.commitment)))
      .member("kind", entry.kind)
      .member("log", entry.log)
      .member("party", entry.party)
      .member("time", entry.time)
      .end_object();
  return out;
}

std::string sign_entry(const Entry& entry, const seal::SigningKey& key) {
  const std::string payload = entry_payload(entry);
  const seal::Signature signature = key.sign(as_bytes(pre_authentication(payload)));
  std::string out;
  base::JsonWriter(out)
      .begin_object()
      .member("payload", base::to_base64(as_bytes(payload)))
      .member("payloadType", kPayloadType)
      .key("signatures")
      .begin_array()
      .begin_object()
      .member("keyid", fingerprint(key.public_key()))
      .member("sig", base::to_base64(signature))
      .end_object()
      .end_array()
      .end_object();
  return out;
}

Result<Envelope> parse_envelope(std::string_view text) {
  if (text.size() > kEnvelopeSizeBytesMax)
    return fail(ErrorCode::limit, "a ledger entry's envelope is at most 2 KiB");
  EXHIBIT_TRY(const base::Json json, base::parse_canonical_json(text));
  const auto payload = json.string("payload");
  const base::Json* signatures = json.find("signatures");
  if (!payload || json.string("payloadType") != kPayloadType || signatures == nullptr ||
      signatures->items.size() != 1 || json.members.size() != 3)
    return fail(ErrorCode::malformed,
                "expected a DSSE envelope of a ledger entry with one signature");
  const base::Json& signed_by = signatures->items.front();
  const auto key_id = signed_by.string("keyid");
  const auto signature_text = signed_by.string("sig");
  if (!key_id || !signature_text || signed_by.members.size() != 2)
    return fail(ErrorCode::malformed, "a DSSE signature has exactly keyid and sig");
  const auto payload_bytes = base::from_base64(*payload);
  const auto signature = base::from_base64(*signature_text);
  if (!payload_bytes || !signature || signature->size() != sizeof(seal::Signature))
    return fail(ErrorCode::malformed, "payload and signature must be strict base64");
  EXHIBIT_TRY(Entry entry, parse_payload(*payload_bytes));
  Envelope out{.entry = std::move(entry),
               .payload = *payload_bytes,
               .key_fingerprint = std::string(*key_id)};
  std::ranges::copy(as_bytes(*signature), out.signature.begin());
  return out;
}

Result<void> verify_envelope(const Envelope& envelope, const seal::PublicKey& key) {
  if (envelope.key_fingerprint != fingerprint(key))
    return fail(ErrorCode::undecidable, "the entry is signed with another key");
  if (!seal::verify_signature(key, as_bytes(pre_authentication(envelope.payload)),
                              envelope.signature))
    return fail(ErrorCode::bad_signature, "the entry's signature does not fit its content");
  return {};
}

// C2SP tlog-tiles, "Log Entries": big-endian 16-bit length, then the entry.
Result<std::vector<std::string>> parse_entry_bundle(Bytes bundle) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < bundle.size();) {
    if (out.size() == seal::kTileWidth)
      return fail(ErrorCode::limit, "an entry bundle holds at most 256 entries", at);
    if (bundle.size() - at < 2)
      return fail(ErrorCode::truncated, "an entry bundle ends inside a length", at);
    const std::size_t size = (std::to_integer<std::size_t>(bundle[at]) << 8) |
                             std::to_integer<std::size_t>(bundle[at + 1]);
    at += 2;
    if (bundle.size() - at < size)
      return fail(ErrorCode::truncated, "an entry bundle ends inside an entry", at);
    out.emplace_back(as_text(bundle.subspan(at, size)));
    at += size;
  }
  return out;
}

void append_bundle_entry(std::string& out, std::string_view entry) {
  out.push_back(static_cast<char>(entry.size() >> 8));
  out.push_back(static_cast<char>(entry.size() & 0xff));
  out += entry;
}

}  // namespace exhibit::verify
