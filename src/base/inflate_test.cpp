#include "base/inflate.h"

#include <gtest/gtest.h>

namespace exhibit::base {
namespace {

TEST(Crc32, HasTheCheckValueAndGoesOnFromAnyCut) {
  EXPECT_EQ(crc32(0, as_bytes("123456789")), 0xcbf43926U);  // the check value of CRC-32
  const std::string text(1000, 'q');
  for (std::size_t cut = 0; cut < 64; ++cut)
    EXPECT_EQ(crc32(crc32(0, as_bytes(text).first(cut)), as_bytes(text).subspan(cut)),
              crc32(0, as_bytes(text)));
}

}  // namespace
}  // namespace exhibit::base
