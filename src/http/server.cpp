// One loop on one thread: a handler is called when its request is there whole, and nothing else
// happens meanwhile.
#include <set>

#include "exhibit/http.h"
#include "http/beast.h"

namespace exhibit::http {
namespace {

constexpr auto kPoll = std::chrono::milliseconds(50);
constexpr auto kLinger = std::chrono::seconds(2);
constexpr std::size_t kLingerSizeMax = 1 << 20;
constexpr std::size_t kBufferSize = 16 << 10;
static_assert(kBufferSize > kHeaderSizeMax);

class Server {
 public:
  explicit Server(const ServeOptions& options) : options_(options), acceptor_(io_) {}

  Result<void> run() {
    ErrorOf error;
    const auto address = asio::ip::make_address(options_.address, error);
    if (error) return fail(ErrorCode::usage, "expected a numeric address to listen on");
    const tcp::endpoint endpoint(address, options_.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    const tcp::endpoint local = error ? endpoint : acceptor_.local_endpoint(error);
    if (error)
      return fail(ErrorCode::io, "cannot listen there", kNoOffset,
                  static_cast<std::uint32_t>(error.value()));
    if (options_.listening) options_.listening(local.port());
    asio::co_spawn(io_, accept(), asio::detached);
    asio::co_spawn(io_, watch(), asio::detached);
    io_.run();
    return {};
  }

 private:
  [[nodiscard]] bool stopping() const {
    return options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed);
  }
  asio::awaitable<void> pause() {
    asio::steady_timer timer(io_, kPoll);
    co_await timer.async_wait(kAwait);
  }

  asio::awaitable<void> accept() {
    while (acceptor_.is_open()) {
      if (connections_ >= options_.connections_max) {
        co_await pause();
        continue;
      }
      auto [error, socket] = co_await acceptor_.async_accept(kAwait);
      if (!error)
        asio::co_spawn(io_, talk(beast::tcp_stream(std::move(socket))), asio::detached);
      else if (acceptor_.is_open())
        co_await pause();  // out of descriptors, say
    }
  }

  asio::awaitable<void> watch() {
    while (!stopping()) co_await pause();
    ErrorOf ignored;
    acceptor_.close(ignored);
    // Whoever is still sending was promised nothing.
    for (beast::tcp_stream* stream : receiving_) stream->cancel();
  }

  asio::awaitable<void> talk(beast::tcp_stream stream) {
    ++connections_;
    beast::flat_buffer buffer(kBufferSize);
    for (bool again = true; again && !stopping();) {
      wire::request_parser<wire::string_body> parser;
      parser.header_limit(kHeaderSizeMax);
      parser.body_limit(options_.body_size_max);
      // One time for the whole request: sending it byte by byte gains nothing.
      stream.expires_after(options_.timeout);
      receiving_.insert(&stream);
      auto [error, size] = co_await wire::async_read(stream, buffer, parser, kAwait);
      receiving_.erase(&stream);
      const Response answer = error ? refusal(error) : handled(parser.get());
      if (answer.status == 0) break;
      again = !error && parser.get().keep_alive();
      wire::response<wire::string_body> message(static_cast<wire::status>(answer.status),
                                                error ? 11 : parser.get().version());
      message.set(wire::field::content_type, answer.content_type);
      message.body() = answer.body;
      message.keep_alive(again);
      message.prepare_payload();
      stream.expires_after(options_.timeout);
      auto [unsent, sent] = co_await wire::async_write(stream, message, kAwait);
      if (unsent) break;
    }
    co_await part(stream);
    --connections_;
  }

  Response handled(const wire::request<wire::string_body>& request) const {
    return options_.handle(
        {.method = request.method_string(), .target = request.target(), .body = request.body()});
  }

  // Status 0: nobody is there to be answered.
  static Response refusal(const ErrorOf& error) {
    unsigned status = 400;
    if (error == wire::error::body_limit) {
      status = 413;
    } else if (error == wire::error::header_limit || error == wire::error::buffer_overflow) {
      status = 431;
    } else if (error == wire::error::end_of_stream || error == wire::error::partial_message ||
               error.category() != make_error_code(wire::error::bad_method).category()) {
      status = 0;
    }
    return {.status = status, .content_type = "text/plain", .body = error.message() + "\n"};
  }

  // Closing over unread bytes would reset the connection before the answer is read.
  asio::awaitable<void> part(beast::tcp_stream& stream) {
    ErrorOf error;
    stream.socket().shutdown(tcp::socket::shutdown_send, error);
    std::array<char, 4096> rest;
    stream.expires_after(kLinger);
    for (std::size_t total = 0; !error && !stopping() && total < kLingerSizeMax;) {
      auto [unread, size] = co_await stream.async_read_some(asio::buffer(rest), kAwait);
      error = unread;
      total += size;
    }
  }

  const ServeOptions& options_;
  asio::io_context io_{1};
  tcp::acceptor acceptor_;
  std::size_t connections_ = 0;
  std::set<beast::tcp_stream*> receiving_;
};

}  // namespace

Result<void> serve(const ServeOptions& options) { return Server(options).run(); }

}  // namespace exhibit::http
