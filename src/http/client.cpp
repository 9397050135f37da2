#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/ssl.hpp>
#include <exception>

#include "exhibit/http.h"
#include "http/beast.h"

namespace exhibit::http {
namespace {

constexpr auto kPoll = std::chrono::milliseconds(50);

template <typename Stream>
asio::awaitable<Result<Response>> converse(Stream& stream, const Url& url, const Request& request) {
  wire::request<wire::string_body> message;
  message.method_string(request.method);
  message.target(url.target);
  message.version(11);
  message.set(wire::field::host, url.authority());
  message.set(wire::field::user_agent, "exhibit");
  message.set(wire::field::connection, "close");
  if (!request.content_type.empty()) message.set(wire::field::content_type, request.content_type);
  message.body() = request.body;
  message.prepare_payload();
  // A server may answer before it has read all, and close: its answer is what counts.
  (void)co_await wire::async_write(stream, message, kAwait);
  beast::flat_buffer buffer(64 << 10);
  wire::response_parser<wire::string_body> parser;
  parser.header_limit(kHeaderSizeMax);
  parser.body_limit(request.response_size_max);
  auto [error, size] = co_await wire::async_read(stream, buffer, parser, kAwait);
  if (error == wire::error::body_limit || error == wire::error::header_limit ||
      error == wire::error::buffer_overflow)
    co_return fail(ErrorCode::limit, "the answer is longer than it may be");
  if (error) co_return fail(ErrorCode::io, "no answer, or not one in HTTP");
  const auto& answer = parser.get();
  co_return Response{.status = answer.result_int(),
                     .content_type = std::string(answer[wire::field::content_type]),
                     .body = answer.body()};
}

asio::awaitable<Result<Response>> secure(asio::io_context& io,
                                         const tcp::resolver::results_type& places, const Url& url,
                                         const Request& request) {
  ErrorOf error;
  asio::ssl::context context(asio::ssl::context::tls_client);
  context.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                      asio::ssl::context::no_tlsv1_1);
  context.set_default_verify_paths(error);
  if (error) co_return fail(ErrorCode::io, "the system's certificates cannot be read");
  context.set_verify_mode(asio::ssl::verify_peer, error);
  beast::ssl_stream<beast::tcp_stream> stream(io, context);
  stream.set_verify_callback(asio::ssl::host_name_verification(url.host), error);
  // SSL_set_tlsext_host_name is a macro with casts that this project does not compile.
  const bool named = SSL_ctrl(stream.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME,
                              TLSEXT_NAMETYPE_host_name, const_cast<char*>(url.host.c_str())) == 1;
  if (error || !named) co_return fail(ErrorCode::io, "TLS cannot be set up");
  beast::get_lowest_layer(stream).expires_after(request.timeout);
  auto [unconnected, place] =
      co_await beast::get_lowest_layer(stream).async_connect(places, kAwait);
  if (unconnected)
    co_return fail(ErrorCode::io, "cannot connect to the host", kNoOffset,
                   static_cast<std::uint32_t>(unconnected.value()));
  auto [unsafe] = co_await stream.async_handshake(asio::ssl::stream_base::client, kAwait);
  if (unsafe)
    co_return fail(ErrorCode::io,
                   "no TLS with this host: its certificate is not one to be trusted, "
                   "or it speaks no TLS");
  co_return co_await converse(stream, url, request);
}

asio::awaitable<Result<Response>> talk(asio::io_context& io, const Url& url,
                                       const Request& request) {
  tcp::resolver resolver(io);
  auto [unresolved, places] = co_await resolver.async_resolve(url.host, url.port, kAwait);
  if (unresolved) co_return fail(ErrorCode::io, "the host's name cannot be resolved");
  if (url.tls) co_return co_await secure(io, places, url, request);
  beast::tcp_stream stream(io);
  stream.expires_after(request.timeout);
  auto [unconnected, place] = co_await stream.async_connect(places, kAwait);
  if (unconnected)
    co_return fail(ErrorCode::io, "cannot connect to the host", kNoOffset,
                   static_cast<std::uint32_t>(unconnected.value()));
  co_return co_await converse(stream, url, request);
}

}  // namespace

Result<Response> exchange(const Url& url, const Request& request) {
  asio::io_context io(1);
  Result<Response> out = fail(ErrorCode::io, "no answer in time");
  bool done = false;
  asio::co_spawn(io, talk(io, url, request),
                 [&](const std::exception_ptr& thrown, Result<Response> result) {
                   if (!thrown) out = std::move(result);
                   done = true;
                 });
  const auto deadline = std::chrono::steady_clock::now() + request.timeout;
  while (!done && std::chrono::steady_clock::now() < deadline) {
    io.run_for(kPoll);
    if (!done && request.stop != nullptr && request.stop->load(std::memory_order_relaxed))
      return fail(ErrorCode::interrupted, "interrupted");
  }
  return out;
}

}  // namespace exhibit::http
