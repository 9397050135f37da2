// The fast engine against the reference on rules written as YAML: every modifier and chain,
// escapes, lists, null, empty, numbers, keywords, and conditions with `of` and `not`, as a seeded
// generator puts them together.
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "support/engines.h"

namespace exhibit::sigma::fast {
namespace {

using event::ValueType;
using testing::Events;

// `Company` is none of the fields of 4688 and 4657, to which the mapping takes the rules as well.
constexpr std::array<std::string_view, 6> kFields{"Image", "CommandLine", "User",
                                                  "Data",  "Target Name", "Company"};
constexpr std::array<std::string_view, 30> kWords{
    "cmd", ".exe", "\\",   "C:\\Temp\\", "-enc", "/enc", " -e ",         " /e ", "http", "A",
    "b",   "é",    "É",    "Straße",     "K",    "ſ",    "10.1.2.3",     "::1",  "7",    "4688",
    "*",   "?",    "null", "Σ",          "ς",    "x y",  "\xe2\x82\xac", "'",    "#",    "true"};

class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  std::string rule() {
    constexpr std::array<std::string_view, 4> kSources{
        "{product: windows, category: process_creation}", "{product: windows, service: security}",
        "{product: windows, category: registry_set}", "{product: windows, service: application}"};
    std::string out =
        "title: Generated\nlogsource: " + std::string(pick(kSources)) + "\ndetection:\n";
    for (const std::string_view name : {"selection", "sel_more", "filter_one", "filter_two"})
      out += "  " + std::string(name) + ":\n" + search();
    constexpr std::array<std::string_view, 14> kConditions{
        "selection",
        "not selection",
        "selection and not filter_one",
        "selection or not filter_one",
        "1 of sel* and not 1 of filter*",
        "all of sel*",
        "1 of them",
        "all of them",
        "not 1 of filter_*",
        "not (selection and filter_one) and sel_more",
        "selection and not (filter_one and not filter_two)",
        "(selection or sel_more) and (filter_one or not filter_two)",
        "not (not selection or filter_one)",
        "any of filter_* or not all of sel*"};
    out += "  condition: " + std::string(pick(kConditions)) + "\n";
    return out;
  }

  void add_event(Events& events) {
    constexpr std::array<std::pair<std::string_view, std::uint32_t>, 5> kKinds{{
        {"Microsoft-Windows-Sysmon/Operational", 1},
        {"Security", 4688},
        {"security", 4657},
        {"Microsoft-Windows-Sysmon/Operational", 13},
        {"Application", 7},
    }};
    const auto [channel, id] = pick(kKinds);
    events.begin(channel, id);
    events.add("Event.System.EventID", std::to_string(id));
    for (const std::string_view field :
         {"Image", "CommandLine", "User", "Data", "Target Name", "Company", "NewProcessName",
          "ProcessName", "SubjectDomainName", "SubjectUserName"}) {
      while (below(3) != 0) {
        add_value(events, "Event.EventData." + std::string(field));
        if (below(3) != 0) break;
      }
    }
  }

