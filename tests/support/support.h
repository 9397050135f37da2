// What tests share: where the real data is, and folders that go away.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace exhibit::test {

/// A path below ../shared/data (or $EXHIBIT_TEST_DATA), or nullopt where that data is absent: the
/// test then skips with GTEST_SKIP() and this message.
[[nodiscard]] std::optional<std::filesystem::path> real_data(std::string_view relative);
inline constexpr const char* kNoRealData =
    "real data is absent: set EXHIBIT_TEST_DATA or put it at ../shared/data (see docs/testing.md)";

[[nodiscard]] std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, std::string_view bytes);

/// A fresh folder, removed with everything in it at the end.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace exhibit::test
