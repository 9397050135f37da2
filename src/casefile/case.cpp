// Case: made, opened, swept, extended.
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "casefile/cosign.h"
#include "casefile/impl.h"
#include "casefile/layout.h"
#include "casefile/stamp.h"
#include "casefile/tar.h"

namespace exhibit::casefile {
namespace {

constexpr std::size_t kIdFromNameMax = 40;

std::string trimmed(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

bool is_number(std::string_view name) {
  return !name.empty() && name.size() < 20 &&
         std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
}

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string id_from(const std::string& directory) {
  std::string out = base_name(directory).substr(0, kIdFromNameMax);
  std::ranges::replace_if(out, [](char c) { return !is_plain_name(std::string("a") + c); }, '-');
  while (!out.empty() && !is_plain_name(out.substr(0, 1))) out.erase(0, 1);
  if (out.empty()) out = "case";
  std::array<std::byte, 4> random{};
  seal::random_bytes(random);
  return out + "-" + base::to_hex(random);
}

Result<SigningKeys> keys_of(Home home, const std::string& party) {
  auto keys = load_signing_keys(home, party);
  if (keys || keys.error().code != ErrorCode::not_found) return keys;
  EXHIBIT_TRY([[maybe_unused]] const PartyKeys made, home.create_keys(party));
  return load_signing_keys(home, party);
}

// The case as it will be, but for its place.
Result<void> build(Case::Impl& impl) {
  for (const char* folder : {"sources", "criteria", "runs"})
    EXHIBIT_CHECK(files::make_folders(impl.path(folder)));
  EXHIBIT_CHECK(files::write_new(impl.path(layout::kToml), layout::toml_head(impl.id)));
  return impl.begin_log();
}

// Neither older than what was seen here, nor another history.
Result<void> check_last_seen(const Case::Impl& impl) {
  EXHIBIT_TRY(
      const Continues now,
      compare_last_seen(impl.home, impl.origin, verify::fingerprint(impl.keys->log.public_key()),
                        impl.ledger.leaves));
  if (now == Continues::is_older)
    return fail(ErrorCode::refused,
                "the case is older than it was when last seen here: entries are missing");
  if (now == Continues::is_another)
    return fail(ErrorCode::refused,
                "the case is not the one last seen here: its entries were rewritten");
  return {};
}

}  // namespace

event::Ticks system_now() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return base::kUnixEpochTicks + now.tv_sec * base::kTicksPerSecond + now.tv_nsec / 100;
}

std::string own_program_sha256() { return files::sha256("/proc/self/exe").value_or(std::string()); }

Result<std::string> find_sealer(const std::string& directory, std::string_view case_id) {
  EXHIBIT_TRY(const std::vector<std::string> parties, list_parties(directory));
  if (parties.empty()) return fail(ErrorCode::not_found, "the case has no ledger");
  if (parties.size() > 1)
    for (const std::string& party : parties)
      if (const auto log = read_party_log(directory, case_id, party); log && log->seals())
        return party;
  return parties.front();
}

Result<std::string> read_case_id(const std::string& directory) {
  auto toml = files::read(directory + "/" + std::string(layout::kToml));
  if (!toml && toml.error().code == ErrorCode::not_found)
    return fail(ErrorCode::not_found, "this is no case: it has no exhibit.toml");
  if (!toml) return std::unexpected(toml.error());
  return layout::read_toml(*toml);
}

Result<std::vector<std::string>> own_parties(const Home& home, const std::string& directory) {
  EXHIBIT_TRY(const std::string id, read_case_id(trimmed(directory)));
  EXHIBIT_TRY(const std::vector<seal::VerifierKey> keys, home.list_case_keys());
  EXHIBIT_TRY(const std::vector<std::string> parties, list_parties(trimmed(directory)));
  std::vector<std::string> out;
  for (const std::string& party : parties)
    if (std::ranges::find(keys, layout::origin(id, party), &seal::VerifierKey::name) != keys.end())
      out.push_back(party);
  return out;
}

// ---- Impl

std::string Case::Impl::now() const {
  return base::to_rfc3339(options.clock ? options.clock() : system_now());
}

Custody Case::Impl::custody() const {
  Custody out = options.custody;
  if (out.tool_sha256.empty()) {
    static const std::string own = own_program_sha256();
    out.tool_sha256 = own;
  }
  return out;
}

Machine Case::Impl::machine() const { return options.machine ? options.machine() : this_machine(); }

verify::Statement Case::Impl::statement(std::size_t nth, std::string_view kind,
                                        const Fields& fields) const {
  return verify::make_statement(
      *case_key, ledger.entries.size() + nth,
      {.kind = std::string(kind), .log = origin, .party = party, .time = now(), .commitment = {}},
      fields);
}

Result<void> Case::Impl::begin_log() {
  EXHIBIT_CHECK(files::make_folders(path(layout::ledger_folder(party) + "tile")));
  ledger.folder = path(layout::ledger_folder(party));
  ledger.checkpoint.origin = origin;
  const OpenFacts opened{
      .case_id = id,
      .party = party,
      .origin = origin,
      .log_key = {.name = origin, .key = keys->log.public_key()},
      .entry_key = {.name = verify::entry_key_name(origin), .key = keys->entry.public_key()},
      .cosign_key = seal::VerifierKey{.name = verify::cosign_key_name(origin),
                                      .key = keys->cosign.public_key(),
                                      .role = seal::KeyRole::cosigner}};
  const verify::Statement first = statement(0, "open", open_fields(opened, custody()));
  const std::string file = path(layout::statement_path(party, 0));
  EXHIBIT_CHECK(files::make_folders(files::folder_of(file)));
  EXHIBIT_CHECK(files::write_new(file, verify::statement_json(first)));
  const std::string entry = verify::sign_entry(first.entry, keys->entry);
  EXHIBIT_CHECK(extend_ledger(ledger, std::span(&entry, 1), keys->log));
  EXHIBIT_CHECK(files::sync_filesystem(directory));
  return publish_checkpoint(ledger);
}

Result<void> Case::Impl::load() {
  EXHIBIT_TRY(ledger, read_ledger(path(layout::ledger_folder(party))));
  EXHIBIT_CHECK(load_others());
  EXHIBIT_CHECK(load_facts());
  if (open.case_id != id || open.origin != ledger.checkpoint.origin)
    return fail(ErrorCode::malformed, "exhibit.toml and the ledger name different cases");
  origin = open.origin;
  return {};
}

Result<void> Case::Impl::load_others() {
  others.clear();
  unread_logs.clear();
  EXHIBIT_TRY(const std::vector<std::string> parties, list_parties(directory));
  for (const std::string& name : parties) {
    if (name == party) continue;
    // A log that is not as it should be holds nobody up but its party.
    if (auto log = read_party_log(directory, id, name)) {
      others.push_back(*std::move(log));
    } else {
      unread_logs.emplace_back(name, log.error());
    }
  }
  return {};
}

Result<void> Case::Impl::load_facts() {
  facts.clear();
  run_facts.clear();
  sealer.clear();
  for (std::uint64_t i = 0; i < ledger.entries.size(); ++i) {
    EXHIBIT_TRY(const verify::Statement read, read_statement(directory, party, i));
    EXHIBIT_CHECK(take(read));
  }
  if (!facts.empty() || !run_facts.empty()) sealer = party;
  for (const PartyLog& log : others) {
    if (!sealer.empty() || !log.seals()) continue;
    sealer = log.party;
    for (std::uint64_t i = 1; i < log.ledger.entries.size(); ++i) {
      EXHIBIT_TRY(const verify::Statement read, read_statement(directory, sealer, i));
      EXHIBIT_CHECK(take(read));
    }
  }
  arrange();
  return {};
}

Result<void> Case::Impl::take(const verify::Statement& statement) {
  if (statement.entry.kind == "open") {
    EXHIBIT_TRY(open, read_open(statement));
  } else if (statement.entry.kind == "acquire") {
    bool slack_only = false;
    EXHIBIT_TRY(SourceFacts source, read_acquire(statement, slack_only));
    if (!slack_only) {
      facts[source.source.sha256] = std::move(source);
    } else if (const auto found = facts.find(source.source.sha256); found != facts.end()) {
      found->second.slack = source.slack;
      found->second.slack_entry = source.slack_entry;
      found->second.source.slack_sealed = true;
      found->second.source.slack_records = source.slack->size;
    }
  } else if (statement.entry.kind == "run") {
    EXHIBIT_TRY(RunFacts run, read_run(statement));
    run_facts.push_back(std::move(run));
  }
  return {};
}

void Case::Impl::arrange() {
  sources.clear();
  for (auto& [sha256, source] : facts) {
    const std::string own = path(layout::source_folder(sha256) + "data");
    source.source.data_path =
        source.source.by_reference && !files::exists(own) ? source.source.info.path : own;
    sources.push_back(source.source);
  }
  runs.clear();
  for (const RunFacts& run : run_facts)
    runs.push_back({.number = run.number,
                    .run_entry = run.entry,
                    .findings = run.findings.size,
                    .time = run.time,
                    .pack_sha256 = run.pack_sha256,
                    .rules_rejected = run.rules_rejected,
                    .filters = run.filters});
}

Result<void> Case::Impl::sweep() const {
  EXHIBIT_CHECK(files::remove_all(path(layout::kTemporary)));
  EXHIBIT_CHECK(sweep_logs());
  // What a log names that cannot be read is not known.
  if (!unread_logs.empty()) return {};
  const auto remove_unless = [&](const std::string& folder, const auto& is_ours,
                                 const auto& is_named) -> Result<void> {
    EXHIBIT_TRY(const std::vector<files::Item> items, files::list(path(folder)));
    for (const files::Item& item : items)
      if (is_ours(item.name) && !is_named(item.name))
        EXHIBIT_CHECK(files::remove_all(path(folder + "/" + item.name)));
    return {};
  };
  EXHIBIT_CHECK(remove_unless("sources", layout::is_sha256,
                              [&](const std::string& name) { return facts.contains(name); }));
  for (const auto& [sha256, source] : facts)
    if (!source.slack)
      EXHIBIT_CHECK(files::remove_all(path(layout::source_folder(sha256) + layout::kSlackLeaves)));
  EXHIBIT_CHECK(remove_unless("criteria", layout::is_sha256, [&](const std::string& name) {
    return std::ranges::any_of(run_facts, [&](const RunFacts& r) {
      return r.criteria_sha256 == name || r.pack_sha256 == name;
    });
  }));
  return remove_unless("runs", is_number, [&](const std::string& name) {
    return std::ranges::any_of(run_facts,
                               [&](const RunFacts& r) { return std::to_string(r.number) == name; });
  });
}

Result<void> Case::Impl::sweep_logs() const {
  const auto sweep_log = [&](const std::string& name, const Ledger& log) -> Result<void> {
    const std::string folder = "statements/" + name;
    EXHIBIT_TRY(const std::vector<files::Item> items, files::list(path(folder)));
    for (const files::Item& item : items) {
      const std::string index = item.name.substr(0, item.name.find('.'));
      if (is_number(index) && std::stoull(index) >= log.checkpoint.size)
        EXHIBIT_CHECK(files::remove_all(path(folder + "/" + item.name)));
    }
    EXHIBIT_CHECK(sweep_cosigned(directory, name));
    EXHIBIT_CHECK(sweep_stamped(directory, name));
    EXHIBIT_CHECK(sweep_forks(directory, name));
    return sweep_ledger(log);
  };
  if (!party.empty()) EXHIBIT_CHECK(sweep_log(party, ledger));
  for (const PartyLog& log : others) EXHIBIT_CHECK(sweep_log(log.party, log.ledger));
  // A log without a checkpoint was never opened.
  EXHIBIT_TRY(const std::vector<std::string> parties, list_parties(directory));
  for (const char* folder : {"ledger", "statements"}) {
    EXHIBIT_TRY(const std::vector<files::Item> items, files::list(path(folder)));
    for (const files::Item& item : items)
      if (item.folder && is_plain_name(item.name) &&
          std::ranges::find(parties, item.name) == parties.end())
        EXHIBIT_CHECK(files::remove_all(path(std::string(folder) + "/" + item.name)));
  }
  return {};
}

Result<void> Case::Impl::commit(std::vector<verify::Statement> statements) {
  Ledger extended = ledger;
  const auto write = [&]() -> Result<void> {
    std::vector<std::string> entries;
    for (const verify::Statement& s : statements) {
      EXHIBIT_CHECK(files::write_new(path(layout::statement_path(party, s.index)),
                                     verify::statement_json(s)));
      entries.push_back(verify::sign_entry(s.entry, keys->entry));
    }
    EXHIBIT_CHECK(extend_ledger(extended, entries, keys->log));
    EXHIBIT_CHECK(files::sync_filesystem(directory));
    return publish_checkpoint(extended);
  };
  if (const auto written = write(); !written) return written;
  EXHIBIT_CHECK(
      set_last_seen(home, origin, verify::fingerprint(keys->log.public_key()), extended.note));
  ledger = std::move(extended);
  for (const verify::Statement& s : statements) EXHIBIT_CHECK(take(s));
  if (sealer.empty() && (!facts.empty() || !run_facts.empty())) sealer = party;
  arrange();
  return sweep();
}

// ---- Case

Case::Case(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Case::~Case() = default;
Case::Case(Case&&) noexcept = default;
Case& Case::operator=(Case&&) noexcept = default;

bool Case::is_case(const std::string& directory) {
  return files::exists(trimmed(directory) + "/" + std::string(layout::kToml));
}

Result<Case> Case::create(const Home& home, const std::string& directory, std::string_view case_id,
                          CaseOptions options) {
  const std::string place = trimmed(directory);
  if (!is_plain_name(options.party) || (!case_id.empty() && !is_plain_name(case_id)))
    return fail(ErrorCode::usage,
                "case ids and parties are letters, digits, '.', '_' and '-', at most 64");
  if (files::exists(place)) {
    const auto items = files::list(place);
    if (!items || !items->empty())
      return fail(ErrorCode::exists, "the case's folder exists and is not empty");
  }
  Impl impl(home);
  impl.options = options;
  impl.party = options.party;
  impl.id = case_id.empty() ? id_from(place) : std::string(case_id);
  impl.origin = layout::origin(impl.id, impl.party);
  EXHIBIT_TRY(impl.keys, keys_of(home, impl.party));
  EXHIBIT_TRY(impl.case_key, create_case_key(home, impl.id, impl.party));

  // Out of place until it is whole, so that a killed creation leaves no half case.
  impl.directory = files::folder_of(place) + "/." + base_name(place) + std::string(layout::kUnborn);
  if (files::exists(impl.directory)) {
    EXHIBIT_TRY([[maybe_unused]] const auto alone, files::lock_folder(impl.directory));
    EXHIBIT_CHECK(files::remove_all(impl.directory));
  }
  EXHIBIT_CHECK(files::make_folders(impl.directory));
  EXHIBIT_TRY(impl.lock, files::lock_folder(impl.directory));
  auto built = build(impl);
  if (built) built = files::rename(impl.directory, place);
  if (!built) {
    (void)files::remove_all(impl.directory);
    return std::unexpected(built.error());
  }
  EXHIBIT_CHECK(files::sync_folder(files::folder_of(place)));
  EXHIBIT_CHECK(set_last_seen(home, impl.origin, verify::fingerprint(impl.keys->log.public_key()),
                              impl.ledger.note));
  impl.lock.reset();
  return open(home, place, std::move(options));
}

Result<Case> Case::join(const Home& home, const std::string& directory, CaseOptions options) {
  Impl impl(home);
  impl.directory = trimmed(directory);
  impl.options = options;
  impl.party = options.party;
  if (!is_plain_name(impl.party))
    return fail(ErrorCode::usage,
                "a party's name is letters, digits, '.', '_' and '-', at most 64");
  EXHIBIT_TRY(impl.id, read_case_id(impl.directory));
  EXHIBIT_TRY(impl.lock, files::lock_folder(impl.directory));
  impl.origin = layout::origin(impl.id, impl.party);
  if (files::exists(impl.path(layout::ledger_folder(impl.party) + "checkpoint")))
    return fail(ErrorCode::exists, "the party has a log in this case already");
  EXHIBIT_TRY(impl.keys, keys_of(home, impl.party));
  EXHIBIT_TRY(impl.case_key, join_case_key(home, impl.id, impl.party));
  // What a killed one left.
  EXHIBIT_CHECK(files::remove_all(impl.path(layout::ledger_folder(impl.party))));
  EXHIBIT_CHECK(files::remove_all(impl.path("statements/" + impl.party)));
  EXHIBIT_CHECK(impl.begin_log());
  EXHIBIT_CHECK(set_last_seen(home, impl.origin, verify::fingerprint(impl.keys->log.public_key()),
                              impl.ledger.note));
  impl.lock.reset();
  return open(home, directory, std::move(options));
}

Result<Case> Case::open(const Home& home, const std::string& directory, CaseOptions options) {
  auto impl = std::make_unique<Impl>(home);
  impl->directory = trimmed(directory);
  EXHIBIT_TRY(impl->id, read_case_id(impl->directory));
  EXHIBIT_TRY(impl->lock, files::lock_folder(impl->directory));
  impl->party = options.party;
  impl->origin = layout::origin(impl->id, impl->party);
  impl->options = std::move(options);
  auto keys = load_signing_keys(home, impl->party);
  auto case_key = load_case_key(home, impl->id);
  for (const auto* error : {keys ? nullptr : &keys.error(), case_key ? nullptr : &case_key.error()})
    if (error != nullptr)
      return error->code == ErrorCode::not_found
                 ? fail(
                       ErrorCode::refused,
                       "the key folder has no keys for this case: only its collector can extend it")
                 : std::unexpected(*error);
  impl->keys = *std::move(keys);
  impl->case_key = *case_key;
  EXHIBIT_CHECK(impl->load());
  EXHIBIT_TRY(const seal::Note note, seal::parse_note(impl->ledger.note));
  if (!seal::verify_note(note, {.name = impl->origin, .key = impl->keys->log.public_key()}))
    return fail(ErrorCode::refused,
                "the case's checkpoint is not signed with the key in the key folder");
  EXHIBIT_CHECK(check_last_seen(*impl));
  EXHIBIT_CHECK(set_last_seen(home, impl->origin, verify::fingerprint(impl->keys->log.public_key()),
                              impl->ledger.note));
  EXHIBIT_CHECK(impl->sweep());
  return Case(std::move(impl));
}

Result<Case> Case::open_read_only(const Home& home, const std::string& path,
                                  const std::atomic<bool>* stop) {
  auto impl = std::make_unique<Impl>(home);
  impl->directory = trimmed(path);
  if (tar::is_file(impl->directory)) {
    EXHIBIT_TRY(files::TemporaryFolder unpacked, files::TemporaryFolder::make());
    EXHIBIT_TRY(const std::string folder, tar::unpack(impl->directory, unpacked.path(), stop));
    impl->directory = unpacked.path() + "/" + folder;
    impl->unpacked.emplace(std::move(unpacked));
  }
  EXHIBIT_TRY(impl->id, read_case_id(impl->directory));
  EXHIBIT_TRY(impl->party, find_sealer(impl->directory, impl->id));
  EXHIBIT_CHECK(impl->load());
  return Case(std::move(impl));
}

const std::string& Case::directory() const { return impl_->directory; }
const std::string& Case::id() const { return impl_->id; }
const std::vector<CaseSource>& Case::sources() const { return impl_->sources; }
const std::vector<CaseRun>& Case::runs() const { return impl_->runs; }

SealSummary Case::summary() const {
  SealSummary out;
  out.case_id = impl_->id;
  out.origin = impl_->origin;
  out.tree_size = impl_->ledger.checkpoint.size;
  out.root = impl_->ledger.checkpoint.root;
  out.fingerprint = verify::fingerprint(impl_->open.log_key.key);
  out.verifier_key = impl_->open.log_key.to_string();
  return out;
}

}  // namespace exhibit::casefile
