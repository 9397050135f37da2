#include "evidence/file_stream.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>

namespace exhibit::evidence {
namespace {

constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

std::int64_t modified_of(const struct stat& status) {
  return status.st_mtim.tv_sec * kNanosecondsPerSecond + status.st_mtim.tv_nsec;
}

std::unexpected<Error> system_error(Literal what, std::uint64_t offset = kNoOffset) {
  const int code = errno;
  return fail(code == ENOENT || code == ENOTDIR ? ErrorCode::not_found : ErrorCode::io, what,
              offset, static_cast<std::uint32_t>(code));
}

}  // namespace

Result<std::unique_ptr<FileStream>> FileStream::open(const std::string& path) {
  const bool standard_input = path == "-";
  // O_NONBLOCK: a pipe that took the place of a listed file must not hold us.
  const int fd = standard_input
                     ? STDIN_FILENO
                     : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd < 0) return system_error("cannot open the file");
  std::unique_ptr<FileStream> stream(new FileStream(path, fd, !standard_input));
  if (standard_input) return stream;
  struct stat status{};
  if (::fstat(fd, &status) != 0) return system_error("cannot read the file's size");
  if (!S_ISREG(status.st_mode))
    return fail(ErrorCode::unsupported, "not a regular file, folder or standard input");
  stream->regular_ = true;
  stream->size_ = static_cast<std::uint64_t>(status.st_size);
  stream->modified_ = modified_of(status);
  static_cast<void>(::posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL));
  return stream;
}

FileStream::~FileStream() {
  if (owned_) ::close(fd_);
}

Result<std::size_t> FileStream::read(std::span<std::byte> into) {
  std::size_t wanted = into.size();
  // Files of the kernel say that they have no bytes and have some.
  const bool sized = regular_ && size_ > 0;
  if (sized) {
    if (offset_ >= size_) wanted = 0;
    wanted = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, size_ - offset_));
  }
  ssize_t got = 0;
  if (wanted > 0) {
    do {
      got = ::read(fd_, into.data(), wanted);
    } while (got < 0 && errno == EINTR);
    if (got < 0) return system_error("the file cannot be read here", offset_);
    offset_ += static_cast<std::uint64_t>(got);
  }
  if (got == 0 && !into.empty()) EXHIBIT_CHECK(check_unchanged());
  return static_cast<std::size_t>(got);
}

Result<void> FileStream::check_unchanged() const {
  struct stat status{};
  if (!regular_) return {};
  if (::fstat(fd_, &status) != 0) return system_error("cannot read the file's size");
  if (static_cast<std::uint64_t>(status.st_size) != size_ || modified_of(status) != modified_)
    return fail(ErrorCode::changed, "the file changed while it was read", offset_);
  // What was read is whole, but a log that was rotated or swapped is not what its name says now.
  struct stat named{};
  if (::stat(path_.c_str(), &named) != 0 || named.st_dev != status.st_dev ||
      named.st_ino != status.st_ino)
    return fail(ErrorCode::changed, "another file took the name while it was read", offset_);
  return {};
}

}  // namespace exhibit::evidence
