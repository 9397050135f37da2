#include "evidence/raw_source.h"

namespace exhibit::evidence {
namespace {

class RawSource final : public Source {
 public:
  RawSource(SourceInfo info, std::unique_ptr<ByteStream> stream,
            std::optional<event::DamageKind> unread)
      : info_(std::move(info)), stream_(std::move(stream)), unread_(unread) {}

  const SourceInfo& info() const override { return info_; }

  bool next(event::Batch& batch) override {
    batch.clear();
    if (done_) return false;
    batch.sequence = sequence_++;
    batch.source_offset = offset_;
    batch.resize(event::kBatchSizeBytes);
    std::size_t filled = 0;
    while (filled < event::kBatchSizeBytes && !done_) {
      const Result<std::size_t> got =
          stream_->read(std::span(batch.buffer).subspan(filled, event::kBatchSizeBytes - filled));
      if (got) filled += *got;
      done_ = !got || *got == 0;
      if (got) continue;
      batch.damage.push_back({offset_ + filled, 0, damage_of(got.error())});
      batch.system_error = got.error().detail;
    }
    batch.resize(filled);
    if (unread_ && filled > 0)
      batch.damage.insert(batch.damage.begin(), {offset_, filled, *unread_});
    offset_ += filled;
    return filled > 0 || !batch.damage.empty();
  }

 private:
  SourceInfo info_;
  std::unique_ptr<ByteStream> stream_;
  std::optional<event::DamageKind> unread_;
  std::uint64_t offset_ = 0;
  std::uint64_t sequence_ = 0;
  bool done_ = false;
};

class FailedStream final : public ByteStream {
 public:
  explicit FailedStream(const Error& error) : error_(error) {}
  Result<std::size_t> read(std::span<std::byte>) override { return std::unexpected(error_); }

 private:
  Error error_;
};

}  // namespace

std::unique_ptr<Source> make_raw_source(SourceInfo info, std::unique_ptr<ByteStream> stream,
                                        std::optional<event::DamageKind> unread) {
  return std::make_unique<RawSource>(std::move(info), std::move(stream), unread);
}

std::unique_ptr<ByteStream> make_failed_stream(const Error& error) {
  return std::make_unique<FailedStream>(error);
}

}  // namespace exhibit::evidence
