#include "sigma/cidr.h"

#include <algorithm>
#include <charconv>

namespace exhibit::sigma {
namespace {

bool parse_v4(std::string_view text, std::uint8_t* out) {
  for (int part = 0; part < 4; ++part) {
    std::size_t digits = 0;
    unsigned value = 0;
    while (digits < text.size() && digits < 4 && text[digits] >= '0' && text[digits] <= '9')
      value = value * 10 + static_cast<unsigned>(text[digits++] - '0');
    if (digits == 0 || digits > 3 || value > 255 || (digits > 1 && text[0] == '0')) return false;
    out[part] = static_cast<std::uint8_t>(value);
    text.remove_prefix(digits);
    if (part < 3) {
      if (text.empty() || text[0] != '.') return false;
      text.remove_prefix(1);
    }
  }
  return text.empty();
}

// Groups before and after the one allowed `::`.
bool parse_v6(std::string_view text, std::array<std::uint8_t, 16>& out) {
  std::array<std::uint8_t, 16> head{}, tail{};
  std::size_t head_size = 0, tail_size = 0;
  bool gap = false;
  if (text.starts_with("::")) {
    gap = true;
    text.remove_prefix(2);
  } else if (text.empty() || text[0] == ':') {
    return false;
  }
  while (!text.empty()) {
    auto& group = gap ? tail : head;
    auto& size = gap ? tail_size : head_size;
    const std::string_view part = text.substr(0, text.find(':'));
    if (part.find('.') != std::string_view::npos) {
      if (part.size() != text.size() || head_size + tail_size > 12) return false;
      if (!parse_v4(part, group.data() + size)) return false;
      size += 4;
      text = {};
      break;
    }
    if (part.empty() || part.size() > 4 || head_size + tail_size > 14) return false;
    std::uint16_t value = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value, 16);
    if (error != std::errc{} || end != part.data() + part.size()) return false;
    group[size++] = static_cast<std::uint8_t>(value >> 8);
    group[size++] = static_cast<std::uint8_t>(value & 0xff);
    text.remove_prefix(part.size());
    if (text.empty()) break;
    text.remove_prefix(1);
    if (text.starts_with(':')) {
      if (gap) return false;
      gap = true;
      text.remove_prefix(1);
    } else if (text.empty()) {
      return false;
    }
  }
  const std::size_t total = head_size + tail_size;
  if (gap ? total > 14 : total != 16) return false;
  out = {};
  std::copy_n(head.begin(), head_size, out.begin());
  std::copy_n(tail.begin(), tail_size, out.end() - static_cast<std::ptrdiff_t>(tail_size));
  return true;
}

bool is_mapped(const std::array<std::uint8_t, 16>& bytes) {
  return std::all_of(bytes.begin(), bytes.begin() + 10, [](std::uint8_t b) { return b == 0; }) &&
         bytes[10] == 0xff && bytes[11] == 0xff;
}

}  // namespace

std::optional<IpAddress> parse_ip(std::string_view text) {
  IpAddress ip;
  if (text.size() > 45) return std::nullopt;  // the longest text of an IPv6 address
  if (text.find(':') == std::string_view::npos) {
    if (!parse_v4(text, ip.bytes.data())) return std::nullopt;
    return ip;
  }
  std::array<std::uint8_t, 16> bytes{};
  if (!parse_v6(text, bytes)) return std::nullopt;
  if (is_mapped(bytes)) {
    std::copy_n(bytes.begin() + 12, 4, ip.bytes.begin());
    return ip;
  }
  ip.bytes = bytes;
  ip.v6 = true;
  return ip;
}

bool Network::contains(const IpAddress& ip) const {
  if (ip.v6 != address.v6) return false;
  const std::size_t whole = prefix_bits / 8;
  if (!std::equal(ip.bytes.begin(), ip.bytes.begin() + static_cast<std::ptrdiff_t>(whole),
                  address.bytes.begin()))
    return false;
  const unsigned rest = prefix_bits % 8u;
  if (rest == 0) return true;
  const unsigned mask = (0xff00u >> rest) & 0xffu;
  return ((ip.bytes[whole] ^ address.bytes[whole]) & mask) == 0;
}

std::optional<Network> parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto ip = parse_ip(text.substr(0, slash));
  if (!ip) return std::nullopt;
  // `::ffff:10.0.0.0/104` counts its prefix in IPv6 bits; nobody writes it, so it is refused.
  const bool mapped = !ip->v6 && text.find(':') != std::string_view::npos;
  const unsigned most = ip->v6 ? 128 : 32;
  unsigned bits = most;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (digits.empty() || digits.size() > 3 || error != std::errc{} ||
        end != digits.data() + digits.size() || bits > most || mapped)
      return std::nullopt;
  }
  return Network{.address = *ip, .prefix_bits = static_cast<std::uint8_t>(bits)};
}

}  // namespace exhibit::sigma
