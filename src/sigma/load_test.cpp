#include <gtest/gtest.h>

#include "base/text.h"
#include "sigma/test_event.h"
#include "sigma/yaml.h"
#include "support/support.h"

namespace exhibit::sigma {
namespace {

using testing::rule_text;

std::string codes(const RulePack& pack) {
  std::string out;
  for (const Diagnostic& d : pack.diagnostics) out += (out.empty() ? "" : " ") + d.code;
  return out;
}

const std::string kGood = rule_text("s:\n    F: x\ncondition: s");

TEST(Load, ReadsWhatARuleSaysOfItself) {
  const RulePack pack = testing::pack_of(
      "title: T\nid: 1234\nstatus: stable\nlevel: critical\nauthor: A\ndate: 2026-01-02\nmodified: "
      "2026-02-03\n"
      "license: DRL\ndescription: |\n  two\n  lines\ntags: [attack.t1059, car.x]\nreferences:\n  - "
      "r\n"
      "falsepositives: none\nrelated:\n  - id: 9\n    type: derived\n" +
      kGood.substr(kGood.find("logsource")));
  ASSERT_EQ(pack.rules.size(), 1u);
  const RuleInfo& rule = pack.rules[0];
  EXPECT_EQ(rule.title, "T");
  EXPECT_EQ(rule.id, "1234");
  EXPECT_EQ(rule.level, Level::critical);
  EXPECT_EQ(rule.status, Status::stable);
  EXPECT_EQ(rule.description, "two\nlines\n");
  EXPECT_EQ(rule.tags, (std::vector<std::string>{"attack.t1059", "car.x"}));
  EXPECT_EQ(rule.falsepositives, std::vector<std::string>{"none"});
  EXPECT_EQ(rule.related, (std::vector<std::pair<std::string, std::string>>{{"9", "derived"}}));
  EXPECT_EQ(rule.date, "2026-01-02");
  EXPECT_EQ(rule.license, "DRL");
}

TEST(Load, ADocumentIsHashedAsItStandsInTheFile) {
  const std::string second = "---\n" + rule_text("s:\n    G: x\ncondition: s") + "# end\n";
  const RulePack one = testing::pack_of(kGood);
  const RulePack two = testing::pack_of(kGood + second);
  ASSERT_EQ(two.rules.size(), 2u);
  EXPECT_EQ(two.rules[0].text, kGood);
  EXPECT_EQ(two.rules[0].sha256, one.rules[0].sha256);
  EXPECT_EQ(two.rules[1].text, second);
  EXPECT_EQ(two.rules[1].line, 8u);
  EXPECT_NE(testing::pack_of(kGood + "\n").rules[0].sha256, one.rules[0].sha256);
  EXPECT_EQ(testing::pack_of("\xEF\xBB\xBF" + kGood).rules[0].text, "\xEF\xBB\xBF" + kGood);
}

TEST(Load, OneBadDocumentDoesNotCostTheOthers) {
  const RulePack pack = testing::pack_of(kGood + "---\ntitle: a\ntitle: b\n---\n" +
                                         rule_text("s:\n    G: x\ncondition: s") + "---\na: [\n");
  EXPECT_EQ(pack.rules.size(), 2u);
  EXPECT_EQ(pack.rejected, 2u);
  EXPECT_EQ(codes(pack), "S102 S101");
  EXPECT_EQ(pack.rules[1].text, "---\n" + rule_text("s:\n    G: x\ncondition: s"));
}

TEST(Load, OtherKindsOfDocumentsAreCountedApart) {
  const RulePack pack = testing::pack_of(
      "title: c\ncorrelation:\n  type: event_count\n---\ntitle: f\nfilter:\n  rules: "
      "any\n---\naction: global\n");
  EXPECT_EQ(pack.rejected, 3u);
  EXPECT_EQ(pack.unsupported, 3u);
  EXPECT_EQ(codes(pack), "S111 S111 S111");
}

TEST(Load, TheSameRuleTwiceIsTakenOnce) {
  const RulePack pack = load_rules_from_memory({{"b.yml", kGood}, {"a.yml", kGood}});
  EXPECT_EQ(pack.rules.size(), 1u);
  EXPECT_EQ(pack.rules[0].file, "a.yml");
  EXPECT_EQ(codes(pack), "S107");
  EXPECT_EQ(pack.rejected, 0u);
  const RulePack same_id =
      load_rules_from_memory({{"a.yml", "id: A\n" + kGood}, {"b.yml", "id: a\n" + kGood}});
  EXPECT_EQ(same_id.rules.size(), 2u);
  EXPECT_EQ(codes(same_id), "S108");
}

TEST(Load, ChoosesByLevelStatusIdAndTag) {
  const std::vector<std::pair<std::string, std::string>> files{
      {"a", "id: A\nlevel: high\nstatus: test\ntags: [attack.t1059.001]\n" + kGood},
      {"b", "id: B\nlevel: low\nstatus: stable\ntags: [attack.t1003]\n" + kGood},
      {"c", "id: C\n" + kGood}};
  const auto ids = [&](const LoadOptions& options) {
    const RulePack pack = load_rules_from_memory(files, options);
    std::string out;
    for (const RuleInfo& rule : pack.rules) out += rule.id;
    EXPECT_EQ(pack.rules.size() + pack.filtered_out, 3u);
    return out;
  };
  LoadOptions level, status, id, tag;
  level.min_level = Level::medium;
  EXPECT_EQ(ids(level), "AC");  // without a level, medium
  status.min_status = Status::test;
  EXPECT_EQ(ids(status), "AB");
  id.ids = {"b"};
  EXPECT_EQ(ids(id), "B");
  tag.tags = {"ATTACK.T1059"};
  EXPECT_EQ(ids(tag), "A");
}

TEST(Load, HashesNameWhatVerdictsDependOn) {
  const RulePack a = load_rules_from_memory({{"x", kGood}, {"y", "id: Y\n" + kGood}});
  const RulePack b = load_rules_from_memory({{"p/1", "id: Y\n" + kGood}, {"p/2", kGood}});
  EXPECT_EQ(a.rules_sha256, b.rules_sha256);
  EXPECT_NE(a.rules_sha256, testing::pack_of(kGood).rules_sha256);
  LoadOptions options;
  options.placeholders["a"] = {"b"};
  EXPECT_NE(testing::pack_of(kGood, options).placeholders_sha256, a.placeholders_sha256);
}

TEST(Load, FindsFilesInOrderOfTheirPaths) {
  test::TempDir folder;
  const auto rule = [](const std::string& id) { return "id: " + id + "\n" + kGood; };
  test::write_file(folder.path() / "b.yml", rule("2"));
  test::write_file(folder.path() / "a/z.YAML", rule("1"));
  test::write_file(folder.path() / "a/z.test.yml", "rule: 1\n");
  test::write_file(folder.path() / "c.txt", rule("3"));
  const std::string root = folder.path().string();
  const auto pack = load_rules({root + "/c.txt", root, root + "/b.yml"});
  ASSERT_TRUE(pack.has_value());
  ASSERT_EQ(pack->rules.size(), 3u);
  EXPECT_EQ(pack->rules[0].id, "1");
  EXPECT_EQ(pack->rules[1].id, "2");
  EXPECT_EQ(pack->rules[2].id, "3");
  EXPECT_EQ(load_rules({root + "/absent"}).error().code, ErrorCode::not_found);
}

// A zip of stored members, as the format's specification lays it out.
std::string zip_of(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string out, directory;
  const auto number = [](std::string& to, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) to += static_cast<char>(value >> (8 * i) & 0xff);
  };
  for (const auto& [name, content] : members) {
    std::uint32_t crc = 0xffffffff;
    for (const char c : content) {
      crc ^= static_cast<unsigned char>(c);
      for (int k = 0; k < 8; ++k) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320 : 0);
    }
    std::string common;
    number(common, 20, 2);
    number(common, 0, 8);  // flags, method, time, date
    number(common, ~crc & 0xffffffff, 4);
    number(common, content.size(), 4);
    number(common, content.size(), 4);
    number(common, name.size(), 2);
    number(common, 0, 2);
    directory += "PK\x01\x02";
    number(directory, 20, 2);
    directory += common;
    number(directory, 0, 8);
    number(directory, 0, 2);
    number(directory, out.size(), 4);
    directory += name;
    out += "PK\x03\x04" + common + name + content;
  }
  const std::size_t offset = out.size();
  out += directory + "PK\x05\x06";
  number(out, 0, 4);
  number(out, members.size(), 2);
  number(out, members.size(), 2);
  number(out, directory.size(), 4);
  number(out, offset, 4);
  number(out, 0, 2);
  return out;
}

