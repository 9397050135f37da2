#include "casefile/facts.h"

#include "base/text.h"
#include "base/time.h"
#include "casefile/fields.h"
#include "casefile/home.h"
#include "casefile/layout.h"

namespace exhibit::casefile {
namespace {

using fields::flag;
using fields::number;
using fields::Reader;
using fields::text;
using fields::tree;

void source_identity(Fields& out, const SourceFacts& facts) {
  text(out, "sha256", facts.source.sha256);
  text(out, "pseudonym", base::to_hex(facts.pseudonym));
}

std::optional<event::Ticks> read_bound(Reader& in, std::string_view name) {
  if (!in.has(name)) return std::nullopt;
  const auto ticks = base::parse_time(in.text(name));
  in.fail_if(!ticks);
  return ticks;
}

}  // namespace

Fields open_fields(const OpenFacts& facts, const Custody& custody) {
  Fields out;
  text(out, "format", kFormat);
  text(out, "case", facts.case_id);
  text(out, "party", facts.party);
  text(out, "origin", facts.origin);
  text(out, "log_key", facts.log_key.to_string());
  text(out, "entry_key", facts.entry_key.to_string());
  if (facts.cosign_key) text(out, "cosign_key", facts.cosign_key->to_string());
  fields::custody(out, custody);
  return out;
}

Result<OpenFacts> read_open(const verify::Statement& statement) {
  Reader in(statement);
  OpenFacts out;
  in.fail_if(in.text("format") != kFormat);
  out.case_id = in.text("case");
  out.party = in.text("party");
  out.origin = in.text("origin");
  in.fail_if(!is_plain_name(out.case_id) || !is_plain_name(out.party) ||
             out.origin != layout::origin(out.case_id, out.party));
  EXHIBIT_TRY(out.log_key, seal::VerifierKey::parse(in.text("log_key")));
  EXHIBIT_TRY(out.entry_key, seal::VerifierKey::parse(in.text("entry_key")));
  in.fail_if(out.log_key.role != seal::KeyRole::note || out.entry_key.role != seal::KeyRole::note ||
             out.log_key.name != out.origin ||
             out.entry_key.name != verify::entry_key_name(out.origin));
  if (in.has("cosign_key")) {
    EXHIBIT_TRY(out.cosign_key, seal::VerifierKey::parse(in.text("cosign_key")));
    in.fail_if(out.cosign_key->role != seal::KeyRole::cosigner ||
               out.cosign_key->name != verify::cosign_key_name(out.origin));
  }
  EXHIBIT_CHECK(
      in.end("an open statement lacks a field, or has one that is not what it should be"));
  return out;
}

Fields acquire_fields(const SourceFacts& facts, const Custody& custody) {
  const CaseSource& source = facts.source;
  Fields out;
  source_identity(out, facts);
  number(out, "size_bytes", source.size_bytes);
  text(out, "path", source.info.path);
  for (const std::string& member : source.info.members) text(out, "member", member);
  text(out, "container_sha256", source.container_sha256);
  flag(out, "container", source.container);
  text(out, "format", evidence::to_string(source.info.format));
  number(out, "modified_unix_ns", source.info.modified_unix_ns);
  number(out, "changed_unix_ns", facts.changed_unix_ns);
  flag(out, "complete", source.complete);
  flag(out, "by_reference", source.by_reference);
  text(out, "source_key_sha256", facts.key_commitment);
  tree(out, "record_tree", facts.records);
  if (facts.slack) tree(out, "slack_tree", *facts.slack);
  number(out, "damage.count", source.damage_count);
  text(out, "damage.sha256", facts.damage_sha256);
  put_acquisition(out, facts.acquisition);
  fields::custody(out, custody);
  return out;
}

Fields slack_fields(const SourceFacts& facts, const Custody& custody) {
  Fields out;
  text(out, "part", "slack");
  source_identity(out, facts);
  tree(out, "slack_tree", *facts.slack);
  fields::custody(out, custody);
  return out;
}

std::optional<evidence::Format> parse_format(std::string_view name) {
  for (const auto known : {evidence::Format::evtx, evidence::Format::json})
    if (evidence::to_string(known) == name) return known;
  return std::nullopt;
}

Result<SourceFacts> read_acquire(const verify::Statement& statement, bool& slack_only) {
  Reader in(statement);
  SourceFacts out;
  CaseSource& source = out.source;
  slack_only = in.has("part");
  source.acquire_entry = statement.index;
  source.sha256 = in.sha256("sha256");
  out.pseudonym = in.bytes<sizeof(seal::Pseudonym)>("pseudonym");
  if (in.has("slack_tree.root")) {
    out.slack = in.tree("slack_tree");
    out.slack_entry = statement.index;
    source.slack_sealed = true;
    source.slack_records = out.slack->size;
  }
  if (slack_only) {
    in.fail_if(in.text("part") != "slack" || !out.slack);
  } else {
    source.size_bytes = in.number<std::uint64_t>("size_bytes");
    source.info.path = in.text("path");
    source.info.members = in.texts("member");
    source.container_sha256 = in.text("container_sha256");
    source.container = in.flag("container");
    source.info.format = parse_format(in.text("format")).value_or(evidence::Format::unknown);
    source.info.size_bytes = source.size_bytes;
    source.info.modified_unix_ns = in.number<std::int64_t>("modified_unix_ns");
    out.changed_unix_ns = in.number<std::int64_t>("changed_unix_ns");
    source.complete = in.flag("complete");
    source.by_reference = in.flag("by_reference");
    out.key_commitment = in.sha256("source_key_sha256");
    out.records = in.tree("record_tree");
    source.records = out.records.size;
    source.damage_count = in.number<std::uint64_t>("damage.count");
    out.damage_sha256 = in.sha256("damage.sha256");
    out.acquisition = read_acquisition(in);
    if (out.acquisition.file) {
      out.acquisition.file->modified_unix_ns = source.info.modified_unix_ns;
      out.acquisition.file->changed_unix_ns = out.changed_unix_ns;
    }
  }
  EXHIBIT_CHECK(
      in.end("an acquire statement lacks a field, or has one that is not what it should be"));
  return out;
}

namespace {
// Of reading, that a run's result depends on.
std::array<std::pair<const char*, std::uint64_t>, 4> limits() {
  return {{{"limit.member_size_bytes", evidence::kMemberSizeBytesMax},
           {"limit.decompression_ratio", evidence::kDecompressionRatioMax},
           {"limit.members", evidence::kMembersMax},
           {"limit.container_depth", evidence::kContainerDepthMax}}};
}
}  // namespace

Fields run_fields(const RunFacts& facts, const Custody& custody) {
  Fields out;
  number(out, "run", facts.number);
  number(out, "semantics_version", facts.semantics_version);
  text(out, "criteria", facts.criteria_sha256);
  text(out, "pack_sha256", facts.pack_sha256);
  text(out, "rules_sha256", facts.rules_sha256);
  text(out, "routing_sha256", facts.routing_sha256);
  text(out, "mapping_sha256", facts.mapping_sha256);
  text(out, "placeholders_sha256", facts.placeholders_sha256);
  number(out, "rules_rejected", facts.rules_rejected);
  flag(out, "slack", facts.slack);
  text(out, "engine", facts.reference_engine ? "reference" : "fast");
  if (facts.filters.from) text(out, "filter.from", base::to_rfc3339(*facts.filters.from));
  if (facts.filters.to) text(out, "filter.to", base::to_rfc3339(*facts.filters.to));
  for (const std::string& channel : facts.filters.channels) text(out, "filter.channel", channel);
  for (const std::uint32_t id : facts.filters.event_ids) number(out, "filter.event_id", id);
  for (const std::string& host : facts.filters.hosts) text(out, "filter.host", host);
  for (const auto& [name, value] : limits()) number(out, name, value);
  number(out, "records", facts.records);
  tree(out, "inputs", facts.inputs);
  tree(out, "findings", facts.findings);
  tree(out, "coverage", facts.coverage);
  fields::custody(out, custody);
  return out;
}

Result<RunFacts> read_run(const verify::Statement& statement) {
  Reader in(statement);
  RunFacts out;
  out.entry = statement.index;
  out.time = statement.entry.time;
  out.number = in.number<std::uint32_t>("run");
  in.fail_if(out.number == 0);
  out.semantics_version = in.number<std::uint64_t>("semantics_version");
  out.criteria_sha256 = in.sha256("criteria");
  out.pack_sha256 = in.sha256("pack_sha256");
  out.rules_sha256 = in.text("rules_sha256");
  out.routing_sha256 = in.text("routing_sha256");
  out.mapping_sha256 = in.text("mapping_sha256");
  out.placeholders_sha256 = in.text("placeholders_sha256");
  out.rules_rejected = in.number<std::uint64_t>("rules_rejected");
  out.slack = in.flag("slack");
  const std::string engine = in.text("engine");
  in.fail_if(engine != "fast" && engine != "reference");
  out.reference_engine = engine == "reference";
  out.filters.from = read_bound(in, "filter.from");
  out.filters.to = read_bound(in, "filter.to");
  out.filters.channels = in.texts("filter.channel");
  for (const std::string& id : in.texts("filter.event_id")) {
    std::uint32_t value = 0;
    const auto parsed = std::from_chars(id.data(), id.data() + id.size(), value);
    in.fail_if(parsed.ec != std::errc{} || parsed.ptr != id.data() + id.size());
    out.filters.event_ids.push_back(value);
  }
  out.filters.hosts = in.texts("filter.host");
  for (const auto& [name, value] : limits())
    out.own_limits &= in.number<std::uint64_t>(name) == value;
  out.records = in.number<std::uint64_t>("records");
  out.inputs = in.tree("inputs");
  out.findings = in.tree("findings");
  out.coverage = in.tree("coverage");
  EXHIBIT_CHECK(in.end("a run statement lacks a field, or has one that is not what it should be"));
  return out;
}

}  // namespace exhibit::casefile
