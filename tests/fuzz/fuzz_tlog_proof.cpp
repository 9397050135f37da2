// Proofs: what is accepted has one form, and is written back byte for byte.
#include <cstdint>
#include <cstdlib>

#include "exhibit/verify.h"

namespace {

using namespace exhibit;

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto proof = verify::parse_tlog_proof(text);
  if (!proof) return 0;
  require(proof->path.size() <= verify::kProofHashesMax);
  require(verify::tlog_proof(proof->index, proof->path, proof->checkpoint, proof->extra) == text);
  // Nobody is known: never valid.
  const auto report = verify::check_tlog_proof(as_bytes(text), *proof, {}, ~std::uint64_t{0});
  require(report.verdict() != verify::Verdict::valid);
  return 0;
}
