// Every modifier, through the whole way: rule text → predicates → reference evaluator.
#include <gtest/gtest.h>

#include "sigma/test_event.h"

namespace exhibit::sigma {
namespace {

using testing::null;
using testing::number;
using testing::TestField;

struct Case {
  const char* item;
  std::vector<TestField> fields;
  bool expected;
};

void check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    const RulePack pack = testing::selection(c.item);
    ASSERT_EQ(testing::refusal(pack), "") << c.item << "\n" << render(pack.diagnostics[0]);
    const auto found = testing::matches(pack, {.fields = c.fields});
    EXPECT_EQ(!found.empty(), c.expected)
        << c.item << " on " << (c.fields.empty() ? "nothing" : c.fields[0].bytes);
  }
}

TEST(Values, CompareWholeAndWithoutCase) {
  check({{"F: abc", {{"F", "ABC"}}, true},
         {"F: abc", {{"F", "abcd"}}, false},
         {"F: abc", {{"f", "abc"}}, true},
         {"F: abc", {{"G", "abc"}}, false},
         {"F: abc ", {{"F", "abc"}}, true},
         {"F: 'abc '", {{"F", "abc"}}, false},
         {"F: 'abc '", {{"F", "abc "}}, true},
         {"F: GRÜN", {{"F", "grün"}}, true},
         {"F: 'ΣΑΣ'", {{"F", "σας"}}, true},
         {"F: [a, b]", {{"F", "B"}}, true},
         {"F: [a, b]", {{"F", "c"}}, false},
         {"F: a*c", {{"F", "abbc"}}, true},
         {"F: a?c", {{"F", "ac"}}, false},
         {"F: 'a\\*c'", {{"F", "abc"}}, false},
         {"F: 'a\\*c'", {{"F", "a*c"}}, true},
         {"F: true", {{"F", "True"}}, true},
         {"Field With Spaces: x", {{"Field With Spaces", "x"}}, true},
         {"FieldWithSpaces: x", {{"Field With Spaces", "x"}}, true}});
}

TEST(Values, AnyOfSeveralValuesWillDo) {
  check({{"F: b", {{"F", "a"}, {"F", "b"}}, true},
         {"F|contains|all: [a, b]", {{"F", "a"}, {"F", "b"}}, true},
         {"F|neq: b", {{"F", "a"}, {"F", "b"}}, false},
         {"Data: b", {{"Data", "a"}, {"Data", "b"}}, true}});
}

TEST(Values, NullIsNotEmpty) {
  check({{"F: null", {}, true},
         {"F: null", {null("F")}, true},
         {"F: null", {{"F", ""}}, false},
         {"F: null", {null("F"), {"F", "x"}}, false},
         {"F:", {}, true},
         {"F: ''", {{"F", ""}}, true},
         {"F: ''", {null("F")}, false},
         {"F: ''", {}, false},
         {"F: '*'", {{"F", ""}}, true},
         {"F: '*'", {null("F")}, false},
         {"F: '*'", {}, false},
         {"F|neq: null", {{"F", "x"}}, true},
         {"F|neq: null", {}, false},
         {"F|exists: true", {null("F")}, true},
         {"F|exists: true", {}, false},
         {"F|exists: false", {}, true},
         {"F|exists: false", {{"F", ""}}, false}});
}

TEST(Values, NumbersEqualNumbersAndTheirText) {
  check({{"F: 4624", {number("F", "4624")}, true},
         {"F: 4624", {{"F", "4624"}}, true},
         {"F: 4624", {{"F", "46240"}}, false},
         {"F: '4624'", {number("F", "4624")}, true},
         {"F: 0x1F", {{"F", "0x1f"}}, true},
         {"F: 0x1f", {number("F", "31")}, true},
         {"F: '0x1f'", {number("F", "31")}, false},
         {"F: 1.5", {number("F", "1.50")}, true},
         {"F|contains: 24", {number("F", "4624")}, true}});
}

TEST(Modifiers, Edges) {
  check({{"F|contains: b", {{"F", "aBc"}}, true},
         {"F|contains: b", {{"F", "ac"}}, false},
         {"F|startswith: ab", {{"F", "ABC"}}, true},
         {"F|startswith: ab", {{"F", "cab"}}, false},
         {"F|endswith: bc", {{"F", "ABC"}}, true},
         {"F|endswith: bc", {{"F", "bca"}}, false},
         {"F|endswith: '\\x.exe'", {{"F", "C:\\X.EXE"}}, true},
         {"F|startswith|endswith: b", {{"F", "abc"}}, true},
         {"F|contains|all: [a, c]", {{"F", "abc"}}, true},
         {"F|contains|all: [a, d]", {{"F", "abc"}}, false},
         {"F|all|contains: [a, c]", {{"F", "abc"}}, true}});
}

