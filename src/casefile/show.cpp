// One finding, with the way from its record's bytes to the signed checkpoint.
#include <algorithm>

#include "casefile/find_finding.h"
#include "casefile/impl.h"
#include "casefile/layout.h"
#include "casefile/leaves.h"
#include "casefile/member.h"
#include "casefile/pack.h"
#include "casefile/tree.h"

namespace exhibit::casefile {
namespace {

// The record, read and parsed again from the source's bytes.
Result<void> show_record(Shown& out, const sigma::RulePack& pack, std::uint32_t rule) {
  EXHIBIT_TRY(const OpenedSource opened, open_source(out.source));
  event::PathTable paths(pack.fields);
  const auto parser =
      evidence::make_parser(opened.source->info().format, paths, {.slack = out.slack});
  if (parser == nullptr)
    return fail(ErrorCode::proof_mismatch, "the source no longer reads as what was sealed");
  event::Batch batch;
  while (opened.source->next(batch)) {
    if (out.offset >= batch.source_offset + batch.size) continue;
    parser->parse(batch);
    const auto event = std::ranges::find_if(batch.events, [&](const event::Event& e) {
      return e.offset == out.offset && e.slack == out.slack;
    });
    if (event == batch.events.end()) break;
    out.raw = as_text(batch.record_bytes(*event));
    evidence::append_event_json(out.event_json, batch, *event, paths);
    if (opened.source->info().format == evidence::Format::evtx)
      evidence::append_event_xml(out.event_xml, batch, *event, paths);
    sigma::MatchExplainer explainer(pack, paths);
    explainer.start(batch, *event);
    if (const auto why = explainer.explain(*event, rule)) {
      out.builtin_mapping = pack.variants[why->variant].builtin_mapping;
      for (const sigma::Reason& reason : why->reasons)
        out.because.push_back(
            {.predicate = sigma::describe(pack.predicates[reason.predicate]), .reason = reason});
    }
    return {};
  }
  return fail(ErrorCode::proof_mismatch, "the finding's record is not at its place in the source");
}

Result<void> show_proofs(Shown& out, const Case::Impl& impl, const SourceFacts& facts,
                         const FoundFinding& found, const RunFacts& run) {
  if (out.slack && !facts.slack)
    return fail(ErrorCode::not_found, "the source's slack is not sealed");
  const TreeFacts& tree = out.slack ? *facts.slack : facts.records;
  const std::string path = impl.path(layout::source_folder(out.source.sha256) +
                                     (out.slack ? layout::kSlackLeaves : layout::kLeaves));
  EXHIBIT_TRY(const std::vector<seal::Digest> leaves, read_leaves(path, tree.size));
  if (out.record_index >= leaves.size())
    return fail(ErrorCode::proof_mismatch, "the finding's record is beyond the record tree");
  out.record_path = make_tree_path(leaves, out.record_index);
  out.acquire_field = out.slack ? "slack_tree.root" : "record_tree.root";
  out.acquire_entry = out.slack ? facts.slack_entry : facts.source.acquire_entry;
  out.finding_path = make_tree_path(found.leaves, found.index);
  out.run_entry = run.entry;
  if (out.record_path.root != tree.root || out.finding_path.root != run.findings.root)
    return fail(ErrorCode::proof_mismatch, "the way to the sealed root is broken: verify the case");
  out.acquire_path = make_tree_path(impl.ledger.leaves, out.acquire_entry);
  out.run_path = make_tree_path(impl.ledger.leaves, run.entry);
  out.checkpoint = impl.ledger.note;
  out.signer = impl.open.log_key.to_string();
  out.record_proof = verify::tlog_proof(
      out.acquire_entry, seal::inclusion_proof(impl.ledger.leaves, out.acquire_entry),
      out.checkpoint);
  out.finding_proof = verify::tlog_proof(
      run.entry, seal::inclusion_proof(impl.ledger.leaves, run.entry), out.checkpoint);
  return {};
}

}  // namespace

Result<Shown> show_finding(const Case& from, std::string_view id) {
  const Case::Impl& impl = from.impl();
  EXHIBIT_TRY(const FoundFinding found, find_finding(impl, id));
  const RunFacts& run = *found.run;
  const std::string_view line = found.line;
  Shown out;
  out.run = run.number;
  out.finding_id = found.id;
  out.finding_json = line.substr(0, line.size() - 1);
  EXHIBIT_TRY(const FindingLine place, read_finding_line(line));
  out.record_index = place.record_index;
  out.offset = place.offset;
  out.slack = place.slack;
  const auto source = impl.facts.find(place.source_sha256);
  if (source == impl.facts.end())
    return fail(ErrorCode::not_found, "the finding's source is not in the case");
  out.source = source->second.source;
  EXHIBIT_TRY(const sigma::RulePack pack, load_criteria(impl.path(""), run.criteria_sha256));
  const auto rule = std::ranges::find(pack.rules, place.rule_sha256, &sigma::RuleInfo::sha256);
  if (rule == pack.rules.end())
    return fail(ErrorCode::not_found, "the finding's rule is not in the run's criteria");
  out.rule = *rule;
  EXHIBIT_CHECK(show_record(out, pack, static_cast<std::uint32_t>(rule - pack.rules.begin())));
  EXHIBIT_CHECK(show_proofs(out, impl, source->second, found, run));
  return out;
}

}  // namespace exhibit::casefile
