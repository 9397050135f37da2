#include "exhibit/verify.h"

namespace exhibit::verify {

Result<LinesRoot> lines_root(std::string_view text) {
  seal::TreeHasher tree;
  LinesRoot out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos)
      return fail(ErrorCode::malformed, "the last line has no newline");
    tree.append(seal::leaf_hash(as_bytes(text.substr(0, end + 1))));
    text.remove_prefix(end + 1);
    ++out.lines;
  }
  out.root = tree.root();
  return out;
}

}  // namespace exhibit::verify
