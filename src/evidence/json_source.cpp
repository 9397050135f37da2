#include "evidence/json_source.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "evidence/json_framer.h"
#include "evidence/json_utf16.h"

namespace exhibit::evidence {
namespace {

class JsonSource final : public Source {
 public:
  JsonSource(SourceInfo info, std::unique_ptr<ByteStream> stream)
      : info_(std::move(info)), stream_(std::move(stream)) {}

  const SourceInfo& info() const override { return info_; }
  bool next(event::Batch& batch) override;

 private:
  void fill(event::Batch& batch, std::size_t& filled, std::size_t target);

  SourceInfo info_;
  std::unique_ptr<ByteStream> stream_;
  JsonFramer framer_;
  JsonEncoding encoding_ = JsonEncoding::utf8;
  std::string ascii_;            // of the window, where the encoding is another
  std::vector<std::byte> rest_;  // read, but not yet given out
  std::uint64_t offset_ = 0;
  std::uint64_t sequence_ = 0;
  bool at_end_ = false;
  bool done_ = false;
  std::optional<Error> failed_;
};

void JsonSource::fill(event::Batch& batch, std::size_t& filled, std::size_t target) {
  batch.resize(std::max(filled, target));
  while (!at_end_ && filled < target) {
    const Result<std::size_t> got =
        stream_->read(std::span(batch.buffer).subspan(filled, target - filled));
    if (!got) failed_ = got.error();
    at_end_ = !got || *got == 0;
    if (got) filled += *got;
  }
}

bool JsonSource::next(event::Batch& batch) {
  batch.clear();
  if (done_) return false;
  batch.sequence = sequence_;
  batch.source_offset = offset_;
  std::size_t filled = rest_.size();
  std::size_t target = room_for(info_.size_bytes, offset_, event::kBatchSizeBytes);
  batch.resize(std::max(filled, target));
  if (filled > 0) std::memcpy(batch.buffer.data(), rest_.data(), filled);
  std::size_t taken = 0;
  for (;;) {
    fill(batch, filled, target);
    const std::string_view window(reinterpret_cast<const char*>(batch.buffer.data()), filled);
    if (offset_ == 0) encoding_ = encoding_of_source(window);
    taken = frame_json(framer_, encoding_, window, at_end_, batch, ascii_);
    if (taken > 0 || at_end_) break;
    const std::size_t most = code_unit_bytes(encoding_) * kJsonRecordSizeBytesMax;
    target = std::min(filled * 2, most + event::kBatchSizeBytes);
  }
  if (encoding_ != JsonEncoding::utf8 && at_end_ && taken + 1 == filled) {  // half a code unit
    batch.damage.push_back({offset_ + taken, 1, event::DamageKind::truncated});
    ++taken;
  }
  rest_.assign(batch.buffer.begin() + static_cast<std::ptrdiff_t>(taken),
               batch.buffer.begin() + static_cast<std::ptrdiff_t>(filled));
  // One oversized record must not keep its memory for the rest of the source.
  if (rest_.capacity() > 2 * event::kBatchSizeBytes && rest_.size() <= event::kBatchSizeBytes)
    rest_.shrink_to_fit();
  batch.resize(taken);
  offset_ += taken;
  ++sequence_;
  done_ = at_end_ && rest_.empty();
  if (done_ && failed_) {
    batch.damage.push_back({offset_, 0, damage_of(*failed_)});
    batch.system_error = failed_->detail;
  }
  return taken > 0 || !batch.damage.empty();
}

}  // namespace

std::unique_ptr<Source> make_json_source(SourceInfo info, std::unique_ptr<ByteStream> stream) {
  return std::make_unique<JsonSource>(std::move(info), std::move(stream));
}

}  // namespace exhibit::evidence
