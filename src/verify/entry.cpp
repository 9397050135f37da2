#include "base/json.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "exhibit/verify.h"

namespace exhibit::verify {
namespace {

constexpr std::string_view kPayloadType = "application/vnd.exhibit.entry.v1+json";

Result<Entry> parse_payload(std::string_view payload) {
  if (payload.size() > kEntrySizeBytesMax)
    return fail(ErrorCode::limit, "a ledger entry's payload is at most 1 KiB");
  EXHIBIT_TRY(const base::JsonValue json, base::parse_canonical_json(payload));
  const std::string* commitment = json.find_string("commitment");
  const std::string* kind = json.find_string("kind");
  const std::string* log = json.find_string("log");
  const std::string* party = json.find_string("party");
  const std::string* time = json.find_string("time");
  if (commitment == nullptr || kind == nullptr || log == nullptr || party == nullptr ||
      time == nullptr || json.names().size() != 5)
    return fail(ErrorCode::malformed,
                "a ledger entry has exactly commitment, kind, log, party and time");
  const auto bytes = base::from_hex(*commitment);
  if (!bytes || bytes->size() != sizeof(seal::Digest) ||
      base::to_hex(as_bytes(*bytes)) != *commitment)
    return fail(ErrorCode::malformed,
                "a ledger entry's commitment is 64 lower-case hexadecimal digits");
  return Entry{.kind = *kind, .log = *log, .party = *party, .time = *time, .commitment = *bytes};
}

}  // namespace

std::string entry_key_name(std::string_view origin) { return std::string(origin) + "/entries"; }

std::string cosign_key_name(std::string_view origin) { return std::string(origin) + "/cosigner"; }

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
  return seal::sign_envelope(kPayloadType, entry_payload(entry), entry_key_name(entry.log), key);
}

Result<SignedEntry> parse_entry(std::string_view text) {
  SignedEntry out;
  EXHIBIT_TRY(out.envelope, seal::parse_envelope(text));
  if (out.envelope.payload_type != kPayloadType)
    return fail(ErrorCode::malformed, "the envelope holds something else than a ledger entry");
  EXHIBIT_TRY(out.entry, parse_payload(out.envelope.payload));
  return out;
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
