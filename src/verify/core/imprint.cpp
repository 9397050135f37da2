#include "verify/core/imprint.h"

namespace exhibit::verify::core {
namespace {

constexpr std::uint8_t kInteger = 0x02, kOctets = 0x04, kOid = 0x06, kTime = 0x18, kSequence = 0x30,
                       kSet = 0x31, kContext0 = 0xa0;
// id-signedData 1.2.840.113549.1.7.2 and id-ct-TSTInfo 1.2.840.113549.1.9.16.1.4.
constexpr std::string_view kSignedData{"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", 9};
constexpr std::string_view kTstInfo{"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x04", 11};

/// One element of DER (X.690), taken off the front.
struct Element {
  std::uint8_t tag = 0;
  std::string_view content;
};
std::optional<Element> take(std::string_view& der) {
  if (der.size() < 2) return std::nullopt;
  Element out{.tag = byte_at(der, 0), .content = {}};
  std::size_t head = 2, size = byte_at(der, 1);
  if (size >= 0x80) {  // that many bytes of length
    const std::size_t count = size & 0x7f;
    if (count == 0 || count > 3 || der.size() < head + count) return std::nullopt;
    size = 0;
    for (std::size_t i = 0; i < count; ++i) size = size << 8 | byte_at(der, head + i);
    head += count;
  }
  if (der.size() - head < size) return std::nullopt;
  out.content = der.substr(head, size);
  der.remove_prefix(head + size);
  return out;
}
// The next element's content, if it has this tag.
std::optional<std::string_view> take(std::string_view& der, std::uint8_t tag) {
  const auto element = take(der);
  if (!element || element->tag != tag) return std::nullopt;
  return element->content;
}

// TSTInfo from the ContentInfo of a token (RFC 3161 2.4.2, RFC 5652 5.1).
std::optional<std::string_view> tst_info(std::string_view content_info) {
  if (take(content_info, kOid) != kSignedData) return std::nullopt;
  auto wrapped = take(content_info, kContext0);
  if (!wrapped) return std::nullopt;
  auto data = take(*wrapped, kSequence);
  if (!data || !take(*data, kInteger) || !take(*data, kSet)) return std::nullopt;
  auto encapsulated = take(*data, kSequence);
  if (!encapsulated || take(*encapsulated, kOid) != kTstInfo) return std::nullopt;
  auto content = take(*encapsulated, kContext0);
  if (!content) return std::nullopt;
  auto octets = take(*content, kOctets);
  return octets ? take(*octets, kSequence) : std::nullopt;
}

}  // namespace

std::optional<Imprint> read_imprint(std::string_view der) {
  auto outer = take(der, kSequence);
  if (!outer || !der.empty() || outer->empty()) return std::nullopt;
  if (byte_at(*outer, 0) == kSequence) {  // a response: its status comes first
    if (!take(*outer, kSequence)) return std::nullopt;
    outer = take(*outer, kSequence);
    if (!outer) return std::nullopt;
  }
  auto info = tst_info(*outer);
  if (!info || !take(*info, kInteger) || !take(*info, kOid)) return std::nullopt;
  auto imprint = take(*info, kSequence);
  if (!imprint) return std::nullopt;
  auto algorithm = take(*imprint, kSequence);
  const auto hash = take(*imprint, kOctets);
  if (!algorithm || !hash || !take(*info, kInteger)) return std::nullopt;
  const auto oid = take(*algorithm, kOid);
  const auto time = take(*info, kTime);
  if (!oid || !time) return std::nullopt;
  return Imprint{.algorithm = *oid, .hash = *hash, .time = *time};
}

}  // namespace exhibit::verify::core
