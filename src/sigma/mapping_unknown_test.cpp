// What a mapped log does not say is unknown: a rule speaks there exactly when its condition is true
// by Kleene's three-valued logic. Held by an evaluator of three values, over every small condition
// and over larger ones that a seeded generator makes of maps, lists and quantities; both engines.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "support/engines.h"

namespace exhibit::sigma::fast {
namespace {

using testing::Events;

enum class Truth : std::uint8_t { no, unknown, yes };

// A condition as it is written: `and` is "at least all", `or` is "at least one".
struct Tree {
  enum class Kind : std::uint8_t { known, unknown, not_, at_least };
  Kind kind = Kind::unknown;
  std::size_t number = 0;  // known: which question; at_least: how many
  std::vector<Tree> parts;
};
Tree known(std::size_t question) { return {Tree::Kind::known, question, {}}; }
Tree unknown() { return {}; }
Tree negated(Tree part) { return {Tree::Kind::not_, 0, {std::move(part)}}; }
Tree all(std::vector<Tree> parts) {
  const std::size_t count = parts.size();
  return {Tree::Kind::at_least, count, std::move(parts)};
}
Tree any(std::vector<Tree> parts) { return {Tree::Kind::at_least, 1, std::move(parts)}; }

using Answers = std::array<bool, 4>;  // to the questions below

Truth truth(const Tree& tree, const Answers& answers) {
  switch (tree.kind) {
    case Tree::Kind::known:
      return answers[tree.number] ? Truth::yes : Truth::no;
    case Tree::Kind::unknown:
      return Truth::unknown;
    case Tree::Kind::not_: {
      const Truth part = truth(tree.parts[0], answers);
      return part == Truth::unknown ? part : part == Truth::yes ? Truth::no : Truth::yes;
    }
    case Tree::Kind::at_least:
      break;
  }
  std::size_t yes = 0, possible = 0;
  for (const Tree& part : tree.parts) {
    const Truth one = truth(part, answers);
    yes += one == Truth::yes ? 1U : 0U;
    possible += one != Truth::no ? 1U : 0U;
  }
  return yes >= tree.number ? Truth::yes : possible < tree.number ? Truth::no : Truth::unknown;
}

// Whether there is a way to be `wanted` that needs no unknown, each question taken by itself.
bool has_way(const Tree& tree, bool wanted) {
  if (tree.kind == Tree::Kind::known) return true;
  if (tree.kind == Tree::Kind::unknown) return false;
  if (tree.kind == Tree::Kind::not_) return has_way(tree.parts[0], !wanted);
  const auto ways = static_cast<std::size_t>(
      std::count_if(tree.parts.begin(), tree.parts.end(),
                    [&](const Tree& part) { return has_way(part, wanted); }));
  return ways >= (wanted ? tree.number : tree.parts.size() - tree.number + 1);
}

struct Item {
  std::string_view text;
  Tree tree;
};

// Of a Sysmon rule, put to Security 4688. Questions: 0 `a1` in the image, 1 `b1` in the command
// line, 2 is there a parent's image, 3 something that is never there.
const std::vector<Item>& items() {
  static const std::vector<Item> all_items{
      {"Image|contains: 'a1'", known(0)},
      {"CommandLine|contains: 'b1'", known(1)},
      {"CommandLine|re: 'b1'", known(1)},
      {"CommandLine|contains|neq: 'b1'", negated(known(1))},
      {"CommandLine|contains: ['b1', 'never']", any({known(1), known(3)})},
      {"Image|contains|all: ['a1', 'never']", all({known(0), known(3)})},
      {"ParentImage|exists: true", known(2)},
      {"ParentImage: null", negated(known(2))},
      {"ParentCommandLine|contains: 'c1'", unknown()},
      {"ParentCommandLine|startswith: ['c1', 'd1']", any({unknown(), unknown()})},
      {"ParentCommandLine|contains|all: ['c', '1']", all({unknown(), unknown()})},
      {"Company: null", unknown()},
      {"Company|exists: false", unknown()},
      {"Company|neq: 'e1'", negated(unknown())},
      {"Image|fieldref: Company", unknown()},
      {"Company|fieldref: Image", unknown()},
      // The log has it, in another form: two fields, of which no expression can be asked.
      {"User|re: 'f1'", unknown()},
  };
  return all_items;
}

class Rules {
 public:
  void add(const std::string& detection, Tree tree) {
    const std::string number = std::to_string(1'000'000 + trees_.size());
    files_.emplace_back(number, "title: " + number +
                                    "\nlogsource: {category: process_creation, product: windows}"
                                    "\ndetection:\n" +
                                    detection);
    trees_.push_back(std::move(tree));
  }

