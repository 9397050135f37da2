// Sigma 2.1 single-event rules: from YAML to verdicts. Floor 2.
//
// parse (yaml → Rule) → route (log sources → channels and event ids) → lower (modifiers →
// predicates) → RulePack, which two engines evaluate: the reference evaluator, obvious and slow,
// and the fast one. They must agree on every rule and event.
//
// Threads:   a RulePack is const and shared; an Engine belongs to one worker.
// Semantics: docs/sigma.md states every decision; kSemanticsVersion is raised whenever a verdict
// can change.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exhibit/error.h"
#include "exhibit/event.h"
#include "exhibit/export.h"

namespace exhibit::sigma {

inline constexpr std::uint32_t kSemanticsVersion = 4;  // 4: unknown in mapped logs

enum class Level : std::uint8_t { informational, low, medium, high, critical };
enum class Status : std::uint8_t { unsupported, deprecated, experimental, test, stable };
[[nodiscard]] EXHIBIT_EXPORT std::string_view to_string(Level level);
[[nodiscard]] EXHIBIT_EXPORT std::string_view to_string(Status status);
[[nodiscard]] EXHIBIT_EXPORT std::optional<Level> parse_level(std::string_view text);
[[nodiscard]] EXHIBIT_EXPORT std::optional<Status> parse_status(std::string_view text);

enum class Severity : std::uint8_t { warning, error };

/// Why a rule was rejected, or what is odd about one that was taken. Rendered as file:line:column,
/// the line, a caret.
struct Diagnostic {
  Severity severity = Severity::error;
  std::string code;  // stable, `S101`; docs/sigma.md lists them
  std::string file;
  std::uint32_t line = 0;    // 1-based; 0: the whole file
  std::uint32_t column = 0;  // 1-based, in code points
  std::uint32_t length = 1;  // code points to underline
  std::string source_line;
  std::string reason;
  std::string hint;
};
[[nodiscard]] EXHIBIT_EXPORT std::string render(const Diagnostic& diagnostic);

// ---- rules
// ----------------------------------------------------------------------------------------------------------

struct LogSource {
  std::string category, product, service, definition;
};

/// What a rule says of itself. `text` is the document's bytes as loaded, `sha256` their hash: the
/// rule's identity.
struct RuleInfo {
  std::string id, title, description, author, date, modified, license;
  Level level = Level::medium;
  Status status = Status::experimental;
  bool has_level = false, has_status = false;
  std::vector<std::string> tags, references, falsepositives;
  std::vector<std::pair<std::string, std::string>> related;  // id, type
  LogSource logsource;
  std::string file;        // where it was loaded from; never sealed
  std::uint32_t line = 1;  // of the document in the file
  std::string text;
  std::string sha256;  // hex
};

/// One step of a text pattern. Matching is of the whole value.
struct PatternToken {
  enum class Kind : std::uint8_t { literal, any_one, any_many };
  Kind kind = Kind::literal;
  std::string text;  // literal: UTF-8, case-folded unless the predicate is cased
  friend bool operator==(const PatternToken&, const PatternToken&) = default;
};
using Pattern = std::vector<PatternToken>;

enum class TimePart : std::uint8_t { minute, hour, day, week, month, year };

/// An atomic question about one field (or, for keywords, about every value of the event).
///
/// A predicate is true when *some* value of the field satisfies it; over a field that is missing it
/// is false, except is_null (true when the field is missing or every value is null) and
/// exists(false).
struct Predicate {
  enum class Op : std::uint8_t {
    text,   // pattern against the value's text, folded unless cased
    regex,  // RE2, unanchored, over the text as it is
    cidr,   // the text is an IP address inside `text`
    less,
    less_equal,
    greater,
    greater_equal,  // numeric; a value that is no number: false
    number,         // the value's text is `text`, or the value is a number equal to `number`
    is_null,        // value null or field missing
    exists,         // field present (number == 1) or absent (number == 0)
    field_text,     // fieldref: the value's text (folded unless cased) against another field's, as
                    // `reference` says
    time_part,      // the value is a time whose `part` in UTC equals `number`
  };
  enum class Reference : std::uint8_t { equal, starts, ends, contains };

