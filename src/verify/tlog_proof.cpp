// C2SP tlog-proof: that an entry is in a log, in a form that is checked without the log.
#include <algorithm>

#include "base/text.h"
#include "exhibit/verify.h"

namespace exhibit::verify {
namespace {

constexpr std::string_view kHeader = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";

}  // namespace

std::string tlog_proof(std::uint64_t index, std::span<const seal::Digest> path,
                       std::string_view checkpoint, std::string_view extra) {
  std::string out(kHeader);
  out += '\n';
  if (!extra.empty()) {
    out += kExtra;
    base::append_base64(out, as_bytes(extra));
    out += '\n';
  }
  out += kIndex;
  out += std::to_string(index);
  out += '\n';
  for (const seal::Digest& sibling : path) {
    base::append_base64(out, sibling);
    out += '\n';
  }
  out += '\n';
  out += checkpoint;
  return out;
}

Result<TlogProof> parse_tlog_proof(std::string_view text) {
  TlogProof out;
  if (base::take_line(text) != kHeader)
    return fail(ErrorCode::malformed, "a proof begins with c2sp.org/tlog-proof@v1");
  auto line = base::take_line(text);
  if (line && line->starts_with(kExtra)) {
    const std::string_view encoded = line->substr(kExtra.size());
    if (encoded.size() / 4 * 3 > kProofExtraSizeMax)
      return fail(ErrorCode::limit, "the extra data of a proof is at most 64 KiB");
    const auto extra = base::from_base64(encoded);
    if (!extra || extra->empty())
      return fail(ErrorCode::malformed, "the extra data of a proof is base64, and not empty");
    out.extra = *extra;
    line = base::take_line(text);
  }
  const auto index = line && line->starts_with(kIndex)
                         ? base::parse_decimal(line->substr(kIndex.size()))
                         : std::nullopt;
  if (!index) return fail(ErrorCode::malformed, "a proof names its entry: `index <number>`");
  out.index = *index;
  for (;;) {
    line = base::take_line(text);
    if (!line) return fail(ErrorCode::truncated, "a proof ends before its checkpoint");
    if (line->empty()) break;
    if (out.path.size() == kProofHashesMax)
      return fail(ErrorCode::limit, "a proof has at most 64 hashes");
    seal::Digest hash;
    const auto bytes = base::from_base64(*line);
    if (!bytes || bytes->size() != hash.size())
      return fail(ErrorCode::malformed, "a hash of a proof is base64 of 32 bytes");
    std::ranges::copy(as_bytes(*bytes), hash.begin());
    out.path.push_back(hash);
  }
  EXHIBIT_TRY(out.note, seal::parse_note(text));
  out.checkpoint = text;
  return out;
}

PolicyReport check_tlog_proof(Bytes entry, const TlogProof& proof, const Policy& policy,
                              std::uint64_t latest_unix_s) {
  PolicyReport report = check_policy(proof.note, policy, latest_unix_s);
  if (!report.checkpoint) return report;
  const auto included = seal::verify_inclusion(
      seal::leaf_hash(entry), {.index = proof.index, .tree_size = report.checkpoint->size},
      proof.path, report.checkpoint->root);
  report.checks.push_back(
      {.id = "proof.inclusion",
       .subject = "entry " + std::to_string(proof.index),
       .verdict = included ? Verdict::valid : Verdict::invalid,
       .why = included ? "it is in the tree of the checkpoint" : included.error().what.c_str()});
  return report;
}

}  // namespace exhibit::verify