  // Puts them to every event of 4688 that these first questions tell apart, and to Sysmon's event
  // of the same process with all that 4688 does not say.
  void check(unsigned questions) {
    const RulePack pack = load_rules_from_memory(files_);
    ASSERT_EQ(pack.rules.size(), trees_.size())
        << (pack.diagnostics.empty() ? "" : render(pack.diagnostics[0]));
    std::vector<bool> applies(trees_.size());
    for (const Variant& variant : pack.variants)
      if (variant.builtin_mapping) applies[variant.rule] = true;
    std::uint32_t not_applicable = 0;
    for (std::size_t i = 0; i < trees_.size(); ++i) {
      EXPECT_EQ(applies[i], has_way(trees_[i], true)) << files_[i].second;
      not_applicable += applies[i] ? 0U : 1U;
    }
    EXPECT_EQ(pack.not_applicable, not_applicable);

    Events events(pack.fields);
    for (unsigned world = 0; world < 1U << questions; ++world) put(pack, events, world);
    testing::expect_engines_agree(pack, events.batch(), events.paths());
  }

  std::size_t spoken = 0, kept_still = 0;  // it matters what the unknown was

 private:
  static void add_process(Events& events, std::string_view image, std::string_view parent,
                          const Answers& answers) {
    const std::string prefix = "Event.EventData.";
    events.add(prefix + std::string(image), answers[0] ? "C:\\a1.exe" : "C:\\x.exe");
    // An answer is also `no` where the field is missing from a record that could have it.
    if (answers[1] || answers[0]) events.add(prefix + "CommandLine", answers[1] ? "x b1" : "x");
    if (answers[2]) events.add(prefix + std::string(parent), "C:\\parent.exe");
  }

  void put(const RulePack& pack, Events& events, unsigned world) {
    const Answers answers{(world & 1) != 0, (world & 2) != 0, (world & 4) != 0, false};
    std::vector<std::uint32_t> mapped = matched(pack, events, [&] {
      events.begin("Security", 4688);
      add_process(events, "NewProcessName", "ParentProcessName", answers);
      events.add("Event.EventData.SubjectDomainName", "ACME");
      events.add("Event.EventData.SubjectUserName", "f1");
    });
    std::vector<std::uint32_t> wanted;
    for (std::uint32_t i = 0; i < trees_.size(); ++i) {
      const Truth whole = truth(trees_[i], answers);
      if (whole == Truth::yes) wanted.push_back(i);
      kept_still += whole == Truth::unknown ? 1U : 0U;
    }
    spoken += wanted.size();
    EXPECT_EQ(mapped, wanted) << "answers " << world << first_difference(mapped, wanted);

    // Whatever the unknown was: a rule that speaks of 4688 speaks of every such process.
    constexpr std::array<std::string_view, 3> kParentLines{"", "c1", "d1"};
    constexpr std::array<std::string_view, 4> kCompanies{"", "e1", "C:\\a1.exe", "C:\\x.exe"};
    constexpr std::array<std::string_view, 2> kUsers{"ACME\\f1", "ACME\\other"};
    for (const std::string_view line : kParentLines)
      for (const std::string_view company : kCompanies)
        for (const std::string_view user : kUsers) {
          const auto full = matched(pack, events, [&] {
            events.begin("Microsoft-Windows-Sysmon/Operational", 1);
            add_process(events, "Image", "ParentImage", answers);
            if (!line.empty()) events.add("Event.EventData.ParentCommandLine", line);
            if (!company.empty()) events.add("Event.EventData.Company", company);
            events.add("Event.EventData.User", user);
          });
          EXPECT_TRUE(std::includes(full.begin(), full.end(), mapped.begin(), mapped.end()))
              << "answers " << world << ": " << line << ", " << company << ", " << user;
        }
  }

  template <class Write>
  static std::vector<std::uint32_t> matched(const RulePack& pack, Events& events, Write write) {
    write();
    std::vector<std::uint32_t> out;
    make_reference_engine(pack, events.paths())
        ->match(events.batch(), events.batch().events.back(), out);
    return out;
  }

  std::string first_difference(const std::vector<std::uint32_t>& a,
                               const std::vector<std::uint32_t>& b) const {
    std::vector<std::uint32_t> only;
    std::set_symmetric_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(only));
    return only.empty() ? "" : "\n" + files_[only[0]].second;
  }

