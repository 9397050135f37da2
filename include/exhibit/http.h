// HTTP/1.1, as little as Exhibit needs: one request to a server, and a small server. Floor 1.
//
// The other side may be an enemy: every size, time and number of connections is bounded, no answer
// leads elsewhere (redirects are answers like any other), and nothing of the environment (proxies)
// is believed. What is carried proves itself by signatures, so plain HTTP is allowed; HTTPS checks
// chain and host name against the system's authorities (or those that SSL_CERT_FILE names).
//
// Threads:  each call has its own loop and runs its handler on the caller's thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "exhibit/error.h"
#include "exhibit/export.h"

namespace exhibit::http {

struct Response {
  unsigned status = 200;
  std::string content_type{};
  std::string body{};
};

/// `http[s]://host[:port]/path?query`. No user names, no fragment, no white space.
struct Url {
  bool tls = false;
  std::string host;    // as given; IPv6 without brackets
  std::string port;    // decimal
  std::string target;  // path and query, begins with '/'
  [[nodiscard]] EXHIBIT_EXPORT static Result<Url> parse(std::string_view text);
  /// For the Host field: brackets around IPv6, the port where it is not the scheme's own.
  [[nodiscard]] EXHIBIT_EXPORT std::string authority() const;
};
inline constexpr std::size_t kUrlSizeMax = 4096;

struct Request {
  std::string method = "POST";
  std::string content_type{};
  std::string body{};
  std::size_t response_size_max = 1 << 20;
  std::chrono::milliseconds timeout{30'000};  // of the whole exchange
  const std::atomic<bool>* stop = nullptr;
};
/// Sends one request and waits for its answer, whatever its status. Errors: io (no name, no
/// connection, no TLS, no answer in time, not HTTP), limit (the answer is longer than asked for),
/// interrupted.
[[nodiscard]] EXHIBIT_EXPORT Result<Response> exchange(const Url& url, const Request& request);

struct Incoming {
  std::string_view method, target, body;
};
struct ServeOptions {
  std::string address = "127.0.0.1";  // numeric
  std::uint16_t port = 0;             // 0: any that is free
  std::size_t body_size_max = 1 << 20;
  std::size_t connections_max = 256;          // more wait
  std::chrono::milliseconds timeout{10'000};  // for a request to arrive, and an answer to leave
  std::function<Response(const Incoming&)> handle;    // one at a time
  std::function<void(std::uint16_t port)> listening;  // connections are taken from now on
  const std::atomic<bool>* stop = nullptr;
};
inline constexpr std::uint32_t kHeaderSizeMax = 8 << 10;
/// Serves until `stop`: then what was received whole is answered, and the rest is dropped. Errors:
/// usage (the address), io (errno in `detail`).
[[nodiscard]] EXHIBIT_EXPORT Result<void> serve(const ServeOptions& options);

/// `ADDR:PORT` with a numeric address, IPv6 in brackets. Errors: usage.
struct Endpoint {
  std::string address;
  std::uint16_t port = 0;
  [[nodiscard]] EXHIBIT_EXPORT static Result<Endpoint> parse(std::string_view text);
};

}  // namespace exhibit::http
