#include "sigma/routing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "sigma/test_event.h"
#include "support/support.h"

namespace exhibit::sigma {
namespace {

LogSource source(std::string product, std::string category, std::string service = {}) {
  return {.category = std::move(category),
          .product = std::move(product),
          .service = std::move(service),
          .definition = {}};
}

TEST(Routing, StandardTableParses) {
  std::vector<Diagnostic> problems;
  ASSERT_TRUE(Routing::parse("standard", standard_routing_text(), problems).has_value());
  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(Routing::standard().sha256().size(), 64u);
}

TEST(Routing, LeadsCategoriesToEvents) {
  const auto targets = Routing::standard().targets(source("windows", "registry_event"));
  ASSERT_EQ(targets.size(), 1u);
  EXPECT_EQ(targets[0].route.channels,
            std::vector<std::string>{"Microsoft-Windows-Sysmon/Operational"});
  EXPECT_EQ(targets[0].route.event_ids, (std::vector<std::uint32_t>{12, 13, 14}));
  const auto deleted = Routing::standard().targets(source("windows", "registry_delete"));
  ASSERT_EQ(deleted.size(), 1u);
  ASSERT_EQ(deleted[0].conditions.size(), 1u);
  EXPECT_EQ(deleted[0].conditions[0].second,
            (std::vector<std::string>{"DeleteKey", "DeleteValue"}));
}

TEST(Routing, WhatARuleLeavesOpenIsAny) {
  const Routing& routing = Routing::standard();
  EXPECT_EQ(routing.targets(source("", "process_creation")).size(), 1u);
  EXPECT_EQ(routing.targets(source("Windows", "Process_Creation")).size(), 1u);
  EXPECT_EQ(routing.targets(source("", "", "security")).size(), 1u);
  ASSERT_EQ(routing.targets(source("windows", "")).size(), 1u);
  EXPECT_TRUE(routing.targets(source("windows", ""))[0].route.channels.empty());
  EXPECT_EQ(routing.targets(source("windows", "process_creation", "sysmon")).size(), 1u);
  EXPECT_TRUE(routing.targets(source("windows", "process_creation", "powershell")).empty());
}

TEST(Routing, OtherProductsStayUnrouted) {
  const Routing& routing = Routing::standard();
  for (const LogSource& other :
       {source("linux", "process_creation"), source("aws", "", "cloudtrail"), source("linux", ""),
        source("", "webserver"), source("", "", "apache"), source("windows", "no_such_category"),
        source("windows", "", "no-such-service"), source("", "proxy"),
        source("macos", "file_event")})
    EXPECT_TRUE(routing.targets(other).empty()) << other.product << other.category << other.service;
}

// What SigmaHQ's own table reaches, ours reaches too.
TEST(Routing, ReachesAllThatThorReaches) {
  const auto path = test::real_data("sigma/thor.yml");
  if (!path) GTEST_SKIP() << test::kNoRealData;
  std::vector<Diagnostic> problems;
  const auto thor = Routing::parse("thor.yml", test::read_file(*path), problems);
  ASSERT_TRUE(thor.has_value());
  std::vector<LogSource> sources;
  for (const char* category : {"process_creation",
                               "file_change",
                               "network_connection",
                               "sysmon_status",
                               "process_termination",
                               "driver_load",
                               "image_load",
                               "create_remote_thread",
                               "raw_access_thread",
                               "process_access",
                               "file_event",
                               "registry_event",
                               "registry_add",
                               "registry_delete",
                               "registry_set",
                               "registry_rename",
                               "create_stream_hash",
                               "pipe_created",
                               "wmi_event",
                               "dns_query",
                               "file_delete",
                               "clipboard_change",
                               "process_tampering",
                               "file_delete_detected",
                               "file_block_executable",
                               "file_block_shredding",
                               "file_executable_detected",
                               "sysmon_error",
                               "ps_module",
                               "ps_script",
                               "ps_classic_start",
                               "ps_classic_provider_start",
                               "ps_classic_script",
                               "antivirus"})
    sources.push_back(source("windows", category));
  for (const char* service : {"application",
                              "security",
                              "system",
                              "ntlm",
                              "sysmon",
                              "powershell",
                              "powershell-classic",
                              "taskscheduler",
                              "wmi",
                              "dhcp",
                              "printservice-admin",
                              "smbclient-security",
                              "smbclient-connectivity",
                              "smbserver-connectivity",
                              "printservice-operational",
                              "terminalservices-localsessionmanager",
                              "codeintegrity-operational",
                              "applocker",
                              "msexchange-management",
                              "windefend",
                              "firewall-as",
                              "bits-client",
                              "security-mitigations",
                              "diagnosis-scripted",
                              "shell-core",
                              "openssh",
                              "ldap",
                              "bitlocker",
                              "vhdmp",
                              "appxdeployment-server",
                              "lsa-server",
                              "appxpackaging-om",
                              "dns-client",
                              "appmodel-runtime",
                              "application-experience",
                              "ntfs",
                              "hyper-v-worker",
                              "kernel-event-tracing",
                              "sense",
                              "servicebus-client",
                              "iis-configuration"})
    sources.push_back(source("windows", "", service));
  for (const LogSource& s : sources) {
    const auto theirs = thor->targets(s), ours = Routing::standard().targets(s);
    EXPECT_FALSE(theirs.empty()) << s.category << s.service;
    for (const Target& target : theirs) {
      if (target.route.channels == std::vector<std::string>{"Security"} && !s.category.empty())
        continue;
      const bool reached = std::any_of(ours.begin(), ours.end(), [&](const Target& mine) {
        const auto holds = [](const auto& all, const auto& some) {
          return std::all_of(some.begin(), some.end(), [&](const auto& item) {
            return std::find(all.begin(), all.end(), item) != all.end();
          });
        };
        return holds(mine.route.channels, target.route.channels) &&
               holds(mine.route.event_ids, target.route.event_ids) &&
               mine.renames == target.renames;
      });
      EXPECT_TRUE(reached) << s.category << s.service;
    }
  }
}

TEST(Routing, AUsersTableReplacesOurs) {
  test::TempDir folder;
  const auto path = folder.path() / "routing.yml";
  test::write_file(path, R"(logsources:
  mine:
    category: thing
    product: windows
    conditions:
      EventID: [7, 8]
      Kind: [a, b*]
    rewrite: {product: windows, service: own}
    fieldmappings: {Image: Program}
  own:
    product: windows
    service: own
    sources: ['WinEventLog:Own/Operational', 'File:*.log']
)");
  LoadOptions options;
  options.routing_file = path.string();
  options.builtin_mapping = false;
  const RulePack pack = testing::pack_of(
      testing::rule_text("s:\n    Image: x\ncondition: s", "category: thing"), options);
  ASSERT_EQ(pack.variants.size(), 1u);
  EXPECT_EQ(pack.variants[0].route.event_ids, (std::vector<std::uint32_t>{7, 8}));
  EXPECT_NE(pack.routing_sha256, Routing::standard().sha256());
  testing::TestEvent event{
      .fields = {{"Program", "x"}, {"Kind", "beta"}}, .channel = "own/operational", .event_id = 7};
  EXPECT_EQ(testing::matches(pack, event).size(), 1u);
  event.event_id = 9;
  EXPECT_TRUE(testing::matches(pack, event).empty());
  event.event_id = 8;
  event.fields[1].bytes = "c";
  EXPECT_TRUE(testing::matches(pack, event).empty());
  EXPECT_EQ(
      testing::pack_of(
          testing::rule_text("s:\n    A: x\ncondition: s", "category: process_creation"), options)
          .unrouted.size(),
      1u);
}

TEST(Routing, ABrokenTableIsAnError) {
  test::TempDir folder;
  LoadOptions options;
  options.routing_file = (folder.path() / "absent.yml").string();
  EXPECT_EQ(load_rules({}, options).error().code, ErrorCode::not_found);
  for (const char* text :
       {"", "a: b", "logsources: []", "logsources: {a: b}",
        "logsources: {a: {conditions: {EventID: x}}}", "a: [", "--- {}\n---\na: b\n"}) {
    test::write_file(*options.routing_file, text);
    const auto pack = load_rules({}, options);
    ASSERT_FALSE(pack.has_value()) << text;
    EXPECT_EQ(pack.error().code, ErrorCode::malformed) << text;
  }
}

TEST(Admits, ComparesChannelsWithoutCase) {
  Route route{.product = event::Product::windows, .channels = {"Security"}, .event_ids = {1, 2}};
  EXPECT_TRUE(admits(route, "security", 2, event::Product::windows));
  EXPECT_FALSE(admits(route, "security", 3, event::Product::windows));
  EXPECT_FALSE(admits(route, "system", 2, event::Product::windows));
  EXPECT_FALSE(admits(route, "security", 2, event::Product::unknown));
  route.channels.clear();
  route.event_ids.clear();
  EXPECT_TRUE(admits(route, "", event::kNoEventId, event::Product::windows));
}

}  // namespace
}  // namespace exhibit::sigma
