#include "cli/output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "cli/json_text.h"
#include "cli/safe_text.h"

namespace exhibit::cli {

namespace {

constexpr std::size_t kBufferSizeBytes = 1U << 16U;

std::unexpected<Error> io(Literal what) {
  return fail(errno == EEXIST ? ErrorCode::exists : ErrorCode::io, what, kNoOffset,
              static_cast<std::uint32_t>(errno));
}

}  // namespace

Output::Output(int fd, std::string path, std::string temporary, bool force)
    : fd_(fd),
      path_(std::move(path)),
      temporary_(std::move(temporary)),
      force_(force),
      terminal_(::isatty(fd) == 1) {}

Output::Output(Output&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      force_(other.force_),
      terminal_(other.terminal_),
      closed_(other.closed_),
      error_(other.error_),
      buffer_(std::move(other.buffer_)) {}

Output::~Output() {
  if (fd_ > STDERR_FILENO) ::close(fd_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Result<Output> Output::open(std::string_view path, bool force) {
  if (path.empty() || path == "-") return Output(STDOUT_FILENO, {}, {}, force);
  const std::string name(path);
  struct stat there{};
  if (::stat(name.c_str(), &there) == 0) {
    if (S_ISDIR(there.st_mode)) {
      errno = EISDIR;
      return io("the output must be a file");
    }
    if (!S_ISREG(there.st_mode)) {  // a device or a pipe is written to, never replaced
      const int fd = ::open(name.c_str(), O_WRONLY | O_CLOEXEC);
      if (fd < 0) return io("the output cannot be opened");
      return Output(fd, name, {}, force);
    }
    if (!force) {
      return fail(ErrorCode::exists, "the output file is there already; --force overwrites it");
    }
  }
  std::string temporary = name + ".exhibit-XXXXXX";
  const int fd = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (fd < 0) return io("the output file cannot be made");
  const mode_t mask = ::umask(0);
  ::umask(mask);
  if (::fchmod(fd, 0666U & ~mask) != 0) {
    ::close(fd);
    ::unlink(temporary.c_str());
    return io("the output file cannot be made");
  }
  return Output(fd, name, std::move(temporary), force);
}

void Output::write(std::string_view text) {
  if (closed_ || error_ != 0) return;
  buffer_ += text;
  if (buffer_.size() >= kBufferSizeBytes) flush();
}

void Output::write_json(std::string_view json) {
  if (terminal_) {
    write(terminal_json(json));
  } else {
    write(json);
  }
}

void Output::write_lines(std::string_view lines) {
  if (!terminal_) return write(lines);
  while (!lines.empty()) {
    const auto end = std::min(lines.find('\n'), lines.size());
    std::string_view line = lines.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    write(safe_text(line));
    if (end < lines.size()) write("\n");
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
}

void Output::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty() && !closed_ && error_ == 0) {
    const auto written = ::write(fd_, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EPIPE) {
      closed_ = true;
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
  buffer_.clear();
}

Result<void> Output::finish() {
  flush();
  if (error_ != 0) {
    errno = error_;
    return io("the output cannot be written");
  }
  if (temporary_.empty()) return {};
  if (::fsync(fd_) != 0) return io("the output cannot be written");
  if (force_) {
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) return io("the output cannot be named");
  } else {
    // No overwriting, also not of a file that came meanwhile. Where the file system cannot promise
    // that in one step, a hard link does.
    if (::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE) != 0) {
      if (errno != EINVAL && errno != ENOSYS) return io("the output cannot be named");
      if (::link(temporary_.c_str(), path_.c_str()) != 0) return io("the output cannot be named");
      ::unlink(temporary_.c_str());
    }
  }
  temporary_.clear();
  return {};
}

Result<void> write_whole(std::string_view path, std::string_view text, bool force) {
  EXHIBIT_TRY(auto out, Output::open(path, force));
  out.write(text);
  return out.finish();
}

}  // namespace exhibit::cli
