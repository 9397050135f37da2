#include "casefile/lines.h"

#include "casefile/files.h"

namespace exhibit::casefile {

Result<std::uint64_t> for_each_line(const std::string& path,
                                    const std::function<Result<void>(std::string_view)>& take,
                                    std::uint64_t line_size_max) {
  std::string rest;
  EXHIBIT_CHECK(files::read_pieces(path, [&](Bytes bytes) -> Result<void> {
    rest += as_text(bytes);
    std::size_t at = 0;
    for (std::size_t end = rest.find('\n'); end != std::string::npos; end = rest.find('\n', at)) {
      EXHIBIT_CHECK(take(std::string_view(rest).substr(at, end + 1 - at)));
      at = end + 1;
    }
    rest.erase(0, at);
    if (rest.size() > line_size_max)
      return fail(ErrorCode::limit, "a line is longer than any that is written");
    return {};
  }));
  return rest.size();
}

Result<std::vector<seal::Digest>> leaves_of(const std::string& path) {
  std::vector<seal::Digest> out;
  EXHIBIT_TRY(const std::uint64_t rest,
              for_each_line(path, [&](std::string_view line) -> Result<void> {
                out.push_back(seal::leaf_hash(as_bytes(line)));
                return {};
              }));
  if (rest != 0) return fail(ErrorCode::malformed, "the last line does not end");
  return out;
}

}  // namespace exhibit::casefile
