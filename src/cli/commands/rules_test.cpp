// rules test: the tests that come with rules.
#include <cstring>
#include <map>
#include <memory>

#include "base/text.h"
#include "cli/case_access.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/rule_options.h"
#include "cli/safe_text.h"
#include "cli/starter_pack.h"
#include "exhibit/evidence.h"
#include "exhibit/rule_tests.h"

namespace exhibit::cli {

namespace {

// Counts the records that rules match, one event or one file at a time.
class Bench {
 public:
  explicit Bench(const sigma::RulePack& pack) : pack_(pack), compiled_(pack) {}

  void event(std::string_view json, std::map<std::uint32_t, std::uint64_t>& counts) {
    event::PathTable paths(pack_.fields);
    const auto engine = compiled_.make_engine(paths);
    const auto parser = evidence::make_parser(evidence::Format::json, paths);
    event::Batch batch;
    batch.resize(json.size());
    std::memcpy(batch.buffer.data(), json.data(), json.size());
    event::Event whole;  // as framed
    whole.length = static_cast<std::uint32_t>(json.size());
    batch.events.push_back(whole);
    parser->parse(batch);
    count(batch, *engine, counts);
  }

  Result<void> file(const std::string& path, std::map<std::uint32_t, std::uint64_t>& counts) {
    EXHIBIT_TRY(const auto stream, evidence::open_input({.path = path}));
    for (;;) {
      EXHIBIT_TRY(const auto source, stream->next());
      if (source == nullptr) return {};
      event::PathTable paths(pack_.fields);
      const auto parser = evidence::make_parser(source->info().format, paths);
      if (parser == nullptr) return fail(ErrorCode::unsupported, "not a log that can be read");
      const auto engine = compiled_.make_engine(paths);
      event::Batch batch;
      while (source->next(batch)) {
        parser->parse(batch);
        count(batch, *engine, counts);
      }
    }
  }

 private:
  void count(const event::Batch& batch, sigma::Engine& engine,
             std::map<std::uint32_t, std::uint64_t>& counts) {
    for (const auto& event : batch.events) {
      matches_.clear();
      engine.match(batch, event, matches_);
      for (const auto rule : matches_) ++counts[rule];
    }
  }

  const sigma::RulePack& pack_;
  sigma::CompiledRules compiled_;
  std::vector<std::uint32_t> matches_;
};

std::multimap<std::string, std::uint32_t> rules_by_id(const sigma::RulePack& pack) {
  std::multimap<std::string, std::uint32_t> out;
  for (std::uint32_t i = 0; i < pack.rules.size(); ++i)
    out.emplace(base::ascii_lower(pack.rules[i].id), i);
  return out;
}

std::string expected_text(const sigma::RuleTest& test) {
  if (test.matches_max == 0) return "expected no match";
  if (test.matches_min == test.matches_max)
    return "expected " + counted(test.matches_min, "match", "matches");
  return "expected at least " + counted(test.matches_min, "match", "matches");
}

// Empty when the test passes.
std::string why_failed(const sigma::RuleTest& test, Bench& bench,
                       const std::multimap<std::string, std::uint32_t>& rules) {
  const auto [first, last] = rules.equal_range(test.rule_id);
  if (first == last) return "the rule is not among those that are loaded";
  std::map<std::uint32_t, std::uint64_t> counts;
  if (test.evidence_path.empty()) {
    bench.event(test.event_json, counts);
  } else if (const auto read = bench.file(test.evidence_path, counts); !read) {
    return test.evidence_path + ": " + describe(read.error());
  }
  std::uint64_t matches = 0;
  for (auto at = first; at != last; ++at) {
    const auto found = counts.find(at->second);
    if (found != counts.end()) matches += found->second;
  }
  if (matches >= test.matches_min && matches <= test.matches_max) return {};
  return expected_text(test) + ", found " + grouped(matches);
}

std::optional<sigma::RuleTests> tests_asked(const Arguments& arguments, const Console& console) {
  if (!arguments.positional.empty()) {
    auto loaded = sigma::load_rule_tests(arguments.positional);
    if (loaded) return *std::move(loaded);
    console.error("cannot load tests: " + describe(loaded.error()));
    return std::nullopt;
  }
  sigma::RuleTests tests;
  for (const auto& [name, bytes] : embedded_files()) sigma::parse_rule_tests(name, bytes, tests);
  return tests;
}

}  // namespace

int run_rules_test(const Arguments& arguments, const Console& console) {
  const auto tests = tests_asked(arguments, console);
  if (!tests) return exit_usage;
  // Without -r, rules stand beside their tests.
  const auto rules =
      load_rules_asked(arguments, console,
                       arguments.has("rules") ? std::vector<std::string>{} : arguments.positional);
  if (!rules) return status_without_rules();
  if (rules->pack.rules.empty() && !tests->tests.empty()) {
    console.error("no rule is loaded for " + counted(tests->tests.size(), "test") +
                  (arguments.has("rules") ? "" : "; -r names the rules"));
    return exit_usage;
  }
  report_rules(*rules, console);
  Bench bench(rules->pack);
  const auto by_id = rules_by_id(rules->pack);
  std::string text;
  std::uint64_t passed = 0, failed = tests->problems.size();
  for (const auto& problem : tests->problems)
    text += console.paint(Style::bad, "FAILED") + "  " + safe_text(problem) + "\n";
  for (const auto& test : tests->tests) {
    if (stop_flag().load()) return exit_interrupted;
    const std::string why = why_failed(test, bench, by_id);
    const std::string where = safe_text(test.file + ":" + std::to_string(test.line) + ": " +
                                        test.rule_id + (test.name.empty() ? "" : ", " + test.name));
    if (why.empty()) {
      ++passed;
      if (console.verbose()) text += console.paint(Style::good, "passed") + "  " + where + "\n";
    } else {
      ++failed;
      text += console.paint(Style::bad, "FAILED") + "  " + where + ": " + safe_text(why) + "\n";
    }
  }
  text += counted(passed, "test") + " passed, " + grouped(failed) + " failed\n";
  const auto done = write_whole("-", text, false);
  if (!done) return say_failed(console, "standard output", done.error());
  if (tests->tests.empty() && failed == 0) {
    console.error("there are no tests in what was named");
    return exit_usage;
  }
  return failed == 0 ? exit_done : exit_no;
}

}  // namespace exhibit::cli
