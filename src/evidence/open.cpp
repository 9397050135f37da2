// Opening: from a path to the sources in it.
#include "evidence/container.h"
#include "evidence/file_stream.h"
#include "evidence/head_stream.h"
#include "evidence/source.h"

namespace exhibit::evidence {
namespace {

class PlainStream final : public SourceStream {
 public:
  explicit PlainStream(std::unique_ptr<Source> source) : source_(std::move(source)) {}
  bool is_container() const override { return false; }
  Result<std::unique_ptr<Source>> next() override { return std::move(source_); }

 private:
  std::unique_ptr<Source> source_;
};

}  // namespace

Result<std::unique_ptr<SourceStream>> open_input(const Input& input) {
  EXHIBIT_TRY(auto file, FileStream::open(input.path));
  SourceInfo info{.path = input.path,
                  .members = {},
                  .format = Format::unknown,
                  .size_bytes = file->size_bytes(),
                  .modified_unix_ns = file->modified_unix_ns()};
  auto stream = std::make_unique<HeadStream>(std::move(file), kSniffSizeBytes);
  const Content content = sniff(stream->head());
  if (is_container(content))
    return make_container_stream(std::move(info), std::move(stream), content);
  return std::make_unique<PlainStream>(make_source(std::move(info), std::move(stream), content));
}

Result<std::unique_ptr<Source>> open_plain(const std::string& path, SourceInfo info) {
  EXHIBIT_TRY(auto file, FileStream::open(path));
  auto stream = std::make_unique<HeadStream>(std::move(file), kSniffSizeBytes);
  const Content content = sniff(stream->head());
  return make_source(std::move(info), std::move(stream), content);
}

}  // namespace exhibit::evidence