  std::string field;  // empty: keyword, any value
  Op op = Op::text;
  bool cased = false;
  Pattern pattern;  // text
  std::string
      text;  // regex (with its (?ims) prefix), cidr, number as written, other field of field_text
  double number = 0;  // numeric comparisons, exists, time_part
  Reference reference = Reference::equal;
  TimePart part = TimePart::minute;
  friend bool operator==(const Predicate&, const Predicate&) = default;
};

/// A condition over predicates. Node 0… in `nodes`; children of and_/or_ are `children[first,
/// first+count)`, of not_ the one at `first`; a leaf's `first` is an index into
/// RulePack::predicates.
struct Expression {
  struct Node {
    enum class Kind : std::uint8_t { leaf, and_, or_, not_, always, never };
    Kind kind = Kind::never;
    std::uint32_t first = 0;
    std::uint32_t count = 0;
  };
  std::vector<Node> nodes;
  std::vector<std::uint32_t> children;
  std::uint32_t root = 0;
};

/// Which events a rule is put to.
struct Route {
  event::Product product = event::Product::windows;
  std::vector<std::string> channels;     // compared without case; empty: any event of the product
  std::vector<std::uint32_t> event_ids;  // empty: any
  friend bool operator==(const Route&, const Route&) = default;
};

/// A rule as it is put to one kind of event: routed, fields mapped, lowered. A rule matches an
/// event when one of its variants that the event's route admits is true.
struct Variant {
  std::uint32_t rule = 0;  // into RulePack::rules
  Route route;
  Expression condition;
  bool builtin_mapping = false;  // a Sysmon rule put to a built-in Windows event
};

/// Everything that verdicts depend on, compiled. Built once, then const.
struct RulePack {
  std::vector<RuleInfo> rules;        // in order of (file path, document), loaded and routed or not
  std::vector<Predicate> predicates;  // distinct
  std::vector<Variant> variants;
  std::vector<std::uint32_t> unrouted;  // rules that no route leads to
  std::vector<Diagnostic> diagnostics;  // of rejected rules and oddities
  std::uint32_t rejected = 0;
  std::uint32_t unsupported = 0;     // of those: correlation rules, filters, rule collections
  std::uint32_t filtered_out = 0;    // left out by LoadOptions; not in `rules`
  std::uint32_t not_applicable = 0;  // builtin variants left out: true only by an unknown
  event::FieldNames fields;          // every field that a predicate reads
  /// The read set of a rule: every field that its detection, its mappings and its routing name; "*"
  /// for a keyword.
  std::vector<std::vector<std::string>> read_sets;
  /// Hashes of what the pack depends on, for the run statement: rules, routing, field mapping,
  /// placeholder lists.
  std::string rules_sha256, routing_sha256, mapping_sha256, placeholders_sha256;
  /// The texts that two of them are hashes of: the table in thor.yml form; the field mapping, JSON.
  std::string routing_text, mapping_text;
  /// The bytes of every file that was given, whatever became of its rules.
  std::vector<std::string> files;
};

struct LoadOptions {
  std::optional<std::string> routing_file;  // thor.yml form; the compiled-in one otherwise
  bool builtin_mapping = true;
  std::map<std::string, std::vector<std::string>> placeholders;  // %name% → values
  Level min_level = Level::informational;
  std::optional<Status> min_status;
  /// Keep only these, if any, without case: ids whole or by a prefix of 8 characters and more, tags
  /// by prefix, with or without `attack.`.
  std::vector<std::string> ids, tags;
  const std::atomic<bool>* stop = nullptr;  // ends load_rules()
  unsigned threads = 0;  // 0: as many as there are processors; more than two are not used
};

/// Loads rules from files, folders (*.yml, *.yaml, recursively) and zips of rules. A rejected rule
/// is a diagnostic and the rest go on. Errors: not_found, io for a path that cannot be read at all;
/// interrupted.
[[nodiscard]] EXHIBIT_EXPORT Result<RulePack> load_rules(const std::vector<std::string>& paths,
                                                         const LoadOptions& options = {});
/// The same from memory: (display name, bytes) pairs; for the starter pack that is built in, tests
/// and fuzzing.
[[nodiscard]] EXHIBIT_EXPORT RulePack load_rules_from_memory(
    const std::vector<std::pair<std::string, std::string>>& files, const LoadOptions& options = {});
/// RulePack::placeholders_sha256 of these lists.
[[nodiscard]] EXHIBIT_EXPORT std::string placeholders_sha256(
    const std::map<std::string, std::vector<std::string>>& lists);

// ---- engines
// --------------------------------------------------------------------------------------------------------

/// Puts events to rules. `matches` receives indices into RulePack::rules, ascending, each once.
class EXHIBIT_EXPORT Engine {
 public:
  virtual ~Engine();
  virtual void match(const event::Batch& batch, const event::Event& event,
                     std::vector<std::uint32_t>& matches) = 0;
};

/// What the fast engine shares between workers.
class EXHIBIT_EXPORT CompiledRules {
 public:
  /// `pack` must outlive it.
  explicit CompiledRules(const RulePack& pack);
  ~CompiledRules();
  [[nodiscard]] std::unique_ptr<Engine> make_engine(const event::PathTable& paths) const;
  /// How many rules could speak on an event of this channel and id.
  [[nodiscard]] std::uint32_t rules_on(std::string_view channel, std::uint32_t event_id,
                                       event::Product product) const;

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};
/// The predicates that gate a variant in the fast engine: at least one of them holds whenever its
/// condition does. nullopt: it has no such gate and is put to every event of its route.
[[nodiscard]] EXHIBIT_EXPORT std::optional<std::vector<std::uint32_t>> witness_predicates(
    const RulePack& pack, const Variant& variant);
/// The oracle: evaluates every admitted variant on its own, from the text of every value. `pack`
/// and `paths` must outlive it.
[[nodiscard]] EXHIBIT_EXPORT std::unique_ptr<Engine> make_reference_engine(
    const RulePack& pack, const event::PathTable& paths);

/// True when the event's channel, id and product admit the variant. One definition for both
/// engines.
[[nodiscard]] EXHIBIT_EXPORT bool admits(const Route& route, std::string_view channel,
                                         std::uint32_t event_id, event::Product product);

/// Why a rule matched an event: each predicate of the matching variant that is true (or, under
/// `not`, false), with the field and the value's text that decided it. By the reference evaluator.
struct Reason {
  std::uint32_t predicate = 0;
  bool holds = false;
  std::string field;                // the field that the variant asks for; "" for a keyword
  std::vector<std::string> values;  // the text of the values that satisfied it
};
struct Explanation {
  std::uint32_t variant = 0;
  std::vector<Reason> reasons;
};
/// Says why rules matched an event. Keeps what is costly to prepare, so one serves a whole run;
/// belongs to one worker. `pack` and `paths` must outlive it.
class EXHIBIT_EXPORT MatchExplainer {
 public:
  MatchExplainer(const RulePack& pack, const event::PathTable& paths);
  ~MatchExplainer();
  /// Takes up an event; the batch must stay as it is until the next.
  void start(const event::Batch& batch, const event::Event& event);
  /// nullopt when no admitted variant of `rule` holds. `event` is the one taken up.
  [[nodiscard]] std::optional<Explanation> explain(const event::Event& event, std::uint32_t rule);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};
/// One predicate in words: `CommandLine contains '\temp\'`.
[[nodiscard]] EXHIBIT_EXPORT std::string describe(const Predicate& predicate);

}  // namespace exhibit::sigma
