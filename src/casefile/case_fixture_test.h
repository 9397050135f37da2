// What the tests of this module share: a key folder, a little evidence, a rule that fires.
#pragma once

#include <gtest/gtest.h>

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
