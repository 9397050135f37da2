// Containers on any bytes: members come out as sources that tile, within the limits, and the
// stream ends.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "evidence/container.h"
#include "evidence/sniff.h"

namespace {

using namespace exhibit;

// What libarchive may take from one small input before the fuzzer looks elsewhere.
constexpr std::uint64_t kBytesMax = std::uint64_t{8} << 20;
constexpr int kErrorsMax = 100'000;

void require(bool holds) {
  if (!holds) std::abort();
}

class Memory final : public evidence::ByteStream {
 public:
  explicit Memory(std::string_view bytes) : rest_(bytes) {}
  Result<std::size_t> read(std::span<std::byte> into) override {
    const std::size_t size = std::min(into.size(), rest_.size());
    if (size > 0) std::memcpy(into.data(), rest_.data(), size);
    rest_.remove_prefix(size);
    return size;
  }

 private:
  std::string_view rest_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const evidence::Content content =
      evidence::sniff(as_bytes(bytes.substr(0, evidence::kSniffSizeBytes)));
  if (!evidence::is_container(content)) return 0;
  const auto stream = evidence::make_container_stream({}, std::make_unique<Memory>(bytes), content);
  static event::Batch batch;  // its megabyte costs more than an input
  std::uint64_t total = 0;
  for (int errors = 0; total < kBytesMax;) {
    const auto source = stream->next();
    if (!source) {
      require(++errors < kErrorsMax);
      continue;
    }
    if (*source == nullptr) break;
    require(!(*source)->info().members.empty());
    std::uint64_t at = 0;
    while (total < kBytesMax && (*source)->next(batch)) {
      require(batch.source_offset == at);
      at += batch.size;
      total += batch.size;
    }
  }
  return 0;
}
