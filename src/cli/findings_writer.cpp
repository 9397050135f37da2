#include "cli/findings_writer.h"

#include "base/json_writer.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/csv.h"

namespace exhibit::cli {

namespace {

std::string joined(const std::vector<std::string>& items) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : " ") + item;
  return out;
}

std::vector<std::string> csv_cells(const sigma::RulePack& pack, const hunt::HuntResult& result,
                                   const hunt::Finding& finding) {
  const sigma::RuleInfo& rule = pack.rules[finding.rule];
  const hunt::SourceReport& source = result.sources[finding.source];
  return {finding.id,
          std::string(sigma::to_string(rule.level)),
          rule.title,
          rule.id,
          finding.time == event::kNoTime ? "" : base::to_rfc3339(finding.time),
          finding.host,
          finding.channel,
          finding.event_id == event::kNoEventId ? "" : std::to_string(finding.event_id),
          std::to_string(finding.record_id),
          source.info.display(),
          source.sha256,
          std::to_string(finding.record_index),
          std::to_string(finding.offset),
          std::to_string(finding.length),
          joined(rule.tags),
          rule.author,
          finding.fields_json};
}

}  // namespace

Result<void> write_jsonl(Output& out, const sigma::RulePack& pack, const hunt::HuntResult& result) {
  std::string line;
  return result.for_each([&](const hunt::Finding& finding) {
    line.clear();
    hunt::append_finding_json(line, pack, result.sources[finding.source], finding, true);
    line += '\n';
    out.write_json(line);
  });
}

Result<void> write_json(Output& out, const sigma::RulePack& pack, const hunt::HuntResult& result,
                        const casefile::SealSummary* seal) {
  out.write("{\"schema\":\"exhibit/hunt/1\",\"complete\":");
  out.write(result.interrupted ? "false" : "true");
  out.write(",\"findings\":[");
  std::string text;
  bool first = true;
  EXHIBIT_CHECK(result.for_each([&](const hunt::Finding& finding) {
    text = first ? "\n" : ",\n";
    first = false;
    hunt::append_finding_json(text, pack, result.sources[finding.source], finding, true);
    out.write_json(text);
  }));
  text = "],\n\"coverage\":";
  hunt::append_coverage_json(text, pack, result, true);
  text += ",\n\"seal\":";
  base::JsonWriter json(text);
  if (seal == nullptr) {
    json.null();
  } else {
    json.begin_object()
        .member("case", seal->case_id)
        .member("origin", seal->origin)
        .member("tree_size", seal->tree_size)
        .member("root", base::to_base64(seal->root))
        .member("fingerprint", seal->fingerprint)
        .member("verifier_key", seal->verifier_key);
    if (seal->run) json.member("run", *seal->run);
    json.end_object();
  }
  out.write_json(text + "}\n");
  return {};
}

Result<void> write_csv(Output& out, const sigma::RulePack& pack, const hunt::HuntResult& result) {
  std::string row;
  append_csv_row(row, {"id", "level", "rule_title", "rule_id", "time", "host", "channel",
                       "event_id", "record_id", "source_path", "source_sha256", "record_index",
                       "offset", "length", "tags", "author", "fields"});
  out.write_lines(row);
  return result.for_each([&](const hunt::Finding& finding) {
    row.clear();
    append_csv_row(row, csv_cells(pack, result, finding));
    out.write_lines(row);
  });
}

}  // namespace exhibit::cli
