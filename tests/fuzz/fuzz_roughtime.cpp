// Roughtime packets: a request and a reply, cut at the first `|||`. Nothing is delegated by a key
// that nobody has, and a time is an interval.
#include <cstdint>
#include <cstdlib>

#include "exhibit/beacon.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace exhibit;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = text.find("|||");
  if (cut == std::string_view::npos) return 0;
  seal::PublicKey key{};
  key[0] = std::byte{5};
  const auto report = beacon::verify_roughtime({.request = as_bytes(text.substr(0, cut)),
                                                .reply = as_bytes(text.substr(cut + 3)),
                                                .value = as_bytes("a checkpoint")},
                                               key);
  if (report.checks.empty() || report.verdict() != beacon::Verdict::invalid) {
    // Only a form that is not read is left undecided.
    if (report.checks.size() != 1 || report.verdict() != beacon::Verdict::undecidable) std::abort();
  }
  if (report.time && report.time->not_before > report.time->not_after) std::abort();
  return 0;
}
