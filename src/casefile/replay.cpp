// Runs of a case, done again: the same hunt, with the criteria and the sources that it holds.
#include "casefile/replay.h"

#include <algorithm>
#include <array>

#include "base/json.h"
#include "casefile/files.h"
#include "casefile/layout.h"
#include "casefile/lines.h"
#include "casefile/pack.h"
#include "casefile/sink.h"

namespace exhibit::casefile {
namespace {

constexpr std::uint64_t kInputsSizeMax = std::uint64_t{1} << 32;
constexpr std::uint64_t kCoverageSizeMax = std::uint64_t{1} << 32;

/// Damage of the reading and not of the bytes.
constexpr std::array kOfTheMoment{event::DamageKind::changed_while_reading, event::DamageKind::io};

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

class Replay {
 public:
  Replay(CheckContext& context, const RunFacts& facts)
      : c_(context),
        facts_(facts),
        findings_(layout::run_folder(facts.number) + "findings.jsonl"),
        coverage_(layout::run_folder(facts.number) + "coverage.json") {}

  void run() {
    const auto lines =
        files::read(c_.path(layout::inputs_path(c_.sealer, facts_.entry)), kInputsSizeMax);
    auto inputs = lines ? parse_inputs(*lines) : Result<Inputs>(std::unexpected(lines.error()));
    if (!inputs) return undecidable("the list of the run's inputs is missing");
    inputs_ = *std::move(inputs);
    if (std::string why = obstacle(); !why.empty()) return undecidable(std::move(why));
    const auto pack = load_criteria(c_.path(""), facts_.criteria_sha256);
    if (!pack) return undecidable("the criteria of the run are not here whole");
    if (std::string why = other_criteria(*pack); !why.empty()) return undecidable(std::move(why));

    hunt::HuntOptions options;
    options.threads = c_.options.threads;
    options.slack = facts_.slack;
    options.reference_engine = facts_.reference_engine;
    options.filters = facts_.filters;
    options.stop = c_.options.stop;
    options.progress = c_.options.progress;
    auto result = hunt::hunt(listing_of(sources_), *pack, options);
    if (!result) return undecidable(result.error().what.c_str());
    if (result->interrupted) return undecidable("interrupted");
    judge_findings(*pack, *result);
    restore_containers(*result);
    judge_coverage(*pack, *result);
  }

 private:
  void undecidable(std::string why) {
    c_.undecidable("replay", findings_, why);
    c_.undecidable("replay.coverage", coverage_, std::move(why));
  }

  [[nodiscard]] bool is_read_out_of_its_container(std::string_view container) const {
    return !container.empty() && inputs_.contains(container);
  }

  // Why the run cannot be done again here; empty when it can. Collects the sources to read: the
  // members of a container that was put to the rules come with it, as they did then.
  std::string obstacle() {
    if (facts_.semantics_version != sigma::kSemanticsVersion)
      return "the run was made under semantics version " +
             std::to_string(facts_.semantics_version) + ", this program has " +
             std::to_string(sigma::kSemanticsVersion);
    if (!facts_.own_limits) return "the run was made under other limits than this program's";
    for (const auto& [sha256, container] : inputs_) {
      const auto found = c_.sources.find(sha256);
      if (found == c_.sources.end()) return "source " + sha256 + " is not in the case";
      if (is_read_out_of_its_container(container)) continue;
      const CaseSource& source = found->second.source;
      if (!files::exists(source.data_path))
        return "the bytes of source " + sha256 + " are not here";
      if (!where_is(source).members.empty())
        return "source " + sha256 + " is inside an archive that the run was not given";
      sources_.push_back(&source);
    }
    return {};
  }

  // The criteria hold routing, so another program judges by the run's; field mapping is code as
  // well, so here it must be the same.
  [[nodiscard]] std::string other_criteria(const sigma::RulePack& pack) const {
    if (pack.mapping_sha256 != facts_.mapping_sha256)
      return "this program's field mapping is " + pack.mapping_sha256 + ", the run's is " +
             facts_.mapping_sha256 + " (mapping.json of its criteria)";
    if (pack.routing_sha256 != facts_.routing_sha256 ||
        pack.placeholders_sha256 != facts_.placeholders_sha256)
      return "the run names other routing or lists than its criteria hold";
    if (pack.rules_sha256 != facts_.rules_sha256 || pack.rejected != facts_.rules_rejected)
      return "this program takes " + std::to_string(pack.rules.size()) + " rules of the criteria" +
             " and rejects " + std::to_string(pack.rejected) + ": not those that the run names";
    return {};
  }

