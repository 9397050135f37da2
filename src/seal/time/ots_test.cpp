// OpenTimestamps proofs: a true one to the first block, every operation, every way to be none.
#include <gtest/gtest.h>

#include "base/text.h"
#include "base/time.h"
#include "exhibit/opentimestamps.h"

namespace exhibit::opentimestamps {
namespace {

using Verdicts = std::vector<std::pair<std::string, Verdict>>;
Verdicts verdicts(const ProofReport& report) {
  Verdicts out;
  for (const Check& check : report.checks) out.emplace_back(check.id, check.verdict);
  return out;
}
std::string bytes(std::string_view hex) { return base::from_hex(hex).value(); }
std::string sha256(std::string_view message) {
  return std::string(as_text(seal::sha256(as_bytes(message))));
}

// The coinbase transaction of the first block is the whole block: its hash is the Merkle root. So
// the transaction, taken as a file, has a proof of two hashes.
const std::string kGenesisTransaction = bytes(
    "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d"
    "0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66"
    "207365636f6e64206261696c6f757420666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe55"
    "48271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba"
    "0b8d578a4c702b6bf11d5fac00000000");
const std::string kGenesisHeader =
    "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c"
    "3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c";
const std::string kOtherHeader =
    "0100000081cd02ab7e569e8bcd9317e2fe99f2de44d49ab2b8851ba4a308000000000000e320b6c2fffc8d750423db"
    "8b1eb942ae710e951ed797f7affc8892b0f1fc122bc7f5d74df2b9441a42a14695";

const std::string kHead = bytes("004f70656e54696d657374616d7073000050726f6f6600bf89e2e884e8929401");
std::string head(std::string_view stamped) { return kHead + '\x08' + sha256(stamped); }
std::string varbytes(const std::string& value) {
  std::string out;
  std::size_t size = value.size();
  for (; size > 0x7f; size >>= 7) out += static_cast<char>(0x80 | (size & 0x7f));
  return out + static_cast<char>(size) + value;
}
std::string bitcoin(const std::string& height) {
  return bytes("000588960d73d71901") + varbytes(height);
}
std::string pending(const std::string& calendar) {
  return bytes("0083dfe30d2ef90c8e") + varbytes(varbytes(calendar));
}
const std::string kHeightZero(1, '\0');
std::string genesis_proof() { return head(kGenesisTransaction) + '\x08' + bitcoin(kHeightZero); }

ProofReport judge(const std::string& ots, std::vector<GivenHeader> headers = {{kGenesisHeader}},
                  const std::string& stamped = kGenesisTransaction) {
  return verify_proof(as_bytes(stamped), as_bytes(ots), headers, 1);
}
Verdicts three(Verdict form, Verdict digest, Verdict block) {
  return {{"ots.form", form}, {"ots.digest", digest}, {"ots.block", block}};
}
constexpr Verdict kValid = Verdict::valid, kInvalid = Verdict::invalid,
                  kUndecidable = Verdict::undecidable;

TEST(VerifyProof, ATrueProofToTheFirstBlock) {
  const ProofReport report = judge(genesis_proof());
  EXPECT_EQ(verdicts(report), three(kValid, kValid, kValid));
  EXPECT_EQ(report.block_time, base::parse_time("2009-01-03T18:15:05Z"));
  EXPECT_EQ(judge(genesis_proof(), {{kGenesisHeader, 0}}).verdict(), kValid);
}

TEST(VerifyProof, ProofHeaderAndBytesMustBelongTogether) {
  const std::string proof = genesis_proof();
  EXPECT_EQ(verdicts(judge(proof, {{kOtherHeader}})), three(kValid, kValid, kInvalid));
  EXPECT_EQ(verdicts(judge(proof, {{kGenesisHeader, 1}})), three(kValid, kValid, kInvalid));
  EXPECT_EQ(verdicts(judge(proof, {})), three(kValid, kValid, kUndecidable));
  EXPECT_EQ(verdicts(judge(proof, {{kGenesisHeader}}, "other")), three(kValid, kInvalid, kValid));
  EXPECT_EQ(judge(proof, {{kGenesisHeader}, {kOtherHeader}}).verdict(), kInvalid);
  // A header without work, and one below the floor.
  std::string idle = kGenesisHeader;
  idle[159] = 'd';
  EXPECT_EQ(verdicts(judge(proof, {{idle}})), three(kValid, kValid, kInvalid));
  EXPECT_EQ(verdicts(verify_proof(as_bytes(kGenesisTransaction), as_bytes(proof),
                                  std::vector<GivenHeader>{{kGenesisHeader}}, 2)),
            three(kValid, kValid, kInvalid));
  EXPECT_EQ(verdicts(judge(proof, {{"not a header"}})), three(kValid, kValid, kInvalid));
}

TEST(VerifyProof, APendingProofIsUndecided) {
  const ProofReport report = judge(head(kGenesisTransaction) + pending("https://a.example"), {});
  EXPECT_EQ(verdicts(report), three(kValid, kValid, kUndecidable));
  EXPECT_EQ(report.calendars, std::vector<std::string>{"https://a.example"});
  EXPECT_EQ(report.checks.back().why, "not in a block yet: no attestation by Bitcoin");
  EXPECT_EQ(judge(head(kGenesisTransaction) + pending("https://a.example")).verdict(), kInvalid);
}

TEST(VerifyProof, BranchesAreAlternatives) {
  const std::string proof = head(kGenesisTransaction) + '\xff' + pending("https://a.example") +
                            '\xff' + "\xf0\x01x\x08" + pending("https://b.example") + '\x08' +
                            bitcoin(kHeightZero);
  const ProofReport report = judge(proof);
  EXPECT_EQ(verdicts(report), three(kValid, kValid, kValid));
  EXPECT_EQ(report.calendars, (std::vector<std::string>{"https://a.example", "https://b.example"}));
}

TEST(VerifyProof, WhatCannotBeComputedIsUndecidable) {
  const std::string before = head(kGenesisTransaction);
  // An unknown operation: what was read before it stands, the rest cannot be read.
  EXPECT_EQ(verdicts(judge(before + "\x42whatever")), three(kUndecidable, kValid, kUndecidable));
  EXPECT_EQ(verdicts(judge(before + "\xff\x08" + bitcoin(kHeightZero) + "\x42whatever")),
            three(kUndecidable, kValid, kValid));
  // Keccak-256 is known and cannot be computed; the branch beside it can.
  EXPECT_EQ(verdicts(judge(before + "\x67" + bitcoin(kHeightZero))),
            three(kValid, kValid, kUndecidable));
  EXPECT_EQ(
      verdicts(judge(before + "\xff\x67" + bitcoin(kHeightZero) + "\x08" + bitcoin(kHeightZero))),
      three(kValid, kValid, kValid));
  // Another hash of the file than ours, and another version.
  const std::string sha1 = kHead + '\x02' + std::string(20, 'x') + bitcoin(kHeightZero);
  EXPECT_EQ(verdicts(judge(sha1)), three(kValid, kUndecidable, kInvalid));
  std::string later = genesis_proof();
  later[31] = 2;
  EXPECT_EQ(verdicts(judge(later)), (Verdicts{{"ots.form", kUndecidable}}));
  // Another chain.
  EXPECT_EQ(judge(before + bytes("0006869a0d73d71b45") + varbytes("\x01"), {}).verdict(),
            kUndecidable);
}

TEST(ParseProof, ComputesEveryOperation) {
  const std::string digest = sha256("abc");
  const auto after = [&](const std::string& operations) {
    const Proof proof = parse_proof(as_bytes(head("abc") + operations + bitcoin("\x05"))).value();
    EXPECT_EQ(proof.attestations.size(), 1U);
    EXPECT_EQ(proof.attestations[0].height, 5U);
    return proof.attestations[0].message.value();
  };
  EXPECT_EQ(after(""), digest);
  EXPECT_EQ(after("\xf0\x02yz"), digest + "yz");
  EXPECT_EQ(after("\xf1\x02yz"), "yz" + digest);
  EXPECT_EQ(after("\xf2"), std::string(digest.rbegin(), digest.rend()));
  EXPECT_EQ(after("\xf3"), base::to_hex(as_bytes(digest)));
  EXPECT_EQ(after("\x08"), sha256(digest));
  // SHA-1 and RIPEMD-160 of the 32 bytes SHA-256("abc"); the latter is Bitcoin's HASH160 of "abc".
  EXPECT_EQ(base::to_hex(as_bytes(after("\x02"))), "89066b1719b7cf4017a2f59c9109858455bc2c2a");
  EXPECT_EQ(base::to_hex(as_bytes(after("\x03"))), "bb1be98c142444d7a56aa3981c3942a978e4dc33");
  EXPECT_EQ(after("\xf0\x02yz\x08\xf1\x01w"), "w" + sha256(digest + "yz"));
  // A number in more than one byte.
  EXPECT_EQ(
      parse_proof(as_bytes(head("abc") + bitcoin("\xd7\xef\x15"))).value().attestations[0].height,
      358'359U);
}

TEST(ParseProof, NothingIsReadPastItsForm) {
  const std::string proof = genesis_proof();
  for (std::size_t size = 0; size < proof.size(); ++size)
    EXPECT_FALSE(parse_proof(as_bytes(proof.substr(0, size)))) << size;
  const auto code = [](const std::string& input) {
    const auto parsed = parse_proof(as_bytes(input));
    return parsed ? ErrorCode::usage : parsed.error().code;
  };
  EXPECT_EQ(code(proof + 'x'), ErrorCode::malformed);
  EXPECT_EQ(code("x" + proof), ErrorCode::malformed);
  EXPECT_EQ(code(head("abc")), ErrorCode::truncated);  // no attestation
  EXPECT_EQ(code(kHead + '\x67' + std::string(32, 'x')), ErrorCode::unsupported);
  EXPECT_EQ(code(head("abc") + bytes("000588960d73d71901") + varbytes("\x05x")),
            ErrorCode::malformed);
  EXPECT_EQ(code(head("abc") + pending("https://a.example/?x")), ErrorCode::malformed);
  EXPECT_EQ(code(head("abc") + pending("https://a.example\n")), ErrorCode::malformed);
  EXPECT_EQ(code(head("abc") + std::string("\xf0\x00", 2) + bitcoin("\x05")), ErrorCode::limit);
}

TEST(ParseProof, HasItsLimits) {
  const auto code = [](const std::string& operations) {
    const auto parsed = parse_proof(as_bytes(head("abc") + operations + bitcoin("\x05")));
    return parsed ? ErrorCode::usage : parsed.error().code;
  };
  constexpr ErrorCode kGood = ErrorCode::usage;
  EXPECT_EQ(code(std::string(kDepthMax - 1, '\x08')), kGood);
  EXPECT_EQ(code(std::string(kDepthMax, '\x08')), ErrorCode::limit);
  EXPECT_EQ(code(std::string(7, '\xf3')), kGood);  // 32 bytes, doubled seven times
  EXPECT_EQ(code(std::string(8, '\xf3')), ErrorCode::limit);
  EXPECT_EQ(code("\xf0" + varbytes(std::string(kMessageSizeMax - 32, 'x'))), kGood);
  EXPECT_EQ(code("\xf0" + varbytes(std::string(kMessageSizeMax - 31, 'x'))), ErrorCode::limit);
  EXPECT_EQ(code("\xf0" + varbytes(std::string(kMessageSizeMax + 1, 'x'))), ErrorCode::limit);
  EXPECT_EQ(code("\xf0\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), ErrorCode::limit);
  std::string forks;
  for (std::size_t i = 1; i < kAttestationsMax; ++i) forks += '\xff' + bitcoin("\x05");
  EXPECT_EQ(code(forks), kGood);
  EXPECT_EQ(code(forks + '\xff' + bitcoin("\x05")), ErrorCode::limit);
  std::string operations;
  for (std::size_t i = 0; i < kOperationsMax / 200 + 1; ++i)
    operations += '\xff' + std::string(200, '\x08') + bitcoin("\x05");
  EXPECT_EQ(code(operations), ErrorCode::limit);
  EXPECT_EQ(parse_proof(as_bytes(std::string(kProofSizeMax + 1, 'x'))).error().code,
            ErrorCode::limit);
  EXPECT_EQ(code(bytes("ff0006869a0d73d71b45") + varbytes(std::string(8192, 'x'))), kGood);
  EXPECT_EQ(code(bytes("ff0006869a0d73d71b45") + varbytes(std::string(8193, 'x'))),
            ErrorCode::limit);
}

TEST(Submit, ACalendarsAnswerMakesTheProof) {
  const seal::Digest digest = seal::sha256(as_bytes("abc"));
  const std::string blind(16, 'b');
  const Submission submission = submit(digest, as_bytes(blind)).value();
  EXPECT_EQ(submission.prefix, head("abc") + "\xf0\x10" + blind + "\x08");
  EXPECT_EQ(submission.commitment, sha256(sha256("abc") + blind));
  const std::string answer = "\xf0\x03xyz\x08" + pending("https://a.example");
  const std::string proof = complete(submission, as_bytes(answer)).value();
  const Proof read = parse_proof(as_bytes(proof)).value();
  EXPECT_EQ(read.attestations[0].message, sha256(submission.commitment + "xyz"));
  EXPECT_EQ(verify_proof(as_bytes("abc"), as_bytes(proof), {}).calendars.front(),
            "https://a.example");
  const Submission open = submit(digest, {}).value();
  EXPECT_EQ(open.prefix, head("abc"));
  EXPECT_EQ(open.commitment, sha256("abc"));
  EXPECT_FALSE(complete(open, {}));
  EXPECT_FALSE(complete(open, as_bytes("<html>404</html>")));
  EXPECT_EQ(submit(digest, as_bytes(std::string(33, 'b'))).error().code, ErrorCode::usage);
}

}  // namespace
}  // namespace exhibit::opentimestamps
