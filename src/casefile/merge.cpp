// What others have sent: their logs, and what these name, taken into the case.
#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "casefile/cosign.h"
#include "casefile/impl.h"
#include "casefile/layout.h"
#include "casefile/stamp.h"
#include "casefile/tar.h"

namespace exhibit::casefile {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kStrangersMax = 16;  // cosignatures under unknown keys, of one checkpoint

/// A copy of the case that somebody sent. Its links are not followed out of it.
class Sent {
 public:
  Sent(std::string directory, const std::atomic<bool>* stop)
      : directory_(std::move(directory)), stop_(stop) {
    std::error_code failed;
    const fs::path real = fs::canonical(directory_, failed);
    root_ = failed ? std::string() : real.string() + "/";
  }
  [[nodiscard]] const std::string& directory() const { return directory_; }

  /// Copies a file to where there is none. Errors: refused (it lies elsewhere), interrupted, io.
  Result<void> copy(const std::string& name, const std::string& to, unsigned mode = 0644) const {
    EXHIBIT_TRY(const std::string real, place_of(name));
    EXHIBIT_CHECK(files::make_folders(files::folder_of(to)));
    EXHIBIT_TRY(files::Appender out, files::Appender::create(to, mode));
    EXHIBIT_CHECK(files::read_pieces(real, [&](Bytes bytes) -> Result<void> {
      if (stop_ != nullptr && stop_->load()) return fail(ErrorCode::interrupted, "stopped");
      return out.append(bytes);
    }));
    return out.close();
  }
  /// Errors: refused, limit, io.
  [[nodiscard]] Result<std::string> read(const std::string& name, std::uint64_t size_max) const {
    EXHIBIT_TRY(const std::string real, place_of(name));
    return files::read(real, size_max);
  }

 private:
  [[nodiscard]] Result<std::string> place_of(const std::string& name) const {
    std::error_code failed;
    std::string real = fs::canonical(directory_ + "/" + name, failed).string();
    if (failed) return fail(ErrorCode::not_found, "what was sent lacks a file");
    if (root_.empty() || !real.starts_with(root_))
      return fail(ErrorCode::refused, "what was sent has a link that leads out of it");
    return real;
  }