  void judge_findings(const sigma::RulePack& pack, const hunt::HuntResult& result) {
    const auto compared = compare_findings(c_.path(findings_), pack, result);
    if (!compared) return c_.undecidable("replay", findings_, compared.error().what.c_str());
    const std::string count = std::to_string(compared->again.size);
    if (compared->again.root == facts_.findings.root &&
        compared->again.size == facts_.findings.size)
      return c_.valid("replay", findings_,
                      "the hunt, done again, gave the same " + count + " findings");
    c_.invalid("replay", findings_,
               "the hunt, done again, gave " + count + " findings, not the sealed " +
                   std::to_string(facts_.findings.size) +
                   (compared->first_different ? "; the first that differs is line " +
                                                    std::to_string(*compared->first_different)
                                              : std::string()));
  }

  // A source that was given itself counts so, wherever its bytes were read now; a member whose
  // container was not given is in the one that it was acquired from.
  void restore_containers(hunt::HuntResult& result) const {
    for (hunt::SourceReport& report : result.sources) {
      const auto input = inputs_.find(report.sha256);
      if (input == inputs_.end()) continue;
      if (input->second.empty()) {
        report.container_sha256.clear();
      } else if (!is_read_out_of_its_container(input->second)) {
        report.container_sha256 = c_.sources.find(report.sha256)->second.source.container_sha256;
      }
    }
  }

  void judge_coverage(const sigma::RulePack& pack, hunt::HuntResult& result) {
    std::string again = coverage_of(pack, result);
    if (is_sealed(again))
      return c_.valid("replay.coverage", coverage_,
                      "made again from sources and criteria, it has the same bytes");
    if (restore_moment(result) && is_sealed(coverage_of(pack, result)))
      return c_.valid("replay.coverage", coverage_,
                      "made again from sources, criteria and what the acquisition sealed of the "
                      "moment of reading, it has the same bytes");
    const auto sealed = files::read(c_.path(coverage_), kCoverageSizeMax);
    if (sealed && tells_of_the_moment(*sealed))
      return c_.undecidable("replay.coverage", coverage_,
                            "it tells of a source that changed, or could not be read to its end, "
                            "when it was acquired: that does not come again");
    std::string why = "made again, it says something else";
    if (sealed) {
      const auto [a, b] = std::ranges::mismatch(*sealed, again);
      why += "; the first byte that differs is " + std::to_string(a - sealed->begin());
    }
    c_.invalid("replay.coverage", coverage_, std::move(why));
  }

  static std::string coverage_of(const sigma::RulePack& pack, const hunt::HuntResult& result) {
    std::string out;
    hunt::append_coverage_json(out, pack, result, false);
    return out + '\n';
  }

  [[nodiscard]] bool is_sealed(const std::string& coverage) const {
    const auto root = verify::lines_root(coverage);
    return root && root->root == facts_.coverage.root && root->lines == facts_.coverage.size;
  }

  // A file that changed, or could not be read to its end, while it was acquired: the bytes do not
  // tell, but its acquisition does. False when it tells nothing more.
  bool restore_moment(hunt::HuntResult& result) const {
    bool any = false;
    for (hunt::SourceReport& report : result.sources) {
      const auto found = c_.sources.find(report.sha256);
      if (found == c_.sources.end()) continue;
      const CaseSource& source = found->second.source;
      any |= report.complete != source.complete;
      report.complete = source.complete;
      if (source.damage_count == report.damage_count) continue;
      const auto rows = files::read(c_.path(layout::source_folder(report.sha256) + "damage.jsonl"));
      if (!rows) continue;
      any |= restore_moment(report, *rows);
    }
    return any;
  }

