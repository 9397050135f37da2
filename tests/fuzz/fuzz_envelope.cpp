// DSSE envelopes, canonical JSON and lists of names: what is accepted is what would be written.
#include <cstdint>
#include <cstdlib>

#include "base/json.h"
#include "exhibit/seal.h"

namespace {

using namespace exhibit;

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto json = base::parse_json(text)) {
    const std::string canonical = json->canonical();
    const auto again = base::parse_canonical_json(canonical);
    require(again.has_value() && again->canonical() == canonical);
    require(base::parse_canonical_json(text).has_value() == (canonical == text));
  }
  if (const auto envelope = seal::parse_envelope(text)) {
    seal::VerifierKey stranger{.name = envelope->key_name, .key = {}};
    stranger.key[0] = std::byte{0x05};
    require(!seal::verify_envelope(*envelope, stranger));
  }
  if (const auto names = seal::parse_names(text)) {
    std::size_t expected = 0;
    for (const std::string& name : *names) expected += 4 + name.size();
    require(expected == size);
  }
  return 0;
}
