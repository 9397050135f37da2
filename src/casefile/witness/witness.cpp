// add-checkpoint, decided. Source: C2SP tlog-witness, "add-checkpoint"; the order of the checks is
// the specification's.
#include <algorithm>

#include "base/text.h"
#include "casefile/files.h"
#include "casefile/witness/state.h"
#include "exhibit/verify.h"
#include "exhibit/witness.h"

namespace exhibit::witness {

namespace files = casefile::files;

namespace {

Answer refuse(unsigned status, std::string why, std::string_view origin = {}) {
  Answer out{.status = status, .body = why + "\n", .remark = std::move(why)};
  if (!origin.empty()) out.remark = std::string(origin) + ": " + out.remark;
  return out;
}

Answer cannot(const Error& error, std::string_view origin) {
  // What is wrong with the state is the operator's business, not the client's.
  Answer out = refuse(error.code == ErrorCode::exists ? 503 : 500,
                      "the witness cannot use its state now", origin);
  out.remark = std::string(origin) + ": " + error.what.c_str();
  return out;
}

Answer text_answer(std::string body, std::string remark) {
  return {.body = std::move(body), .remark = std::move(remark)};
}

// The lines of signatures by these keys. Errors: bad_signature, undecidable (there is none).
Result<std::string> lines_by(std::span<const seal::VerifierKey> keys,
                             const AddCheckpoint& request) {
  std::vector<std::uint32_t> trusted;
  for (const seal::VerifierKey& key : keys) {
    const auto verified = seal::verify_note(request.note, key);
    if (verified)
      trusted.push_back(key.key_id());
    else if (verified.error().code != ErrorCode::undecidable)
      return std::unexpected(verified.error());
  }
  if (trusted.empty())
    return fail(ErrorCode::undecidable, "not signed by a key that is known for this log");
  std::string_view rest = std::string_view(request.checkpoint).substr(request.note.text.size() + 1);
  std::string out;
  for (const seal::NoteSignature& s : request.note.signatures) {
    const auto line = base::take_line(rest);
    if (s.name == keys.front().name && std::ranges::find(trusted, s.key_id) != trusted.end())
      out += std::string(*line) + '\n';
  }
  return out;
}

// What stands against the checkpoint once its signature holds; empty: nothing.
std::string inconsistency(const AddCheckpoint& request, const seal::Checkpoint* latest) {
  const seal::Checkpoint& now = request.parsed;
  const seal::Digest empty_root = seal::sha256({});
  if (now.size == 0 && now.root != empty_root)
    return "the root of an empty tree is the SHA-256 of nothing";
  const seal::Digest& old_root = latest != nullptr ? latest->root : empty_root;
  const auto consistent =
      seal::verify_consistency(request.old_size, old_root, now.size, now.root, request.proof);
  if (consistent) return {};
  return consistent.error().what.c_str();
}

void keep(const LogState& state, const Latest& latest, const AddCheckpoint& request, bool fork,
          Answer& answer) {
  answer.fork = fork;
  if (fork) {
    answer.remark += "; FORK: this log signed two different trees of size " +
                     std::to_string(request.parsed.size);
  }
  const auto kept = state.keep(latest.note, request, fork);
  if (!kept)
    answer.remark += std::string("; it could not be kept: ") + kept.error().what.c_str();
  else if (*kept)
    answer.remark += fork ? "; kept below forks/" : "; kept below unproven/";
}

}  // namespace

Witness::Witness(std::string folder, std::string name, seal::SigningKey key, Logs logs)
    : folder_(std::move(folder)),
      name_(std::move(name)),
      key_(std::move(key)),
      logs_(std::move(logs)) {}

Result<Witness> Witness::open(std::string folder, std::string name, seal::SigningKey key,
                              std::span<const seal::VerifierKey> logs) {
  const seal::VerifierKey own{
      .name = name, .key = key.public_key(), .role = seal::KeyRole::cosigner};
  if (!seal::VerifierKey::parse(own.to_string()))
    return fail(ErrorCode::usage, "a witness's name has no white space and no `+`");
  if (logs.empty()) return fail(ErrorCode::usage, "a witness needs logs that it knows");
  if (logs.size() > kLogsMax) return fail(ErrorCode::limit, "a witness knows at most 65,536 logs");
  Logs by_origin;
  for (const seal::VerifierKey& log : logs) {
    if (log.role != seal::KeyRole::note)
      return fail(ErrorCode::usage, "a cosigner's key signs no log");
    by_origin[log.name].push_back(log);
  }
  EXHIBIT_CHECK(files::make_folders(folder + "/logs", 0700));
  return Witness(std::move(folder), std::move(name), std::move(key), std::move(by_origin));
}

seal::VerifierKey Witness::verifier_key() const {
  return {.name = name_, .key = key_.public_key(), .role = seal::KeyRole::cosigner};
}

Answer Witness::add_checkpoint(std::string_view body, std::uint64_t now_unix_s) {
  const auto request = parse_add_checkpoint(body);
  if (!request) return refuse(400, request.error().what.c_str());
  const seal::Checkpoint& checkpoint = request->parsed;
  const auto known = logs_.find(checkpoint.origin);
  if (known == logs_.end()) return refuse(404, "the log is not known here", checkpoint.origin);
  const auto log_lines = lines_by(known->second, *request);
  if (!log_lines) return refuse(403, log_lines.error().what.c_str(), checkpoint.origin);
  if (request->old_size > checkpoint.size)
    return refuse(400, "the old size is larger than the checkpoint's", checkpoint.origin);
  return decide(*request, *log_lines, now_unix_s);
}

Answer Witness::decide(const AddCheckpoint& request, std::string_view log_lines,
                       std::uint64_t now_unix_s) {
  const seal::Checkpoint& checkpoint = request.parsed;
  const std::string& origin = checkpoint.origin;
  // From here to the answer nobody else reads or changes what is known of this log: else an older
  // checkpoint could overtake a newer one ("add-checkpoint", the race at its end).
  const auto state = LogState::lock(folder_, origin);
  if (!state) return cannot(state.error(), origin);
  const auto read = state->read(verifier_key());
  if (!read) return cannot(read.error(), origin);
  const std::optional<Latest>& latest = *read;
  const std::uint64_t latest_size = latest ? latest->checkpoint.size : 0;
  const bool fork =
      latest && latest_size == checkpoint.size && latest->checkpoint.root != checkpoint.root;
  if (request.old_size != latest_size) {
    Answer stale{.status = 409,
                 .content_type = std::string(kSizeContentType),
                 .body = std::to_string(latest_size) + '\n',
                 .remark = origin + ": asked from " + std::to_string(request.old_size) +
                           ", cosigned last at " + std::to_string(latest_size)};
    if (fork) keep(*state, *latest, request, fork, stale);
    return stale;
  }
  if (std::string why = inconsistency(request, latest ? &latest->checkpoint : nullptr);
      !why.empty()) {
    Answer refused = refuse(422, std::move(why), origin);
    if (latest) keep(*state, *latest, request, fork, refused);
    return refused;
  }
  // A cosignature says that nothing longer had been seen by its time, so times never go back.
  const std::uint64_t time = std::max(now_unix_s, latest ? latest->time_unix_s.value_or(0) : 0);
  if (time == 0 || time > verify::kCosignatureTimeMax)
    return cannot(
        {.what = "the clock says no time that a cosignature can name", .code = ErrorCode::usage},
        origin);
  std::string line = seal::cosign_note(request.note.text, name_, key_, time);
  const auto written = state->write(request.note.text + '\n' + std::string(log_lines) + line);
  if (!written) return cannot(written.error(), origin);
  return text_answer(std::move(line), origin + ": cosigned at size " +
                                          std::to_string(checkpoint.size) + ", from " +
                                          std::to_string(latest_size));
}

Answer Witness::latest(std::string_view origin_hash) const {
  const auto bytes = base::from_hex(origin_hash);
  if (!bytes || bytes->size() != sizeof(seal::Digest) ||
      base::to_hex(as_bytes(*bytes)) != origin_hash)
    return refuse(404, "expected the SHA-256 of a log's origin, in lower-case hexadecimal");
  auto note = files::read(state_path(folder_, origin_hash) + "/checkpoint", seal::kNoteSizeMax);
  if (!note && note.error().code == ErrorCode::not_found)
    return refuse(404, "no checkpoint of this log was cosigned here");
  if (!note) return cannot(note.error(), origin_hash);
  return text_answer(*std::move(note), {});
}

}  // namespace exhibit::witness
