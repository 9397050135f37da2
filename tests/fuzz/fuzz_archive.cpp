// Containers on any bytes: members come out as sources that tile, within the limits, and the
// stream ends.
#include <cstdint>

#include "evidence/container.h"
#include "evidence/sniff.h"
#include "fuzz/memory_stream.h"

namespace {

using namespace exhibit;
using fuzz::require;

// What libarchive may take from one small input before the fuzzer looks elsewhere.
constexpr std::uint64_t kBytesMax = std::uint64_t{8} << 20;
constexpr int kErrorsMax = 100'000;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const evidence::Content content =
      evidence::sniff(as_bytes(bytes.substr(0, evidence::kSniffSizeBytes)));
  if (!evidence::is_container(content)) return 0;
  const auto stream =
      evidence::make_container_stream({}, std::make_unique<fuzz::MemoryStream>(bytes), content);
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
    fuzz::Tiling tiling;
    while (total < kBytesMax && (*source)->next(batch)) {
      tiling.take(batch);
      total += batch.size;
    }
  }
  return 0;
}
