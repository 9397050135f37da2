#include "cli/small_file.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>

namespace exhibit::cli {

Result<std::string> read_small_file(const std::string& path, std::uint64_t size_max) {
  std::ifstream file;
  if (path != "-") {
    file.open(path, std::ios::binary);
    if (!file) return fail(ErrorCode::not_found, "the file cannot be read");
  }
  std::istream& in = path == "-" ? std::cin : file;
  std::string out;
  std::array<char, 1 << 14> piece{};
  while (in.read(piece.data(), piece.size()).gcount() > 0) {
    out.append(piece.data(), static_cast<std::size_t>(in.gcount()));
    if (out.size() > size_max) return fail(ErrorCode::limit, "the file is larger than it may be");
  }
  if (in.bad()) return fail(ErrorCode::io, "the file cannot be read to its end");
  return out;
}

}  // namespace exhibit::cli
