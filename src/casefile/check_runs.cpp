// The runs of a case: criteria, findings, coverage, inputs.
#include "casefile/check.h"
#include "casefile/files.h"
#include "casefile/layout.h"
#include "casefile/lines.h"
#include "casefile/pack.h"

namespace exhibit::casefile {
namespace {

void check_lines(CheckContext& c, const std::string& id, const std::string& subject,
                 const TreeFacts& sealed) {
  c.sealed.insert(subject);
  const auto now = leaves_of(c.path(subject));
  if (!now) {
    c.failed(id, subject, now.error());
  } else if (seal::tree_root(*now) != sealed.root || now->size() != sealed.size) {
    c.invalid(id, subject,
              std::to_string(now->size()) + " lines make another root than the sealed one of " +
                  std::to_string(sealed.size));
  } else {
    c.valid(id, subject, std::to_string(now->size()) + " lines make the sealed root");
  }
}

void check_criteria(CheckContext& c, const std::string& sha256) {
  const std::string folder = layout::criteria_folder(sha256);
  for (const std::string& file : criteria_files(sha256)) c.sealed.insert(file);
  if (const auto manifest = read_criteria(c.path(""), sha256); !manifest) {
    c.failed("criteria", folder, manifest.error());
  } else {
    c.valid("criteria", folder, "routing and field mapping hash to what its name seals");
  }
}

void check_pack(CheckContext& c, const std::string& sha256) {
  const std::string folder = layout::criteria_folder(sha256);
  c.sealed.insert(pack_file(sha256));
  if (const auto rules = read_pack(c.path(""), sha256); !rules) {
    c.failed("criteria", folder, rules.error());
  } else {
    c.valid("criteria", folder, "the rules as given hash to its name");
  }
}

// What the statement says it was judged by, against what the criteria hold.
void check_named(CheckContext& c, const RunFacts& facts) {
  const std::string subject = layout::run_folder(facts.number) + "run.json";
  const auto manifest = read_criteria(c.path(""), facts.criteria_sha256);
  if (!manifest) return c.failed("run.criteria", subject, manifest.error());
  const char* other = nullptr;
  if (facts.routing_sha256 != manifest->routing_sha256) other = "routing";
  if (facts.mapping_sha256 != manifest->mapping_sha256) other = "field mapping";
  if (facts.pack_sha256 != manifest->pack_sha256) other = "pack";
  if (facts.placeholders_sha256 != sigma::placeholders_sha256(manifest->load.placeholders))
    other = "placeholder lists";
  if (other != nullptr)
    return c.invalid("run.criteria", subject,
                     "the " + std::string(other) + " that it names is not that of its criteria");
  c.valid("run.criteria", subject, "routing, field mapping, lists and pack are its criteria's");
}

void check_run(CheckContext& c, const RunFacts& facts, const verify::Statement& statement) {
  const std::string folder = layout::run_folder(facts.number);
  c.sealed.insert(folder + "run.json");
  const auto text = files::read(c.path(folder + "run.json"));
  if (!text) {
    c.failed("run.json", folder + "run.json", text.error());
  } else if (*text != layout::run_json(statement)) {
    c.invalid("run.json", folder + "run.json", "says something else than the run statement");
  } else {
    c.valid("run.json", folder + "run.json", "says what the run statement says");
  }
  check_lines(c, "run.findings", folder + "findings.jsonl", facts.findings);
  check_lines(c, "run.coverage", folder + "coverage.json", facts.coverage);
  check_lines(c, "run.inputs", layout::inputs_path(c.sealer, facts.entry), facts.inputs);
}

}  // namespace

void check_runs(CheckContext& c) {
  std::set<std::string> checked;
  for (const auto& [facts, statement] : c.runs) {
    if (checked.insert(facts.criteria_sha256).second) check_criteria(c, facts.criteria_sha256);
    if (checked.insert(facts.pack_sha256).second) check_pack(c, facts.pack_sha256);
    check_named(c, facts);
    check_run(c, facts, statement);
  }
}

}  // namespace exhibit::casefile
