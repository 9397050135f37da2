// What the tests of this module share: a key folder, a little evidence, a rule that fires.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "casefile/files.h"
#include "exhibit/casefile.h"
#include "support/support.h"

namespace exhibit::casefile::test_case {

inline constexpr const char* kRule = R"(title: A shell
id: 7d2d9f6e-1111-4222-8333-444444444444
status: test
level: high
logsource: {product: windows, category: process_creation}
detection:
  selection:
    Image|endswith: '\cmd.exe'
  condition: selection
)";

inline std::string lines(unsigned first, unsigned count) {
  std::string out;
  for (unsigned i = first; i < first + count; ++i)
    out += R"({"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Hostname":"ws1",)"
           R"("@timestamp":"2026-11-01T00:00:00Z","Image":"C:\\Windows\\)" +
           std::string(i % 3 == 0 ? "cmd.exe" : "notepad.exe") + R"(","n":)" + std::to_string(i) +
           "}\n";
  return out;
}

// lines(0, 4), compressed with gzip.
inline constexpr const char* kGzip =
    "1f8b0800000000000203cd91bf0ac23010c6f73ec6cd8d26111c320955b0833828089225b4a7069a4b6982554a"
    "dfdd280efa06859bbe3f7c3fb8018a9b21c20614ec6cd5f9e02f919d2cd5be0fecf00cced37cdf6267a2f5641a"
    "c86173478ae51a94c861eb4324e330b5fb2092b98ad66188c6b549925c2e99108c8b23e7ea73e794299db9be1b"
    "85d2fabba475e5ea193e30d9048a8fd9301530f2115bf30327a60c272704f7f7d2c598bd0039d310556c020000";

inline verify::Verdict verdict_of(const Report& report, std::string_view id) {
  verify::Verdict worst = verify::Verdict::valid;
  bool there = false;
  for (const verify::Check& check : report.checks)
    if (check.id == id) {
      worst = std::max(worst, check.verdict);
      there = true;
    }
  EXPECT_TRUE(there) << id;
  return worst;
}

/// A folder with a key folder, evidence and room for cases.
class CaseTest : public testing::Test {
 protected:
  // Syncing the machine's disks proves nothing here, and takes its time.
  void SetUp() override {
    files::set_hook([](std::string_view) { return 0; });
  }
  void TearDown() override { files::set_hook({}); }
  [[nodiscard]] std::string at(const std::string& name) const {
    return (dir_.path() / name).string();
  }
  Home home(const std::string& name = "home") const {
    auto made = Home::open_at(at(name));
    if (!made) throw std::runtime_error(made.error().what.c_str());
    return *made;
  }
  /// Time stands still but for the tests that move it.
  CaseOptions options() const {
    CaseOptions out;
    out.custody = {.operator_name = "A. Collector",
                   .command_line = "exhibit hunt evidence --case case",
                   .tool_name = "exhibit",
                   .tool_version = "test",
                   .tool_sha256 = std::string(64, '0')};
    out.clock = [] { return event::Ticks{134'000'000'000'000'000}; };
    return out;
  }
  static sigma::RulePack pack() { return sigma::load_rules_from_memory({{"a.yml", kRule}}); }
  static hunt::HuntOptions hunt_options() {
    hunt::HuntOptions out;
    out.threads = 1;
    return out;
  }
  void evidence(const std::string& name, const std::string& bytes) const {
    exhibit::test::write_file(dir_.path() / "evidence" / name, bytes);
  }
  evidence::Listing listing(const std::string& name = "evidence") const {
    return evidence::list_inputs({at(name)});
  }
  /// A case of one run over two sources, one of them damaged.
  Case sealed(const Home& keys, const std::string& name = "case") const {
    evidence("a.jsonl", lines(0, 7));
    evidence("b.jsonl", lines(100, 3) + "{\"broken\n" + lines(200, 2));
    auto made = Case::create(keys, at(name), "incident-42", options());
    if (!made) throw std::runtime_error(made.error().what.c_str());
    const auto done = hunt_into_case(*made, listing(), pack(), {}, hunt_options());
    if (!done) throw std::runtime_error(done.error().what.c_str());
    return *std::move(made);
  }
  static Report verify(const std::string& path, VerifyOptions options) {
    options.threads = 1;
    auto report = verify_case(path, options);
    if (!report) throw std::runtime_error(report.error().what.c_str());
    return *std::move(report);
  }
  Report verify(const std::string& path, const Home& keys, bool replay = false) const {
    VerifyOptions options;
    options.home = &keys;
    options.replay = replay;
    return verify(path, options);
  }
  static std::string text(const Report& report) {
    std::string out;
    for (const verify::Check& check : report.checks)
      out += std::string(verify::to_string(check.verdict)) + " " + check.id + " " + check.subject +
             ": " + check.why + "\n";
    for (const std::string& file : report.unsealed_files) out += "unsealed " + file + "\n";
    return out;
  }

  exhibit::test::TempDir dir_;
};

}  // namespace exhibit::casefile::test_case
