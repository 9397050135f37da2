// Hash manifests of other tools: whatever is read has digests of their length and a name, and is
// compared without a crash; a file that is listed is matched, and one whose bytes are not is never.
#include <cstdint>
#include <cstdlib>

#include "exhibit/acquisition.h"

namespace {

using namespace exhibit;

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto manifest = casefile::parse_manifest(text, "fuzzed");
  if (!manifest) return 0;
  require(!manifest->lines.empty() && manifest->size_bytes == size);
  std::vector<casefile::ListedSource> sources;
  for (const auto& line : manifest->lines) {
    require(!line.path.empty() && line.path.size() <= casefile::kManifestPathSizeMax);
    require(!line.digests.sha256.empty() || !line.digests.others.empty());
    require(line.digests.sha256.empty() || line.digests.sha256.size() == 64);
    for (const auto& [hash, hex] : line.digests.others)
      require(hex.size() == seal::hex_digits(hash));
    if (sources.size() < 16) sources.push_back({.path = line.path, .digests = line.digests});
  }
  const std::size_t listed = sources.size();
  sources.push_back({.path = sources.front().path, .digests = {.sha256 = "none", .others = {}}});
  const auto result = casefile::compare_manifest(*manifest, sources);
  require(result.sources.size() == sources.size());
  for (std::size_t i = 0; i < listed; ++i)
    require(result.sources[i].as == casefile::ListedAs::matched);
  require(result.sources.back().as != casefile::ListedAs::matched);
  require(result.matched + result.differs + result.not_listed == sources.size());
  require(result.not_found.size() < manifest->lines.size());
  return 0;
}
