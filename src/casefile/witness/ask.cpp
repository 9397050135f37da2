// The other side of add-checkpoint. Source: C2SP tlog-witness.
#include <algorithm>

#include "base/text.h"
#include "exhibit/verify.h"
#include "exhibit/witness.h"

namespace exhibit::witness {
namespace {

// The size of the first 409; others may be asking for the same log meanwhile.
constexpr int kTriesMax = 5;

std::optional<std::uint64_t> size_of(const Reply& reply) {
  std::string_view body = reply.body;
  const auto line = base::take_line(body);
  if (reply.content_type != kSizeContentType || !line || !body.empty()) return std::nullopt;
  return base::parse_decimal(*line);
}

// Takes over what verifies; strangers' lines are ignored. Empty `said`: all is well.
void take_lines(const seal::Note& checkpoint, std::string_view body,
                std::span<const seal::VerifierKey> keys, std::uint64_t latest, Asked& out) {
  std::size_t count = 0;
  while (const auto line = base::take_line(body)) {
    if (++count > seal::kNoteSignaturesMax) return void(out.said = "too many signature lines");
    const auto note = seal::parse_note(checkpoint.text + '\n' + std::string(*line) + '\n');
    if (!note || note->text != checkpoint.text)
      return void(out.said = "its answer holds something else than signature lines");
    for (const seal::VerifierKey& key : keys) {
      const auto time = seal::verify_cosignature(*note, key);
      if (!time && time.error().code == ErrorCode::undecidable) continue;
      if (!time) return void(out.said = time.error().what.c_str());
      if (*time == 0) return void(out.said = "its cosignature names no time");
      if (*time > std::min(latest, verify::kCosignatureTimeMax))
        return void(out.said = "its cosignature is of the future");
      out.time_unix_s = out.lines.empty() ? *time : std::min(out.time_unix_s, *time);
      out.lines += std::string(*line) + '\n';
      break;
    }
  }
  if (!body.empty()) return void(out.said = "its last line has no newline");
  if (out.lines.empty()) out.said = "it cosigned with no key that was brought";
}

}  // namespace

Result<Asked> ask(const LogView& log, std::uint64_t known_size,
                  std::span<const seal::VerifierKey> keys, std::uint64_t latest_unix_s,
                  const Post& post) {
  EXHIBIT_TRY(const seal::Note note, seal::parse_note(log.checkpoint));
  EXHIBIT_TRY(const seal::Checkpoint checkpoint, seal::Checkpoint::parse(note.text));
  if (checkpoint.size != log.leaves.size() || known_size > checkpoint.size)
    return fail(ErrorCode::usage, "the checkpoint is of a log of another size");
  for (const seal::VerifierKey& key : keys)
    if (key.role != seal::KeyRole::cosigner)
      return fail(ErrorCode::usage, "a witness has a cosigner's key (type 04)");
  Asked out;
  for (int i = 0; i < kTriesMax; ++i) {
    // From nothing there is nothing to prove, and the proof must be empty.
    const auto proof = known_size == 0 ? std::vector<seal::Digest>{}
                                       : seal::consistency_proof(log.leaves, known_size);
    EXHIBIT_TRY(const Reply reply, post(add_checkpoint_request(known_size, proof, log.checkpoint)));
    out = {.outcome = Outcome::unusable, .status = reply.status, .said = reply.body};
    switch (reply.status) {
      case 200:
        out.said.clear();
        take_lines(note, reply.body, keys, latest_unix_s, out);
        if (out.said.empty()) {
          out.outcome = Outcome::cosigned;
        } else {
          out.lines.clear();
        }
        return out;
      case 409: {
        const auto size = size_of(reply);
        if (!size || *size == known_size) return out;
        out.witness_size = *size;
        out.outcome = Outcome::ahead;
        if (*size > checkpoint.size) return out;
        out.outcome = Outcome::unusable;
        known_size = *size;
        break;
      }
      case 422:
        out.outcome = Outcome::inconsistent;
        out.witness_size = known_size;
        return out;
      case 404:
        out.outcome = Outcome::unknown_log;
        return out;
      case 403:
        out.outcome = Outcome::refused;
        return out;
      default:
        return out;
    }
  }
  return out;
}

Result<std::string> with_lines(std::string_view note, std::string_view lines) {
  EXHIBIT_TRY(const seal::Note parsed, seal::parse_note(note));
  std::string out(note);
  const std::string_view present = note.substr(parsed.text.size());
  while (const auto line = base::take_line(lines))
    if (present.find('\n' + std::string(*line) + '\n') == std::string_view::npos)
      out += std::string(*line) + '\n';
  EXHIBIT_TRY(const seal::Note whole, seal::parse_note(out));
  if (whole.text != parsed.text) return fail(ErrorCode::malformed, "these are no signature lines");
  return out;
}

}  // namespace exhibit::witness
