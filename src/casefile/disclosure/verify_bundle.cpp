// Checking a bundle: the core (exhibit/verify_core.h) judges its bytes, as a sceptic's browser
// does; what that cannot do is done here: judging time stamps, and putting rules to what is opened.
#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <set>

#include "base/text.h"
#include "casefile/check.h"
#include "casefile/disclosure/read_set.h"
#include "casefile/disclosure/terms.h"
#include "casefile/files.h"
#include "casefile/stamp.h"
#include "casefile/tar.h"
#include "exhibit/disclosure.h"
#include "exhibit/verify_core.h"

namespace exhibit::casefile {
namespace {

namespace core = verify::core;
using verify::Verdict;

constexpr std::string_view kFirstMember = "bundle/bundle.json";
constexpr std::uint64_t kFileSizeMax = 2 * kBundleSizeBytesMax;
constexpr std::size_t kArenaBase = std::size_t{256} << 20, kArenaPerByte = 4;

using RecordName = std::tuple<std::string, bool, std::uint64_t>;

/// A record's opened fields, as the rules are put to them.
struct OpenedFields {
  struct Field {
    std::string path, value;
    std::uint8_t type = 0;
  };
  std::vector<Field> opened;  // in order
  bool whole_list = false;
  std::vector<std::string> withheld;  // of the whole list: paths whose value is not opened
  bool holds = false;
};

std::uint64_t number_of(std::string_view text) {
  std::uint64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

/// Takes what the core tells.
class Collector final : public core::Listener {
 public:
  explicit Collector(BundleReport& out) : out_(out) {}

  void check(const core::Check& check) override {
    // These are made again here.
    if (check.id.starts_with("finding.")) return;
    if (check.id == "timestamp" && check.verdict != Verdict::invalid) return;
    std::string why(check.why);
    if (!check.detail.empty()) why += (why.empty() ? "" : ": ") + std::string(check.detail);
    (check.counts ? out_.checks : out_.beyond)
        .push_back({.id = std::string(check.id),
                    .subject = std::string(check.subject),
                    .verdict = check.verdict,
                    .why = std::move(why)});
  }
  void fact(const core::Fact& fact) override {
    if (fact.subject == "bundle") {
      const std::array<std::pair<std::string_view, std::string*>, 4> known{
          std::pair{"case", &out_.case_id},
          {"party", &out_.party},
          {"to", &out_.to},
          {"tlp", &out_.tlp}};
      for (const auto& [name, value] : known)
        if (fact.name == name) *value = fact.value;
      return;
    }
    const std::size_t slash = fact.subject.find('/');
    Report::Log& log = log_of(fact.subject.substr(0, slash));
    if (slash == std::string_view::npos) {
      if (fact.name == "origin") log.origin = fact.value;
      if (fact.name == "size") log.tree_size = number_of(fact.value);
      if (fact.name == "root") log.root = base::to_base64(as_bytes(fact.value));
      if (fact.name == "fingerprint") log.fingerprint = base::to_hex(as_bytes(fact.value));
    } else if (fact.name == "time" && fact.subject.substr(slash) == "/0") {
      log.opened = fact.value;
    }
  }
  void cosigned(const core::Cosigned& seen) override {
    log_of(seen.party)
        .seen.push_back({.party = std::string(seen.who),
                         .time = time_text(seen.time_unix_s),
                         .tree_size = seen.tree_size,
                         .trusted = seen.trusted});
  }
  void statement(std::string_view, std::string_view kind,
                 std::span<const core::OpenedField> fields) override {
    if (kind != "acquire") return;
    std::string_view pseudonym, format;
    for (const core::OpenedField& field : fields) {
      if (field.path == "pseudonym") pseudonym = field.value;
      if (field.path == "format") format = field.value;
    }
    if (!format.empty()) formats.emplace(pseudonym, format);
  }
  void record(const core::DisclosedRecord& record) override {
    BundleReport::Record& shown = out_.records.emplace_back();
    shown.source = record.source;
    shown.slack = record.stream == seal::kSlackStream;
    shown.index = record.index;
    shown.holds = record.valid;
    shown.whole_list = record.whole_list;
    OpenedFields& fields = records[{shown.source, shown.slack, shown.index}];
    fields.holds = record.valid;
    fields.whole_list = record.whole_list;
    std::vector<bool> opened(record.paths.size());
    for (const core::OpenedField& field : record.fields) {
      if (field.slot == 0) shown.raw = field.value;
      if (field.slot < seal::kRecordOwnSlots) continue;
      const event::Value value{.data = as_bytes(field.value).data(),
                               .size = static_cast<std::uint32_t>(field.value.size()),
                               .type = static_cast<event::ValueType>(field.type)};
      shown.fields.push_back({std::string(field.path), event::to_text(value)});
      fields.opened.push_back({std::string(field.path), std::string(field.value), field.type});
      const std::size_t place = field.slot - seal::kRecordOwnSlots;
      if (place < opened.size()) opened[place] = true;
    }
    for (const std::uint8_t reason : record.reasons)
      if (reason != 0) ++shown.withheld[std::string(to_string(Withheld{reason}))];
    if (record.whole_list)
      for (std::size_t i = 0; i < record.paths.size(); ++i)
        if (!opened[i]) fields.withheld.emplace_back(record.paths[i]);
    shown.named = fields.withheld;
  }
  void withheld(const core::WithheldRun& run) override {
    const bool slack = run.stream == seal::kSlackStream;
    auto range = std::ranges::find_if(out_.ranges, [&](const BundleReport::Range& r) {
      return r.source == run.source && r.slack == slack;
    });
    if (range == out_.ranges.end()) {
      out_.ranges.push_back({.source = std::string(run.source), .slack = slack, .withheld = {}});
      range = out_.ranges.end() - 1;
    }
    range->withheld[std::string(run.reason)] += run.to - run.from;
  }
  void finding(const core::NamedFinding& finding) override {
    out_.findings.push_back({.source = std::string(finding.source),
                             .rule_sha256 = std::string(finding.rule),
                             .title = {},
                             .slack = finding.stream == seal::kSlackStream,
                             .record = finding.record});
  }

  std::map<std::string, std::string, std::less<>> formats;  // by pseudonym
  std::map<RecordName, OpenedFields> records;

 private:
  Report::Log& log_of(std::string_view party) {
    const auto found = std::ranges::find(out_.logs, party, &Report::Log::party);
    if (found != out_.logs.end()) return *found;
    out_.logs.emplace_back().party = party;
    return out_.logs.back();
  }

  BundleReport& out_;
};

// ---- rules

/// The rules of a bundle's findings, set up as they were; or why they cannot be.
class Rules {
 public:
  Rules(const std::string& folder, const BundleReport& report) {
    const auto terms_text = files::read(folder + "/bundle.json");
    if (!terms_text) return;
    const auto terms = parse_bundle_json(*terms_text);
    if (!terms || !terms->rules) return;
    sigma::LoadOptions load;
    load.builtin_mapping = terms->rules->builtin_mapping;
    load.placeholders = terms->rules->placeholders;
    load.routing_file = folder + "/criteria/routing.yml";
    std::set<std::string> rules;
    for (const auto& finding : report.findings) rules.insert(finding.rule_sha256);
    std::vector<std::pair<std::string, std::string>> files;
    for (const std::string& rule : rules) {
      const std::string name = "criteria/" + rule + ".yml";
      if (auto text = files::read(folder + "/" + name)) files.emplace_back(name, *std::move(text));
    }
    pack_ = sigma::load_rules_from_memory(files, load);
    if (terms->rules->semantics_version != sigma::kSemanticsVersion) {
      why_not_ =
          "the rules are to be read by version " + std::to_string(terms->rules->semantics_version) +
          " of their semantics; this program has " + std::to_string(sigma::kSemanticsVersion);
    } else if (pack_.mapping_sha256 != terms->rules->mapping_sha256) {
      why_not_ = "the field mapping was another than this program's";
    } else if (pack_.routing_sha256 != terms->rules->routing_sha256) {
      why_not_ = "the routing in the bundle is not the one that it names";
    } else if (pack_.placeholders_sha256 != sigma::placeholders_sha256(load.placeholders)) {
      why_not_ = "the placeholder lists are not those of the rules";
    } else {
      why_not_.clear();
    }
  }
  [[nodiscard]] const sigma::RulePack& pack() const { return pack_; }
  /// Empty: nothing is in the way.
  [[nodiscard]] const std::string& why_not() const { return why_not_; }

 private:
  sigma::RulePack pack_;
  std::string why_not_ = "how the rules were set up cannot be read";
};

/// A verdict, and what it rests on.
struct Judged {
  Verdict verdict = Verdict::undecidable;
  std::string why;
};

// Whether all that the rule asks for is opened, or known to be absent.
Judged judge_read_set(const ReadSet& read, evidence::Format format, const OpenedFields& fields) {
  std::vector<std::string_view> opened(fields.opened.size());
  std::ranges::transform(fields.opened, opened.begin(), &OpenedFields::Field::path);
  const Needed needed = needed_fields(read, format, opened);
  if (needed.whole_list && !fields.whole_list)
    return {Verdict::undecidable,
            "the rule asks for a field that is not there or must not be: that takes the record's "
            "whole list of paths"};
  const std::vector<std::string_view> withheld(fields.withheld.begin(), fields.withheld.end());
  const Needed missing = needed_fields(read, format, withheld);
  for (std::size_t i = 0; i < withheld.size(); ++i)
    if (missing.fields[i])
      return {Verdict::undecidable,
              "a field that the rule reads is withheld: " + std::string(withheld[i])};
  return {Verdict::valid, fields.whole_list
                              ? "all that the rule reads is opened, or known to be absent"
                              : "all that the rule reads is opened"};
}

class Rerun {
 public:
  explicit Rerun(const sigma::RulePack& pack)
      : pack_(pack), paths_(pack.fields), engine_(sigma::make_reference_engine(pack, paths_)) {}

  /// The read set, and the rule's verdict.
  std::pair<Judged, Judged> judge(const BundleReport::Finding& finding, evidence::Format format,
                                  const OpenedFields& fields) {
    const auto rule = std::ranges::find(pack_.rules, finding.rule_sha256, &sigma::RuleInfo::sha256);
    if (rule == pack_.rules.end()) return both("the rule is not in the bundle, or is none");
    compose(format, fields);
    const auto number = static_cast<std::uint32_t>(rule - pack_.rules.begin());
    const ReadSet read = read_set(pack_, number, batch_.events.front());
    if (!read.spoken_for && !fields.whole_list)
      return both("the record's channel and event id are not opened");
    Judged asked = judge_read_set(read, format, fields);
    if (asked.verdict != Verdict::valid) return {asked, asked};
    engine_->match(batch_, batch_.events.front(), matches_);
    if (std::ranges::find(matches_, number) == matches_.end())
      return {asked, {Verdict::invalid, "the rule does not speak on what is opened"}};
    return {asked, {Verdict::valid, "the rule speaks on what is opened"}};
  }

 private:
  static std::pair<Judged, Judged> both(std::string_view why) {
    const Judged out{Verdict::undecidable, std::string(why)};
    return {out, out};
  }
  // An event of the opened fields.
  void compose(evidence::Format format, const OpenedFields& fields) {
    batch_.clear();
    event::Event event;
    event.field_count = static_cast<std::uint32_t>(fields.opened.size());
    for (const OpenedFields::Field& field : fields.opened)
      batch_.fields.push_back({.path = paths_.intern(field.path),
                               .value = {.data = as_bytes(field.value).data(),
                                         .size = static_cast<std::uint32_t>(field.value.size()),
                                         .type = static_cast<event::ValueType>(field.type)}});
    evidence::complete_event(format, batch_, paths_, event);
    batch_.events.push_back(event);
  }

  const sigma::RulePack& pack_;
  event::PathTable paths_;
  std::unique_ptr<sigma::Engine> engine_;
  event::Batch batch_;
  std::vector<std::uint32_t> matches_;
};

void check_findings(BundleReport& report, Collector& told, const std::string& folder) {
  if (report.findings.empty()) return;
  const Rules rules(folder, report);
  Rerun rerun(rules.pack());
  for (BundleReport::Finding& finding : report.findings) {
    std::string subject = finding.source + "/" + (finding.slack ? "1" : "0") + "/" +
                          std::to_string(finding.record) + "/" + finding.rule_sha256;
    std::pair<Judged, Judged> judged;
    const auto record = told.records.find({finding.source, finding.slack, finding.record});
    const auto format = told.formats.find(finding.source);
    const auto known = format == told.formats.end() ? std::nullopt : parse_format(format->second);
    if (record == told.records.end() || !record->second.holds) {
      judged.first.why = judged.second.why = "its record is not in the bundle, or does not hold";
    } else if (!known) {
      judged.first.why = judged.second.why = "the format of its source is not opened";
    } else if (!rules.why_not().empty()) {
      judged.first.why = judged.second.why = rules.why_not();
    } else {
      judged = rerun.judge(finding, *known, record->second);
      const auto rule =
          std::ranges::find(rules.pack().rules, finding.rule_sha256, &sigma::RuleInfo::sha256);
      if (rule != rules.pack().rules.end()) finding.title = rule->title;
    }
    finding.verdict = judged.second.verdict;
    report.checks.push_back({"finding.read_set", subject, judged.first.verdict, judged.first.why});
    report.checks.push_back(
        {"finding.rule", std::move(subject), judged.second.verdict, judged.second.why});
  }
}

// ---- time stamps

void check_stamps(BundleReport& report, const std::string& folder,
                  const BundleVerifyOptions& options) {
  for (Report::Log& log : report.logs) {
    const std::string stamped = folder + "/logs/" + log.party + "/stamped";
    const auto sizes = files::list(stamped);
    if (!sizes) continue;
    for (const files::Item& size : *sizes) {
      const std::string place = stamped + "/" + size.name + "/";
      const std::string subject = log.party + "/" + size.name;
      // Only over bytes that the core has found to be this log's.
      const auto ours = std::ranges::find_if(report.checks, [&](const verify::Check& check) {
        return check.id == "timestamp.stamped" && check.subject == subject;
      });
      if (ours == report.checks.end() || ours->verdict != Verdict::valid) continue;
      const auto bytes = files::read(place + "checkpoint", seal::kNoteSizeMax);
      const auto held = read_stamp_folder(place);
      if (!bytes || !held) continue;
      for (const std::string& token : held->tokens) {
        const auto judged = judge_stamp(*held, *bytes, token, options.authorities);
        if (!judged) continue;
        Report::Log::Stamp line = stamp_line(*judged, number_of(size.name));
        if (line.verdict != Verdict::undecidable || !options.authorities.anchors_pem.empty()) {
          report.checks.push_back({"timestamp", subject, line.verdict,
                                   line.verdict == Verdict::valid
                                       ? line.authority + ": existed by " + line.time
                                       : line.why});
        }
        log.stamps.push_back(std::move(line));
      }
    }
  }
}

Result<std::string> trust_lines(const BundleVerifyOptions& options) {
  std::string out;
  for (const verify::TrustedKey& key : options.trust) out += key.text + "\n";
  if (options.home == nullptr) return out;
  if (const auto own = options.home->list_keys())
    for (const PartyKeys& keys : *own) out += keys.log.to_string() + "\n";
  if (const auto own = options.home->list_case_keys())
    for (const seal::VerifierKey& key : *own) out += key.to_string() + "\n";
  return out;
}

}  // namespace

bool is_bundle(const std::string& path) {
  if (!tar::is_file(path)) return false;
  auto file = files::Reader::open(path);
  if (!file) return false;
  std::string head(kFirstMember.size() + 1, '\0');
  const auto got = file->read(std::as_writable_bytes(std::span(head)));
  return got && *got == head.size() && head.starts_with(kFirstMember) && head.back() == '\0';
}

Result<BundleReport> verify_bundle(const std::string& path, const BundleVerifyOptions& options) {
  EXHIBIT_TRY(const std::string bytes, files::read(path, kFileSizeMax));
  EXHIBIT_TRY(const std::string keys, trust_lines(options));
  BundleReport out;
  Collector told(out);
  const std::size_t memory_size = kArenaBase + kArenaPerByte * bytes.size();
  // Left as it comes: only what is used takes memory.
  const auto memory = std::make_unique_for_overwrite<std::byte[]>(memory_size);
  core::Arena arena(std::span(memory.get(), memory_size));
  (void)core::check_bundle(bytes,
                           {.keys = keys,
                            .policy = options.policy,
                            .latest_unix_s = options.latest_unix_s,
                            .file_name = path},
                           arena, told);
  const bool stamped =
      std::ranges::find(out.checks, "timestamp.stamped", &verify::Check::id) != out.checks.end();
  if (!out.findings.empty() || stamped) {
    EXHIBIT_TRY(const files::TemporaryFolder unpacked, files::TemporaryFolder::make());
    // Whose form holds can be unpacked, but for want of room: then nothing is said of it, for a
    // bundle without its findings' checks would look better than it is.
    EXHIBIT_TRY(const std::string folder, tar::unpack(path, unpacked.path()));
    const std::string place = unpacked.path() + "/" + folder;
    check_findings(out, told, place);
    check_stamps(out, place, options);
  }
  if (options.strict)
    out.checks.insert(out.checks.end(), std::make_move_iterator(out.beyond.begin()),
                      std::make_move_iterator(out.beyond.end()));
  if (options.strict) out.beyond.clear();
  out.overall = verify::overall(out.checks);
  return out;
}

}  // namespace exhibit::casefile
