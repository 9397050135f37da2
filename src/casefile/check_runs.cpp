// The runs of a case: criteria, findings, coverage; and doing them again.
#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "casefile/check.h"
#include "casefile/files.h"
#include "casefile/layout.h"
#include "casefile/pack.h"
#include "casefile/sink.h"

namespace exhibit::casefile {
namespace {

constexpr std::uint64_t kInputsSizeMax = std::uint64_t{1} << 32;

// Leaf hashes of the lines of a file, read in pieces. The last line must end.
Result<std::vector<seal::Digest>> leaves_of(const std::string& path) {
  std::vector<seal::Digest> out;
  std::string rest;
  EXHIBIT_CHECK(files::read_pieces(path, [&](Bytes bytes) -> Result<void> {
    rest += as_text(bytes);
    std::size_t at = 0;
    for (std::size_t end = rest.find('\n'); end != std::string::npos; end = rest.find('\n', at)) {
      out.push_back(seal::leaf_hash(as_bytes(std::string_view(rest).substr(at, end + 1 - at))));
      at = end + 1;
    }
    rest.erase(0, at);
    return {};
  }));
  if (!rest.empty()) return fail(ErrorCode::malformed, "the last line does not end");
  return out;
}

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
  if (const auto checked = check_pack(c.path(folder), sha256); !checked) {
    c.failed("criteria", folder, checked.error());
  } else {
    for (const std::string& name : *checked) c.sealed.insert(folder + name);
    c.valid("criteria", folder, "rules and routing hash to its name");
  }
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
  check_lines(c, "run.inputs", layout::inputs_path(c.party, facts.entry), facts.inputs);
}

/// What the findings of a hunt differ in from the sealed ones.
struct Compared {
  TreeFacts again;
  std::optional<std::uint64_t> first_different;  // line, 1-based, where there is a file to compare
};

Result<Compared> compare_findings(const std::string& file, const sigma::RulePack& pack,
                                  const hunt::HuntResult& result) {
  Compared out;
  const auto sealed = leaves_of(file);
  seal::TreeHasher tree;
  std::string line;
  EXHIBIT_CHECK(result.for_each([&](const hunt::Finding& finding) {
    line.clear();
    hunt::append_finding_json(line, pack, result.sources[finding.source], finding, false);
    line += '\n';
    const seal::Digest leaf = seal::leaf_hash(as_bytes(line));
    const std::uint64_t index = tree.size();
    if (sealed && !out.first_different && (index >= sealed->size() || (*sealed)[index] != leaf))
      out.first_different = index + 1;
    tree.append(leaf);
  }));
  if (sealed && !out.first_different && tree.size() < sealed->size())
    out.first_different = tree.size() + 1;
  out.again = {.root = tree.root(), .size = tree.size()};
  return out;
}

// Why a run cannot be done again here; empty when it can.
std::string obstacle(const CheckContext& c, const RunFacts& facts,
                     const std::set<std::string>& inputs) {
  if (facts.semantics_version != sigma::kSemanticsVersion)
    return "the run was made under semantics version " + std::to_string(facts.semantics_version) +
           ", this program has " + std::to_string(sigma::kSemanticsVersion);
  for (const std::string& sha256 : inputs) {
    const auto found = c.sources.find(sha256);
    if (found == c.sources.end()) return "source " + sha256 + " is not in the case";
    if (!files::exists(found->second.source.data_path))
      return "the bytes of source " + sha256 + " are not here";
  }
  return {};
}

void replay_run(CheckContext& c, const RunFacts& facts) {
  const std::string subject = layout::run_folder(facts.number) + "findings.jsonl";
  const auto lines = files::read(c.path(layout::inputs_path(c.party, facts.entry)), kInputsSizeMax);
  const auto inputs =
      lines ? parse_inputs(*lines) : Result<std::set<std::string>>(std::unexpected(lines.error()));
  if (!inputs) return c.undecidable("replay", subject, "the list of the run's inputs is missing");
  if (std::string why = obstacle(c, facts, *inputs); !why.empty())
    return c.undecidable("replay", subject, std::move(why));
  const auto pack =
      load_pack(c.path(layout::criteria_folder(facts.pack_sha256)), facts.pack_sha256);
  if (!pack) return c.undecidable("replay", subject, "the criteria of the run are not here whole");
  if (pack->routing_sha256 != facts.routing_sha256 || pack->mapping_sha256 != facts.mapping_sha256)
    return c.undecidable("replay", subject,
                         "this program's own routing or field mapping is not that of the run");

  std::vector<const CaseSource*> sources;
  for (const std::string& sha256 : *inputs) {
    const CaseSource& source = c.sources.find(sha256)->second.source;
    const bool own_copy = source.data_path.starts_with(c.directory + "/");
    if (!source.container || !own_copy) sources.push_back(&source);
  }
  hunt::HuntOptions options;
  options.threads = c.options.threads;
  options.slack = facts.slack;
  options.reference_engine = facts.reference_engine;
  options.filters = facts.filters;
  options.stop = c.options.stop;
  options.progress = c.options.progress;
  const auto result = hunt::hunt(listing_of(sources), *pack, options);
  if (!result) return c.undecidable("replay", subject, result.error().what.c_str());
  if (result->interrupted) return c.undecidable("replay", subject, "interrupted");
  const auto compared = compare_findings(c.path(subject), *pack, *result);
  if (!compared) return c.undecidable("replay", subject, compared.error().what.c_str());
  const std::string count = std::to_string(compared->again.size);
  if (compared->again.root == facts.findings.root && compared->again.size == facts.findings.size) {
    c.valid("replay", subject, "the hunt, done again, gave the same " + count + " findings");
  } else {
    c.invalid("replay", subject,
              "the hunt, done again, gave " + count + " findings, not the sealed " +
                  std::to_string(facts.findings.size) +
                  (compared->first_different ? "; the first that differs is line " +
                                                   std::to_string(*compared->first_different)
                                             : std::string()));
  }
}

}  // namespace

Result<std::set<std::string>> parse_inputs(std::string_view lines) {
  std::set<std::string> out;
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    if (end == std::string_view::npos)
      return fail(ErrorCode::malformed, "the last line of the inputs does not end");
    EXHIBIT_TRY(const base::JsonValue line, base::parse_canonical_json(lines.substr(0, end)));
    if (const std::string* sha256 = line.find_string("sha256")) {
      if (!layout::is_sha256(*sha256))
        return fail(ErrorCode::malformed, "an input is named by its SHA-256");
      out.emplace(*sha256);
    } else if (line.find_string("skipped") == nullptr) {
      return fail(ErrorCode::malformed, "an input has a SHA-256, or the reason why it was skipped");
    }
    lines.remove_prefix(end + 1);
  }
  return out;
}

void check_runs(CheckContext& c) {
  std::set<std::string> packs;
  for (const auto& [facts, statement] : c.runs) {
    if (packs.insert(facts.pack_sha256).second) check_criteria(c, facts.pack_sha256);
    check_run(c, facts, statement);
  }
}

void replay_runs(CheckContext& c) {
  for (const auto& [facts, statement] : c.runs)
    if (!c.stopped()) replay_run(c, facts);
  if (c.runs.empty()) c.valid("replay", "runs", "there is no run to do again");
}

}  // namespace exhibit::casefile
