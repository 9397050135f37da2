// IP networks: `10.0.0.0/8`, `fe80::/10`, and a plain address as a network of one.
//
// Source:  RFC 4632 (IPv4), RFC 4291 2.2 and 2.3 (IPv6 text and prefixes).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace exhibit::sigma {

/// An IPv4 or IPv6 address; IPv4 in the first four bytes.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};
  bool v6 = false;
};
/// Strict: four decimal parts without leading zeros, or RFC 4291 text (an embedded IPv4 tail is
/// allowed, a zone is not). An IPv4-mapped IPv6 address (`::ffff:10.0.0.1`) is read as the IPv4
/// address that it carries.
[[nodiscard]] std::optional<IpAddress> parse_ip(std::string_view text);

struct Network {
  IpAddress address;
  std::uint8_t prefix_bits = 0;
  /// False for an address of the other family.
  [[nodiscard]] bool contains(const IpAddress& ip) const;
};
/// Bits of the address beyond the prefix are ignored. nullopt when `text` is no network.
[[nodiscard]] std::optional<Network> parse_network(std::string_view text);

}  // namespace exhibit::sigma
