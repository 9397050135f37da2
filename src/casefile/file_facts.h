// What the file system says of a file before it is read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace exhibit::casefile {

/// Units: times in nanoseconds since 1970.
struct FileFacts {
  std::int64_t accessed_unix_ns = 0, modified_unix_ns = 0, changed_unix_ns = 0;
  std::optional<std::int64_t> born_unix_ns;  // where the file system keeps it
  std::string file_system;               // its name; `0x` and its number where that is not known
  std::uint64_t time_resolution_ns = 0;  // of the modification time; 0: not known
  std::uint64_t size_bytes = 0, inode = 0, links = 0, owner = 0, group = 0;
  std::string device;  // `major:minor`
  std::string mode;    // octal
};
/// Follows symbolic links. nullopt: there is no such file, or it is standard input.
[[nodiscard]] std::optional<FileFacts> read_file_facts(const std::string& path);

}  // namespace exhibit::casefile
