#include "casefile/cosign.h"

#include <algorithm>
#include <charconv>

#include "base/time.h"
#include "casefile/impl.h"
#include "casefile/layout.h"

namespace exhibit::casefile {
namespace {

// What was seen of the log here is where it still comes from. Errors: refused.
Result<void> check_seen(const Home& home, const PartyLog& log) {
  EXHIBIT_TRY(const Continues now,
              compare_last_seen(home, log.open.origin, verify::fingerprint(log.open.log_key.key),
                                log.ledger.leaves));
  if (now == Continues::is_older)
    return fail(ErrorCode::refused, "the log is older than it was when last seen here");
  if (now == Continues::is_another)
    return fail(ErrorCode::refused, "the log is not the one last seen here: its entries differ");
  return {};
}

// True when a cosignature was added; false when there was one at this size.
Result<bool> cosign_log(const Case::Impl& impl, const PartyLog& log, const seal::VerifierKey& key,
                        std::uint64_t time_unix_s) {
  EXHIBIT_CHECK(check_entries_of(log, impl.directory));
  EXHIBIT_CHECK(check_seen(impl.home, log));
  const std::uint64_t size = log.ledger.checkpoint.size;
  const std::string path = impl.path(layout::cosigned_path(log.party, size));
  if (files::exists(path)) {
    EXHIBIT_TRY(const std::string text, files::read(path, seal::kNoteSizeMax));
    EXHIBIT_TRY(const seal::Note note,
                read_cosigned(text, size, log.ledger.leaves, log.open.log_key));
    if (seal::verify_cosignature(note, key)) return false;
  }
  const std::string line =
      seal::cosign_note(log.ledger.checkpoint.to_text(), key.name, impl.keys->cosign, time_unix_s);
  // First kept as seen: whoever is killed between has not said what he will not stand by.
  EXHIBIT_CHECK(set_last_seen(impl.home, log.open.origin, verify::fingerprint(log.open.log_key.key),
                              log.ledger.note));
  EXHIBIT_TRY(const std::uint64_t added,
              add_cosignatures(impl.directory, log.party, size, log.ledger.note, {line}));
  if (added == 0)
    return fail(ErrorCode::limit, "as many as a note holds have cosigned this checkpoint");
  return true;
}

}  // namespace

Result<std::vector<std::uint64_t>> list_sizes(const std::string& folder, bool folders) {
  EXHIBIT_TRY(const std::vector<files::Item> items, files::list(folder));
  std::vector<std::uint64_t> out;
  for (const files::Item& item : items) {
    std::uint64_t size = 0;
    std::from_chars(item.name.data(), item.name.data() + item.name.size(), size);
    if (item.folder == folders && size != 0 && std::to_string(size) == item.name)
      out.push_back(size);
  }
  std::ranges::sort(out);
  return out;
}

Result<std::vector<std::uint64_t>> list_cosigned(const std::string& directory,
                                                 std::string_view party) {
  return list_sizes(directory + "/" + layout::cosigned_folder(party), false);
}

Result<void> sweep_cosigned(const std::string& directory, std::string_view party) {
  const std::string folder = directory + "/" + layout::cosigned_folder(party);
  EXHIBIT_TRY(const std::vector<files::Item> items, files::list(folder));
  for (const files::Item& item : items)
    if (!item.folder && item.name.ends_with(".new"))
      EXHIBIT_CHECK(files::remove_all(folder + item.name));
  return {};
}

Result<seal::Note> read_cosigned(const std::string& text, std::uint64_t size,
                                 std::span<const seal::Digest> leaves,
                                 const seal::VerifierKey& log_key) {
  EXHIBIT_TRY(seal::Note note, seal::parse_note(text));
  EXHIBIT_TRY(const seal::Checkpoint checkpoint, seal::Checkpoint::parse(note.text));
  if (checkpoint.to_text() != note.text || checkpoint.origin != log_key.name ||
      checkpoint.size != size || size == 0)
    return fail(ErrorCode::malformed, "it is no checkpoint of this log and size");
  EXHIBIT_CHECK(seal::verify_note(note, log_key));
  if (size > leaves.size())
    return fail(ErrorCode::proof_mismatch, "the log was longer when it was cosigned");
  if (seal::tree_root(leaves.first(size)) != checkpoint.root)
    return fail(ErrorCode::proof_mismatch, "another history of the log was cosigned");
  return note;
}

std::vector<std::string> signature_lines(const std::string& note) {
  std::vector<std::string> out;
  const std::size_t blank = note.rfind("\n\n");
  if (blank == std::string::npos) return out;
  for (std::size_t at = blank + 2; at < note.size();) {
    const std::size_t end = std::min(note.find('\n', at), note.size() - 1);
    out.push_back(note.substr(at, end + 1 - at));
    at = end + 1;
  }
  return out;
}

Result<std::uint64_t> add_cosignatures(const std::string& directory, std::string_view party,
                                       std::uint64_t size, const std::string& note,
                                       const std::vector<std::string>& lines) {
  const std::string path = directory + "/" + layout::cosigned_path(party, size);
  std::string text = note;
  if (files::exists(path)) {
    EXHIBIT_TRY(text, files::read(path, seal::kNoteSizeMax));
  }
  std::vector<std::string> present = signature_lines(text);
  std::uint64_t added = 0;
  for (const std::string& line : lines) {
    if (std::ranges::find(present, line) != present.end() ||
        present.size() >= seal::kNoteSignaturesMax)
      continue;
    text += line;
    present.push_back(line);
    ++added;
  }
  if (added == 0) return added;
  EXHIBIT_CHECK(files::make_folders(files::folder_of(path)));
  EXHIBIT_CHECK(files::replace(path, text));
  return added;
}

Result<std::vector<Cosigned>> cosign(Case& into) {
  const Case::Impl& impl = into.impl();
  if (!impl.keys) return fail(ErrorCode::usage, "the case is open for reading only");
  const seal::VerifierKey* key = impl.history.present_cosign_key();
  if (key == nullptr)
    return fail(ErrorCode::unsupported,
                "the party's log was opened by a version that did not name a key for cosigning");
  const event::Ticks now = impl.options.clock ? impl.options.clock() : system_now();
  const auto time =
      static_cast<std::uint64_t>((now - base::kUnixEpochTicks) / base::kTicksPerSecond);
  std::vector<Cosigned> out;
  for (const PartyLog& log : impl.others) {
    const auto done = cosign_log(impl, log, *key, time);
    out.push_back({.party = log.party,
                   .tree_size = log.ledger.checkpoint.size,
                   .added = done && *done,
                   .refused = done ? std::nullopt : std::optional(done.error())});
  }
  for (const auto& [party, error] : impl.unread_logs)
    out.push_back({.party = party, .refused = error});
  std::ranges::sort(out, {}, &Cosigned::party);
  return out;
}

}  // namespace exhibit::casefile
