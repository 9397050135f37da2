// The chain of custody, from the statements of every log.
#include <algorithm>

#include "base/text.h"
#include "casefile/chain.h"
#include "casefile/compare_acquired.h"
#include "casefile/fields.h"
#include "casefile/files.h"
#include "casefile/impl.h"
#include "casefile/layout.h"
#include "casefile/party_log.h"
#include "casefile/tar.h"

namespace exhibit::casefile {
namespace {

class ChainReader {
 public:
  ChainReader(const CheckContext& context, Chain& chain) : c_(context), chain_(chain) {}

  void read() {
    for (const CheckedLog& log : c_.logs) read_log(log);
    for (const auto& [step, receipt] : receipts_) attach(step, receipt);
    CustodyReport& out = chain_.report;
    std::ranges::sort(out.sources, {}, [](const auto& s) { return s.source.sha256; });
    std::ranges::stable_sort(out.hand_overs, {}, [](const auto& h) { return h.given.time; });
    std::ranges::stable_sort(out.acts, {}, [](const auto& a) { return a.step.time; });
  }

 private:
  void read_log(const CheckedLog& log) {
    const bool sound = log.open && log.whole && log.rooted && log.is_signed;
    if (!sound || log.report.verdict == verify::Verdict::invalid)
      chain_.unsound.push_back(log.party);
    std::vector<Chain::Entry>& entries = chain_.entries[log.party];
    for (std::uint64_t i = 0; i < log.entries.size(); ++i) {
      const auto entry = verify::parse_entry(log.entries[i]);
      if (!entry) continue;
      entries.push_back({.kind = entry->entry.kind, .time = entry->entry.time});
      const auto statement = read_statement(c_.directory, log.party, i);
      if (!statement || !verify::verify_statement(*statement, entry->entry)) continue;
      Step step = step_of(*statement, {.party = log.party, .index = i});
      step.is_signed = sound && entry->entry.log == log.open->origin &&
                       seal::verify_envelope(entry->envelope, log.keys.entry_key(i)).has_value();
      take(std::move(step), *statement);
    }
  }

  static Step step_of(const verify::Statement& statement, EntryRef entry) {
    fields::Reader in(statement);
    Step out{.entry = std::move(entry),
             .kind = statement.entry.kind,
             .time = statement.entry.time,
             .operator_name = std::string(statement.get("operator")),
             .tool_name = std::string(statement.get("tool.name")),
             .tool_version = std::string(statement.get("tool.version")),
             .tool_sha256 = std::string(statement.get("tool.sha256")),
             .command_line = std::string(statement.get("command_line")),
             .said = read_circumstances(in),
             .machine = read_machine(in)};
    return out;
  }

  void take(Step step, const verify::Statement& statement) {
    if (step.kind == "acquire") {
      bool slack_only = false;
      if (const auto facts = read_acquire(statement, slack_only); facts && !slack_only)
        chain_.report.sources.push_back(source_of(std::move(step), *facts));
    } else if (step.kind == "transfer") {
      if (const auto facts = read_transfer(statement))
        chain_.report.hand_overs.push_back({.given = std::move(step),
                                            .to = facts->transfer.to,
                                            .whole = facts->whole,
                                            .sources = facts->transfer.sources,
                                            .text = facts->transfer.text,
                                            .arrivals = {}});
    } else if (step.kind == "receive") {
      if (const auto facts = read_receipt(statement))
        receipts_.emplace_back(std::move(step), *facts);
    } else {
      act(std::move(step), statement);
    }
  }

  static CustodyReport::Source source_of(Step step, const SourceFacts& facts) {
    const Acquisition& acquisition = facts.acquisition;
    CustodyReport::Source out{
        .acquired = std::move(step),
        .source = facts.source,
        .digests = {.sha256 = facts.source.sha256, .others = acquisition.digests},
        .began = acquisition.began,
        .ended = acquisition.ended,
        .modified_unix_ns = facts.source.info.modified_unix_ns,
        .changed_unix_ns = facts.changed_unix_ns,
        .accessed_unix_ns = {},
        .born_unix_ns = {},
        .file_system = {},
        .time_resolution_ns = 0,
        .read_errors = acquisition.read_errors_count,
        .same_after = {},
        .listed = {}};
    if (acquisition.file) {
      out.accessed_unix_ns = acquisition.file->accessed_unix_ns;
      out.born_unix_ns = acquisition.file->born_unix_ns;
      out.file_system = acquisition.file->file_system;
      out.time_resolution_ns = acquisition.file->time_resolution_ns;
    }
    if (acquisition.after) out.same_after = acquisition.after->same;
    for (const ListedIn& listed : acquisition.listed)
      out.listed.emplace_back(listed.manifest_sha256, listed.as);
    return out;
  }

