// Listing: which files there are below the paths that somebody named.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <memory>
#include <set>
#include <tuple>

#include "exhibit/evidence.h"

namespace exhibit::evidence {
namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

struct Found {
  Input input;
  std::uint64_t device;
  std::uint64_t inode;
  bool linked;  // has more than one name on its file system
};

Error system_error(Literal what) {
  const int code = errno;
  return {.what = what,
          .detail = static_cast<std::uint32_t>(code),
          .code = code == ENOENT || code == ENOTDIR ? ErrorCode::not_found : ErrorCode::io};
}

std::string canonical(const std::string& path) {
  std::array<char, PATH_MAX> resolved{};
  return ::realpath(path.c_str(), resolved.data()) == nullptr ? path : std::string(resolved.data());
}

class Lister {
 public:
  void add_named(const std::string& path);
  Listing finish();

 private:
  void add_folder(const std::string& path);
  void add_entry(int folder, const std::string& path, const char* name, unsigned char type);
  void add_file(const std::string& path, const struct stat& status);
  void skip(const std::string& path, const Error& error) { skipped_.push_back({path, error}); }

  std::vector<Found> found_;
  std::vector<Skipped> skipped_;
  std::vector<std::string> folders_;  // still to be read
};

void Lister::add_file(const std::string& path, const struct stat& status) {
  if (S_ISDIR(status.st_mode)) {
    folders_.push_back(path);
  } else if (S_ISREG(status.st_mode)) {
    found_.push_back({{path, static_cast<std::uint64_t>(status.st_size)},
                      status.st_dev,
                      status.st_ino,
                      status.st_nlink > 1});
  } else {
    skip(path, {.what = "not a regular file or folder", .code = ErrorCode::unsupported});
  }
}

void Lister::add_named(const std::string& path) {
  if (path == "-") {
    found_.push_back({{path, 0}, 0, 0, false});
    return;
  }
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) {
    skip(path, system_error("cannot be found"));
    return;
  }
  add_file(path, status);
  while (!folders_.empty()) {
    const std::string folder = std::move(folders_.back());
    folders_.pop_back();
    add_folder(folder);
  }
}

void Lister::add_folder(const std::string& path) {
  const Folder folder(::opendir(path.c_str()));
  if (folder == nullptr) {
    skip(path, system_error("the folder cannot be read"));
    return;
  }
  const std::string prefix = path.ends_with('/') ? path : path + '/';
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(folder.get());
    if (entry == nullptr) {
      if (errno != 0) skip(path, system_error("the folder cannot be read to its end"));
      return;
    }
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..")
      add_entry(::dirfd(folder.get()), prefix + entry->d_name, entry->d_name, entry->d_type);
  }
}

// The folder says what most entries are, so that only files cost a call of their own.
void Lister::add_entry(int folder, const std::string& path, const char* name, unsigned char type) {
  if (type == DT_DIR) {
    folders_.push_back(path);
    return;
  }
  struct stat status{};
  if (::fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
    skip(path, system_error("cannot be found"));
  } else if (S_ISLNK(status.st_mode)) {
    skip(path, {.what = "a symbolic link below a folder is not followed: name it itself",
                .code = ErrorCode::unsupported});
  } else {
    add_file(path, status);
  }
}

Listing Lister::finish() {
  std::ranges::sort(found_, {}, [](const Found& f) -> const std::string& { return f.input.path; });
  std::ranges::sort(skipped_, {}, [](const Skipped& s) { return std::tie(s.path, s.error.code); });
  const auto again = std::ranges::unique(skipped_, {}, &Skipped::path);
  skipped_.erase(again.begin(), again.end());
  Listing listing;
  listing.skipped = std::move(skipped_);
  // Two names of one file on disk (hard links) are two sources; two ways to one name are one.
  std::set<std::tuple<std::uint64_t, std::uint64_t, std::string>> seen;
  for (Found& f : found_) {
    std::string name = f.linked ? canonical(f.input.path) : std::string();
    if (seen.emplace(f.device, f.inode, std::move(name)).second)
      listing.inputs.push_back(std::move(f.input));
  }
  return listing;
}

}  // namespace

Listing list_inputs(const std::vector<std::string>& paths) {
  Lister lister;
  for (const std::string& path : paths) lister.add_named(path);
  return lister.finish();
}

}  // namespace exhibit::evidence
