// File operations: what the file system refuses at the last moment is an error too.
#include "casefile/files.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "base/text.h"
#include "exhibit/seal.h"
#include "support/support.h"

namespace exhibit::casefile::files {
namespace {

// Full or over quota: some file systems say so only when a file is closed.
TEST(Files, WhatFailsWhenAFileIsClosedIsAnError) {
  const test::TempDir folder;
  const auto at = [&](const char* name) { return (folder.path() / name).string(); };
  auto appender = Appender::create(at("appended"));
  ASSERT_TRUE(appender);
  ASSERT_TRUE(appender->append(as_bytes("bytes")));
  test::write_file(at("replaced"), "before");
  set_hook([](std::string_view operation) { return operation == "close" ? EDQUOT : 0; });
  const auto closed = appender->close();
  const auto written = write_new(at("new"), "bytes");
  const auto replaced = replace(at("replaced"), "after");
  set_hook({});
  for (const auto* result : {&closed, &written, &replaced}) {
    ASSERT_FALSE(*result);
    EXPECT_EQ(result->error().code, ErrorCode::io);
    EXPECT_EQ(result->error().detail, static_cast<std::uint32_t>(EDQUOT));
  }
  EXPECT_EQ(test::read_file(at("replaced")), "before");
}

TEST(Files, ADescriptorIsClosedOnce) {
  const test::TempDir folder;
  auto appender = Appender::create((folder.path() / "a").string());
  ASSERT_TRUE(appender);
  EXPECT_TRUE(appender->close());
  const auto again = appender->close();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().detail, static_cast<std::uint32_t>(EBADF));
}

TEST(Files, HashesAFile) {
  const test::TempDir folder;
  const std::string path = (folder.path() / "a").string();
  EXPECT_EQ(sha256(path).error().code, ErrorCode::not_found);
  const std::string bytes((std::size_t{1} << 20) + 1, 'x');
  test::write_file(path, bytes);
  EXPECT_EQ(sha256(path), base::to_hex(seal::sha256(as_bytes(bytes))));
}

}  // namespace
}  // namespace exhibit::casefile::files
