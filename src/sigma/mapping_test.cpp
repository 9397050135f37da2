#include "sigma/mapping.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "sigma/test_event.h"

namespace exhibit::sigma {
namespace {

using testing::number;
using testing::TestEvent;
using testing::TestField;

struct Case {
  const char* item;               // of a Sysmon rule
  std::vector<TestField> fields;  // of the built-in event
  bool expected;
};

void check(const char* category, std::uint32_t event_id, const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    const RulePack pack = testing::pack_of(testing::rule_text(
        std::string("s:\n    ") + c.item + "\ncondition: s", std::string("category: ") + category));
    ASSERT_EQ(testing::refusal(pack), "") << c.item;
    const TestEvent event{.fields = c.fields, .event_id = event_id};
    EXPECT_EQ(!testing::matches(pack, event).empty(), c.expected)
        << category << " " << c.item << " on " << c.fields[0].bytes;
  }
}

TEST(Mapping, ProcessCreationTo4688) {
  check(
      "process_creation", 4688,
      {{"Image|endswith: '\\cmd.exe'", {{"NewProcessName", "C:\\Windows\\cmd.exe"}}, true},
       {"Image|endswith: '\\cmd.exe'", {{"ParentProcessName", "C:\\Windows\\cmd.exe"}}, false},
       {"ParentImage|endswith: '\\cmd.exe'", {{"ParentProcessName", "C:\\Windows\\cmd.exe"}}, true},
       {"CommandLine|contains: x", {{"CommandLine", "axb"}}, true},
       {"ProcessId: 4660", {{"NewProcessId", "0x1234"}}, true},
       {"ProcessId: '4660'", {{"NewProcessId", "0x1234"}}, true},
       {"ParentProcessId: 4", {{"ProcessId", "0x4"}}, true},
       {"ParentProcessId: 4", {{"ProcessId", "0x40"}}, false},
       {"LogonId: '0x3e7'", {{"SubjectLogonId", "0x3E7"}}, true},
       {"IntegrityLevel: System", {{"MandatoryLabel", "S-1-16-16384"}}, true},
       {"IntegrityLevel: [High, System]", {{"MandatoryLabel", "S-1-16-12288"}}, true},
       {"IntegrityLevel: High", {{"MandatoryLabel", "S-1-16-8192"}}, false},
       {"IntegrityLevel: S-1-16-8192", {{"MandatoryLabel", "S-1-16-8192"}}, true},
       {"Image|fieldref: ParentImage",
        {{"NewProcessName", "C:\\a"}, {"ParentProcessName", "c:\\A"}},
        true},
       {"User: 'NT AUTHORITY\\SYSTEM'",
        {{"SubjectDomainName", "NT AUTHORITY"}, {"SubjectUserName", "system"}},
        true},
       {"User: 'NT AUTHORITY\\SYSTEM'",
        {{"SubjectDomainName", "ACME"}, {"SubjectUserName", "system"}},
        false},
       {"User|contains: AUTHORI",
        {{"SubjectDomainName", "NT AUTHORITY"}, {"SubjectUserName", "x"}},
        true},
       {"User|endswith: '$'", {{"SubjectDomainName", "ACME"}, {"SubjectUserName", "PC1$"}}, true},
       {"User|endswith: '\\adm'",
        {{"SubjectDomainName", "ACME"}, {"SubjectUserName", "adm"}},
        true},
       {"User|endswith: '\\adm'",
        {{"SubjectDomainName", "ACME"}, {"SubjectUserName", "xadm"}},
        false}});
}

TEST(Mapping, RegistryTo4657) {
  const TestField created{"OperationType", "%%1904"};
  const auto value = [&](const char* key, const char* name, const char* data) {
    return std::vector<TestField>{
        created, {"ObjectName", key}, {"ObjectValueName", name}, {"NewValue", data}};
  };
  const char* run = "\\REGISTRY\\MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run";
  check("registry_set", 4657,
        {{"TargetObject: 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run\\Evil'",
          value(run, "Evil", "x"), true},
         {"TargetObject: 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run\\Evil'",
          value(run, "Other", "x"), false},
         {"TargetObject|contains: '\\CurrentVersion\\Run\\'", value(run, "Any", "x"), true},
         {"TargetObject|endswith: '\\Run\\Evil'", value(run, "Evil", "x"), true},
         {"TargetObject|startswith: 'HKLM\\SOFTWARE\\'", value(run, "Any", "x"), true},
         {"TargetObject|contains: 'HKLM\\SOFTWARE\\'", value(run, "Any", "x"), true},
         {"TargetObject|startswith: 'HKU\\'",
          value("\\REGISTRY\\USER\\S-1-5-21-1\\Software", "Any", "x"), true},
         {"TargetObject|startswith: 'HKCU\\Software'",
          value("\\REGISTRY\\USER\\S-1-5-21-1\\Software\\X", "Any", "x"), true},
         {"TargetObject|contains: '\\System\\CurrentControlSet\\Services\\'",
          value("\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Services\\x", "Start", "2"), true},
         {"TargetObject|contains: '\\Paths\\C:\\tmp'",
          value("\\REGISTRY\\MACHINE\\X\\Paths", "C:\\tmp", "0"), true},
         {"Details: 'DWORD (0x0000000a)'", value(run, "x", "10"), true},
         {"Details: 'DWORD (0x0000000a)'", value(run, "x", "11"), false},
         {"Details: 'QWORD (0x00000001-0x00000000)'", value(run, "x", "4294967296"), true},
         {"Details: '(Empty)'", value(run, "x", ""), true},
         {"Details|contains: evil", value(run, "x", "is Evil"), true},
         {"Image|endswith: '\\reg.exe'", {created, {"ProcessName", "C:\\reg.exe"}}, true},
         {"Image|endswith: '\\reg.exe'",
          {{"OperationType", "%%1906"}, {"ProcessName", "C:\\reg.exe"}},
          false},
         {"EventType: SetValue", {created, {"ObjectName", "x"}}, true}});
  check("registry_delete", 4657,
        {{"EventType: DeleteValue", {{"OperationType", "%%1906"}}, true},
         {"Image: x", {created, {"ProcessName", "x"}}, false}});
}

TEST(Mapping, NetworkTo5156) {
  check("network_connection", 5156,
        {{"Image: 'C:\\Windows\\x.exe'",
          {{"Application", "\\device\\harddiskvolume3\\windows\\x.exe"}},
          true},
         {"Image: 'C:\\Windows\\x.exe'",
          {{"Application", "\\device\\harddiskvolume12\\windows\\x.exe"}},
          true},
         {"Image|startswith: 'C:\\Windows\\'",
          {{"Application", "\\device\\harddiskvolume3\\temp\\windows\\x.exe"}},
          false},
         {"Image|contains: ':\\Windows\\'",
          {{"Application", "\\device\\harddiskvolume3\\windows\\x.exe"}},
          true},
         {"Image|endswith: '\\x.exe'",
          {{"Application", "\\device\\harddiskvolume3\\windows\\x.exe"}},
          true},
         {"Initiated: 'true'", {{"Direction", "%%14593"}}, true},
         {"Initiated: true", {{"Direction", "%%14592"}}, false},
         {"Initiated: false", {{"Direction", "%%14592"}}, true},
         {"Protocol: tcp", {number("Protocol", "6")}, true},
         {"Protocol: udp", {number("Protocol", "6")}, false},
         {"DestinationPort: 443", {{"DestPort", "443"}}, true},
         {"DestinationIp|cidr: 10.0.0.0/8", {{"DestAddress", "10.1.1.1"}}, true},
         {"SourceIp: 10.1.1.1", {{"SourceAddress", "10.1.1.1"}}, true}});
  check("network_connection", 5157, {{"DestinationPort: 443", {{"DestPort", "443"}}, true}});
}

std::size_t builtin_variants(const RulePack& pack) {
  std::size_t count = 0;
  for (const Variant& v : pack.variants) count += v.builtin_mapping ? 1 : 0;
  return count;
}

TEST(Mapping, DropsWhatCannotHold) {
  struct Row {
    const char* detection;
    std::size_t variants;
    std::uint32_t dropped;
  };
  const std::vector<Row> rows{
      {"s:\n    Image: x\ncondition: s", 1, 0},
      {"s:\n    Image: x\n    Hashes: y\ncondition: s", 0, 1},
      {"s:\n    - Image: x\n    - OriginalFileName: y\ncondition: s", 1, 0},
      {"s:\n    OriginalFileName: y\ncondition: s", 0, 1},
      {"s:\n    Image: x\nf:\n    ParentCommandLine: y\ncondition: s and not f", 0, 1},
      {"s:\n    Image: x\nf:\n    ParentImage: y\ncondition: s and not f", 1, 0},
      {"s:\n    Image: x\nf:\n    ParentImage: y\n    Product: z\ncondition: s and not f", 1, 0},
      {"s:\n    Image: x\nf:\n    - ParentImage: y\n    - Product: z\ncondition: s and not f", 0,
       1},
      {"s:\n    - Image: x\n    - Product: y\nf:\n    Product: z\ncondition: s and not f", 0, 1},
      {"s:\n    Image: x\nf:\n    Product: null\ncondition: s and not f", 0, 1},
      {"s:\n    Image: x\nf:\n    Product|neq: a\ncondition: s and not f", 0, 1},
      {"s:\n    Image: x\n    Product|neq: a\ncondition: s", 0, 1},
      {"s:\n    - keyword\ncondition: s", 1, 0},
      {"s:\n    SubjectUserName: x\n    Provider_Name: y\ncondition: s", 1, 0}};
  for (const Row& row : rows) {
    const RulePack pack =
        testing::pack_of(testing::rule_text(row.detection, "category: process_creation"));
    EXPECT_EQ(builtin_variants(pack), row.variants) << row.detection;
    EXPECT_EQ(pack.not_applicable, row.dropped) << row.detection;
    EXPECT_EQ(pack.variants.size(), row.variants + 1) << row.detection;
    EXPECT_TRUE(pack.unrouted.empty());
  }
}

TEST(Mapping, IsTurnedOff) {
  LoadOptions off;
  off.builtin_mapping = false;
  const std::string rule =
      testing::rule_text("s:\n    Image: x\ncondition: s", "category: process_creation");
  const RulePack pack = testing::pack_of(rule, off);
  EXPECT_EQ(pack.variants.size(), 1u);
  EXPECT_NE(pack.mapping_sha256, testing::pack_of(rule).mapping_sha256);
}

TEST(Mapping, StaysWithTheServiceThatARuleNames) {
  const auto variants = [](const char* service) {
    const RulePack pack = testing::pack_of(
        testing::rule_text("s:\n    Image: x\ncondition: s",
                           std::string("{category: process_creation, service: ") + service + "}"));
    EXPECT_TRUE(pack.unrouted.empty());
    return pack.variants;
  };
  ASSERT_EQ(variants("sysmon").size(), 1u);
  EXPECT_FALSE(variants("sysmon")[0].builtin_mapping);
  ASSERT_EQ(variants("security").size(), 1u);
  EXPECT_TRUE(variants("security")[0].builtin_mapping);
}

TEST(Mapping, ReadSetNamesBothWorlds) {
  const RulePack pack = testing::pack_of(testing::rule_text(
      "s:\n    Image: x\n    User: 'a\\b'\ncondition: s", "category: process_creation"));
  EXPECT_EQ(pack.read_sets[0],
            (std::vector<std::string>{"Channel", "EventID", "Image", "NewProcessName",
                                      "SubjectDomainName", "SubjectUserName", "User"}));
}

TEST(Mapping, TablesAreConsistent) {
  for (const BuiltinEvent& event : builtin_events())
    for (const FieldMapping& mapping : event.mappings) {
      EXPECT_NE(std::find(event.fields.begin(), event.fields.end(), mapping.to), event.fields.end())
          << mapping.to;
      if (!mapping.second.empty()) {
        EXPECT_NE(std::find(event.fields.begin(), event.fields.end(), mapping.second),
                  event.fields.end())
            << mapping.second;
      }
    }
}

}  // namespace
}  // namespace exhibit::sigma