TEST(Modifiers, RegularExpressions) {
  check({{"F|re: 'b+'", {{"F", "abbc"}}, true},
         {"F|re: 'B+'", {{"F", "abbc"}}, false},
         {"F|re|i: 'B+'", {{"F", "abbc"}}, true},
         {"F|re: '^b'", {{"F", "a\nb"}}, false},
         {"F|re|m: '^b'", {{"F", "a\nb"}}, true},
         {"F|re: 'a.b'", {{"F", "a\nb"}}, false},
         {"F|re|s: 'a.b'", {{"F", "a\nb"}}, true},
         {"F|re|i|s: 'A.B'", {{"F", "a\nb"}}, true},
         {"F|re|startswith: 'b|a'", {{"F", "xa"}}, false},
         {"F|re|startswith: 'b|a'", {{"F", "ax"}}, true},
         {"F|re|endswith: 'b|a'", {{"F", "ax"}}, false},
         {"F|re|contains: 'b|a'", {{"F", "xax"}}, true},
         {"F|re: 'é.'", {{"F", "éa"}}, true},
         {"F|re: ['x', 'b']", {{"F", "abc"}}, true},
         {"F|re|all: ['x', 'b']", {{"F", "abc"}}, false}});
}

TEST(Modifiers, WindashCidrCased) {
  check({{"F|contains|windash: ' -x'", {{"F", "a /X"}}, true},
         {"F|windash|contains: ' /x'", {{"F", "a \u2014x"}}, true},
         {"F|contains|windash: 'a-x'", {{"F", "a/x"}}, false},
         {"F|cidr: 10.0.0.0/8", {{"F", "10.1.2.3"}}, true},
         {"F|cidr: [fe80::/10, 192.168.0.0/16]", {{"F", "FE80::1"}}, true},
         {"F|cidr: 10.0.0.0/8", {{"F", "ten"}}, false},
         {"F|cased: Abc", {{"F", "Abc"}}, true},
         {"F|cased: Abc", {{"F", "abc"}}, false},
         {"F|contains|cased: B", {{"F", "abc"}}, false}});
}

TEST(Modifiers, Encodings) {
  using namespace std::string_literals;
  check({{"F|base64: test", {{"F", "dGVzdA=="}}, true},
         {"F|base64|contains: foo", {{"F", "xxZm9vxx"}}, true},
         {"F|base64offset|contains: 'http://'", {{"F", "..aHR0cDovL.."}}, true},
         {"F|base64offset|contains: 'http://'", {{"F", "..h0dHA6Ly.."}}, true},
         {"F|base64offset|contains: 'http://'", {{"F", "..odHRwOi8v.."}}, true},
         {"F|base64offset|contains: 'http://'", {{"F", "..odHRwOi.."}}, false},
         {"F|wide|base64offset|contains: foo", {{"F", "ZgBvAG8A"}}, true},
         {"F|utf16le|base64|contains: foo", {{"F", "ZgBvAG8A"}}, true},
         {"F|utf16be|base64|contains: foo", {{"F", "AGYAbwBv"}}, true},
         {"F|utf16|base64|contains: foo", {{"F", "//5mAG8AbwA="}}, true},
         {"F|wide|contains: cmd", {{"F", "xc\0m\0d\0x"s}}, true},
         {"F|base64: 'a\\*b'", {{"F", "YSpi"}}, true}});
}

TEST(Modifiers, FieldReferences) {
  check({{"F|fieldref: G", {{"F", "Abc"}, {"G", "aBC"}}, true},
         {"F|fieldref: G", {{"F", "abc"}, {"G", "ab"}}, false},
         {"F|fieldref: G", {{"F", "abc"}}, false},
         {"F|fieldref: G", {null("F"), null("G")}, false},
         {"F|fieldref|startswith: G", {{"F", "abc"}, {"G", "ab"}}, true},
         {"F|fieldref|endswith: G", {{"F", "abc"}, {"G", "bc"}}, true},
         {"F|fieldref|contains: G", {{"F", "abc"}, {"G", "b"}}, true},
         {"F|fieldref|neq: G", {{"F", "abc"}, {"G", "b"}}, true},
         {"F|fieldref|neq: G", {{"F", "abc"}}, true},
         {"F|fieldref|cased: G", {{"F", "abc"}, {"G", "ABC"}}, false}});
}