  // The rows of the moment, among those that the bytes gave again, in the order that was sealed.
  static bool restore_moment(hunt::SourceReport& report, std::string_view rows) {
    const std::vector<event::Damage> again = std::move(report.damage);
    report.damage.clear();
    auto next = again.begin();
    std::uint64_t added = 0;
    for (; !rows.empty(); rows.remove_prefix(std::min(rows.find('\n'), rows.size() - 1) + 1)) {
      const auto moment = damage_of_the_moment(rows.substr(0, rows.find('\n')));
      if (moment) {
        ++added;
        report.damage.push_back(*moment);
      } else if (next != again.end()) {
        report.damage.push_back(*next++);
      }
    }
    report.damage.insert(report.damage.end(), next, again.end());
    if (report.damage.size() > hunt::kDamageKept) report.damage.resize(hunt::kDamageKept);
    report.damage_count += added;
    return added != 0;
  }

  static std::optional<event::Damage> damage_of_the_moment(std::string_view row) {
    const auto json = base::parse_canonical_json(row);
    if (!json) return std::nullopt;
    const std::string* kind = json->find_string("kind");
    const base::JsonValue *offset = json->find("offset"), *length = json->find("length");
    if (kind == nullptr || offset == nullptr || length == nullptr) return std::nullopt;
    for (const event::DamageKind moment : kOfTheMoment)
      if (*kind == event::to_string(moment))
        return event::Damage{.offset = offset->as_unsigned().value_or(0),
                             .length = length->as_unsigned().value_or(0),
                             .kind = moment};
    return std::nullopt;
  }

  // Damage that lay in the reading, not in the bytes. The quotes keep text of evidence, whose own
  // are escaped, from standing for it.
  [[nodiscard]] bool tells_of_the_moment(const std::string& coverage) const {
    using enum event::DamageKind;
    std::vector<std::string> signs;
    const auto add = [&](event::DamageKind kind) {
      signs.push_back("\"kind\":\"" + std::string(event::to_string(kind)) + "\"");
    };
    for (const event::DamageKind kind : kOfTheMoment) add(kind);
    std::string said = coverage;
    for (const auto& [sha256, container] : inputs_) {
      const CaseSource& source = c_.sources.find(sha256)->second.source;
      if (source.info.path == "-" && !source.info.members.empty())  // nothing kept the archive
        for (const auto kind : {decompression, limit, encrypted}) add(kind);
      if (source.damage_count != 0)
        if (const auto rows = files::read(c_.path(layout::source_folder(sha256) + "damage.jsonl")))
          said += *rows;
    }
    signs.emplace_back("\"complete\":false");
    return std::ranges::any_of(
        signs, [&](const std::string& sign) { return said.find(sign) != std::string::npos; });
  }

  CheckContext& c_;
  const RunFacts& facts_;
  std::string findings_, coverage_;  // names below the case
  Inputs inputs_;
  std::vector<const CaseSource*> sources_;
};

}  // namespace

Result<Inputs> parse_inputs(std::string_view lines) {
  Inputs out;
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    if (end == std::string_view::npos)
      return fail(ErrorCode::malformed, "the last line of the inputs does not end");
    EXHIBIT_TRY(const base::JsonValue line, base::parse_canonical_json(lines.substr(0, end)));
    if (const std::string* sha256 = line.find_string("sha256")) {
      const std::string* container = line.find_string("container_sha256");
      if (!layout::is_sha256(*sha256) || (container != nullptr && !layout::is_sha256(*container)))
        return fail(ErrorCode::malformed, "an input is named by its SHA-256");
      std::string& known = out[*sha256];
      if (container != nullptr) known = *container;
    } else if (line.find_string("skipped") == nullptr) {
      return fail(ErrorCode::malformed, "an input has a SHA-256, or the reason why it was skipped");
    }
    lines.remove_prefix(end + 1);
  }
  return out;
}

void replay_runs(CheckContext& c) {
  for (const auto& [facts, statement] : c.runs)
    if (!c.stopped()) Replay(c, facts).run();
  if (c.runs.empty()) c.valid("replay", "runs", "there is no run to do again");
}

}  // namespace exhibit::casefile
