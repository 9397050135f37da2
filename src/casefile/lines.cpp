#include "casefile/lines.h"

#include "casefile/files.h"

namespace exhibit::casefile {

Result<std::vector<seal::Digest>> leaves_of(const std::string& path) {
  std::vector<seal::Digest> out;
  std::string rest;
  EXHIBIT_CHECK(files::read_pieces(path, [&](Bytes bytes) -> Result<void> {
    rest += as_text(bytes);
    std::size_t at = 0;
    for (std::size_t end = rest.find('\n'); end != std::string::npos; end = rest.find('\n', at)) {
      out.push_back(seal::leaf_hash(as_bytes(std::string_view(rest).substr(at, end + 1 - at))));
      at = end + 1;
    }
    rest.erase(0, at);
    return {};
  }));
  if (!rest.empty()) return fail(ErrorCode::malformed, "the last line does not end");
  return out;
}

}  // namespace exhibit::casefile
