#include "casefile/witness/state.h"

#include <chrono>
#include <thread>

#include "base/text.h"

namespace exhibit::witness {

namespace files = casefile::files;

namespace {

// Another process holds a log for one write and its fsync.
constexpr auto kLockPause = std::chrono::milliseconds(2);
constexpr int kLockTries = 2500;

Result<files::Descriptor> lock_patiently(const std::string& folder) {
  for (int i = 1;; ++i) {
    auto held = files::lock_folder(folder);
    if (held || held.error().code != ErrorCode::exists) return held;
    if (i == kLockTries)
      return fail(ErrorCode::exists, "another process holds the state of this log");
    std::this_thread::sleep_for(kLockPause);
  }
}

}  // namespace

std::string state_path(const std::string& state_folder, std::string_view origin_hash) {
  return state_folder + "/logs/" + std::string(origin_hash);
}

Result<LogState> LogState::lock(const std::string& state_folder, std::string_view origin) {
  std::string folder = state_path(state_folder, base::to_hex(seal::sha256(as_bytes(origin))));
  if (!files::exists(folder)) EXHIBIT_CHECK(files::make_folders(folder, 0700));
  EXHIBIT_TRY(files::Descriptor held, lock_patiently(folder));
  return LogState(std::move(folder), std::string(origin), std::move(held));
}

Result<std::optional<Latest>> LogState::read(const seal::VerifierKey& witness) const {
  auto text = files::read(folder_ + "/checkpoint", seal::kNoteSizeMax);
  if (!text && text.error().code == ErrorCode::not_found) return std::optional<Latest>{};
  if (!text) return std::unexpected(text.error());
  Latest out{.note = *std::move(text), .checkpoint = {}, .time_unix_s = {}};
  EXHIBIT_TRY(const seal::Note note, seal::parse_note(out.note));
  EXHIBIT_TRY(out.checkpoint, seal::Checkpoint::parse(note.text));
  if (out.checkpoint.origin != origin_)
    return fail(ErrorCode::malformed, "the state kept of this log is of another one");
  // A bit that fell over on disk must not become what the next checkpoint is compared with. After a
  // change of key the cosignature is by the key before, and is not checked.
  if (const auto time = seal::verify_cosignature(note, witness))
    out.time_unix_s = *time;
  else if (time.error().code != ErrorCode::undecidable)
    return std::unexpected(time.error());
  return std::optional(std::move(out));
}

Result<void> LogState::write(std::string_view note) const {
  // The first time the folders are new: a checkpoint whose folder is lost is no memory.
  if (!files::exists(folder_ + "/checkpoint")) EXHIBIT_CHECK(files::sync_filesystem(folder_));
  return files::replace(folder_ + "/checkpoint", note, 0600);
}

Result<bool> LogState::keep(std::string_view seen, const AddCheckpoint& submitted,
                            bool fork) const {
  const std::string all = folder_ + (fork ? "/forks" : "/unproven");
  const std::string one = all + "/" + base::to_hex(seal::sha256(as_bytes(submitted.note.text)));
  if (files::exists(one + "/submitted")) return false;
  EXHIBIT_TRY(const auto present, files::list(all));
  if (present.size() >= kConflictsMax) return false;
  EXHIBIT_CHECK(files::make_folders(one, 0700));
  // The second file last: with it the pair is there.
  EXHIBIT_CHECK(files::replace(one + "/seen", seen, 0600));
  EXHIBIT_CHECK(files::replace(
      one + "/submitted",
      add_checkpoint_request(submitted.old_size, submitted.proof, submitted.checkpoint), 0600));
  EXHIBIT_CHECK(files::sync_folder(all));
  EXHIBIT_CHECK(files::sync_folder(folder_));
  return true;
}

}  // namespace exhibit::witness
