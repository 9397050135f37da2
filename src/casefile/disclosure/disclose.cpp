// Disclosing: what is chosen is opened, accounted for, put on the ledger, and bundled.
#include "casefile/disclosure/logs.h"
#include "casefile/disclosure/open_records.h"
#include "casefile/disclosure/select.h"
#include "casefile/disclosure/terms.h"
#include "casefile/fields.h"
#include "casefile/layout.h"
#include "casefile/marking.h"
#include "casefile/pack.h"
#include "casefile/source_key.h"
#include "casefile/tar.h"
#include "exhibit/disclosure.h"

#include <algorithm>

#include "base/text.h"

namespace exhibit::casefile {
namespace {

constexpr std::string_view kRoot = "bundle/";

/// A bundle before its logs: what the ledger will say of it.
struct Draft {
  Choice choice;
  BundleTerms terms;
  BundleFiles files;  // below sources/ and criteria/
  Disclosed sum;
};

std::string pseudonym_of(const SourceFacts& facts) { return base::to_hex(facts.pseudonym); }

// Every record of the tree that is not among the chosen, as few runs as can be.
BundleTerms::Range account(const SourceFacts& facts, std::uint8_t stream,
                           const ChosenRecords& chosen, Withheld reason) {
  BundleTerms::Range out{
      .source = pseudonym_of(facts),
      .stream = stream,
      .from = 0,
      .to = stream == seal::kSlackStream ? facts.slack->size : facts.records.size,
      .withheld = {}};
  std::uint64_t next = out.from;
  for (const auto& [at, record] : chosen) {
    if (at.stream != stream) continue;
    if (at.index > next) out.withheld.push_back({.from = next, .to = at.index, .reason = reason});
    next = at.index + 1;
  }
  if (next < out.to) out.withheld.push_back({.from = next, .to = out.to, .reason = reason});
  return out;
}

// The rules of the disclosed findings, each once, and how they were set up.
Result<void> add_rules(Draft& draft, const Case::Impl& impl, RunRules& rules) {
  std::map<std::string, std::string> texts;  // by SHA-256
  const RunFacts* run = nullptr;
  for (const auto& [sha256, chosen] : draft.choice)
    for (const auto& [at, record] : chosen)
      for (const ChosenFinding& finding : record.findings) {
        const auto same = [&](auto member) { return run->*member == finding.run->*member; };
        if (run != nullptr &&
            (!same(&RunFacts::semantics_version) || !same(&RunFacts::mapping_sha256) ||
             !same(&RunFacts::routing_sha256) || !same(&RunFacts::placeholders_sha256)))
          return fail(
              ErrorCode::usage,
              "the findings are of runs whose rules were set up differently: one bundle each");
        if (run == nullptr || run->number < finding.run->number) run = finding.run;
        EXHIBIT_TRY(const RunRules::Rule rule, rules.find(*finding.run, finding.rule_sha256));
        texts.emplace(finding.rule_sha256, rule.pack->rules[rule.number].text);
      }
  if (run == nullptr) return {};
  EXHIBIT_TRY(const Manifest manifest, read_criteria(impl.path(""), run->criteria_sha256));
  EXHIBIT_TRY(
      std::string routing,
      files::read(impl.path(layout::criteria_folder(run->criteria_sha256) + "routing.yml")));
  draft.terms.rules = BundleTerms::Rules{.builtin_mapping = manifest.load.builtin_mapping,
                                         .mapping_sha256 = run->mapping_sha256,
                                         .routing_sha256 = run->routing_sha256,
                                         .placeholders = manifest.load.placeholders,
                                         .semantics_version = run->semantics_version};
  for (const auto& [sha256, text] : texts)
    draft.files.emplace_back("criteria/" + sha256 + ".yml", text);
  draft.files.emplace_back("criteria/routing.yml", std::move(routing));
  return {};
}

void add_findings(BundleTerms& terms, const SourceFacts& facts, const ChosenRecords& chosen) {
  for (const auto& [at, record] : chosen)
    for (const ChosenFinding& finding : record.findings)
      terms.findings.push_back({.source = pseudonym_of(facts),
                                .stream = at.stream,
                                .record = at.index,
                                .rule_sha256 = finding.rule_sha256});
}

Result<void> check_options(const DiscloseOptions& options) {
  if (options.to.empty() || options.to.size() > kRecipientSizeBytesMax ||
      !base::is_utf8(options.to))
    return fail(ErrorCode::usage, "whom a bundle is for is told in 1 to 1,024 bytes of UTF-8");
  return {};
}

Result<Draft> make_draft(const Home& home, const Case::Impl& impl, const DiscloseOptions& options,
                         const std::function<void(const DisclosedRecord&)>& take) {
  Draft out;
  for (const std::string& party : {impl.party, impl.sealer}) EXHIBIT_CHECK(check_log(impl, party));
  EXHIBIT_TRY(out.choice, select_records(impl, options.select, options.stop));
  EXHIBIT_TRY(const SourceKeys keys, SourceKeys::open(home, impl));
  RunRules rules(impl);
  // By pseudonym: in the order of the sources' hashes a bundle would tell something of these.
  std::map<std::string, const SourceFacts*> sources;
  for (const auto& [sha256, chosen] : out.choice) {
    const SourceFacts& facts = impl.facts.find(sha256)->second;
    EXHIBIT_CHECK(check_marking(facts, options.tlp));
    sources.emplace(pseudonym_of(facts), &facts);
  }
  for (const auto& [pseudonym, facts] : sources) {
    const ChosenRecords& chosen = out.choice.at(facts->source.sha256);
    EXHIBIT_TRY(const seal::Key key, keys.of(*facts));
    EXHIBIT_TRY(OpenedRecords opened,
                open_records(impl, *facts, key, chosen, options, rules, out.sum, take));
    out.files.emplace_back("sources/" + pseudonym + "/shapes", std::move(opened.shapes));
    out.files.emplace_back("sources/" + pseudonym + "/records", std::move(opened.records));
    for (const std::uint8_t stream : {seal::kRecordStream, seal::kSlackStream})
      if (std::ranges::any_of(chosen, [&](const auto& r) { return r.first.stream == stream; })) {
        out.terms.ranges.push_back(account(*facts, stream, chosen, options.reason));
        out.sum.records_accounted += out.terms.ranges.back().to;
      }
    add_findings(out.terms, *facts, chosen);
  }
  std::ranges::sort(out.terms.findings);
  const auto repeated = std::ranges::unique(out.terms.findings);
  out.terms.findings.erase(repeated.begin(), repeated.end());
  EXHIBIT_CHECK(add_rules(out, impl, rules));
  out.terms.case_id = impl.id;
  out.terms.party = impl.party;
  out.terms.tlp = options.tlp;
  out.terms.to = options.to;
  for (const auto& [name, bytes] : out.files) {
    out.terms.members.push_back({.name = name,
                                 .sha256 = base::to_hex(seal::sha256(as_bytes(bytes))),
                                 .size = bytes.size()});
    out.sum.size_bytes += bytes.size();
  }
  return out;
}

// Entries of a party's log by place, with the fields of each that are opened.
using Entries = std::map<std::uint64_t, std::vector<std::string_view>>;

Entries acquire_entries(const Case::Impl& impl, const Choice& choice) {
  Entries out;
  for (const auto& [sha256, chosen] : choice) {
    const SourceFacts& facts = impl.facts.find(sha256)->second;
    out[facts.source.acquire_entry] = {"pseudonym", "format", "record_tree.root",
                                       "record_tree.size"};
    if (chosen.rbegin()->first.stream != seal::kSlackStream) continue;
    auto& fields = out[facts.slack_entry];
    fields.insert(fields.end(), {"part", "pseudonym", "slack_tree.root", "slack_tree.size"});
  }
  return out;
}

Fields disclose_fields(const Draft& draft, const std::string& terms, const Custody& custody) {
  Fields out;
  fields::text(out, "bundle_sha256", base::to_hex(seal::sha256(as_bytes(terms))));
  fields::text(out, "tlp", to_string(draft.terms.tlp));
  fields::text(out, "to", draft.terms.to);
  fields::number(out, "records", draft.sum.records);
  fields::number(out, "findings", draft.sum.findings);
  fields::custody(out, custody);
  return out;
}

Result<std::uint64_t> write_bundle(const std::string& beside, const std::string& terms,
                                   const BundleFiles& logs, const BundleFiles& files) {
  EXHIBIT_TRY(tar::Writer writer, tar::Writer::create(beside));
  EXHIBIT_CHECK(writer.add(std::string(kRoot) + "bundle.json", terms));
  for (const BundleFiles* part : {&logs, &files})
    for (const auto& [name, bytes] : *part)
      EXHIBIT_CHECK(writer.add(std::string(kRoot) + name, bytes));
  EXHIBIT_CHECK(writer.finish());
  return files::size(beside);
}

// Puts on the ledger what is disclosed, then writes the file that was announced.
Result<std::uint64_t> put_and_write(Case::Impl& impl, Draft& draft, const std::string& beside) {
  EXHIBIT_TRY(const std::string terms, bundle_json(draft.terms));
  const std::uint64_t entry = impl.ledger.entries.size();
  draft.sum.entry = {.party = impl.party, .index = entry};
  std::vector<verify::Statement> statements;
  statements.push_back(
      impl.statement(0, "disclose", disclose_fields(draft, terms, impl.custody())));
  EXHIBIT_CHECK(impl.commit(std::move(statements)));
  std::map<std::string, Entries> logs;
  logs[impl.sealer] = acquire_entries(impl, draft.choice);
  logs[impl.party][entry] = {"bundle_sha256", "tlp", "to"};
  BundleFiles log_files;
  for (const auto& [party, entries] : logs)
    EXHIBIT_CHECK(append_log(log_files, impl, party, entries));
  return write_bundle(beside, terms, log_files, draft.files);
}

}  // namespace

Result<Disclosed> plan_disclosure(const Home& home, const Case& from,
                                  const DiscloseOptions& options,
                                  const std::function<void(const DisclosedRecord&)>& take) {
  EXHIBIT_CHECK(check_options(options));
  EXHIBIT_TRY(const Draft draft, make_draft(home, from.impl(), options, take));
  EXHIBIT_TRY([[maybe_unused]] const std::string terms, bundle_json(draft.terms));
  return draft.sum;
}

Result<Disclosed> disclose(const Home& home, Case& into, const std::string& out,
                           const DiscloseOptions& options) {
  Case::Impl& impl = into.impl();
  if (!impl.case_key) return fail(ErrorCode::usage, "the case is open for reading only");
  EXHIBIT_CHECK(check_options(options));
  if (files::exists(out)) return fail(ErrorCode::exists, "there is a file of this name already");
  EXHIBIT_TRY(Draft draft, make_draft(home, impl, options, {}));
  const std::string beside =
      files::folder_of(out) + "/." + out.substr(out.rfind('/') + 1) + std::string(layout::kUnborn);
  EXHIBIT_CHECK(files::remove_all(beside));
  const auto written = [&]() -> Result<std::uint64_t> {
    // A place that cannot be written to is found out before the ledger says that something went
    // out.
    EXHIBIT_TRY(files::Appender there, files::Appender::create(beside));
    EXHIBIT_CHECK(there.close());
    EXHIBIT_CHECK(files::remove_all(beside));
    EXHIBIT_TRY(const std::uint64_t size, put_and_write(impl, draft, beside));
    EXHIBIT_CHECK(files::sync_filesystem(files::folder_of(out)));
    EXHIBIT_CHECK(files::rename(beside, out));
    return size;
  }();
  if (!written) {
    (void)files::remove_all(beside);
    return std::unexpected(written.error());
  }
  draft.sum.size_bytes = *written;
  return draft.sum;
}

}  // namespace exhibit::casefile