  std::string directory_, root_;
  const std::atomic<bool>* stop_;
};

/// The case that is merged into: locked, and read anew after each log.
struct Into {
  Case::Impl impl;
  const Sent& sent;
};

// Everything below a folder of the case, where there is none.
Result<void> take_folder(const Into& into, const std::string& folder) {
  if (files::exists(into.impl.path(folder))) return {};
  EXHIBIT_TRY(const std::vector<std::string> names,
              files::list_files(into.sent.directory() + "/" + folder));
  for (const std::string& name : names) {
    const bool data = name == "data";
    EXHIBIT_CHECK(into.sent.copy(folder + name, into.impl.path(folder + name), data ? 0444 : 0644));
  }
  return {};
}

// What the statements of entries from `first` on name.
Result<void> take_named(const Into& into, const PartyLog& log, std::uint64_t first) {
  for (std::uint64_t i = first; i < log.ledger.entries.size(); ++i) {
    EXHIBIT_TRY(const verify::Statement statement,
                read_statement(into.sent.directory(), log.party, i));
    if (statement.entry.kind == "acquire") {
      bool slack_only = false;
      EXHIBIT_TRY(const SourceFacts facts, read_acquire(statement, slack_only));
      const std::string folder = layout::source_folder(facts.source.sha256);
      EXHIBIT_CHECK(take_folder(into, folder));
      if (slack_only && facts.slack->size != 0 &&
          !files::exists(into.impl.path(folder + layout::kSlackLeaves)))
        EXHIBIT_CHECK(into.sent.copy(folder + layout::kSlackLeaves,
                                     into.impl.path(folder + layout::kSlackLeaves)));
    } else if (statement.entry.kind == "run") {
      EXHIBIT_TRY(const RunFacts run, read_run(statement));
      EXHIBIT_CHECK(take_folder(into, layout::run_folder(run.number)));
      EXHIBIT_CHECK(take_folder(into, layout::criteria_folder(run.criteria_sha256)));
      EXHIBIT_CHECK(take_folder(into, layout::criteria_folder(run.pack_sha256)));
      const std::string inputs = layout::inputs_path(log.party, i);
      EXHIBIT_CHECK(into.sent.copy(inputs, into.impl.path(inputs)));
    }
    const std::string name = layout::statement_path(log.party, i);
    EXHIBIT_CHECK(into.sent.copy(name, into.impl.path(name)));
  }
  return {};
}

// The log from entry `first` on: everything that it names, then its tiles, then the checkpoint that
// makes them count.
Result<void> take_log(const Into& into, const PartyLog& log, std::uint64_t first) {
  EXHIBIT_CHECK(take_named(into, log, first));
  const std::string folder = layout::ledger_folder(log.party);
  EXHIBIT_CHECK(layout::for_each_tile(log.ledger.checkpoint.size,
                                      [&](const std::string& tile) -> Result<void> {
                                        const std::string to = into.impl.path(folder + tile);
                                        if (files::exists(to)) return {};
                                        return into.sent.copy(folder + tile, to);
                                      }));
  EXHIBIT_CHECK(files::make_folders(into.impl.path(folder)));
  EXHIBIT_CHECK(files::sync_filesystem(into.impl.directory));
  return files::replace(into.impl.path(folder + "checkpoint"), log.ledger.note);
}

// Both histories of a log are signed: theirs is kept as it is, with what shows that it is another.
Result<void> keep_fork(const Into& into, const PartyLog& theirs) {
  const std::string folder = into.impl.path(layout::forks_folder(theirs.party)) +
                             base::to_hex(seal::sha256(as_bytes(theirs.ledger.note))) + "/";
  if (files::exists(folder + "checkpoint")) return {};
  std::string leaves;
  for (const seal::Digest& leaf : theirs.ledger.leaves) leaves += as_text(leaf);
  EXHIBIT_CHECK(files::make_folders(folder));
  EXHIBIT_CHECK(files::replace(folder + "leaves", leaves));
  return files::replace(folder + "checkpoint", theirs.ledger.note);
}

bool is_cosigned(const Into& into, const seal::Note& note, const seal::NoteSignature& by) {
  return std::ranges::any_of(into.impl.others, [&](const PartyLog& log) {
    const KeyHistory::Known* known = log.keys.find_cosign(by);
    return known != nullptr && seal::verify_cosignature(note, known->key);
  });
}

// Cosignatures of the log's own history that are not here yet. Those of the case's parties are
// proven and come first; of strangers' a few are kept, so that they push out nobody.
Result<std::uint64_t> take_cosignatures(const Into& into, const PartyLog& ours) {
  std::uint64_t added = 0;
  EXHIBIT_TRY(const std::vector<std::uint64_t> sizes,
              list_cosigned(into.sent.directory(), ours.party));
  for (const std::uint64_t size : sizes) {
    EXHIBIT_TRY(const std::string text,
                files::read(into.sent.directory() + "/" + layout::cosigned_path(ours.party, size),
                            seal::kNoteSizeMax));
    // What does not belong to this log is left where it is.
    const auto note = read_cosigned(text, size, ours.ledger.leaves, ours.open.log_key);
    if (!note) continue;
    const std::vector<std::string> lines = signature_lines(text);
    std::string own = note->text + '\n';
    std::vector<std::string> known;
    std::vector<std::string> strangers;
    for (std::size_t i = 0; i < note->signatures.size(); ++i) {
      if (note->signatures[i].name == ours.open.log_key.name) {
        own += lines[i];
      } else if (is_cosigned(into, *note, note->signatures[i])) {
        known.push_back(lines[i]);
      } else if (strangers.size() < kStrangersMax) {
        strangers.push_back(lines[i]);
      }
    }
    known.insert(known.end(), strangers.begin(), strangers.end());
    EXHIBIT_TRY(const std::uint64_t more,
                add_cosignatures(into.impl.directory, ours.party, size, own, known));
    added += more;
  }
  return added;
}

// Time stamps of the log's own history that are not here yet.
Result<std::uint64_t> take_stamps(const Into& into, const PartyLog& ours) {
  std::uint64_t added = 0;
  EXHIBIT_TRY(const std::vector<std::uint64_t> sizes,
              list_stamped(into.sent.directory(), ours.party));
  for (const std::uint64_t size : sizes) {
    const std::string name = layout::stamped_path(ours.party, size);
    const std::string from = into.sent.directory() + "/" + name;
    const std::string to = into.impl.path(name);
    const auto bytes = files::read(from + "checkpoint", seal::kNoteSizeMax);
    if (!bytes || !read_cosigned(*bytes, size, ours.ledger.leaves, ours.open.log_key)) continue;
    EXHIBIT_CHECK(files::make_folders(to));
    if (!files::exists(to + "checkpoint")) EXHIBIT_CHECK(files::replace(to + "checkpoint", *bytes));
    EXHIBIT_TRY(const std::string kept, files::read(to + "checkpoint", seal::kNoteSizeMax));
    EXHIBIT_TRY(const std::vector<files::Item> items, files::list(from));
    for (const files::Item& item : items) {
      if (item.folder || !is_stamp_file(item.name) || kept != *bytes) continue;
      EXHIBIT_TRY(const std::string file, into.sent.read(name + item.name, timestamp::kCrlSizeMax));
      if (base::to_hex(seal::sha256(as_bytes(file))) != item.name.substr(0, 64)) continue;
      EXHIBIT_TRY(const bool fresh, add_stamp_file(to, file, item.name.substr(64)));
      added += fresh ? 1U : 0U;
    }
  }
  return added;
}

const PartyLog* find_log(const std::vector<PartyLog>& logs, const std::string& party) {
  const auto found = std::ranges::find(logs, party, &PartyLog::party);
  return found == logs.end() ? nullptr : &*found;
}

Result<Merged> merge_log(Into& into, const PartyLog& theirs) {
  using What = Merged::What;
  Merged out{.party = theirs.party,
             .what = What::same,
             .entries = 0,
             .added = 0,
             .cosignatures = 0,
             .stamps = 0,
             .why = {}};
  const PartyLog* ours = find_log(into.impl.others, theirs.party);
  const std::uint64_t had = ours == nullptr ? 0 : ours->ledger.entries.size();
  const std::uint64_t has = theirs.ledger.entries.size();
  out.entries = had;
  if (ours != nullptr && ours->open.log_key.key != theirs.open.log_key.key) {
    out.what = What::refused;
    out.why = "it was opened with another key than the log of this name here";
    return out;
  }
  if (ours != nullptr && !is_consistent(ours->ledger, theirs.ledger)) {
    EXHIBIT_CHECK(keep_fork(into, theirs));
    out.what = What::forked;
    out.why = "two histories of this log are signed with its key: " + std::to_string(had) +
              " entries here, " + std::to_string(has) + " there";
    return out;
  }
  if (has > had) {
    EXHIBIT_CHECK(take_log(into, theirs, had));
    out.what = ours == nullptr ? What::added : What::extended;
    out.added = has - had;
    out.entries = has;
  } else if (has < had) {
    out.what = What::behind;
  }
  return out;
}

}  // namespace

