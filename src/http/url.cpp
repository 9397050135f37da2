#include <algorithm>

#include "base/text.h"
#include "exhibit/http.h"

namespace exhibit::http {
namespace {

bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
// Names, IPv4 addresses and A-labels; what else RFC 3986 allows in a host nobody needs.
bool is_host(std::string_view host) {
  return !host.empty() && std::ranges::all_of(host, [](char c) {
    return is_alnum(c) || c == '-' || c == '.' || c == '_';
  });
}
bool is_ipv6(std::string_view host) {
  return !host.empty() &&
         std::ranges::all_of(host, [](char c) { return is_alnum(c) || c == ':' || c == '.'; });
}
std::optional<std::uint16_t> parse_port(std::string_view text) {
  const auto port = base::parse_decimal(text);
  if (!port || *port > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(*port);
}

// Cuts `host`, `host:port`, `[ipv6]` or `[ipv6]:port`. False: neither.
bool split(std::string_view text, std::string& host, std::string_view& port) {
  std::string_view rest;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos || !is_ipv6(text.substr(1, end - 1))) return false;
    host = text.substr(1, end - 1);
    rest = text.substr(end + 1);
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    if (!is_host(text.substr(0, colon))) return false;
    host = text.substr(0, colon);
    rest = text.substr(colon);
  }
  if (rest.empty()) return true;
  if (!rest.starts_with(':')) return false;
  port = rest.substr(1);
  return parse_port(port).has_value();
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  if (text.size() > kUrlSizeMax) return fail(ErrorCode::limit, "a URL has at most 4096 bytes");
  for (const char c : text)
    if (c <= 0x20 || c == 0x7f || c == '#' || c == '\\')  // also every byte above 0x7f
      return fail(ErrorCode::usage, "a URL has no white space, no fragment and ASCII only");
  Url out;
  constexpr std::string_view kHttp = "http://", kHttps = "https://";
  if (text.starts_with(kHttps)) {
    out.tls = true;
    text.remove_prefix(kHttps.size());
  } else if (text.starts_with(kHttp)) {
    text.remove_prefix(kHttp.size());
  } else {
    return fail(ErrorCode::usage, "expected a URL: http://host:port/path or https://...");
  }
  const std::size_t end = std::min(text.find_first_of("/?"), text.size());
  std::string_view port = out.tls ? "443" : "80";
  if (!split(text.substr(0, end), out.host, port) || port == "0")
    return fail(ErrorCode::usage, "a URL names a host, perhaps a port, and no user");
  out.port = port;
  out.target = text.substr(end);
  if (!out.target.starts_with('/')) out.target.insert(0, "/");
  return out;
}

std::string Url::authority() const {
  std::string out = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != (tls ? "443" : "80")) out += ":" + port;
  return out;
}

Result<Endpoint> Endpoint::parse(std::string_view text) {
  Endpoint out;
  std::string_view port;
  if (!split(text, out.address, port) || port.empty())
    return fail(ErrorCode::usage, "expected ADDR:PORT with a numeric address, as 127.0.0.1:8080");
  out.port = *parse_port(port);
  return out;
}

}  // namespace exhibit::http
