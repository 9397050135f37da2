#include <gtest/gtest.h>

#include "exhibit/http.h"

namespace exhibit::http {
namespace {

TEST(Url, IsTakenApart) {
  struct Row {
    const char *text, *host, *port, *target, *authority;
    bool tls;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"http://example.org", "example.org", "80", "/", "example.org", false},
           {"https://example.org/", "example.org", "443", "/", "example.org", true},
           {"https://example.org:80/a/b?c=d", "example.org", "80", "/a/b?c=d", "example.org:80",
            true},
           {"http://127.0.0.1:8080/w", "127.0.0.1", "8080", "/w", "127.0.0.1:8080", false},
           {"http://[::1]:8080?q", "::1", "8080", "/?q", "[::1]:8080", false},
           {"http://[fe80::1]", "fe80::1", "80", "/", "[fe80::1]", false}}) {
    const auto url = Url::parse(row.text);
    ASSERT_TRUE(url) << row.text;
    EXPECT_EQ(url->host, row.host);
    EXPECT_EQ(url->port, row.port);
    EXPECT_EQ(url->target, row.target);
    EXPECT_EQ(url->authority(), row.authority);
    EXPECT_EQ(url->tls, row.tls);
  }
}

TEST(Url, NothingElseIsTaken) {
  for (const char* text : {"",
                           "example.org",
                           "ftp://example.org",
                           "HTTP://example.org",
                           "http://",
                           "http:///path",
                           "http://user@example.org",
                           "http://user:pw@example.org",
                           "http://example.org:",
                           "http://:80",
                           "http://example.org:0",
                           "http://example.org:65536",
                           "http://example.org:080",
                           "http://example.org:80:80",
                           "http://[::1",
                           "http://[::1]x",
                           "http://[]",
                           "http://::1/",
                           "http://exa mple.org",
                           "http://example.org/a b",
                           "http://example.org/\r\nX: y",
                           "http://example.org/#x",
                           "http://ex\\ample.org",
                           "http://ex%61mple.org",
                           "http://\xc3\xa9.org"})
    EXPECT_FALSE(Url::parse(text)) << text;
  EXPECT_FALSE(Url::parse("http://example.org/" + std::string(kUrlSizeMax, 'x')));
}

TEST(Endpoint, IsAddressAndPort) {
  const auto four = Endpoint::parse("127.0.0.1:0");
  ASSERT_TRUE(four);
  EXPECT_EQ(four->address, "127.0.0.1");
  EXPECT_EQ(four->port, 0);
  const auto six = Endpoint::parse("[::]:65535");
  ASSERT_TRUE(six);
  EXPECT_EQ(six->address, "::");
  EXPECT_EQ(six->port, 65535);
  for (const char* text :
       {"", "127.0.0.1", "127.0.0.1:", ":80", "127.0.0.1:65536", "::1:80", "[::1]"})
    EXPECT_FALSE(Endpoint::parse(text)) << text;
}

}  // namespace
}  // namespace exhibit::http