// Everything that a pack holds, and every diagnostic, as text.
std::string all_of_it(const RulePack& pack) {
  std::string out = pack.rules_sha256 + " " + std::to_string(pack.rejected) + "\n";
  for (const RuleInfo& rule : pack.rules)
    out += rule.file + ":" + std::to_string(rule.line) + " " + rule.sha256 + "\n";
  for (const Predicate& p : pack.predicates) out += describe(p) + "\n";
  for (const Variant& variant : pack.variants) {
    out += std::to_string(variant.rule) + ":";
    for (const Expression::Node& node : variant.condition.nodes)
      out += " " + std::to_string(static_cast<int>(node.kind)) + "," + std::to_string(node.first);
    out += "\n";
  }
  for (const auto& fields : pack.read_sets)
    for (const std::string& field : fields) out += field + " ";
  for (const Diagnostic& d : pack.diagnostics) out += render(d);
  for (const std::string& file : pack.files) out += std::to_string(file.size()) + " ";
  return out;
}

TEST(Load, TwoThreadsMakeOfManyFilesWhatOneDoes) {
  // Far more than is parsed ahead; small files, large ones, broken ones, empty ones, several rules.
  const test::TempDir temp;
  std::size_t size = 0;
  for (int i = 0; i < 1'500; ++i) {
    const std::string number = std::to_string(i);
    std::string text = rule_text("s:\n    F" + number + ": x\ncondition: s");
    if (i % 7 == 0) text += "---\n" + rule_text("s:\n    G: " + number + "\ncondition: s");
    if (i % 11 == 0) text += "---\ntitle: a\ntitle: b\n";
    if (i % 13 == 0) text += "---\n{ [\n";
    if (i % 17 == 0) text = kGood;
    if (i % 19 == 0) text.clear();
    if (i % 101 == 0) text += std::string(100'000, '#') + "\n";
    size += text.size();
    test::write_file(temp.path() / (number + ".yml"), text);
  }
  EXPECT_GT(size, std::size_t{1} << 20);
  LoadOptions options;
  options.threads = 1;
  const auto one = load_rules({temp.path().string()}, options);
  ASSERT_TRUE(one);
  const std::string wanted = all_of_it(*one);
  EXPECT_GT(one->rules.size(), 1'300U);
  EXPECT_GT(one->diagnostics.size(), 200U);
  options.threads = 2;
  for (int round = 0; round < 5; ++round) {
    const auto two = load_rules({temp.path().string()}, options);
    ASSERT_TRUE(two);
    ASSERT_EQ(all_of_it(*two), wanted);
  }
}

TEST(Load, TwoThreadsStopTogether) {
  const test::TempDir temp;
  for (int i = 0; i < 300; ++i)
    test::write_file(temp.path() / (std::to_string(i) + ".yml"), kGood + std::string(2'000, '#'));
  const std::atomic<bool> stop = true;
  LoadOptions options;
  options.threads = 2;
  options.stop = &stop;
  const auto pack = load_rules({temp.path().string()}, options);
  ASSERT_FALSE(pack);
  EXPECT_EQ(pack.error().code, ErrorCode::interrupted);
}

TEST(Load, ReadsZipsOfRules) {
  test::TempDir folder;
  const auto path = folder.path() / "rules.zip";
  const std::string zip = zip_of({{"z/b.yml", "id: B\n" + kGood},
                                  {"README.md", "x"},
                                  {"a.yml", "id: A\n" + kGood},
                                  {"a.test.yml", "x"}});
  test::write_file(path, zip);
  const auto pack = load_rules({path.string()});
  ASSERT_TRUE(pack.has_value()) << pack.error().what.c_str();
  ASSERT_EQ(pack->rules.size(), 2u);
  EXPECT_EQ(pack->rules[0].file, path.string() + "!a.yml");
  EXPECT_EQ(pack->rules[1].id, "B");
  // Cut or changed anywhere, it is refused or gives the same rules (a byte that says nothing).
  for (std::size_t size = 0; size < zip.size(); ++size) {
    test::write_file(path, zip.substr(0, size));
    const auto cut = load_rules({path.string()});
    EXPECT_TRUE(!cut.has_value() || cut->rules.empty()) << size;
  }
  std::string changed = zip;
  changed[40] ^= 1;  // in the first member's content
  test::write_file(path, changed);
  EXPECT_EQ(load_rules({path.string()}).error().code, ErrorCode::malformed);
}

TEST(Load, ReadsDeflatedZips) {
  // d.yml, deflated by Python's zipfile.
  const auto zip = base::from_hex(
      "504b03041400000008000000215c465b5f4e4f0000007b00000005000000642e796d6c758a410e80300804ef"
      "bc82777036fec3001a92a69842539fafd6b373d99deca66551c245f7b2a50aca6f81e247786fac04f8703697"
      "ce4938ac8a8f00d1544ef3faedf1c5cb4a784d61af62f3820137504b010214031400000008000000215c465b"
      "5f4e4f0000007b000000050000000000000000000000800100000000642e796d6c504b050600000000010001"
      "0033000000720000000000");
  ASSERT_TRUE(zip.has_value());
  test::TempDir folder;
  const auto path = folder.path() / "d.zip";
  test::write_file(path, *zip);
  const auto pack = load_rules({path.string()});
  ASSERT_TRUE(pack.has_value()) << pack.error().what.c_str();
  ASSERT_EQ(pack->rules.size(), 1u);
  EXPECT_EQ(pack->rules[0].title, "Deflated deflated deflated deflated");
  for (std::size_t at = 0; at < zip->size(); ++at) {
    std::string changed = *zip;
    changed[at] = static_cast<char>(changed[at] ^ 0x55);
    test::write_file(path, changed);
    const auto again = load_rules({path.string()});
    if (again.has_value() && !again->rules.empty()) {
      EXPECT_EQ(again->rules[0].sha256, pack->rules[0].sha256) << at;
    }
  }
}

TEST(Yaml, TypesArePlainScalarsOfTheCoreSchema) {
  const yaml::File file = yaml::parse(
      "[null, ~, Null, '', 'null', true, TRUE, yes, 1, -1, +1, 0x1F, 0x, 1.5, .5, 1e3, 1:30, "
      "1_000, '1', !!str 1, .inf]");
  ASSERT_EQ(file.documents.size(), 1u);
  const yaml::Document& d = file.documents[0];
  std::string kinds;
  for (const yaml::NodeId id : d[d.root].children)
    kinds += "nbirtsm"[static_cast<std::size_t>(d[id].kind)];
  EXPECT_EQ(kinds, "nnnttbbtiiiitrrrttttt");
}

TEST(Yaml, AliasesShareButDoNotExplode) {
  const yaml::File shared = yaml::parse("a: &x [1, 2]\nb: *x\n");
  ASSERT_EQ(shared.documents.size(), 1u);
  EXPECT_EQ(
      shared.documents[0].find(shared.documents[0][shared.documents[0].root], "b")->children.size(),
      2u);
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int j = 0; j < 9; ++j) bomb += ", " + before;
    bomb += "]\n";
  }
  const yaml::File exploded = yaml::parse(bomb);
  EXPECT_TRUE(exploded.documents.empty());
  ASSERT_EQ(exploded.problems.size(), 1u);
  EXPECT_STREQ(exploded.problems[0].code, "S104");
  EXPECT_STREQ(yaml::parse("a: &a [*a]").problems.at(0).code, "S103");
}

TEST(Yaml, IsBounded) {
  EXPECT_STREQ(yaml::parse(std::string(1000, '[')).problems.at(0).code, "S104");
  EXPECT_STREQ(yaml::parse(std::string(yaml::kMaxFileSizeBytes + 1, ' ')).problems.at(0).code,
               "S104");
  EXPECT_STREQ(yaml::parse("a: \xff").problems.at(0).code, "S105");
  EXPECT_STREQ(yaml::parse("? [a]\n: b").problems.at(0).code, "S103");
}

}  // namespace
}  // namespace exhibit::sigma
