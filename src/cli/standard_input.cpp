#include "cli/standard_input.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "cli/interrupt.h"

namespace exhibit::cli {

namespace {

constexpr int kPipeSizeBytes = 1 << 20;
constexpr int kWaitMs = 100;  // how long a stop may go unnoticed

bool write_all(int fd, const char* bytes, std::size_t size) {
  while (size > 0) {
    const auto written = ::write(fd, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;  // the reader has gone
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

void pump(const std::stop_token& stop, int from, int to) {
  std::array<char, 1U << 16U> piece;
  for (;;) {
    pollfd waiting{.fd = from, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&waiting, 1, kWaitMs);
    if (stop.stop_requested() || stop_flag().load()) break;
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    const auto got = ::read(from, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || !write_all(to, piece.data(), static_cast<std::size_t>(got))) break;
  }
  ::close(from);
  ::close(to);
}

}  // namespace

StandardInput::StandardInput(const std::vector<std::string>& paths) {
  if (std::ranges::find(paths, "-") == paths.end()) return;
  struct stat input{};
  if (::fstat(STDIN_FILENO, &input) != 0 || S_ISREG(input.st_mode)) return;
  std::array<int, 2> ends{};
  const int original = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
  if (original < 0) return;
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    ::close(original);
    return;
  }
  ::fcntl(ends[1], F_SETPIPE_SZ, kPipeSizeBytes);  // only for speed
  ::dup2(ends[0], STDIN_FILENO);
  ::close(ends[0]);
  pump_ = std::jthread(pump, original, ends[1]);
}

StandardInput::~StandardInput() {
  if (!pump_.joinable()) return;
  // The last reading end goes, so a pump that waits to write ends; one that waits to read notices
  // the stop that jthread asks for.
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (nothing >= 0) {
    ::dup2(nothing, STDIN_FILENO);
    ::close(nothing);
  } else {
    ::close(STDIN_FILENO);
  }
}

}  // namespace exhibit::cli