 private:
  std::size_t below(std::size_t n) { return random_() % n; }
  template <class Array>
  typename Array::value_type pick(const Array& array) {
    return array[below(array.size())];
  }
  std::string words() {
    std::string out(pick(kWords));
    while (below(2) == 0) out += pick(kWords);
    return out;
  }
  static std::string quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
      if (c == '\'') out += '\'';
      out += c;
    }
    return out + "'";
  }
  // A value as rules write it: wildcards, and escapes of them.
  std::string value() {
    std::string out = words();
    if (below(4) == 0) out.insert(below(2) * out.size(), "*");
    if (below(6) == 0) out += "\\*";
    if (below(6) == 0) out += "\\\\";
    if (below(8) == 0) out += "?" + std::string(pick(kWords));
    if (below(5) == 0) out += "*" + std::string(pick(kWords));
    return out;
  }

  std::string list(std::size_t most, auto&& one) {
    const std::size_t count = 1 + below(most);
    if (count == 1) return " " + one() + "\n";
    std::string out = "\n";
    for (std::size_t i = 0; i < count; ++i) out += "        - " + one() + "\n";
    return out;
  }

  std::string search() {
    if (below(8) == 0) {  // keywords
      std::string out;
      for (std::size_t i = 0, n = 1 + below(3); i < n; ++i)
        out += "    - " + quoted(value()) + "\n";
      return out;
    }
    if (below(10) == 0) return "    '|all':\n      - " + quoted(value()) + "\n      - 'e'\n";
    std::string out;
    const std::size_t first = below(kFields.size());
    for (std::size_t i = 0, n = 1 + below(3); i < n; ++i)
      out += "    " + item(kFields[(first + i) % kFields.size()]);
    return out;
  }

  std::string item(std::string_view field) {
    const auto key = [&](std::string_view modifiers) {
      return quoted(std::string(field) + std::string(modifiers)) + ":";
    };
    const auto text = [&] { return quoted(value()); };
    switch (below(16)) {
      case 0: {
        constexpr std::array<std::string_view, 9> kPatterns{
            "cmd.*exe", "^c:", "(?i)^c:\\\\temp", "enc|http", "[a-z]+\\s", "é$", "k", "", "straße"};
        constexpr std::array<std::string_view, 5> kFlags{"|re", "|re|i", "|re|m", "|re|s",
                                                         "|re|i|m|s"};
        return key(pick(kFlags)) + list(2, [&] { return quoted(pick(kPatterns)); });
      }
      case 1: {
        constexpr std::array<std::string_view, 4> kNetworks{"10.0.0.0/8", "::/0", "10.1.2.3/32",
                                                            "0.0.0.0/0"};
        return key("|cidr") + list(2, [&] { return quoted(pick(kNetworks)); });
      }
      case 2: {
        constexpr std::array<std::string_view, 4> kCompare{"|gt", "|gte", "|lt", "|lte"};
        return key(pick(kCompare)) + " " + std::to_string(below(20)) + "\n";
      }
      case 3: {
        constexpr std::array<std::string_view, 5> kReferences{
            "|fieldref", "|fieldref|neq", "|fieldref|startswith", "|fieldref|endswith",
            "|fieldref|contains"};
        return key(pick(kReferences)) + " " + quoted(pick(kFields)) + "\n";
      }
      case 4:
        return key("|exists") + (below(2) == 0 ? " true\n" : " false\n");
      case 5:
        return key("") + (below(2) == 0 ? " null\n" : " ''\n");
      case 6:
        return key("") + list(3, [&] { return std::to_string(below(2) == 0 ? 4688 : below(9)); });
      case 7: {
        constexpr std::array<std::string_view, 6> kEncoded{
            "|base64",      "|base64|contains",       "|base64offset|contains",
            "|wide|base64", "|utf16|base64|contains", "|utf16be|base64offset|contains"};
        return key(pick(kEncoded)) + " " + quoted(plain()) + "\n";
      }
      case 8: {
        constexpr std::array<std::string_view, 3> kDashes{"|windash", "|contains|windash",
                                                          "|contains|all|windash"};
        return key(pick(kDashes)) + "\n        - ' -e '\n        - '-enc'\n";
      }
      case 9: {
        constexpr std::array<std::string_view, 6> kParts{"|minute", "|hour",  "|day",
                                                         "|week",   "|month", "|year"};
        return key(pick(kParts)) + " " + std::to_string(below(30)) + "\n";
      }
      case 10:
        return key("|contains|all") + "\n        - " + text() + "\n        - " + text() + "\n";
      case 11: {
        constexpr std::array<std::string_view, 4> kCased{"|cased", "|contains|cased",
                                                         "|startswith|cased", "|neq"};
        return key(pick(kCased)) + list(3, text);
      }
      default: {
        constexpr std::array<std::string_view, 5> kEdges{"", "|contains", "|startswith",
                                                         "|endswith", "|contains|neq"};
        return key(pick(kEdges)) + list(4, text);
      }
    }
  }
  std::string plain() {
    constexpr std::array<std::string_view, 4> kPlain{"http", "cmd.exe", "A", "x y"};
    return std::string(pick(kPlain));
  }

  void add_value(Events& events, std::string_view path) {
    std::string text = words();
    switch (below(12)) {
      case 0:
        return events.add(path, event::Value{});
      case 1:
        return events.add(path, events.value("", ValueType::utf8));
      case 2:
        return events.add(path, events.value(std::to_string(below(20)), ValueType::json_number));
      case 3: {
        std::string bytes = plain();
        if (below(2) == 0) bytes.insert(0, std::string(below(3), 'q'));
        text = base::to_base64(as_bytes(bytes));
        break;
      }
      case 4:
        text = "2026-0" + std::to_string(1 + below(9)) + "-1" + std::to_string(below(9)) + "T0" +
               std::to_string(below(9)) + ":0" + std::to_string(below(9)) + ":00Z";
        break;
      default:
        break;
    }
    events.add(path, events.value(text, ValueType::utf8));
  }

  std::mt19937 random_;
};

TEST(FastEngine, AgreesWithTheReferenceOnGeneratedRuleTexts) {
  std::size_t matches = 0;
  std::size_t accepted = 0;
  constexpr std::uint32_t kSeeds = 150;
  constexpr std::size_t kRules = 20;
  for (std::uint32_t seed = 1; seed <= kSeeds && !HasFailure(); ++seed) {
    Generator generator(seed);
    std::vector<std::pair<std::string, std::string>> files;
    for (std::size_t i = 0; i < kRules; ++i)
      files.emplace_back("rule" + std::to_string(i) + ".yml", generator.rule());
    const RulePack pack = load_rules_from_memory(files);
    accepted += pack.rules.size();
    Events events(pack.fields);
    for (int i = 0; i < 30; ++i) generator.add_event(events);
    matches += testing::expect_engines_agree(pack, events.batch(), events.paths(),
                                             "seed " + std::to_string(seed));
  }
  // Some texts mean nothing (`re` over an empty pattern, `all` of one value) and are rejected.
  EXPECT_GT(accepted, kSeeds * kRules / 2);
  EXPECT_GT(matches, 5'000U);
}

}  // namespace
}  // namespace exhibit::sigma::fast
