#include <algorithm>

#include "base/cursor.h"
#include "seal/time/openssl.h"
#include "seal/time/roughtime.h"

namespace exhibit::beacon {
namespace {

void append_little32(std::string& out, std::uint64_t value) {
  for (unsigned shift = 0; shift < 32; shift += 8) out += static_cast<char>(value >> shift & 0xff);
}

}  // namespace

std::optional<Bytes> Message::find(std::uint32_t wanted) const {
  for (const auto& [name, value] : values)
    if (name == wanted) return value;
  return std::nullopt;
}

std::optional<Bytes> Message::find(std::uint32_t wanted, std::size_t size) const {
  const auto value = find(wanted);
  return value && value->size() == size ? value : std::nullopt;
}

std::optional<Message> parse_message(Bytes bytes) {
  if (bytes.size() > kRoughtimePacketMax || bytes.size() % 4 != 0) return std::nullopt;
  base::Cursor in(bytes);
  const auto count = in.read<std::uint32_t>();
  if (!count || *count == 0 || *count > kRoughtimeTagsMax) return std::nullopt;
  std::vector<std::uint32_t> offsets{0};
  for (std::uint32_t i = 1; i < *count; ++i) {
    const auto offset = in.read<std::uint32_t>();
    if (!offset || *offset % 4 != 0 || *offset < offsets.back()) return std::nullopt;
    offsets.push_back(*offset);
  }
  Message out;
  for (std::uint32_t i = 0; i < *count; ++i) {
    const auto name = in.read<std::uint32_t>();
    if (!name || (i > 0 && *name <= out.values.back().first)) return std::nullopt;
    out.values.emplace_back(*name, Bytes{});
  }
  const Bytes section = bytes.subspan(in.offset());
  if (offsets.back() > section.size()) return std::nullopt;
  offsets.push_back(static_cast<std::uint32_t>(section.size()));
  for (std::size_t i = 0; i < out.values.size(); ++i)
    out.values[i].second = section.subspan(offsets[i], offsets[i + 1] - offsets[i]);
  return out;
}

std::string write_message(std::span<const std::pair<std::uint32_t, std::string>> values) {
  std::string out;
  append_little32(out, values.size());
  std::size_t offset = 0;
  for (std::size_t i = 0; i + 1 < values.size(); ++i)
    append_little32(out, offset += values[i].second.size());
  for (const auto& [name, value] : values) append_little32(out, name);
  for (const auto& [name, value] : values) out += value;
  return out;
}

std::optional<Bytes> open_packet(Bytes packet) {
  constexpr std::size_t kHeader = kPacketMagic.size() + 4;
  if (packet.size() < kHeader || !as_text(packet).starts_with(kPacketMagic)) return std::nullopt;
  const Bytes message = packet.subspan(kHeader);
  if (little32(packet.subspan(kPacketMagic.size(), 4)) != message.size()) return std::nullopt;
  return message;
}

std::string write_packet(std::string_view message) {
  std::string out(kPacketMagic);
  append_little32(out, message.size());
  return out.append(message);
}

std::uint32_t little32(Bytes bytes) { return base::Cursor(bytes).read<std::uint32_t>().value(); }
std::uint64_t little64(Bytes bytes) { return base::Cursor(bytes).read<std::uint64_t>().value(); }

std::string sha512(std::string_view message) {
  return timestamp::digest_of(EVP_sha512(), as_bytes(message));
}

}  // namespace exhibit::beacon