Result<void> sweep_forks(const std::string& directory, std::string_view party) {
  const std::string folder = directory + "/" + layout::forks_folder(party);
  EXHIBIT_TRY(const std::vector<files::Item> items, files::list(folder));
  for (const files::Item& item : items) {
    const std::string fork = folder + item.name;
    if (!layout::is_sha256(item.name)) continue;
    EXHIBIT_CHECK(files::remove_all(fork + "/leaves.new"));
    EXHIBIT_CHECK(files::remove_all(fork + "/checkpoint.new"));
    if (!files::exists(fork + "/checkpoint")) EXHIBIT_CHECK(files::remove_all(fork));
  }
  return {};
}

Result<std::vector<Merged>> merge(const Home& home, const std::string& directory,
                                  const std::string& from, const std::atomic<bool>* stop) {
  std::optional<files::TemporaryFolder> unpacked;
  std::string place = from;
  if (tar::is_file(from)) {
    EXHIBIT_TRY(files::TemporaryFolder folder, files::TemporaryFolder::make());
    EXHIBIT_TRY(const std::string name, tar::unpack(from, folder.path(), stop));
    place = folder.path() + "/" + name;
    unpacked.emplace(std::move(folder));
  }
  const Sent sent(place, stop);
  Into into{.impl = Case::Impl(home), .sent = sent};
  Case::Impl& impl = into.impl;
  impl.directory = directory;
  while (impl.directory.size() > 1 && impl.directory.ends_with('/')) impl.directory.pop_back();
  EXHIBIT_TRY(impl.id, read_case_id(impl.directory));
  EXHIBIT_TRY(const std::string theirs_id, read_case_id(place));
  if (impl.id != theirs_id) return fail(ErrorCode::usage, "what was sent is of another case");
  EXHIBIT_TRY(impl.lock, files::lock_folder(impl.directory));
  // All logs are others', for nobody's is written.
  EXHIBIT_CHECK(impl.load_others());
  EXHIBIT_CHECK(impl.load_facts());
  EXHIBIT_CHECK(impl.sweep());

  std::vector<Merged> out;
  EXHIBIT_TRY(const std::vector<std::string> parties, list_parties(place));
  for (const std::string& party : parties) {
    const auto refuse = [&](std::string why) {
      const PartyLog* ours = find_log(impl.others, party);
      out.push_back({.party = party,
                     .what = Merged::What::refused,
                     .entries = ours == nullptr ? 0 : ours->ledger.entries.size(),
                     .added = 0,
                     .cosignatures = 0,
                     .stamps = 0,
                     .why = std::move(why)});
    };
    const auto unread =
        std::ranges::find(impl.unread_logs, party, &std::pair<std::string, Error>::first);
    if (unread != impl.unread_logs.end()) {
      refuse("the log of this name here is not as it should be: " +
             std::string(unread->second.what.c_str()));
      continue;
    }
    const auto theirs = read_party_log(place, impl.id, party);
    const auto whole =
        theirs ? check_entries_of(*theirs, place) : Result<void>(std::unexpected(theirs.error()));
    if (!whole) {
      refuse(whole.error().what.c_str());
      continue;
    }
    auto done = merge_log(into, *theirs);
    if (!done) return std::unexpected(done.error());
    out.push_back(*std::move(done));
  }
  // With every log here, so that a cosigner's own vouches for his key.
  EXHIBIT_CHECK(impl.load_others());
  EXHIBIT_CHECK(impl.load_facts());
  EXHIBIT_CHECK(impl.sweep());
  for (Merged& merged : out)
    if (const PartyLog* log = find_log(impl.others, merged.party)) {
      EXHIBIT_TRY(merged.cosignatures, take_cosignatures(into, *log));
      EXHIBIT_TRY(merged.stamps, take_stamps(into, *log));
    }
  return out;
}

}  // namespace exhibit::casefile
