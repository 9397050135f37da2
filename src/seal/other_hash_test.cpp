// Published values: RFC 1321 A.5, FIPS 180-4 examples, GB/T 32905-2016 appendix A.
#include "exhibit/other_hash.h"

#include <gtest/gtest.h>

namespace exhibit::seal {
namespace {

std::string hash_of(OtherHash hash, std::string_view text) {
  auto hasher = OtherHasher::create(hash);
  if (!hasher) return hasher.error().what.c_str();
  for (const char& c : text) hasher->update(as_bytes(std::string_view(&c, 1)));
  return hasher->finish();
}

TEST(OtherHash, GivesThePublishedValues) {
  EXPECT_EQ(hash_of(OtherHash::md5, "abc"), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(hash_of(OtherHash::md5, ""), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(hash_of(OtherHash::sha1, "abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(hash_of(OtherHash::sha512, "abc"),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
  EXPECT_EQ(hash_of(OtherHash::sm3, "abc"),
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
}

TEST(OtherHash, NamesGoToAndFro) {
  for (const OtherHash hash : kOtherHashes) {
    EXPECT_EQ(parse_other_hash(to_string(hash)), hash);
    EXPECT_EQ(hash_of(hash, "x").size(), hex_digits(hash));
  }
  EXPECT_FALSE(parse_other_hash("MD5"));
  EXPECT_FALSE(parse_other_hash("sha256"));
}

}  // namespace
}  // namespace exhibit::seal
