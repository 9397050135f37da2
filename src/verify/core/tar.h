// A tar of the one form that handovers and bundles have (docs/formats/case.md, "A handover").
#pragma once

#include "verify/core/text.h"
#include "verify/core/why.h"

namespace exhibit::verify::core {

inline constexpr std::size_t kTarBlock = 512;
inline constexpr std::size_t kPaxSizeMax = 64 << 10;
inline constexpr std::uint64_t kTarFilesMax = 1 << 22;

struct TarHeader {
  std::string_view name;
  std::uint64_t size = 0;
  char type = '0';   // '0' a file, 'x' a pax header
  bool end = false;  // the first block of the end
};
/// `block` has 512 bytes, and outlives the header.
[[nodiscard]] Why parse_tar_header(std::string_view block, TarHeader& out);
/// What a pax header says of the file after it; null data where it says nothing. `name` and `size`
/// are changed only where it does.
[[nodiscard]] Why parse_pax(std::string_view pax, std::string_view& name, std::uint64_t& size);

/// A tar that is in memory as a whole, file by file.
class TarReader {
 public:
  explicit TarReader(std::string_view tar) : rest_(tar) {}
  struct File {
    std::string_view name, content;
  };
  /// `more` is false at the end, behind which there must be nothing.
  [[nodiscard]] Why next(File& out, bool& more);

 private:
  [[nodiscard]] Why take(std::uint64_t size, std::string_view& out);
  std::string_view rest_;
};

}  // namespace exhibit::verify::core
