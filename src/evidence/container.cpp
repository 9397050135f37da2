#include "evidence/container.h"

#include <optional>

#include "evidence/archive.h"
#include "evidence/head_stream.h"
#include "evidence/raw_source.h"
#include "evidence/source.h"

namespace exhibit::evidence {
namespace {

// What a compressed stream holds is named as its file is, without the last ending.
std::string inner_name(std::string_view outer) {
  const std::size_t slash = outer.rfind('/');
  if (slash != std::string_view::npos) outer.remove_prefix(slash + 1);
  const std::size_t dot = outer.rfind('.');
  if (dot != std::string_view::npos && dot > 0) outer = outer.substr(0, dot);
  return outer.empty() || outer == "-" ? "data" : std::string(outer);
}

class ContainerStream final : public SourceStream {
 public:
  ContainerStream(SourceInfo info, std::unique_ptr<ByteStream> stream, Content content)
      : info_(std::move(info)) {
    if (auto opened = open_level(std::move(stream), content, 1, false); !opened)
      failed_ = opened.error();
  }
  // Archives read from the members of those before them.
  ~ContainerStream() override {
    while (!levels_.empty()) levels_.pop_back();
  }
  ContainerStream(const ContainerStream&) = delete;
  ContainerStream& operator=(const ContainerStream&) = delete;

  bool is_container() const override { return true; }
  Result<std::unique_ptr<Source>> next() override;
  std::uint64_t bytes_read() const override { return inflation_.bytes_in; }

 private:
  struct Level {
    std::unique_ptr<Archive> archive;
    Content content;
    std::uint32_t depth;  // of containers
    bool named;           // its name is the last of names_
  };
  Result<void> open_level(std::unique_ptr<ByteStream> stream, Content content, std::uint32_t depth,
                          bool named);
  Result<void> close_level();
  Result<std::unique_ptr<Source>> open_member(Member member);

  SourceInfo info_;
  Inflation inflation_;
  std::vector<Level> levels_;
  std::vector<std::string> names_;  // of the containers in the outermost
  std::optional<Error> failed_;     // not yet told
};

Result<void> ContainerStream::open_level(std::unique_ptr<ByteStream> stream, Content content,
                                         std::uint32_t depth, bool named) {
  EXHIBIT_TRY(auto archive, open_archive(std::move(stream), content, inflation_, levels_.size()));
  levels_.push_back({std::move(archive), content, depth, named});
  return {};
}

Result<void> ContainerStream::close_level() {
  Result<void> drained;
  if (levels_.size() == 1) drained = levels_.back().archive->drain();
  if (levels_.back().named) names_.pop_back();
  levels_.pop_back();
  return drained;
}

// The source of a member, or nullptr where the member is a container, which is then the top level.
Result<std::unique_ptr<Source>> ContainerStream::open_member(Member member) {
  const std::string& outer = names_.empty() ? info_.path : names_.back();
  if (member.name.empty()) member.name = inner_name(outer);
  SourceInfo info = info_;
  info.members = names_;
  info.members.push_back(member.name);
  info.size_bytes = member.size_bytes;
  if (member.encrypted)
    return make_raw_source(std::move(info), make_failed_stream({.what = "the member is encrypted",
                                                                .code = ErrorCode::refused}));
  const Level& level = levels_.back();
  auto stream = std::make_unique<HeadStream>(level.archive->content(), kSniffSizeBytes);
  const Content content = sniff(stream->head());
  if (!evidence::is_container(content))
    return make_source(std::move(info), std::move(stream), content);
  // A compressed tar is one container: what is compressed has no name of its own.
  const bool one = content == Content::tar && is_compressed_stream(level.content);
  if (!one && level.depth == kContainerDepthMax)
    return make_raw_source(std::move(info), std::move(stream), event::DamageKind::limit);
  EXHIBIT_CHECK(open_level(std::move(stream), content, level.depth + (one ? 0 : 1), !one));
  if (!one) names_.push_back(std::move(member.name));
  return std::unique_ptr<Source>();
}

Result<std::unique_ptr<Source>> ContainerStream::next() {
  if (failed_) {
    const Error error = *failed_;
    failed_.reset();
    return std::unexpected(error);
  }
  while (!levels_.empty()) {
    EXHIBIT_TRY(std::optional<Member> member, levels_.back().archive->next());
    if (!member) {
      EXHIBIT_CHECK(close_level());
      continue;
    }
    EXHIBIT_TRY(std::unique_ptr<Source> source, open_member(*std::move(member)));
    if (source != nullptr) return source;
  }
  return std::unique_ptr<Source>();
}

}  // namespace

std::unique_ptr<SourceStream> make_container_stream(SourceInfo info,
                                                    std::unique_ptr<ByteStream> stream,
                                                    Content content) {
  return std::make_unique<ContainerStream>(std::move(info), std::move(stream), content);
}

}  // namespace exhibit::evidence