  void act(Step step, const verify::Statement& statement) {
    std::string gist;
    if (step.kind == "run") {
      if (const auto run = read_run(statement))
        gist = "run " + std::to_string(run->number) + ": " + std::to_string(run->findings.size) +
               " findings in " + std::to_string(run->records) + " records, rules " +
               run->pack_sha256;
    } else if (step.kind == "manifest") {
      if (const auto read = read_manifest_statement(statement))
        gist = read->name + " (" + read->sha256 + "): " + std::to_string(read->matched) +
               " matched, " + std::to_string(read->differs) + " differ, " +
               std::to_string(read->not_listed) + " not listed, " +
               std::to_string(read->not_found) + " not found";
    } else if (step.kind == "destroy") {
      if (const auto read = read_destroy(statement))
        gist = std::string(read->signing_keys ? "case key and signing keys" : "case key") +
               (read->reason.empty() ? "" : ": " + read->reason);
    } else {
      return;
    }
    chain_.report.acts.push_back({.step = std::move(step), .gist = std::move(gist)});
  }

  // A receipt belongs to the transfer that it names by hash, if that is to its party.
  void attach(const Step& step, const ReceiptFacts& receipt) {
    const auto stray = [&](std::string why) {
      chain_.stray_receipts.emplace_back(step.entry, std::move(why));
    };
    const auto log = std::ranges::find(c_.logs, receipt.from, &CheckedLog::party);
    if (log == c_.logs.end() || receipt.about.entry.index >= log->leaves.size())
      return stray("the transfer is not here");
    if (log->leaves[receipt.about.entry.index] != receipt.about.leaf)
      return stray("it names another entry than the one here");
    for (CustodyReport::HandOver& given : chain_.report.hand_overs) {
      if (given.given.entry.party != receipt.from ||
          given.given.entry.index != receipt.about.entry.index)
        continue;
      if (given.to != step.entry.party) return stray("the transfer is to " + given.to);
      given.arrivals.push_back({.received = step,
                                .verdict = receipt.verdict,
                                .complete = receipt.complete,
                                .text = receipt.text});
      return;
    }
    stray("what it names is no transfer");
  }

  const CheckContext& c_;
  Chain& chain_;
  std::vector<std::pair<Step, ReceiptFacts>> receipts_;
};

Result<CustodyReport> read_folder(const std::string& directory, const VerifyOptions& options) {
  CheckContext c(directory, options);
  EXHIBIT_TRY(const std::string case_id, read_case_id(directory));
  EXHIBIT_TRY(const std::vector<std::string> parties, list_parties(directory));
  if (options.home != nullptr)
    if (const auto own = options.home->list_keys())
      for (const PartyKeys& keys : *own)
        c.own_keys.push_back({.name = keys.party, .fingerprint = keys.fingerprint});
  c.sealer = choose_sealer(c, case_id, parties);
  for (const std::string& party : parties) check_ledger(c, party, case_id);
  check_parties(c);
  check_stamps(c);
  check_policy(c);
  if (c.stopped()) return fail(ErrorCode::interrupted, "reading the chain was stopped");
  Chain chain;
  chain.report.case_id = case_id;
  chain.report.sealer = c.sealer;
  ChainReader(c, chain).read();
  for (CheckedLog& log : c.logs) chain.report.logs.push_back(std::move(log.report));
  std::ranges::sort(chain.report.logs, {}, &Report::Log::party);
  // Where nobody sealed anything yet, the case is his who began it.
  if (const auto first = std::ranges::min_element(chain.report.logs, {}, &Report::Log::opened);
      chain.report.sealer.empty() && first != chain.report.logs.end())
    chain.report.sealer = first->party;
  find_gaps(chain);
  return std::move(chain.report);
}

}  // namespace

Result<CustodyReport> read_custody(const std::string& path, const VerifyOptions& options) {
  std::string place = path;
  while (place.size() > 1 && place.ends_with('/')) place.pop_back();
  if (!tar::is_file(place)) return read_folder(place, options);
  EXHIBIT_TRY(const files::TemporaryFolder unpacked, files::TemporaryFolder::make());
  EXHIBIT_TRY(const std::string folder, tar::unpack(place, unpacked.path(), options.stop));
  return read_folder(unpacked.path() + "/" + folder, options);
}

}  // namespace exhibit::casefile