  std::vector<std::pair<std::string, std::string>> files_;
  std::vector<Tree> trees_;
};

struct Written {
  std::string text;
  Tree tree;
};

// Every condition of up to two operators over two questions that 4688 answers and two that it does
// not, with every negation.
TEST(MappedUnknown, EverySmallConditionIsKleenes) {
  const std::vector<Written> names{
      {"a", known(0)}, {"b", known(1)}, {"x", unknown()}, {"y", unknown()}};
  std::vector<Written> leaves;
  for (const Written& name : names) {
    leaves.push_back(name);
    leaves.push_back({"not " + name.text, negated(name.tree)});
  }
  const auto joined = [&](const std::vector<Written>& smaller) {
    std::vector<Written> out = smaller;
    for (const Written& one : smaller)
      for (const Written& other : leaves)
        for (const bool is_and : {true, false}) {
          Written whole{"(" + one.text + (is_and ? " and " : " or ") + other.text + ")",
                        is_and ? all({one.tree, other.tree}) : any({one.tree, other.tree})};
          out.push_back({"not " + whole.text, negated(whole.tree)});
          out.push_back(std::move(whole));
        }
    return out;
  };
  Rules rules;
  for (const Written& condition : joined(joined(leaves)))
    rules.add(
        "  a: {Image|contains: a1}\n  b: {CommandLine|contains: b1}\n"
        "  x: {ParentCommandLine|contains: c1}\n  y: {Company: null}\n"
        "  condition: " +
            condition.text + "\n",
        condition.tree);
  rules.check(2);
  EXPECT_GT(rules.spoken, 5'000U);
  EXPECT_GT(rules.kept_still, 5'000U);
}

class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  Written rule() {
    searches_.clear();
    Written out;
    for (std::size_t i = 0, n = 2 + below(3); i < n; ++i) {
      Written one = search();
      out.text += "  s" + std::to_string(i) + ":\n" + one.text;
      searches_.push_back(std::move(one.tree));
    }
    Written whole = condition(3);
    out.text += "  condition: " + whole.text + "\n";
    out.tree = std::move(whole.tree);
    return out;
  }

 private:
  std::size_t below(std::size_t n) { return random_() % n; }

  // A map's lines, the first with `first` in front and the rest with as many spaces.
  Written map(std::string_view first) {
    std::vector<std::size_t> chosen;
    for (std::size_t i = 0, n = 1 + below(3); i < n; ++i) {
      const std::size_t item = below(items().size());
      if (std::find(chosen.begin(), chosen.end(), item) != chosen.end() ||
          (!chosen.empty() && key(item) == key(chosen.back())) ||
          (chosen.size() > 1 && key(item) == key(chosen.front())))
        continue;
      chosen.push_back(item);
    }
    Written out;
    std::vector<Tree> parts;
    for (const std::size_t item : chosen) {
      out.text += out.text.empty() ? std::string(first) : std::string(first.size(), ' ');
      out.text += std::string(items()[item].text) + "\n";
      parts.push_back(items()[item].tree);
    }
    out.tree = all(std::move(parts));
    return out;
  }
  static std::string_view key(std::size_t item) {
    return items()[item].text.substr(0, items()[item].text.find(':'));
  }

  Written search() {
    if (below(3) != 0) return map("    ");
    Written out;
    std::vector<Tree> parts;
    for (std::size_t i = 0, n = 1 + below(3); i < n; ++i) {
      if (below(5) == 0) {
        out.text += "    - 'b1'\n";  // a keyword
        parts.push_back(known(1));
        continue;
      }
      Written one = map("    - ");
      out.text += one.text;
      parts.push_back(std::move(one.tree));
    }
    out.tree = any(std::move(parts));
    return out;
  }

  Written condition(int depth) {
    const std::size_t kind = below(depth == 0 ? 3 : 8);
    if (kind <= 1) {
      const std::size_t i = below(searches_.size());
      return {"s" + std::to_string(i), searches_[i]};
    }
    if (kind == 2) {
      const std::size_t needed = 1 + below(searches_.size());
      const std::string quantity =
          needed < searches_.size() || below(2) == 0 ? std::to_string(needed) : std::string("all");
      return {quantity + (below(2) == 0 ? " of s*" : " of them"),
              {Tree::Kind::at_least, needed, searches_}};
    }
    if (kind == 3 || kind == 4) {
      Written part = condition(depth - 1);
      return {"not " + part.text, negated(std::move(part.tree))};
    }
    Written one = condition(depth - 1), other = condition(depth - 1);
    const bool is_and = below(2) == 0;
    std::vector<Tree> parts{std::move(one.tree), std::move(other.tree)};
    return {"(" + one.text + (is_and ? " and " : " or ") + other.text + ")",
            is_and ? all(std::move(parts)) : any(std::move(parts))};
  }

  std::mt19937 random_;
  std::vector<Tree> searches_;
};

TEST(MappedUnknown, GeneratedRulesAreKleenes) {
  Generator generator(1);
  std::size_t spoken = 0, kept_still = 0;
  for (int round = 0; round < 8 && !HasFailure(); ++round) {
    Rules rules;
    for (int i = 0; i < 250; ++i) {
      Written rule = generator.rule();
      rules.add(rule.text, std::move(rule.tree));
    }
    rules.check(3);
    spoken += rules.spoken;
    kept_still += rules.kept_still;
  }
  EXPECT_GT(spoken, 1'000U);
  EXPECT_GT(kept_still, 1'000U);
}

// Kleene's logic asks each part by itself: `x or not x` is true whatever x was, and yet not said.
TEST(MappedUnknown, IsNotReasonedAbout) {
  Rules rules;
  rules.add("  s: {Image|contains: a1}\n  x: {Company: null}\n  condition: s and (x or not x)\n",
            all({known(0), any({unknown(), negated(unknown())})}));
  rules.check(1);
  EXPECT_EQ(rules.spoken, 0U);
}

}  // namespace
}  // namespace exhibit::sigma::fast
