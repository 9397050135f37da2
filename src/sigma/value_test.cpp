#include "sigma/value.h"

#include <gtest/gtest.h>

#include "sigma/cidr.h"
#include "sigma/regex.h"

namespace exhibit::sigma {
namespace {

event::Value text(std::string_view t, event::ValueType type = event::ValueType::utf8) {
  return {.data = as_bytes(t).data(), .size = static_cast<std::uint32_t>(t.size()), .type = type};
}

bool in(std::string_view network, std::string_view ip) {
  const auto n = parse_network(network);
  const auto a = parse_ip(ip);
  EXPECT_TRUE(n.has_value()) << network;
  return n && a && n->contains(*a);
}

TEST(Cidr, HoldsTheAddressesOfTheNetwork) {
  EXPECT_TRUE(in("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(in("10.0.0.0/8", "11.0.0.1"));
  EXPECT_TRUE(in("172.16.0.0/12", "172.31.255.255"));
  EXPECT_FALSE(in("172.16.0.0/12", "172.32.0.0"));
  EXPECT_TRUE(in("0.0.0.0/0", "255.255.255.255"));
  EXPECT_TRUE(in("192.168.1.1", "192.168.1.1"));
  EXPECT_FALSE(in("192.168.1.1/32", "192.168.1.2"));
  EXPECT_TRUE(in("fe80::/10", "fe80::1"));
  EXPECT_TRUE(in("fe80::/10", "febf:ffff::"));
  EXPECT_FALSE(in("fe80::/10", "fec0::1"));
  EXPECT_TRUE(in("::1/128", "0:0:0:0:0:0:0:1"));
  EXPECT_FALSE(in("::/0", "10.0.0.1"));
  EXPECT_TRUE(in("10.0.0.0/8", "::ffff:10.1.2.3"));
}

TEST(Cidr, RefusesWhatIsNoAddress) {
  for (const char* bad : {"", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", ":",
                          ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "g::", "12345::", "1::2::3",
                          "::1.2.3", "1:2:3:4:5:6:7:1.2.3.4", "::1%eth0", "1:"})
    EXPECT_FALSE(parse_ip(bad).has_value()) << bad;
  for (const char* bad : {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::/129", "10.0.0.0/8/8", "/8",
                          "::ffff:10.0.0.0/104"})
    EXPECT_FALSE(parse_network(bad).has_value()) << bad;
  for (const char* good :
       {"::", "1::", "::1", "1:2:3:4:5:6:7:8", "1::8", "::1.2.3.4", "64:ff9b::1.2.3.4"})
    EXPECT_TRUE(parse_ip(good).has_value()) << good;
}

TEST(Numbers, EqualByValueOrByText) {
  Predicate p;
  p.op = Predicate::Op::number;
  p.text = "4624";
  p.number = 4624;
  EXPECT_TRUE(number_equals(p, text("4624")));
  EXPECT_TRUE(number_equals(p, text("4624", event::ValueType::json_number)));
  EXPECT_TRUE(number_equals(p, text(std::string_view("\x10\x12", 2), event::ValueType::uint16)));
  EXPECT_FALSE(number_equals(p, text("46240")));
  EXPECT_FALSE(number_equals(p, text("", event::ValueType::null)));
  p.text = "0x1fffff";
  p.number = 0x1fffff;
  EXPECT_TRUE(number_equals(p, text("0x1FFFFF")));
  p.text = "9007199254740993";
  p.number = 9007199254740992.0;
  EXPECT_FALSE(number_equals(p, text("9007199254740992", event::ValueType::json_number)));
  EXPECT_TRUE(number_equals(p, text("9007199254740993", event::ValueType::json_number)));
}

TEST(Numbers, CompareSignedAndFractional) {
  Predicate p;
  p.op = Predicate::Op::less;
  p.number = -1;
  EXPECT_TRUE(compares(p, text("-2")));
  EXPECT_FALSE(compares(p, text("-1")));
  p.op = Predicate::Op::greater_equal;
  p.number = 1.5;
  EXPECT_TRUE(compares(p, text("1.5", event::ValueType::json_number)));
  EXPECT_FALSE(compares(p, text("1.49")));
  EXPECT_FALSE(compares(p, text("abc")));
  EXPECT_FALSE(compares(p, text("nan")));
  EXPECT_FALSE(compares(p, text("inf")));
  EXPECT_FALSE(compares(p, text("")));
}

TEST(Regex, IsUnanchoredCaseSensitiveAndSaysWhyNot) {
  std::string reason;
  const auto regex = Regex::compile("b[aou]d$", reason);
  ASSERT_TRUE(regex.has_value());
  EXPECT_TRUE(regex->matches("very bad"));
  EXPECT_FALSE(regex->matches("very Bad"));
  EXPECT_FALSE(regex->matches("bad\n"));
  EXPECT_FALSE(Regex::compile("(a)\\1", reason).has_value());
  EXPECT_FALSE(reason.empty());
  EXPECT_FALSE(Regex::compile("(?=a)", reason).has_value());
  EXPECT_FALSE(Regex::compile(std::string(kMaxRegexSizeBytes + 1, 'a'), reason).has_value());
}

}  // namespace
}  // namespace exhibit::sigma
