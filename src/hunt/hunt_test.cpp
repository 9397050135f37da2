// The hunt as a whole: what comes out depends on bytes and rules alone.
#include "exhibit/hunt.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <mutex>

#include "base/text.h"
#include "support/support.h"

namespace exhibit::hunt {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRule = R"(title: A shell
id: 7d2d9f6e-1111-4222-8333-444444444444
status: test
level: high
logsource: {product: windows, category: process_creation}
detection:
  selection:
    Image|endswith: '\cmd.exe'
  condition: selection
)";
constexpr const char* kOtherRule = R"(title: From a temporary folder
id: 7d2d9f6e-1111-4222-8333-555555555555
level: low
logsource: {product: windows, category: process_creation}
detection:
  selection:
    CommandLine|contains: '\temp\'
  condition: selection
)";

sigma::RulePack pack() {
  return sigma::load_rules_from_memory({{"a.yml", kRule}, {"b.yml", kOtherRule}});
}

std::string line(unsigned i, const char* host = "ws1.example.net") {
  const char* image = i % 3 == 0 ? R"(C:\\Windows\\cmd.exe)" : R"(C:\\Windows\\notepad.exe)";
  const char* command = i % 5 == 0 ? R"(C:\\Temp\\x)" : "x";
  return R"({"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Hostname":")" +
         std::string(host) + R"(","@timestamp":"2026-11-0)" + std::to_string(1 + i % 9) +
         R"(T00:00:00Z","Image":")" + image + R"(","CommandLine":")" + command + R"(","n":)" +
         std::to_string(i) + "}\n";
}

std::string lines(unsigned first, unsigned count) {
  std::string out;
  for (unsigned i = 0; i < count; ++i) out += line(first + i);
  return out;
}

std::string all(const sigma::RulePack& rules, const HuntResult& result, bool with_path = false) {
  std::string out;
  const auto done = result.for_each([&](const Finding& finding) {
    append_finding_json(out, rules, result.sources[finding.source], finding, with_path);
    out += '\n';
  });
  EXPECT_TRUE(done);
  append_coverage_json(out, rules, result, with_path);
  return out;
}

class Hunt : public testing::Test {
 protected:
  void add(const std::string& name, const std::string& bytes) {
    test::write_file(dir_.path() / name, bytes);
  }
  HuntResult run(HuntOptions options = {}, std::vector<std::string> paths = {}) {
    if (paths.empty()) paths = {dir_.path().string()};
    auto result = hunt(evidence::list_inputs(paths), rules_, options);
    EXPECT_TRUE(result) << (result ? "" : result.error().what.c_str());
    return std::move(*result);
  }

  test::TempDir dir_;
  const sigma::RulePack rules_ = pack();
};

