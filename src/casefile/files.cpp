#include "casefile/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

#include "base/text.h"
#include "exhibit/seal.h"

namespace exhibit::casefile::files {
namespace {

Hook& hook() {
  static Hook instance;
  return instance;
}

bool& clone_by_copy() {
  static bool on = false;
  return on;
}

std::unexpected<Error> io(Literal what, int error) {
  const ErrorCode code = error == ENOENT                         ? ErrorCode::not_found
                         : error == EEXIST || error == ENOTEMPTY ? ErrorCode::exists
                                                                 : ErrorCode::io;
  return fail(code, what, kNoOffset, static_cast<std::uint32_t>(error));
}

Result<void> step(std::string_view operation) {
  if (!hook()) return {};
  if (const int error = hook()(operation); error != 0)
    return io("the file system refused a change", error);
  return {};
}

Result<void> write_all(int fd, Bytes bytes) {
  // Under a hook in two halves, so that a kill between them leaves half a file.
  const std::size_t piece = hook() ? (bytes.size() + 1) / 2 : bytes.size();
  while (!bytes.empty()) {
    EXHIBIT_CHECK(step("write"));
    const ssize_t done = ::write(fd, bytes.data(), std::min(piece, bytes.size()));
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return io("cannot write a file", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(done));
  }
  return {};
}

Result<Descriptor> open_file(const std::string& path, int flags, unsigned mode = 0) {
  for (;;) {
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC, mode);
    if (fd >= 0) return Descriptor(fd);
    if (errno != EINTR) return io("cannot open a file", errno);
  }
}

// Regular files only, and without waiting: a case may have been made by an enemy, with a pipe where
// a file should be.
Result<Descriptor> open_regular(const std::string& path) {
  EXHIBIT_TRY(Descriptor fd, open_file(path, O_RDONLY | O_NONBLOCK));
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return io("cannot look at a file", errno);
  if (!S_ISREG(info.st_mode)) return fail(ErrorCode::malformed, "this is not a regular file");
  return fd;
}

Result<void> list_below(const std::string& folder, const std::string& prefix,
                        std::vector<std::string>& out) {
  EXHIBIT_TRY(const std::vector<Item> items, list(folder));
  for (const Item& item : items) {
    if (item.folder) {
      EXHIBIT_CHECK(list_below(folder + "/" + item.name, prefix + item.name + "/", out));
    } else {
      out.push_back(prefix + item.name);
    }
  }
  return {};
}

}  // namespace

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

void set_hook(Hook value) { hook() = std::move(value); }
void set_clone_by_copy(bool on) { clone_by_copy() = on; }

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}
Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Result<void> Descriptor::close() {
  auto closed = step("close");
  // Interrupted or not, the descriptor is gone (close(2), "Dealing with error returns").
  if (::close(std::exchange(fd_, -1)) != 0 && errno != EINTR && closed)
    closed = io("cannot write a file to its end", errno);
  return closed;
}

Result<void> read_pieces(const std::string& path, const std::function<Result<void>(Bytes)>& take) {
  EXHIBIT_TRY(const Descriptor fd, open_regular(path));
  std::vector<std::byte> buffer(std::size_t{1} << 20);
  for (;;) {
    const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io("cannot read a file", errno);
    if (got == 0) return {};
    EXHIBIT_CHECK(take(Bytes(buffer).first(static_cast<std::size_t>(got))));
  }
}

Result<std::string> sha256(const std::string& path) {
  seal::Sha256 hash;
  EXHIBIT_CHECK(read_pieces(path, [&](Bytes bytes) -> Result<void> {
    hash.update(bytes);
    return {};
  }));
  return base::to_hex(hash.finish());
}

