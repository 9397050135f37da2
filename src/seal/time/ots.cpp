#include "seal/time/ots.h"

#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "exhibit/opentimestamps.h"
#include "seal/time/checks.h"

namespace exhibit::opentimestamps {
namespace {

using timestamp::add;
using timestamp::Finding;
using timestamp::invalid;
using timestamp::undecidable;
using timestamp::valid;

// Whether the proof leads to this block: a header that the verifier brings and the proof does not
// reach is a wrong proof, or a wrong header.
Finding judge_block(const Proof& proof, const GivenHeader& given, std::uint64_t difficulty_min,
                    std::optional<timestamp::Ticks>& time) {
  const beacon::BlockReport block =
      beacon::check_block_header(as_bytes(given.header), difficulty_min);
  for (const Check& check : block.checks)
    if (check.verdict != Verdict::valid) return {.verdict = check.verdict, .why = check.why};
  const beacon::BlockHeader header = block.header.value_or(beacon::BlockHeader{});
  bool computable = !proof.unknown_operation;
  for (const Attestation& attestation : proof.attestations) {
    if (attestation.attester != Attester::bitcoin) continue;
    if (!attestation.message) computable = false;
    if (!attestation.message || *attestation.message != as_text(header.merkle_root)) continue;
    const std::string height = std::to_string(attestation.height);
    if (given.height && *given.height != attestation.height)
      return invalid("the proof says height " + height + ", the header was given as that of " +
                     std::to_string(*given.height));
    const timestamp::Ticks stated =
        base::kUnixEpochTicks + static_cast<timestamp::Ticks>(header.time) * base::kTicksPerSecond;
    time = std::min(time.value_or(stated), stated);
    return valid("leads to block " + header.hash_text() + " of " + base::to_rfc3339(stated) +
                 " by its miner; height " + height + " is the proof's word");
  }
  const std::string block_text = "block " + header.hash_text();
  if (!computable)
    return undecidable("an operation that this program cannot compute stands before " + block_text);
  return invalid("the proof does not lead to " + block_text);
}

std::string heights(const Proof& proof) {
  std::string out;
  for (const Attestation& attestation : proof.attestations)
    if (attestation.attester == Attester::bitcoin)
      out.append(out.empty() ? "" : ", ").append(std::to_string(attestation.height));
  return out;
}

}  // namespace

ProofReport verify_proof(Bytes stamped, Bytes ots, std::span<const GivenHeader> headers,
                         std::uint64_t difficulty_min) {
  ProofReport report;
  const auto proof = parse_proof(ots);
  if (!proof) {
    const std::string why = proof.error().what.c_str();
    add(report.checks, "ots.form",
        proof.error().code == ErrorCode::unsupported ? undecidable(why) : invalid(why));
    return report;
  }
  Finding form = valid("an OpenTimestamps proof, version 1");
  if (const auto operation = proof->unknown_operation)
    form = undecidable("operation 0x" + base::to_hex(std::as_bytes(std::span(&*operation, 1))) +
                       " is not known; what follows it is not read");
  add(report.checks, "ots.form", std::move(form));
  const seal::Digest expected = seal::sha256(stamped);
  Finding digest = valid("the hash of the bytes given");
  if (proof->digest_algorithm != "SHA256")
    digest = undecidable(proof->digest_algorithm + " of the bytes is not accepted; SHA-256 is");
  else if (proof->digest != as_text(expected))
    digest = invalid("the proof is of other bytes than those given");
  add(report.checks, "ots.digest", std::move(digest));
  for (const Attestation& attestation : proof->attestations)
    if (attestation.attester == Attester::pending) report.calendars.push_back(attestation.calendar);
  for (const GivenHeader& given : headers)
    add(report.checks, "ots.block", judge_block(*proof, given, difficulty_min, report.block_time));
  if (headers.empty()) {
    const std::string known = heights(*proof);
    add(report.checks, "ots.block",
        undecidable(known.empty() ? "not in a block yet: no attestation by Bitcoin"
                                  : "the header of the block is missing: height " + known));
  }
  return report;
}

Result<Submission> submit(const seal::Digest& stamped, Bytes blind) {
  constexpr std::size_t kBlindSizeMax = 32;
  if (blind.size() > kBlindSizeMax)
    return fail(ErrorCode::usage, "at most 32 bytes blind a digest");
  Submission out;
  out.prefix.append(kMagic).push_back(static_cast<char>(kVersion));
  out.prefix.push_back(static_cast<char>(kSha256));
  out.prefix.append(as_text(stamped));
  out.commitment = as_text(stamped);
  if (!blind.empty()) {
    out.prefix.push_back(static_cast<char>(kAppend));
    out.prefix.push_back(static_cast<char>(blind.size()));
    out.prefix.append(as_text(blind));
    out.prefix.push_back(static_cast<char>(kSha256));
    const seal::Digest commitment =
        seal::sha256(as_bytes(out.commitment + std::string(as_text(blind))));
    out.commitment = as_text(commitment);
  }
  return out;
}

Result<std::string> complete(const Submission& submission, Bytes answer) {
  if (answer.size() > kProofSizeMax) return fail(ErrorCode::limit, "a proof is at most 1 MiB");
  std::string out = submission.prefix + std::string(as_text(answer));
  EXHIBIT_TRY(const Proof proof, parse_proof(as_bytes(out)));
  if (proof.unknown_operation)
    return fail(ErrorCode::unsupported, "the answer has an operation that is not known");
  return out;
}

}  // namespace exhibit::opentimestamps
