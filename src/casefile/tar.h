// The one form of tar that a handover has: POSIX ustar, regular files only, sorted, all in one
// folder; no times, owners or modes of the machine, so that the same handover is the same bytes. A
// file of 8 GiB or more, or whose name does not fit, has a pax header before it (size, path).
// Reading takes this form only, which leaves nothing to follow out of the folder it unpacks into.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "casefile/files.h"

namespace exhibit::casefile::tar {

inline constexpr std::uint64_t kFilesMax = 10'000'000;

class Writer {
 public:
  [[nodiscard]] static Result<Writer> create(const std::string& path);
  Result<void> add(const std::string& name, std::string_view bytes);
  /// Errors: proof_mismatch when the file's size is not `size_bytes`.
  Result<void> add_file(const std::string& name, const std::string& path, std::uint64_t size_bytes);
  Result<void> begin(const std::string& name, std::uint64_t size_bytes);
  Result<void> piece(Bytes bytes);
  Result<void> end();
  Result<void> finish();

 private:
  explicit Writer(files::Appender file) : file_(std::move(file)) {}
  files::Appender file_;
  std::uint64_t left_ = 0;  // bytes of the current file
  std::uint64_t size_ = 0;
};

using Names = std::vector<std::string>;
/// The names that unpack() would write, without writing. Errors as unpack().
[[nodiscard]] Result<void> list(Bytes bytes, Names& names);
[[nodiscard]] bool is_file(const std::string& path);
/// Unpacks into `folder` and returns the name of the one folder in it. Errors: malformed,
/// truncated, unsupported (another form of tar), limit, io, interrupted (by `stop`).
[[nodiscard]] Result<std::string> unpack(const std::string& path, const std::string& folder,
                                         const std::atomic<bool>* stop = nullptr);

}  // namespace exhibit::casefile::tar