TEST(Modifiers, NeqOnAnything) {
  check({{"F|neq: a", {{"F", "b"}}, true},
         {"F|neq: a", {{"F", "a"}}, false},
         {"F|neq: a", {}, true},
         {"F|neq: [a, b]", {{"F", "b"}}, false},
         {"F|contains|neq: b", {{"F", "abc"}}, false},
         {"F|re|neq: 'x'", {{"F", "abc"}}, true},
         {"F|cidr|neq: 10.0.0.0/8", {{"F", "10.0.0.1"}}, false},
         {"F|gt|neq: 5", {number("F", "5")}, true},
         {"F|neq: 5", {number("F", "5")}, false},
         {"F|contains|all|neq: [a, b]", {{"F", "a"}}, true}});
}

TEST(Modifiers, NumbersInOrder) {
  check({{"F|gt: 5", {number("F", "6")}, true},
         {"F|gt: 5", {number("F", "5")}, false},
         {"F|gte: 5", {number("F", "5")}, true},
         {"F|lt: 5", {number("F", "-7")}, true},
         {"F|lte: 5", {number("F", "5.0")}, true},
         {"F|lt: 5", {{"F", "10"}}, false},
         {"F|lt: 5", {{"F", "x"}}, false},
         {"F|gt: '5'", {{"F", "6"}}, true}});
}

TEST(Modifiers, PartsOfTimes) {
  const TestField time{"T", "2026-11-22T23:05:06Z"};
  check({{"T|minute: 5", {time}, true},
         {"T|hour: 23", {time}, true},
         {"T|hour: 22", {time}, false},
         {"T|day: 22", {time}, true},
         {"T|week: 47", {time}, true},
         {"T|month: [10, 11]", {time}, true},
         {"T|year: 2026", {time}, true},
         {"T|hour|gte: 22", {time}, true},
         {"T|hour|lt: 22", {time}, false},
         {"T|hour|neq: 23", {time}, false},
         {"T|hour: 1", {{"T", "2026-11-22T23:05:06-02:00"}}, true},
         {"T|hour: 23", {{"T", "no time"}}, false}});
}

TEST(Keywords, SearchEveryValue) {
  const std::vector<std::pair<const char*, bool>> cases{
      {"sel:\n    - needle\ncondition: sel", true},
      {"sel:\n    - NEEDLE\n    - other\ncondition: sel", true},
      {"sel: needle\ncondition: sel", true},
      {"sel:\n    '|all':\n        - needle\n        - 'C:\\x\"y'\ncondition: sel", true},
      {"sel:\n    '|all':\n        - needle\n        - absent\ncondition: sel", false},
      {"sel:\n    - 'C:\\x'\ncondition: sel", true},
      {"sel:\n    - Event.EventData\ncondition: sel", false},
      {"sel:\n    - 42\ncondition: sel", true},
      {"sel:\n    - 'hay*needle'\ncondition: sel", true},
      {"sel:\n    '|re': 'ne{2}dle$'\ncondition: sel", true},
      {"sel:\n    - F: nothing\n    - needle\ncondition: sel", true}};
  for (const auto& [detection, expected] : cases) {
    const RulePack pack = testing::pack_of(testing::rule_text(detection));
    ASSERT_EQ(testing::refusal(pack), "") << detection;
    const auto found = testing::matches(
        pack, {.fields = {{"F", "a hay needle"}, {"G", "C:\\x\"y"}, number("H", "142")}});
    EXPECT_EQ(!found.empty(), expected) << detection;
  }
}

TEST(Placeholders, AreReplacedOrRejectTheRule) {
  LoadOptions options;
  options.placeholders["admins"] = {"root", "adm*"};
  options.placeholders["dc"] = {"dc1"};
  const auto fires = [&](const char* item, const char* value) {
    const RulePack pack = testing::selection(item, options);
    EXPECT_EQ(testing::refusal(pack), "") << item;
    return !testing::matches(pack, {.fields = {{"F", value}}}).empty();
  };
  EXPECT_TRUE(fires("F|expand: '%admins%'", "ROOT"));
  EXPECT_TRUE(fires("F|expand: '%admins%'", "administrator"));
  EXPECT_TRUE(fires("F|contains|expand: '%admins%@%dc%'", "xroot@dc1x"));
  EXPECT_TRUE(fires("F|expand: '\\%plain%admins%'", "%plainroot"));
  EXPECT_TRUE(fires("F|expand: '100%'", "100%"));
  EXPECT_TRUE(fires("F: '%admins%'", "%admins%"));
  EXPECT_FALSE(fires("F: '%admins%'", "root"));
  EXPECT_EQ(testing::refusal(testing::selection("F|expand: '%unknown%'", options)), "S141");
}

