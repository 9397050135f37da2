// The body of add-checkpoint, and the file of logs. Source: C2SP tlog-witness.
#include <algorithm>

#include "base/text.h"
#include "exhibit/verify.h"
#include "exhibit/witness.h"

namespace exhibit::witness {
namespace {

constexpr std::string_view kOld = "old ";

std::string_view first_word(std::string_view line) {
  const std::size_t start = std::min(line.find_first_not_of(" \t"), line.size());
  return line.substr(start, line.find_first_of(" \t", start) - start);
}

std::string_view trimmed(std::string_view line) {
  const std::size_t start = std::min(line.find_first_not_of(" \t"), line.size());
  return line.substr(start, line.find_last_not_of(" \t") + 1 - start);
}

Result<std::vector<seal::VerifierKey>> logs_of_policy(std::string_view text) {
  EXHIBIT_TRY(const verify::Policy policy, verify::parse_policy(text));
  std::vector<seal::VerifierKey> out;
  for (const verify::PolicyLog& log : policy.logs) {
    if (!log.key.key)
      return fail(ErrorCode::unsupported, "only Ed25519 verifier keys are supported");
    out.push_back(*log.key.key);
  }
  return out;
}

}  // namespace

std::string add_checkpoint_request(std::uint64_t old_size, std::span<const seal::Digest> proof,
                                   std::string_view checkpoint) {
  std::string out = std::string(kOld) + std::to_string(old_size) + '\n';
  for (const seal::Digest& hash : proof) {
    base::append_base64(out, hash);
    out += '\n';
  }
  out += '\n';
  out += checkpoint;
  return out;
}

Result<AddCheckpoint> parse_add_checkpoint(std::string_view body) {
  if (body.size() > kRequestSizeMax) return fail(ErrorCode::limit, "a request is at most 256 KiB");
  AddCheckpoint out;
  auto line = base::take_line(body);
  const auto old_size = line && line->starts_with(kOld)
                            ? base::parse_decimal(line->substr(kOld.size()))
                            : std::nullopt;
  if (!old_size) return fail(ErrorCode::malformed, "a request begins with `old <size>`");
  out.old_size = *old_size;
  for (;;) {
    line = base::take_line(body);
    if (!line) return fail(ErrorCode::truncated, "a request ends before its checkpoint");
    if (line->empty()) break;
    if (out.proof.size() == kRequestHashesMax)
      return fail(ErrorCode::limit, "a consistency proof has at most 63 hashes");
    seal::Digest hash;
    const auto bytes = base::from_base64(*line);
    if (!bytes || bytes->size() != hash.size())
      return fail(ErrorCode::malformed, "a hash of a consistency proof is base64 of 32 bytes");
    std::ranges::copy(as_bytes(*bytes), hash.begin());
    out.proof.push_back(hash);
  }
  out.checkpoint = body;
  EXHIBIT_TRY(out.note, seal::parse_note(body));
  EXHIBIT_TRY(out.parsed, seal::Checkpoint::parse_form(out.note.text));
  return out;
}

Result<std::vector<seal::VerifierKey>> parse_logs(std::string_view text) {
  if (text.size() > verify::kPolicySizeMax)
    return fail(ErrorCode::limit, "a file of logs is at most 1 MiB", 0);
  std::vector<seal::VerifierKey> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = trimmed(text.substr(at, end - at)), word = first_word(line);
    // No verifier key is one of these words: it has a `+`.
    for (const std::string_view of_policy : {"log", "witness", "group", "quorum"})
      if (word == of_policy) return logs_of_policy(text);
    if (!line.empty() && !line.starts_with('#')) {
      const auto key = seal::VerifierKey::parse(line);
      if (!key) return fail(key.error().code, key.error().what, at);
      if (key->role != seal::KeyRole::note)
        return fail(ErrorCode::unsupported, "a cosigner's key signs no log", at);
      out.push_back(*key);
    }
    at = end + 1;
  }
  return out;
}

}  // namespace exhibit::witness
