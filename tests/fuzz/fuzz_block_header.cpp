// Bitcoin block headers: nothing that was not mined has work of the default floor.
#include <cstdint>
#include <cstdlib>

#include "exhibit/beacon.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace exhibit;
  const Bytes bytes = std::as_bytes(std::span(data, size));
  const auto report = beacon::check_block_header(bytes);
  if (report.verdict() == beacon::Verdict::valid || report.not_before) std::abort();
  // A floor of difficulty 1 is the network's own: 32 leading zero bits.
  const auto easiest = beacon::check_block_header(bytes, 0);
  if (easiest.verdict() == beacon::Verdict::valid &&
      !easiest.header->hash_text().starts_with("00000000"))
    std::abort();
  return 0;
}