TEST(Chains, ThatMeanNothingAreRefused) {
  const std::vector<std::pair<const char*, const char*>> cases{
      {"F|contians: a", "S131"},
      {"F|: a", "S131"},
      {"F|contains|contains: a", "S132"},
      {"F|i: a", "S132"},
      {"F|re|contains|i: a", "S132"},
      {"F|contains|re: a", "S132"},
      {"F|base64|re: a", "S132"},
      {"F|contains|base64: a", "S132"},
      {"F|base64|wide: a", "S132"},
      {"F|base64|base64offset: a", "S132"},
      {"F|base64|windash: a", "S132"},
      {"F|wide|utf16: a", "S132"},
      {"F|cidr|contains: 10.0.0.0/8", "S132"},
      {"F|re|cased: a", "S132"},
      {"F|gt|lt: 5", "S132"},
      {"F|gt|contains: 5", "S132"},
      {"F|exists|all: true", "S132"},
      {"F|contains|fieldref: a", "S132"},
      {"F|windash|cidr: 10.0.0.0/8", "S132"},
      {"'|exists': true", "S132"},
      {"'|fieldref': G", "S132"},
      {"F|year|gt: 2020", "S132"},
      {"F: [a, null]", "S122"},
      {"F|contains: null", "S122"},
      {"'|all': [a, null]", "S122"},
      {"F: []", "S121"},
      {"F: {a: b}", "S121"},
      {"F: [[a]]", "S121"},
      {"F|base64: 'a*'", "S124"},
      {"F|base64offset: ''", "S124"},
      {"F|utf16: abc", "S124"},
      {"F|wide: é", "S124"},
      {"F|re: '('", "S142"},
      {"F|re: '(?<=a)b'", "S142"},
      {"F|re|startswith: 'a)(b'", "S142"},
      {"F|cidr: 10.0.0.0/40", "S143"},
      {"F|cidr: host", "S143"},
      {"F|gt: abc", "S144"},
      {"F|hour: 24", "S144"},
      {"F|month: 0", "S144"},
      {"F|fieldref: 5", "S145"},
      {"F|exists: 'yes'", "S146"},
      {"F|windash: '-a -b -c -d -e -f'", "S123"}};
  for (const auto& [item, code] : cases) {
    const RulePack pack = testing::selection(item);
    EXPECT_EQ(testing::refusal(pack), code) << item;
    EXPECT_EQ(pack.rejected, 1u) << item;
    EXPECT_TRUE(pack.variants.empty()) << item;
  }
}

TEST(Chains, AllOnOneValueIsOnlyOdd) {
  const RulePack pack = testing::selection("F|contains|all: a");
  EXPECT_EQ(pack.rejected, 0u);
  ASSERT_EQ(pack.diagnostics.size(), 1u + 0u);
  EXPECT_EQ(pack.diagnostics[0].code, "S133");
  EXPECT_EQ(pack.diagnostics[0].severity, Severity::warning);
}

TEST(Chains, TenThousandValuesAreTaken) {
  std::string item = "F|contains:";
  for (int i = 0; i < 10'000; ++i) item += "\n    - value" + std::to_string(i) + "x";
  const RulePack pack = testing::selection(item);
  EXPECT_EQ(pack.rejected, 0u);
  EXPECT_EQ(pack.predicates.size(), 10'000u);
  EXPECT_FALSE(testing::matches(pack, {.fields = {{"F", "a value9999x"}}}).empty());
}

TEST(Explain, NamesWhatDecided) {
  const RulePack pack =
      testing::pack_of(testing::rule_text("sel:\n    F|contains: [a, zz]\n    G: 1\nfilter:\n    "
                                          "H: secret\ncondition: sel and not filter"));
  std::optional<Explanation> why;
  testing::matches(pack, {.fields = {{"F", "xax"}, {"F", "q"}, number("G", "1")}}, &why);
  ASSERT_TRUE(why.has_value());
  ASSERT_EQ(why->reasons.size(), 3u);
  EXPECT_EQ(describe(pack.predicates[why->reasons[0].predicate]), "F contains 'a'");
  EXPECT_EQ(why->reasons[0].values, std::vector<std::string>{"xax"});
  EXPECT_EQ(describe(pack.predicates[why->reasons[1].predicate]), "G is 1");
  EXPECT_FALSE(why->reasons[2].holds);
  EXPECT_EQ(why->reasons[2].field, "H");
}

}  // namespace
}  // namespace exhibit::sigma
