#include "base/text.h"
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

std::string tlog_proof(std::uint64_t index, std::span<const seal::Digest> path,
                       std::string_view checkpoint) {
  std::string out = "c2sp.org/tlog-proof@v1\nindex ";
  out += std::to_string(index);
  out += '\n';
  for (const seal::Digest& sibling : path) {
    base::append_base64(out, sibling);
    out += '\n';
  }
  out += '\n';
  out += checkpoint;
  return out;
}

}  // namespace exhibit::verify
