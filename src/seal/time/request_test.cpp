// Time-stamp requests: what is asked, byte for byte, and read back.
#include <gtest/gtest.h>

#include "base/text.h"
#include "exhibit/seal.h"
#include "exhibit/timestamp.h"

namespace exhibit::timestamp {
namespace {

std::string bytes(std::string_view hex) { return base::from_hex(hex).value(); }

TEST(MakeRequest, IsTheDerOfRfc3161) {
  const std::string nonce = bytes("80010203");
  const std::string der = make_request(as_bytes("abc"), as_bytes(nonce)).value();
  EXPECT_EQ(base::to_hex(as_bytes(der)),
            "3040"                                    // TimeStampReq
            "020101"                                  // version 1
            "3031300d060960864801650304020105000420"  // MessageImprint: SHA-256
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            "02050080010203"  // nonce
            "0101ff");        // certReq
  const Request read = parse_request(as_bytes(der)).value();
  EXPECT_EQ(read.imprint_algorithm, "SHA256");
  EXPECT_EQ(read.imprint,
            bytes("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
  EXPECT_EQ(read.nonce, nonce);
  EXPECT_EQ(read.policy, "");
  EXPECT_TRUE(read.wants_certificate);
}

TEST(MakeRequest, TakesANonceAndAPolicy) {
  const std::string nonce(kNonceSizeMax, '\xff');
  const Request read =
      parse_request(
          as_bytes(make_request(as_bytes(""), as_bytes(nonce), "2.16.840.1.114412.7.1").value()))
          .value();
  EXPECT_EQ(read.nonce, nonce);
  EXPECT_EQ(read.policy, "2.16.840.1.114412.7.1");
  const std::string zeros = bytes("000005");
  EXPECT_EQ(
      parse_request(as_bytes(make_request(as_bytes(""), as_bytes(zeros)).value())).value().nonce,
      "\x05");
  for (const std::string& bad :
       {std::string(), std::string(kNonceSizeMax + 1, 'x'), std::string(8, '\0')})
    EXPECT_EQ(make_request(as_bytes(""), as_bytes(bad)).error().code, ErrorCode::usage);
  for (const char* policy : {"SHA256", "1", "1.2.", "1.2.3 ", "9.2.3", "timeStamping"})
    EXPECT_EQ(make_request(as_bytes(""), as_bytes("n"), policy).error().code, ErrorCode::usage)
        << policy;
  EXPECT_EQ(make_request(as_bytes(""), as_bytes("n"), "1.2" + std::string(200, '3')).error().code,
            ErrorCode::usage);
}

TEST(ParseRequest, RefusesWhatIsNotOne) {
  const std::string der = make_request(as_bytes("abc"), as_bytes("nonce")).value();
  for (std::size_t size = 0; size < der.size(); ++size)
    EXPECT_EQ(parse_request(as_bytes(der.substr(0, size))).error().code, ErrorCode::malformed);
  EXPECT_EQ(parse_request(as_bytes(der + '\0')).error().code, ErrorCode::malformed);
  std::string other_version = der;
  other_version[4] = 2;
  EXPECT_EQ(parse_request(as_bytes(other_version)).error().code, ErrorCode::malformed);
  std::string not_der = der;
  not_der.back() = 0;  // FALSE is the default, and not written
  EXPECT_EQ(parse_request(as_bytes(not_der)).error().code, ErrorCode::malformed);
  EXPECT_EQ(parse_request(as_bytes(std::string(kRequestSizeMax + 1, '0'))).error().code,
            ErrorCode::limit);
}

}  // namespace
}  // namespace exhibit::timestamp