Result<std::string> read(const std::string& path, std::uint64_t size_max) {
  EXHIBIT_TRY(const Descriptor fd, open_regular(path));
  std::string out;
  for (;;) {
    const std::size_t had = out.size();
    constexpr std::size_t kPiece = 64 << 10;
    out.resize(had + kPiece);
    const ssize_t got = ::read(fd.get(), out.data() + had, kPiece);
    if (got < 0 && errno != EINTR) return io("cannot read a file", errno);
    out.resize(had + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (out.size() > size_max) return fail(ErrorCode::limit, "a file is larger than it may be");
    if (got == 0) return out;
  }
}

bool exists(const std::string& path) {
  struct stat info{};
  return ::lstat(path.c_str(), &info) == 0;
}

Result<std::uint64_t> size(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return io("cannot look at a file", errno);
  if (!S_ISREG(info.st_mode)) return fail(ErrorCode::malformed, "this is not a regular file");
  return static_cast<std::uint64_t>(info.st_size);
}

Result<std::vector<Item>> list(const std::string& folder) {
  std::vector<Item> out;
  const auto close = [](DIR* d) { ::closedir(d); };
  const std::unique_ptr<DIR, decltype(close)> dir(::opendir(folder.c_str()), close);
  if (!dir) {
    if (errno == ENOENT) return out;
    return io("cannot list a folder", errno);
  }
  errno = 0;
  while (const dirent* entry = ::readdir(dir.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    bool is_folder = entry->d_type == DT_DIR;
    if (entry->d_type == DT_UNKNOWN) {
      struct stat info{};
      is_folder =
          ::lstat((folder + "/" + entry->d_name).c_str(), &info) == 0 && S_ISDIR(info.st_mode);
    }
    out.push_back({.name = std::string(name), .folder = is_folder});
    errno = 0;
  }
  if (errno != 0) return io("cannot list a folder", errno);
  std::ranges::sort(out, {}, &Item::name);
  return out;
}

Result<std::vector<std::string>> list_files(const std::string& folder) {
  std::vector<std::string> out;
  EXHIBIT_CHECK(list_below(folder, "", out));
  std::ranges::sort(out);
  return out;
}

Result<void> write_new(const std::string& path, std::string_view bytes, unsigned mode) {
  EXHIBIT_CHECK(step("create"));
  EXHIBIT_TRY(Descriptor fd, open_file(path, O_WRONLY | O_CREAT | O_EXCL, mode));
  EXHIBIT_CHECK(write_all(fd.get(), as_bytes(bytes)));
  return fd.close();
}

Result<void> replace(const std::string& path, std::string_view bytes, unsigned mode) {
  const std::string beside = path + ".new";
  EXHIBIT_CHECK(step("create"));
  EXHIBIT_TRY(Descriptor fd, open_file(beside, O_WRONLY | O_CREAT | O_TRUNC, mode));
  auto written = write_all(fd.get(), as_bytes(bytes));
  if (written) written = step("sync");
  if (written && !hook() && ::fsync(fd.get()) != 0) written = io("cannot sync a file", errno);
  if (written) written = fd.close();
  if (written) written = rename(beside, path);
  if (!written) {
    ::unlink(beside.c_str());
    return written;
  }
  return sync_folder(folder_of(path));
}

Result<void> make_folders(const std::string& path, unsigned mode) {
  if (path.empty() || path == "/" || path == ".") return {};
  EXHIBIT_CHECK(step("mkdir"));
  if (::mkdir(path.c_str(), mode) == 0) return {};
  if (errno == ENOENT) {
    EXHIBIT_CHECK(make_folders(folder_of(path), mode));
    EXHIBIT_CHECK(step("mkdir"));
    if (::mkdir(path.c_str(), mode) == 0) return {};
  }
  const int error = errno;
  struct stat info{};
  // On a read-only file system, say, a folder that is there is good enough.
  if (::stat(path.c_str(), &info) != 0) return io("cannot make a folder", error);
  if (!S_ISDIR(info.st_mode)) return io("a file stands where a folder should be", EEXIST);
  return {};
}

Result<void> rename(const std::string& from, const std::string& to) {
  EXHIBIT_CHECK(step("rename"));
  if (::rename(from.c_str(), to.c_str()) != 0) return io("cannot rename a file", errno);
  return {};
}

Result<void> remove_all(const std::string& path) {
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0)
    return errno == ENOENT ? Result<void>{} : io("cannot look at a file", errno);
  if (S_ISDIR(info.st_mode)) {
    EXHIBIT_TRY(const std::vector<Item> items, list(path));
    for (const Item& item : items) EXHIBIT_CHECK(remove_all(path + "/" + item.name));
  }
  EXHIBIT_CHECK(step("remove"));
  const int failed = S_ISDIR(info.st_mode) ? ::rmdir(path.c_str()) : ::unlink(path.c_str());
  if (failed != 0 && errno != ENOENT) return io("cannot remove a file", errno);
  return {};
}

Result<void> shred(const std::string& path) {
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0)
    return errno == ENOENT ? Result<void>{} : io("cannot look at a file", errno);
  if (!S_ISREG(info.st_mode)) return fail(ErrorCode::refused, "what is to be destroyed is no file");
  EXHIBIT_TRY(Descriptor fd, open_file(path, O_WRONLY | O_NOFOLLOW));
  std::vector<std::byte> noise(static_cast<std::size_t>(
      std::min<std::int64_t>(info.st_size, static_cast<std::int64_t>(kSmallFileMax))));
  seal::random_bytes(noise);
  EXHIBIT_CHECK(write_all(fd.get(), noise));
  EXHIBIT_CHECK(step("sync"));
  if (!hook() && ::fsync(fd.get()) != 0) return io("cannot sync a file", errno);
  EXHIBIT_CHECK(fd.close());
  EXHIBIT_CHECK(remove_all(path));
  return sync_folder(folder_of(path));
}

