// OpenTimestamps proofs: what is read is within its limits, and nothing leads to a block by chance.
#include <cstdint>
#include <cstdlib>

#include "exhibit/opentimestamps.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace exhibit;
  const Bytes bytes = std::as_bytes(std::span(data, size));
  // Block 125,552: nobody can find what hashes to its Merkle root.
  const std::vector<opentimestamps::GivenHeader> headers{
      {"0100000081cd02ab7e569e8bcd9317e2fe99f2de44d49ab2b8851ba4a308000000000000e320b6c2fffc8d75042"
       "3"
       "db8b1eb942ae710e951ed797f7affc8892b0f1fc122bc7f5d74df2b9441a42a14695"}};
  const auto report = opentimestamps::verify_proof(as_bytes("abc"), bytes, headers, 1);
  require(!report.checks.empty());
  const auto proof = opentimestamps::parse_proof(bytes);
  require(!proof || proof->attestations.size() <= opentimestamps::kAttestationsMax);
  if (proof)
    for (const opentimestamps::Attestation& attestation : proof->attestations) {
      require(!attestation.message ||
              attestation.message->size() <= opentimestamps::kMessageSizeMax);
      require(attestation.calendar.size() <= opentimestamps::kUriSizeMax);
    }
  const auto submission = opentimestamps::submit(seal::sha256(as_bytes("abc")), {});
  if (const auto whole = opentimestamps::complete(*submission, bytes))
    require(opentimestamps::verify_proof(as_bytes("abc"), as_bytes(*whole), {}).checks[1].verdict ==
            timestamp::Verdict::valid);
  return 0;
}
