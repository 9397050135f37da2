#include "casefile/file_facts.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace exhibit::casefile {
namespace {

// Numbers as in Linux's magic.h; resolutions are those that the formats can hold.
struct FileSystem {
  std::uint64_t magic;
  const char* name;
  std::uint64_t resolution_ns;
};
constexpr std::array kFileSystems{
    FileSystem{0x4d44, "vfat", 2'000'000'000},  // modification; access is to the day
    FileSystem{0x2011bab0, "exfat", 10'000'000},
    FileSystem{0x5346544e, "ntfs", 100},
    FileSystem{0x7366746e, "ntfs3", 100},
    FileSystem{0x9660, "iso9660", 1'000'000'000},
    FileSystem{0x73717368, "squashfs", 1'000'000'000},
    FileSystem{0x58465342, "xfs", 1},
    FileSystem{0x9123683e, "btrfs", 1},
    FileSystem{0x2fc12fc1, "zfs", 1},
    FileSystem{0xf2f52010, "f2fs", 1},
    FileSystem{0x01021994, "tmpfs", 1},
    FileSystem{0x794c7630, "overlay", 0},  // that of what lies below it
    FileSystem{0x6969, "nfs", 0},
    FileSystem{0xff534d42, "cifs", 0},
    FileSystem{0xfe534d42, "smb2", 0},
    FileSystem{0x65735546, "fuse", 0},
    FileSystem{0x9fa0, "proc", 0},
};
// ext2, ext3 and ext4 share a number: only inodes of 256 bytes have nanoseconds.
constexpr std::uint64_t kExtMagic = 0xef53;

std::int64_t nanoseconds(const statx_timestamp& time) {
  return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec;
}

std::string hex(std::uint64_t number) {
  std::array<char, 32> text{};
  (void)std::snprintf(text.data(), text.size(), "0x%llx", static_cast<unsigned long long>(number));
  return text.data();
}

void name_file_system(const std::string& path, FileFacts& facts) {
  struct statfs info{};
  if (::statfs(path.c_str(), &info) != 0) return;
  // The kernel's numbers have 32 bits; the type that holds them may carry their sign.
  const auto magic = static_cast<std::uint64_t>(info.f_type) & 0xffff'ffffU;
  const auto* const found = std::ranges::find(kFileSystems, magic, &FileSystem::magic);
  if (found != kFileSystems.end()) {
    facts.file_system = found->name;
    facts.time_resolution_ns = found->resolution_ns;
  } else if (magic == kExtMagic) {
    facts.file_system = "ext";
    const bool fine =
        facts.born_unix_ns.has_value() || facts.modified_unix_ns % std::int64_t{1'000'000'000} != 0;
    facts.time_resolution_ns = fine ? 1 : 1'000'000'000;
  } else {
    facts.file_system = hex(magic);
  }
}

}  // namespace

std::optional<FileFacts> read_file_facts(const std::string& path) {
  if (path == "-") return std::nullopt;
  struct statx info{};
  if (::statx(AT_FDCWD, path.c_str(), AT_STATX_SYNC_AS_STAT, STATX_BASIC_STATS | STATX_BTIME,
              &info) != 0)
    return std::nullopt;
  FileFacts out;
  out.accessed_unix_ns = nanoseconds(info.stx_atime);
  out.modified_unix_ns = nanoseconds(info.stx_mtime);
  out.changed_unix_ns = nanoseconds(info.stx_ctime);
  if ((info.stx_mask & STATX_BTIME) != 0) out.born_unix_ns = nanoseconds(info.stx_btime);
  out.size_bytes = info.stx_size;
  out.inode = info.stx_ino;
  out.links = info.stx_nlink;
  out.owner = info.stx_uid;
  out.group = info.stx_gid;
  out.device = std::to_string(info.stx_dev_major) + ":" + std::to_string(info.stx_dev_minor);
  std::array<char, 16> mode{};
  (void)std::snprintf(mode.data(), mode.size(), "%04o", info.stx_mode & 07777U);
  out.mode = mode.data();
  name_file_system(path, out);
  return out;
}

}  // namespace exhibit::casefile