Result<void> set_mode(const std::string& path, unsigned mode) {
  EXHIBIT_CHECK(step("chmod"));
  if (::chmod(path.c_str(), mode) != 0) return io("cannot set a file's mode", errno);
  return {};
}

Result<void> sync_folder(const std::string& path) {
  EXHIBIT_CHECK(step("sync"));
  EXHIBIT_TRY(const Descriptor fd, open_file(path, O_RDONLY | O_DIRECTORY));
  if (!hook() && ::fsync(fd.get()) != 0) return io("cannot sync a folder", errno);
  return {};
}

Result<void> sync_filesystem(const std::string& path) {
  EXHIBIT_CHECK(step("sync"));
  EXHIBIT_TRY(const Descriptor fd, open_file(path, O_RDONLY | O_DIRECTORY));
  // Linux 5.8 and later report here what could not be written since the folder was opened.
  if (!hook() && ::syncfs(fd.get()) != 0) return io("cannot sync the file system", errno);
  return {};
}

Result<void> link(const std::string& from, const std::string& to) {
  EXHIBIT_CHECK(step("link"));
  if (::link(from.c_str(), to.c_str()) != 0) return io("cannot link a file", errno);
  return {};
}

Result<bool> clone(const std::string& from, const std::string& to) {
  const auto in = open_regular(from);
  if (!in) return fail(ErrorCode::refused, "cannot read a file of evidence");
  EXHIBIT_CHECK(step("create"));
  EXHIBIT_TRY(const Descriptor out, open_file(to, O_WRONLY | O_CREAT | O_EXCL, 0644));
  if (clone_by_copy()) {
    EXHIBIT_CHECK(read_pieces(from, [&](Bytes bytes) { return write_all(out.get(), bytes); }));
    return true;
  }
  if (::ioctl(out.get(), FICLONE, in->get()) == 0) return true;
  EXHIBIT_CHECK(remove_all(to));
  return false;
}

Result<Descriptor> lock_folder(const std::string& path) {
  EXHIBIT_TRY(Descriptor fd, open_file(path, O_RDONLY | O_DIRECTORY));
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK)
      return fail(ErrorCode::exists, "another process is writing to this case", kNoOffset,
                  static_cast<std::uint32_t>(errno));
    return io("cannot lock the case", errno);
  }
  return fd;
}

Result<TemporaryFolder> TemporaryFolder::make() {
  const char* base = std::getenv("TMPDIR");
  std::string path = std::string(base != nullptr ? base : "/tmp") + "/exhibit-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) return io("cannot make a temporary folder", errno);
  return TemporaryFolder(std::move(path));
}

TemporaryFolder::~TemporaryFolder() {
  if (!path_.empty()) (void)remove_all(path_);
}

Result<Appender> Appender::create(const std::string& path, unsigned mode) {
  EXHIBIT_CHECK(step("create"));
  EXHIBIT_TRY(Descriptor fd, open_file(path, O_WRONLY | O_CREAT | O_EXCL, mode));
  return Appender(std::move(fd));
}

Result<Reader> Reader::open(const std::string& path) {
  EXHIBIT_TRY(Descriptor fd, open_regular(path));
  return Reader(std::move(fd));
}

Result<std::size_t> Reader::read(std::span<std::byte> into) {
  std::size_t filled = 0;
  while (filled < into.size()) {
    const ssize_t got = ::read(fd_.get(), into.data() + filled, into.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io("cannot read a file", errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

Result<void> Appender::append(Bytes bytes) { return write_all(fd_.get(), bytes); }

}  // namespace exhibit::casefile::files
