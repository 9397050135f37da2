// Client and server against each other, and each against peers that misbehave.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <thread>

#include "exhibit/http.h"

namespace exhibit::http {
namespace {

using namespace std::chrono_literals;

class Running {
 public:
  explicit Running(ServeOptions options = {}) {
    options.stop = &stop_;
    if (!options.handle)
      options.handle = [](const Incoming& in) {
        return Response{
            200, "text/plain",
            std::string(in.method) + " " + std::string(in.target) + " " + std::string(in.body)};
      };
    std::promise<std::uint16_t> ready;
    options.listening = [&](std::uint16_t chosen) { ready.set_value(chosen); };
    thread_ = std::thread([this, options] { result_ = serve(options); });
    port = ready.get_future().get();
  }
  ~Running() { (void)end(); }
  Result<void> end() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    return result_;
  }
  [[nodiscard]] Url url(std::string_view target = "/") const {
    return Url::parse("http://127.0.0.1:" + std::to_string(port) + std::string(target)).value();
  }
  std::uint16_t port = 0;

 private:
  std::atomic<bool> stop_ = false;
  Result<void> result_;
  std::thread thread_;
};

sockaddr_in local(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// A connection that says what it likes.
class Raw {
 public:
  explicit Raw(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const sockaddr_in address = local(port);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  ~Raw() { ::close(fd_); }
  void say(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  void finish() const { ::shutdown(fd_, SHUT_WR); }
  /// Everything until the other side closes.
  [[nodiscard]] std::string hear() const {
    std::string out;
    char piece[4096];
    for (;;) {
      const ssize_t got = ::recv(fd_, piece, sizeof piece, 0);
      if (got <= 0) return out;
      out.append(piece, static_cast<std::size_t>(got));
    }
  }

 private:
  int fd_;
};

TEST(Http, CarriesARequestAndItsAnswer) {
  Running server;
  const auto answer = exchange(server.url("/a?b"), {.body = "some bytes"});
  ASSERT_TRUE(answer) << answer.error().what.c_str();
  EXPECT_EQ(answer->status, 200U);
  EXPECT_EQ(answer->content_type, "text/plain");
  EXPECT_EQ(answer->body, "POST /a?b some bytes");
  EXPECT_EQ(exchange(server.url(), {.method = "GET"})->body, "GET / ");
  EXPECT_TRUE(server.end());
}

TEST(Http, KeepsAConnectionForMoreRequests) {
  const Running server;
  const Raw raw(server.port);
  raw.say(
      "POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na"
      "POST /2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nb\r\n0\r\n\r\n"
      "POST /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  const std::string heard = raw.hear();
  EXPECT_NE(heard.find("POST /1 a"), std::string::npos);
  EXPECT_NE(heard.find("POST /2 b"), std::string::npos);
  EXPECT_NE(heard.find("POST /3 "), std::string::npos);
}

TEST(Http, RefusesWhatIsTooLarge) {
  ServeOptions options;
  options.body_size_max = 100;
  const Running server(options);
  const auto status = [&](std::size_t size) {
    const auto answer = exchange(server.url(), {.body = std::string(size, 'x')});
    return answer ? answer->status : 0;
  };
  EXPECT_EQ(status(100), 200U);
  EXPECT_EQ(status(101), 413U);
  EXPECT_EQ(status(1 << 20), 413U);
  const Raw chunked(server.port);
  chunked.say("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 20; ++i) chunked.say("a\r\n0123456789\r\n");
  EXPECT_TRUE(chunked.hear().starts_with("HTTP/1.1 413"));
  const Raw fields(server.port);
  fields.say("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n");
  EXPECT_TRUE(fields.hear().starts_with("HTTP/1.1 431"));
}

TEST(Http, AnswersNonsenseOnceAndParts) {
  const Running server;
  for (const char* said : {"hello\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\x16\x03\x01\x02\r\n\r\n",
                           "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                           "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                           "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
                           "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"}) {
    const Raw raw(server.port);
    raw.say(said);
    raw.finish();
    EXPECT_TRUE(raw.hear().starts_with("HTTP/1.1 4")) << said;
  }
  const Raw half(server.port);
  half.say("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab");
  half.finish();
  EXPECT_EQ(half.hear(), "");
  EXPECT_EQ(exchange(server.url(), {})->status, 200U);  // the others are served all the same
}

TEST(Http, DoesNotWaitForEverNorForTooMany) {
  ServeOptions options;
  options.timeout = 300ms;
  options.connections_max = 2;
  const Running server(options);
  const Raw one(server.port), two(server.port);
  one.say("POST / HTTP/1.1\r\n");
  const auto began = std::chrono::steady_clock::now();
  // Both places are taken by peers that say nothing; when their time is over there is one again.
  EXPECT_EQ(exchange(server.url(), {.timeout = 20s})->status, 200U);
  EXPECT_GE(std::chrono::steady_clock::now() - began, 150ms);
  EXPECT_EQ(one.hear(), "");
}

TEST(Http, StopsWhenAsked) {
  Running server;
  const Raw waiting(server.port), half(server.port);
  half.say("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab");
  std::this_thread::sleep_for(100ms);
  const auto began = std::chrono::steady_clock::now();
  EXPECT_TRUE(server.end());
  EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
  EXPECT_EQ(half.hear(), "");
}

TEST(Http, ListensWhereItCan) {
  const Running server;
  ServeOptions options;
  options.handle = [](const Incoming&) { return Response{}; };
  options.address = "example.org";
  EXPECT_EQ(serve(options).error().code, ErrorCode::usage);
  options.address = "192.0.2.1";  // documentation: nobody's
  EXPECT_EQ(serve(options).error().code, ErrorCode::io);
}

// A server that says one thing, to whoever comes first.
class Liar {
 public:
  explicit Liar(std::string says) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = local(0);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(fd_, 1), 0);
    socklen_t size = sizeof address;
    EXPECT_EQ(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    url = Url::parse("http://127.0.0.1:" + std::to_string(ntohs(address.sin_port))).value();
    thread_ = std::thread([this, says = std::move(says)] {
      const int peer = ::accept(fd_, nullptr, nullptr);
      char piece[4096];
      (void)::recv(peer, piece, sizeof piece, 0);
      if (says == "wait") {
        while (::recv(peer, piece, sizeof piece, 0) > 0) {
        }
      }
      (void)::send(peer, says.data(), says.size(), MSG_NOSIGNAL);
      ::close(peer);
    });
  }
  ~Liar() {
    thread_.join();
    ::close(fd_);
  }
  Url url;

 private:
  int fd_;
  std::thread thread_;
};

TEST(Http, AClientBelievesNoServer) {
  const auto code = [](std::string says, Request request = {}) {
    const Liar liar(std::move(says));
    request.response_size_max = 1000;
    const auto answer = exchange(liar.url, request);
    return answer ? ErrorCode::exists : answer.error().code;
  };
  EXPECT_EQ(code("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), ErrorCode::exists);
  EXPECT_EQ(code("HTTP/1.1 200 OK\r\n\r\nuntil the end"), ErrorCode::exists);
  EXPECT_EQ(code("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n"), ErrorCode::limit);
  EXPECT_EQ(code("HTTP/1.1 200 OK\r\n\r\n" + std::string(2000, 'x')), ErrorCode::limit);
  EXPECT_EQ(code("HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n"),
            ErrorCode::limit);
  EXPECT_EQ(code("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nshort"), ErrorCode::io);
  EXPECT_EQ(code("hello"), ErrorCode::io);
  EXPECT_EQ(code(""), ErrorCode::io);
  EXPECT_EQ(code("wait", {.timeout = 300ms}), ErrorCode::io);
  std::atomic<bool> stop = true;
  EXPECT_EQ(code("wait", {.stop = &stop}), ErrorCode::interrupted);
}

TEST(Http, ErrorsOfTheWire) {
  std::uint16_t nobody = 0;
  {
    const Running gone;
    nobody = gone.port;
  }
  const auto code = [](const std::string& url) {
    const auto answer = exchange(Url::parse(url).value(), {.timeout = 5s});
    return answer ? ErrorCode::exists : answer.error().code;
  };
  EXPECT_EQ(code("http://127.0.0.1:" + std::to_string(nobody)), ErrorCode::io);
  EXPECT_EQ(code("http://nobody.invalid/"), ErrorCode::io);
  const Running plain;  // speaks no TLS
  EXPECT_EQ(code("https://127.0.0.1:" + std::to_string(plain.port)), ErrorCode::io);
}

}  // namespace
}  // namespace exhibit::http
