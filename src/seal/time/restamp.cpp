// Manifests: what a token over older tokens stamps, byte for byte.
#include <algorithm>

#include "exhibit/timestamp.h"

namespace exhibit::timestamp {
namespace {

// The byte after the newline is a kind, below 0x20: no signed note can begin so.
constexpr std::string_view kDomain = "exhibit/restamp/v1\n";

enum class Kind : std::uint8_t { bytes = 1, token, certificates, crl, ocsp_response };
constexpr std::size_t kSizeSize = 4;

void append(std::string& out, Kind kind, std::string_view item) {
  out += static_cast<char>(kind);
  for (unsigned shift = 32; shift > 0; shift -= 8)
    out += static_cast<char>(std::uint64_t{item.size()} >> (shift - 8) & 0xff);
  out += item;
}

// Cuts one item off the front.
struct Item {
  Kind kind;
  std::string_view value;
};
Result<Item> take(std::string_view& rest, std::uint64_t at) {
  if (rest.size() < 1 + kSizeSize)
    return fail(ErrorCode::truncated, "the manifest ends inside an item", at);
  const auto kind = static_cast<std::uint8_t>(rest.front());
  if (kind < static_cast<std::uint8_t>(Kind::bytes) ||
      kind > static_cast<std::uint8_t>(Kind::ocsp_response))
    return fail(ErrorCode::malformed, "an item of no known kind", at);
  std::size_t size = 0;
  for (const char byte : rest.substr(1, kSizeSize))
    size = size << 8 | static_cast<unsigned char>(byte);
  rest.remove_prefix(1 + kSizeSize);
  if (size > rest.size())
    return fail(ErrorCode::truncated, "an item is longer than the manifest", at);
  const Item out{.kind = static_cast<Kind>(kind), .value = rest.substr(0, size)};
  rest.remove_prefix(size);
  return out;
}

std::size_t total_size(const Stamped& stamped) {
  std::size_t out = kDomain.size() + 1 + kSizeSize + stamped.bytes.size();
  for (const auto* items :
       {&stamped.tokens, &stamped.certificates, &stamped.crls, &stamped.ocsp_responses})
    for (const std::string& item : *items) out += 1 + kSizeSize + item.size();
  return out;
}

std::size_t item_count(const Stamped& stamped) {
  return 1 + stamped.tokens.size() + stamped.certificates.size() + stamped.crls.size() +
         stamped.ocsp_responses.size();
}

}  // namespace

Result<std::string> restamp_manifest(const Stamped& stamped) {
  if (stamped.tokens.empty())
    return fail(ErrorCode::usage, "a manifest is over at least one token");
  if (stamped.tokens.size() > kRestampTokensMax || item_count(stamped) > kRestampItemsMax)
    return fail(ErrorCode::limit, "at most 8 tokens and 128 items in one manifest");
  if (total_size(stamped) > kRestampSizeMax)
    return fail(ErrorCode::limit, "a manifest has at most 16 MiB");
  std::string out(kDomain);
  append(out, Kind::bytes, stamped.bytes);
  for (const std::string& item : stamped.tokens) append(out, Kind::token, item);
  for (const std::string& item : stamped.certificates) append(out, Kind::certificates, item);
  for (const std::string& item : stamped.crls) append(out, Kind::crl, item);
  for (const std::string& item : stamped.ocsp_responses) append(out, Kind::ocsp_response, item);
  return out;
}

bool is_restamp_manifest(Bytes bytes) {
  return as_text(bytes).starts_with(kDomain) && bytes.size() > kDomain.size() &&
         bytes[kDomain.size()] == static_cast<std::byte>(Kind::bytes);
}

Result<Stamped> parse_restamp_manifest(Bytes bytes) {
  if (bytes.size() > kRestampSizeMax)
    return fail(ErrorCode::limit, "a manifest has at most 16 MiB");
  if (!is_restamp_manifest(bytes))
    return fail(ErrorCode::malformed, "expected a manifest of tokens", 0);
  std::string_view rest = as_text(bytes).substr(kDomain.size());
  Stamped out;
  Kind last = Kind::bytes;
  std::size_t count = 0;
  while (!rest.empty()) {
    const std::uint64_t at = bytes.size() - rest.size();
    EXHIBIT_TRY(const Item item, take(rest, at));
    if (item.kind < last || (item.kind == Kind::bytes && count > 0))
      return fail(ErrorCode::malformed, "items in another order than bytes, tokens and the rest",
                  at);
    last = item.kind;
    if (++count > kRestampItemsMax)
      return fail(ErrorCode::limit, "at most 128 items in one manifest", at);
    switch (item.kind) {
      case Kind::bytes:
        out.bytes = item.value;
        break;
      case Kind::token:
        out.tokens.emplace_back(item.value);
        break;
      case Kind::certificates:
        out.certificates.emplace_back(item.value);
        break;
      case Kind::crl:
        out.crls.emplace_back(item.value);
        break;
      case Kind::ocsp_response:
        out.ocsp_responses.emplace_back(item.value);
        break;
    }
  }
  if (out.tokens.empty()) return fail(ErrorCode::malformed, "a manifest without a token");
  if (out.tokens.size() > kRestampTokensMax)
    return fail(ErrorCode::limit, "at most 8 tokens in one manifest");
  return out;
}

}  // namespace exhibit::timestamp
