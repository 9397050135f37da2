// Manifests of tokens: what is read is written again as it was, and nothing made up is valid.
#include <cstdint>
#include <cstdlib>

#include "exhibit/timestamp.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace exhibit;
  const Bytes bytes = std::as_bytes(std::span(data, size));
  const auto stamped = timestamp::parse_restamp_manifest(bytes);
  if (!stamped) return 0;
  require(timestamp::is_restamp_manifest(bytes));
  require(timestamp::restamp_manifest(*stamped).value() == as_text(bytes));
  const auto report = timestamp::verify_restamped(*stamped, {});
  require(report.has_value() && report->verdict() != timestamp::Verdict::valid);
  require(report->levels.size() <= timestamp::kRestampDepthMax + 1);
  return 0;
}
