// Ledger entries and entry bundles from a hostile case: what is taken is in its one form.
#include <cstdlib>

#include "exhibit/verify.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace exhibit;
  const Bytes bytes = std::as_bytes(std::span(data, size));
  if (const auto entry = verify::parse_entry(as_text(bytes)))
    if (verify::entry_payload(entry->entry) != entry->envelope.payload) std::abort();
  if (const auto bundle = verify::parse_entry_bundle(bytes)) {
    std::string again;
    for (const std::string& entry : *bundle) verify::append_bundle_entry(again, entry);
    if (again != as_text(bytes)) std::abort();
  }
  return 0;
}
