// Case archives, as the page streams them: whatever the bytes, the reader asks for what is in the
// file, ends, and keeps to the memory that it was given.
#include <cstdlib>
#include <vector>

#include "verify/core/case.h"

namespace {

using namespace exhibit::verify;
using namespace exhibit::verify::core;

struct Heard final : Listener {
  std::size_t checks = 0;
  void check(const Check&) override { ++checks; }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static std::vector<std::byte> memory(8 << 20);
  const std::string_view file(reinterpret_cast<const char*>(data), size);
  const Brought brought{.keys = {}, .policy = {}, .latest_unix_s = 1'800'000'000, .file_name = "c"};
  Heard heard;
  Arena arena(memory);
  CaseReader reader(size, brought, arena, heard);
  while (const auto at = reader.index_at())
    reader.index(file.substr(std::min<std::size_t>(*at, size), kIndexPiece));
  for (Wanted w; reader.next(w);) {
    if (w.offset > size || w.size > size - w.offset) std::abort();
    reader.piece(file.substr(w.offset, w.size / 2));
    reader.piece(file.substr(w.offset + w.size / 2, w.size - w.size / 2));
    reader.end();
  }
  // Nobody brought a key, so nothing is valid.
  if (reader.finish() == Verdict::valid || heard.checks == 0) std::abort();
  return 0;
}
