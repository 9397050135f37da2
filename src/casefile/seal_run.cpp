// Sealing: a hunt's sources and its run, under one new checkpoint.
#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "casefile/compare_acquired.h"
#include "casefile/impl.h"
#include "casefile/layout.h"
#include "casefile/pack.h"
#include "casefile/saying.h"
#include "casefile/sink.h"

namespace exhibit::casefile {
namespace {

/// Lines of a file of a run, and the tree over them.
class LinesWriter {
 public:
  [[nodiscard]] static Result<LinesWriter> create(const std::string& path) {
    EXHIBIT_TRY(files::Appender file, files::Appender::create(path));
    return LinesWriter(std::move(file));
  }
  Result<void> append(std::string_view line) {  // with its newline
    tree_.append(seal::leaf_hash(as_bytes(line)));
    pending_ += line;
    return pending_.size() < kPendingMax ? Result<void>{} : flush();
  }
  Result<TreeFacts> finish() {
    EXHIBIT_CHECK(flush());
    EXHIBIT_CHECK(file_.close());
    return TreeFacts{.root = tree_.root(), .size = tree_.size()};
  }

 private:
  static constexpr std::size_t kPendingMax = 1 << 20;
  explicit LinesWriter(files::Appender file) : file_(std::move(file)) {}
  Result<void> flush() {
    if (!pending_.empty()) EXHIBIT_CHECK(file_.append(as_bytes(pending_)));
    pending_.clear();
    return {};
  }
  files::Appender file_;
  seal::TreeHasher tree_;
  std::string pending_;
};

struct InputPlace {
  std::string sha256, path;
  std::string container_sha256;  // that its bytes were read out of; empty: it was given itself
  auto operator<=>(const InputPlace&) const = default;
};

void append_input(std::string& out, const InputPlace& place) {
  base::JsonWriter json(out);
  json.begin_object();
  if (!place.container_sha256.empty()) json.member("container_sha256", place.container_sha256);
  json.key("path");
  layout::write_text(json, place.path);
  json.member("sha256", place.sha256).end_object();
  out += '\n';
}
void append_skipped(std::string& out, const evidence::Skipped& skipped) {
  base::JsonWriter json(out);
  json.begin_object().key("path");
  layout::write_text(json, skipped.path);
  json.member("skipped", skipped.error.what.c_str()).end_object();
  out += '\n';
}

// What was put to the rules, with where it was found; what could not be read stands behind it.
std::string inputs_lines(const hunt::HuntResult& result) {
  std::vector<InputPlace> inputs;
  for (const auto& [path, sha256] : result.duplicates)
    inputs.push_back({.sha256 = sha256, .path = path, .container_sha256 = {}});
  for (const hunt::SourceReport& source : result.sources)
    inputs.push_back({.sha256 = source.sha256,
                      .path = source.info.display(),
                      .container_sha256 = source.container_sha256});
  std::ranges::sort(inputs);
  std::string out;
  for (const InputPlace& place : inputs) append_input(out, place);
  for (const evidence::Skipped& skipped : result.skipped) append_skipped(out, skipped);
  return out;
}

Result<TreeFacts> write_findings(const std::string& path, const sigma::RulePack& pack,
                                 const hunt::HuntResult& result) {
  EXHIBIT_TRY(LinesWriter lines, LinesWriter::create(path));
  Result<void> written;
  std::string line;
  EXHIBIT_CHECK(result.for_each([&](const hunt::Finding& finding) {
    if (!written) return;
    line.clear();
    // Full events are for the eye; what is sealed does not depend on how a run was looked at.
    hunt::Finding sealed = finding;
    sealed.event_json.clear();
    hunt::append_finding_json(line, pack, result.sources[finding.source], sealed, false);
    line += '\n';
    written = lines.append(line);
  }));
  if (!written) return std::unexpected(written.error());
  return lines.finish();
}

Result<TreeFacts> write_text_lines(const std::string& path, const std::string& text) {
  EXHIBIT_TRY(const verify::LinesRoot root, verify::lines_root(text));
  EXHIBIT_CHECK(files::write_new(path, text));
  return TreeFacts{.root = root.root, .size = root.lines};
}

struct RunInputs {
  const sigma::RulePack& pack;
  const sigma::LoadOptions& load;
  const hunt::HuntOptions& options;
};

// Everything of the run but its statement's place in the ledger.
Result<verify::Statement> write_run(const Case::Impl& impl, const RunInputs& run,
                                    const hunt::HuntResult& result, std::size_t nth) {
  RunFacts facts;
  facts.number = static_cast<std::uint32_t>(impl.run_facts.size() + 1);
  facts.semantics_version = sigma::kSemanticsVersion;
  facts.rules_sha256 = run.pack.rules_sha256;
  facts.routing_sha256 = run.pack.routing_sha256;
  facts.mapping_sha256 = run.pack.mapping_sha256;
  facts.placeholders_sha256 = run.pack.placeholders_sha256;
  facts.rules_rejected = run.pack.rejected;
  facts.slack = run.options.slack;
  facts.reference_engine = run.options.reference_engine;
  facts.filters = run.options.filters;
  facts.records = result.records;

  EXHIBIT_TRY(const Criteria criteria, make_criteria(run.pack, run.load));
  facts.criteria_sha256 = criteria.sha256;
  facts.pack_sha256 = criteria.pack_sha256;
  const std::string temporary = impl.path(layout::kTemporary);
  EXHIBIT_CHECK(write_criteria(criteria, impl.path(""), temporary + "/"));
  const std::string folder = temporary + "/run/";
  EXHIBIT_CHECK(files::make_folders(temporary + "/run"));
  EXHIBIT_TRY(facts.findings, write_findings(folder + "findings.jsonl", run.pack, result));
  std::string coverage;
  hunt::append_coverage_json(coverage, run.pack, result, false);
  coverage += '\n';
  EXHIBIT_TRY(facts.coverage, write_text_lines(folder + "coverage.json", coverage));
  const std::uint64_t index = impl.ledger.entries.size() + nth;
  EXHIBIT_TRY(facts.inputs, write_text_lines(impl.path(layout::inputs_path(impl.party, index)),
                                             inputs_lines(result)));
  verify::Statement statement = impl.statement(nth, "run", run_fields(facts, impl.custody()));
  EXHIBIT_CHECK(files::write_new(folder + "run.json", layout::run_json(statement)));
  EXHIBIT_CHECK(
      files::rename(temporary + "/run", impl.path("runs/" + std::to_string(facts.number))));
  return statement;
}

// Of two places where the same bytes were found, the hunt's result names one, the same each time.
void name_places(CaseSink& sink, const hunt::HuntResult& result) {
  for (const hunt::SourceReport& report : result.sources) {
    const auto found = sink.taken.find(report.sha256);
    if (found == sink.taken.end()) continue;
    CaseSource& source = found->second.source;
    source.container_sha256 = report.container_sha256;
    if (source.by_reference) continue;  // its reference is written already
    source.info = report.info;
    source.container = report.container;
    if (const FileFacts* before = sink.before(report.info.path)) {
      found->second.changed_unix_ns = before->changed_unix_ns;
      found->second.acquisition.file = *before;
    }
  }
}

// The acquired place of the case's own sources, which were read where the case keeps them.
void restore_places(const Case::Impl& impl, hunt::HuntResult& result) {
  for (hunt::SourceReport& report : result.sources) {
    const auto found = impl.facts.find(report.sha256);
    if (found == impl.facts.end()) continue;
    report.info = found->second.source.info;
    report.container_sha256 = found->second.source.container_sha256;
  }
}

// Slack that an earlier acquisition did not seal, of sources that were met again.
Result<void> seal_slack(Case::Impl& impl, CaseSink& sink, const hunt::HuntOptions& options) {
  std::vector<const CaseSource*> bare;
  for (const std::string& sha256 : sink.known) {
    const SourceFacts& facts = impl.facts.find(sha256)->second;
    if (!facts.slack && !facts.source.container) bare.push_back(&facts.source);
  }
  if (bare.empty()) return {};
  const Clones none;
  CaseSink again(impl, {}, true, true, none);
  hunt::HuntOptions only_seal;
  only_seal.threads = options.threads;
  only_seal.slack = true;
  only_seal.stop = options.stop;
  only_seal.seal = &again;
  EXHIBIT_TRY([[maybe_unused]] const hunt::HuntResult done,
              hunt::hunt(listing_of(bare), sigma::RulePack{}, only_seal));
  sink.slack_added = std::move(again.slack_added);
  return {};
}

// Before anything is read: reading may change the time of access.
std::map<std::string, FileFacts> facts_of_files(const evidence::Listing& listing) {
  std::map<std::string, FileFacts> out;
  for (const evidence::Input& input : listing.inputs)
    if (auto facts = read_file_facts(input.path)) out.emplace(input.path, *std::move(facts));
  return out;
}

// What could not be read at all has no acquisition of its own, and is on record all the same. A run
// has it among its inputs.
void append_unread(const Case::Impl& impl, const hunt::HuntResult& result,
                   std::vector<verify::Statement>& statements) {
  if (result.skipped.empty()) return;
  std::string text = "Not read:\n";
  for (const evidence::Skipped& skipped : result.skipped) {
    std::string line = skipped.path + ": " + skipped.error.what.c_str() + "\n";
    if (!base::is_utf8(line))
      line = "(a name that is no UTF-8): " + std::string(skipped.error.what.c_str()) + "\n";
    if (text.size() + line.size() > kSayingSizeBytesMax) break;
    text += line;
  }
  text.pop_back();
  const SayingFacts said{
      .saying = {.kind = Saying::Kind::note, .text = std::move(text)}, .about = {}, .run = {}};
  statements.push_back(
      impl.statement(statements.size(), "note", saying_fields(said, impl.custody())));
}

// What is the same for everything that one command acquires.
Result<void> check_seal_options(const SealOptions& seal, bool own) {
  EXHIBIT_CHECK(check_circumstances(seal.said));
  if (seal.manifests.size() > kManifestsMax)
    return fail(ErrorCode::limit, "at most 64 manifests can be compared at once");
  if (own && (!seal.manifests.empty() || !seal.digests.empty() || seal.hash_after ||
              seal.said != Circumstances{}))
    return fail(ErrorCode::usage, "this is said of what is acquired, and nothing is");
  for (const seal::OtherHash hash : seal.digests)
    if (const auto there = seal::OtherHasher::create(hash); !there)
      return std::unexpected(there.error());
  return {};
}

Result<CaseHunt> hunt_and_seal(Case& into, const evidence::Listing& listing, const RunInputs* run,
                               hunt::HuntOptions options, SealOptions seal) {
  Case::Impl& impl = into.impl();
  const bool own = run != nullptr && listing.inputs.empty() && listing.skipped.empty();
  add_needed_digests(seal);
  EXHIBIT_CHECK(check_seal_options(seal, own));
  auto before = facts_of_files(own ? evidence::Listing{} : listing);
  evidence::Listing own_listing;
  Clones clones;
  const evidence::Listing* read = &listing;
  if (own) {
    std::vector<const CaseSource*> readable;
    for (const CaseSource& source : impl.sources)
      if (!source.container || source.by_reference) readable.push_back(&source);
    own_listing = listing_of(readable);
    read = &own_listing;
  } else if (!seal.by_reference) {
    EXHIBIT_TRY(clones, Clones::make(listing, impl.path(layout::kTemporary) + "/clones"));
    read = &clones.listing();
  }
  CaseSink sink(impl, seal, own, options.slack, clones, std::move(before));
  options.seal = &sink;
  const sigma::RulePack no_rules;
  EXHIBIT_TRY(hunt::HuntResult result,
              hunt::hunt(*read, run != nullptr ? run->pack : no_rules, options));
  if (own) restore_places(impl, result);
  clones.restore(result);
  name_places(sink, result);
  if (options.slack && !own) EXHIBIT_CHECK(seal_slack(impl, sink, options));

  CaseHunt out;
  if (seal.hash_after) out.changed_after = hash_after(sink);
  // Compared with half of what was to be read, a manifest would say what is not so.
  if (!result.interrupted) out.manifests = compare_manifests(impl, seal.manifests, sink);
  const Machine machine = impl.machine();
  for (auto& [sha256, facts] : sink.taken) {
    facts.acquisition.said = seal.said;
    facts.acquisition.machine = machine;
  }

  std::vector<verify::Statement> statements;
  for (const auto& [sha256, facts] : sink.taken)
    statements.push_back(
        impl.statement(statements.size(), "acquire", acquire_fields(facts, impl.custody())));
  for (const auto& [sha256, facts] : sink.slack_added)
    statements.push_back(
        impl.statement(statements.size(), "acquire", slack_fields(facts, impl.custody())));
  for (std::size_t i = 0; i < out.manifests.size(); ++i)
    statements.push_back(
        impl.statement(statements.size(), "manifest",
                       manifest_fields(seal.manifests[i], out.manifests[i], impl.custody())));
  if (run == nullptr) append_unread(impl, result, statements);
  const bool seal_run = run != nullptr && !result.interrupted;
  if (seal_run) {
    EXHIBIT_TRY(verify::Statement statement, write_run(impl, *run, result, statements.size()));
    statements.push_back(std::move(statement));
  }
  const std::size_t added = statements.size();
  EXHIBIT_CHECK(added != 0 ? impl.commit(std::move(statements)) : impl.sweep());

  out.result = std::move(result);
  out.seal = into.summary();
  out.seal.entries_added = added;
  out.seal.sources_added = sink.taken.size();
  out.seal.sources_known = sink.known.size();
  if (seal_run) out.seal.run = impl.runs.back().number;
  return out;
}

Result<CaseHunt> hunt_or_restore(Case& into, const evidence::Listing& listing, const RunInputs* run,
                                 const hunt::HuntOptions& options, const SealOptions& seal) {
  auto out = hunt_and_seal(into, listing, run, options, seal);
  if (!out) {
    // As before: what was written and not committed goes. That this fails too changes nothing that
    // counts, and the next writer sweeps again.
    (void)into.impl().load();
    (void)into.impl().sweep();
  }
  return out;
}

// One party seals the sources and runs of a case; a hunt of another's own goes into its own case.
Result<void> check_sealer(const Case::Impl& impl) {
  if (!impl.case_key) return fail(ErrorCode::usage, "the case is open for reading only");
  if (!impl.sealer.empty() && impl.sealer != impl.party)
    return fail(ErrorCode::refused,
                "another party seals this case's sources: a hunt of your own goes into a case of "
                "your own");
  return {};
}

}  // namespace

Result<CaseHunt> hunt_into_case(Case& into, const evidence::Listing& listing,
                                const sigma::RulePack& pack, const sigma::LoadOptions& load,
                                hunt::HuntOptions options, const SealOptions& seal) {
  if (options.seal != nullptr) return fail(ErrorCode::usage, "the case seals by itself");
  EXHIBIT_CHECK(check_sealer(into.impl()));
  const RunInputs run{.pack = pack, .load = load, .options = options};
  return hunt_or_restore(into, listing, &run, options, seal);
}

Result<CaseHunt> add_to_case(Case& into, const evidence::Listing& listing,
                             hunt::HuntOptions options, const SealOptions& seal) {
  if (options.seal != nullptr) return fail(ErrorCode::usage, "the case seals by itself");
  EXHIBIT_CHECK(check_sealer(into.impl()));
  options.filters = {};
  return hunt_or_restore(into, listing, nullptr, options, seal);
}

}  // namespace exhibit::casefile