TEST_F(Hunt, FindsWhatIsThereAndSaysWhatWasCovered) {
  add("a.jsonl", lines(0, 15));
  const HuntResult result = run();
  EXPECT_EQ(result.records, 15U);
  EXPECT_EQ(result.findings, 5U + 3U);
  ASSERT_EQ(result.sources.size(), 1U);
  EXPECT_EQ(result.sources[0].sha256, base::to_hex(seal::sha256(as_bytes(lines(0, 15)))));
  const std::string text = all(rules_, result);
  EXPECT_NE(text.find(R"("fields":{"Image":"C:\\Windows\\cmd.exe"})"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("event_id":1,"records":15,"rules":2)"), std::string::npos) << text;
}

TEST_F(Hunt, SameBytesForAnyThreadsAndAnyOrderOfArguments) {
  for (unsigned i = 0; i < 40; ++i) add("small" + std::to_string(i) + ".jsonl", lines(i, 5));
  add("sub/large.jsonl", lines(1000, 30'000));  // several batches
  const std::string once = all(rules_, run({.threads = 1}), true);
  EXPECT_EQ(all(rules_, run({.threads = 2}), true), once);
  EXPECT_EQ(all(rules_, run({.threads = 7}), true), once);
  std::vector<std::string> backwards{(dir_.path() / "sub").string()};
  for (unsigned i = 40; i > 0; --i)
    backwards.push_back((dir_.path() / ("small" + std::to_string(i - 1) + ".jsonl")).string());
  EXPECT_EQ(all(rules_, run({.threads = 2}, backwards), true), once);
  EXPECT_EQ(all(rules_, run({.threads = 2, .reference_engine = true}), true), once);
}

TEST_F(Hunt, TheSameBytesTwiceAreOneSource) {
  add("a.jsonl", lines(0, 15));
  add("b.jsonl", lines(0, 15));
  const HuntResult result = run();
  EXPECT_EQ(result.sources.size(), 1U);
  EXPECT_EQ(result.findings, 8U);
  ASSERT_EQ(result.duplicates.size(), 1U);
  EXPECT_TRUE(result.duplicates[0].first.ends_with("b.jsonl"));
}

TEST_F(Hunt, FiltersKeepRecordsFromRulesButCountThem) {
  add("a.jsonl", line(0, "DC1.example.net") + line(0, "ws2") + line(3, "ws2"));
  HuntOptions options;
  options.filters.hosts = {"dc1"};
  HuntResult result = run(options);
  EXPECT_EQ(result.records, 3U);
  EXPECT_EQ(result.filtered_out, 2U);
  EXPECT_EQ(result.findings, 2U);
  options = {};
  options.filters.channels = {"MICROSOFT-windows-sysmon/operational"};
  options.filters.event_ids = {1, 2};
  EXPECT_EQ(run(options).filtered_out, 0U);
  options.filters.event_ids = {2};
  EXPECT_EQ(run(options).filtered_out, 3U);
}

TEST_F(Hunt, StopsWhenAskedAndSaysSo) {
  add("a.jsonl", lines(0, 50'000));
  std::atomic<bool> stop = true;
  const HuntResult result = run({.threads = 2, .stop = &stop});
  EXPECT_TRUE(result.interrupted);
  EXPECT_NE(all(rules_, result).find(R"("complete":false)"), std::string::npos);
}

TEST_F(Hunt, UnreadableAndUnknownAreReported) {
  add("text.bin", std::string("\x7f"
                              "ELF and so on",
                              14));
  const HuntResult result = run({}, {dir_.path().string(), (dir_.path() / "nowhere").string()});
  ASSERT_EQ(result.sources.size(), 1U);
  EXPECT_EQ(result.sources[0].info.format, evidence::Format::unknown);
  EXPECT_EQ(result.sources[0].records, 0U);
  ASSERT_EQ(result.skipped.size(), 1U);
  EXPECT_EQ(result.skipped[0].error.code, ErrorCode::not_found);
}

// More workers than inputs: whoever comes late to a lane must not open it again. A container shows
// it, because its own bytes are a source as soon as it is opened; unpacking makes the others wait.
TEST_F(Hunt, AnInputIsOpenedOnce) {
  add("raw.bin", std::string(24 << 20, '\x01'));
  ASSERT_EQ(std::system(("gzip " + (dir_.path() / "raw.bin").string()).c_str()), 0);
  for (int round = 0; round < 20; ++round) {
    const HuntResult result = run({.threads = 8});
    ASSERT_EQ(result.sources.size(), 2U);
    for (const SourceReport& source : result.sources) ASSERT_TRUE(source.complete);
  }
}

// What the seal is given, in order, is the source.
class Recorder : public SealSink {
 public:
  struct One {
    std::string bytes;
    std::vector<seal::Digest> leaves;
    std::string sha256;
  };
  class Seal : public SourceSeal {
   public:
    Seal(Recorder& to, std::string name) : to_(to), name_(std::move(name)) {}
    [[nodiscard]] const seal::Key& key() const override { return key_; }
    [[nodiscard]] const seal::Pseudonym& pseudonym() const override { return pseudonym_; }
    Result<void> append(Bytes bytes, std::span<const seal::Digest> leaves,
                        std::span<const seal::Digest>, std::span<const event::Damage>) override {
      one_.bytes += as_text(bytes);
      one_.leaves.insert(one_.leaves.end(), leaves.begin(), leaves.end());
      return {};
    }
    Result<void> finish(const SourceReport& report) override {
      one_.sha256 = report.sha256;
      EXPECT_EQ(report.records, one_.leaves.size());
      const std::scoped_lock lock(to_.mutex_);
      to_.sources[name_] = std::move(one_);
      return {};
    }

   private:
    Recorder& to_;
    std::string name_;
    seal::Key key_{};
    seal::Pseudonym pseudonym_{};
    One one_;
  };
  Result<std::unique_ptr<SourceSeal>> begin(const evidence::SourceInfo& info, bool) override {
    return std::make_unique<Seal>(*this, fs::path(info.path).filename().string());
  }
  std::map<std::string, One> sources;

 private:
  std::mutex mutex_;
};

TEST_F(Hunt, TheSealIsGivenEveryByteInOrder) {
  for (unsigned i = 0; i < 40; ++i) add("small" + std::to_string(i) + ".jsonl", lines(i, 5));
  const std::string large = lines(1000, 30'000);
  add("large.jsonl", large);
  add("empty.jsonl", "");
  Recorder one;
  Recorder many;
  static_cast<void>(run({.threads = 1, .seal = &one}));
  static_cast<void>(run({.threads = 5, .seal = &many}));
  ASSERT_EQ(one.sources.size(), 42U);
  EXPECT_EQ(one.sources["large.jsonl"].bytes, large);
  for (const auto& [name, source] : one.sources) {
    EXPECT_EQ(source.sha256, base::to_hex(seal::sha256(as_bytes(source.bytes)))) << name;
    EXPECT_EQ(source.leaves, many.sources[name].leaves) << name;
  }
}

}  // namespace
}  // namespace exhibit::hunt
