// File operations of a case and of the key folder: the only place of this module that changes
// anything on disk.
//
// Durability: write_new and Appender do not sync; replace does, file and folder. A commit writes
// new
//             files, calls sync_filesystem once, then replaces the checkpoint.
// Errors:     io with errno in `detail`; not_found and exists where errno says so.
// Tests:      set_hook stands before (and in the middle of) every operation that changes something:
//             it can fail the operation with an errno, or end the process as kill -9 would. Under a
//             hook nothing is really synced: a killed process loses no page.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exhibit/error.h"

namespace exhibit::casefile::files {

inline constexpr std::uint64_t kSmallFileMax = std::uint64_t{64} << 20;

/// Owns a file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Descriptor& operator=(Descriptor&& other) noexcept;
  [[nodiscard]] int get() const { return fd_; }
  /// Closes it now, and says what the file system could not keep until then.
  [[nodiscard]] Result<void> close();

 private:
  int fd_;
};

/// The folder that a path lies in: `.` and `/` where none is named.
[[nodiscard]] std::string folder_of(const std::string& path);
/// The whole file. Errors: limit (above `size_max` bytes).
[[nodiscard]] Result<std::string> read(const std::string& path,
                                       std::uint64_t size_max = kSmallFileMax);
/// Hands out the file's bytes piece by piece.
[[nodiscard]] Result<void> read_pieces(const std::string& path,
                                       const std::function<Result<void>(Bytes)>& take);
/// SHA-256 of the file, hex.
[[nodiscard]] Result<std::string> sha256(const std::string& path);
[[nodiscard]] bool exists(const std::string& path);
[[nodiscard]] Result<std::uint64_t> size(const std::string& path);

struct Item {
  std::string name;
  bool folder = false;
};
/// What is in a folder, by name; empty where the folder is not there.
[[nodiscard]] Result<std::vector<Item>> list(const std::string& folder);
/// Paths of all files below a folder, relative to it, sorted.
[[nodiscard]] Result<std::vector<std::string>> list_files(const std::string& folder);

Result<void> write_new(const std::string& path, std::string_view bytes, unsigned mode = 0644);
/// Writes beside, syncs, renames over `path`, syncs the folder.
Result<void> replace(const std::string& path, std::string_view bytes, unsigned mode = 0644);
/// Makes the folder and those above it.
Result<void> make_folders(const std::string& path, unsigned mode = 0755);
Result<void> rename(const std::string& from, const std::string& to);
Result<void> remove_all(const std::string& path);
/// Overwrites a small file's bytes with random ones, syncs, and removes it; nothing to do where
/// there is none. Old blocks of a flash memory or a copy-on-write file system are not reached.
Result<void> shred(const std::string& path);
Result<void> set_mode(const std::string& path, unsigned mode);
Result<void> sync_folder(const std::string& path);
/// Everything that was written to the file system that holds `path` is on disk.
Result<void> sync_filesystem(const std::string& path);
Result<void> link(const std::string& from, const std::string& to);
/// Makes `to` share the blocks of `from` (FICLONE). False where the file system cannot. Errors:
/// refused (`from` cannot be read).
[[nodiscard]] Result<bool> clone(const std::string& from, const std::string& to);
/// The only writer, until the descriptor is closed. Errors: exists (there is another).
[[nodiscard]] Result<Descriptor> lock_folder(const std::string& path);

/// A new folder in $TMPDIR, or /tmp, that goes away with everything in it.
class TemporaryFolder {
 public:
  [[nodiscard]] static Result<TemporaryFolder> make();
  ~TemporaryFolder();
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

/// A new file, written piece by piece.
class Appender {
 public:
  [[nodiscard]] static Result<Appender> create(const std::string& path, unsigned mode = 0644);
  Result<void> append(Bytes bytes);
  [[nodiscard]] Result<void> close() { return fd_.close(); }

 private:
  explicit Appender(Descriptor fd) : fd_(std::move(fd)) {}
  Descriptor fd_;
};

/// A regular file, read from its beginning.
class Reader {
 public:
  [[nodiscard]] static Result<Reader> open(const std::string& path);
  /// Fills `into` as far as the file goes, and says how many bytes that were.
  [[nodiscard]] Result<std::size_t> read(std::span<std::byte> into);

 private:
  explicit Reader(Descriptor fd) : fd_(std::move(fd)) {}
  Descriptor fd_;
};

/// Returns 0 to go on, or the errno to fail with.
using Hook = std::function<int(std::string_view operation)>;
void set_hook(Hook hook);
/// For tests on file systems that cannot clone: clone() then copies.
void set_clone_by_copy(bool on);

}  // namespace exhibit::casefile::files
