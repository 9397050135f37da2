// A file or standard input as a stream of bytes.
//
// Threads:    one thread at a time.
// Invariant:  a regular file is read up to the size it had when it was opened, never further: a log
//             that grows while it is read cannot hold the reader. What changed is reported.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "evidence/byte_stream.h"

namespace exhibit::evidence {

class FileStream final : public ByteStream {
 public:
  /// "-" is standard input.
  ///
  /// Errors:  not_found, io (errno in detail); unsupported (not a regular file).
  static Result<std::unique_ptr<FileStream>> open(const std::string& path);
  ~FileStream() override;
  FileStream(const FileStream&) = delete;
  FileStream& operator=(const FileStream&) = delete;

  /// At the end of a regular file: `changed` where its size or modification time differ, or where
  /// its name no longer leads to it.
  Result<std::size_t> read(std::span<std::byte> into) override;

  /// As it was at opening; 0 for standard input.
  [[nodiscard]] std::uint64_t size_bytes() const { return size_; }
  [[nodiscard]] std::int64_t modified_unix_ns() const { return modified_; }

 private:
  [[nodiscard]] Result<void> check_unchanged() const;
  FileStream(std::string path, int fd, bool owned)
      : path_(std::move(path)), fd_(fd), owned_(owned) {}

  std::string path_;
  int fd_;
  bool owned_;
  bool regular_ = false;
  std::uint64_t offset_ = 0;
  std::uint64_t size_ = 0;
  std::int64_t modified_ = 0;
};

}  // namespace exhibit::evidence
