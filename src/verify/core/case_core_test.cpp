// The checker of case archives, on archives made here, given in pieces of every size.
#include <gtest/gtest.h>

#include <random>

#include "verify/core/bundle_testing.h"
#include "verify/core/case.h"
#include "verify/core/report.h"

namespace exhibit::verify::core {
namespace {

using testing::Log;

using Files = std::map<std::string, std::string>;

Files files_of(const Log& log) {
  Files out;
  const std::string folder = "ledger/" + log.party + "/";
  out[folder + "checkpoint"] = log.checkpoint();
  std::string bundle;
  for (const std::string& entry : log.entries) append_bundle_entry(bundle, entry);
  out[folder + "tile/entries/000.p/" + std::to_string(log.entries.size())] = bundle;
  for (std::size_t i = 0; i < log.statements.size(); ++i)
    out["statements/" + log.party + "/" + std::to_string(i) + ".json"] =
        statement_json(log.statements[i]);
  return out;
}

struct MadeCase {
  Log log{"incident-42", "blue"}, other{"incident-42", "cert"};
  std::string data = "the log of a machine\n", leaves, findings = "{\"a\":1}\n{\"b\":2}\n";
  Files files;

  MadeCase() {
    const auto hex = [](std::string_view text) {
      return base::to_hex(seal::sha256(as_bytes(text)));
    };
    const std::string sha256 = hex(data);
    const seal::Digest leaf = seal::leaf_hash(as_bytes("a record"));
    leaves = testing::bytes_of(leaf);
    const auto root_of = [](std::string_view lines) {
      return base::to_hex(lines_root(lines)->root);
    };
    log.add("acquire",
            {{.name = "sha256", .value = sha256},
             {.name = "size_bytes", .value = std::to_string(data.size())},
             {.name = "record_tree.root", .value = base::to_hex(seal::tree_root({&leaf, 1}))},
             {.name = "record_tree.size", .value = "1"},
             {.name = "damage.count", .value = "0"},
             {.name = "damage.sha256", .value = hex("")}});
    log.add("run", {{.name = "run", .value = "1"},
                    {.name = "criteria", .value = hex("manifest")},
                    {.name = "pack_sha256", .value = hex("rules")},
                    {.name = "routing_sha256", .value = hex("routing")},
                    {.name = "mapping_sha256", .value = hex("mapping")},
                    {.name = "inputs.root", .value = root_of("")},
                    {.name = "inputs.size", .value = "0"},
                    {.name = "findings.root", .value = root_of(findings)},
                    {.name = "findings.size", .value = "2"},
                    {.name = "coverage.root", .value = root_of("{}\n")},
                    {.name = "coverage.size", .value = "1"}});
    files = files_of(log);
    files.merge(files_of(other));
    files["exhibit.toml"] = "format = \"exhibit/v1\"\ncase = \"incident-42\"\n\n[display]\n";
    files["sources/" + sha256 + "/data"] = data;
    files["sources/" + sha256 + "/leaves"] = leaves;
    files["statements/blue/2.inputs.jsonl"] = "";
    files["runs/1/findings.jsonl"] = findings;
    files["runs/1/coverage.json"] = "{}\n";
    files["criteria/" + hex("manifest") + "/manifest.json"] = "manifest";
    files["criteria/" + hex("manifest") + "/mapping.json"] = "mapping";
    files["criteria/" + hex("manifest") + "/routing.yml"] = "routing";
    files["criteria/" + hex("rules") + "/rules.yml"] = "rules";
    files["ledger/blue/cosigned/3"] =
        log.checkpoint() + seal::cosign_note(log.checkpoint_text(3), other.cosigner().name,
                                             other.cosign_key, 1'700'000'000);
  }
  [[nodiscard]] std::string tar() const {
    std::vector<std::pair<std::string, std::string>> all;
    for (const auto& [name, content] : files) all.emplace_back("incident-42/" + name, content);
    return testing::tar_of(all);
  }
  [[nodiscard]] std::string keys() const {
    return log.verifier().to_string() + "\n" + other.verifier().to_string();
  }
};

std::string report_of(std::string_view tar, const std::string& keys, std::size_t piece = 65'536,
                      std::size_t memory = 4 << 20) {
  std::vector<std::byte> room(memory);
  std::vector<char> text(1 << 20);
  Arena arena(room);
  Report report(text, 0, 100);
  const Brought brought{
      .keys = keys, .policy = {}, .latest_unix_s = 1'800'000'000, .file_name = "case.tar"};
  CaseReader reader(tar.size(), brought, arena, report);
  while (const auto at = reader.index_at())
    reader.index(tar.substr(std::min<std::size_t>(*at, tar.size()), kIndexPiece));
  for (Wanted w; reader.next(w);) {
    for (std::uint64_t at = 0; at < w.size; at += piece)
      reader.piece(tar.substr(w.offset + at, std::min<std::uint64_t>(piece, w.size - at)));
    reader.end();
  }
  (void)reader.finish();
  return std::string(report.text());
}
std::size_t count(std::string_view text, std::string_view what) {
  std::size_t out = 0;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string_view::npos; at += what.size())
    ++out;
  return out;
}

TEST(CaseReader, AWholeArchiveHasNothingInvalid) {
  const MadeCase made;
  const std::string report = report_of(made.tar(), made.keys());
  EXPECT_EQ(count(report, "\"invalid\""), 0U) << report;
  // The records' meaning and the rules are all that takes the command.
  EXPECT_EQ(count(report, "\"undecidable\""), 2U) << report;
  for (const char* id :
       {"archive.form", "exhibit.toml", "checkpoint.form", "checkpoint.signature", "signer",
        "ledger.open", "ledger.root", "entry.signature", "statement", "cosignature", "source.bytes",
        "source.records", "run.inputs", "run.findings", "run.coverage", "criteria", "replay"})
    EXPECT_NE(count(report, std::string("\"id\":\"") + id + "\""), 0U) << id << report;
  EXPECT_EQ(count(report, "not looked at"), 0U) << report;
  for (const std::size_t piece : {1U, 2U, 7U, 31U, 33U, 511U})
    EXPECT_EQ(report_of(made.tar(), made.keys(), piece), report);
}

TEST(CaseReader, EveryBitThatIsChangedIsFound) {
  const MadeCase made;
  const std::string tar = made.tar();
  const std::string whole = report_of(tar, made.keys());
  std::mt19937_64 random(6);
  std::size_t padding = 0;
  for (int i = 0; i < 600; ++i) {
    std::string changed = tar;
    const std::size_t bit = random() % (8 * tar.size());
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    const std::string report = report_of(changed, made.keys());
    if (report != whole) continue;
    // A block's padding is no byte of any file.
    EXPECT_EQ(tar[bit / 8], '\0') << bit;
    ++padding;
  }
  EXPECT_LT(padding, 600U);
}

TEST(CaseReader, EachFileThatIsMissingIsNamed) {
  const MadeCase made;
  for (const auto& [name, content] : made.files) {
    MadeCase without;
    without.files = made.files;
    without.files.erase(name);
    const std::string report = report_of(without.tar(), made.keys());
    if (name != "ledger/cert/checkpoint" && name != "ledger/blue/checkpoint" &&
        name != "ledger/blue/cosigned/3") {
      EXPECT_GE(count(report, "the file is missing"), 1U) << name << report;
    }
    EXPECT_NE(report, report_of(made.tar(), made.keys())) << name;
  }
}

// What does not fit is left out line by line, and the verdict stands all the same.
TEST(Report, WantOfRoomHidesNoVerdict) {
  const std::string_view check = R"({"check":{"id":"a","subject":"b)";
  for (std::size_t room = 0; room < 600; ++room) {
    std::vector<char> text(room);
    Report report(text, 0, 1);
    for (const Verdict verdict : {Verdict::valid, Verdict::invalid})
      report.check({.id = "a", .subject = "b\n\xff", .verdict = verdict, .why = {}, .detail = {}});
    report.finish(Verdict::invalid);
    if (room < 64) {
      EXPECT_TRUE(report.text().empty());
      continue;
    }
    EXPECT_TRUE(report.text().ends_with("{\"verdict\":\"invalid\"}\n")) << report.text();
    const std::size_t checks = count(report.text(), check);
    EXPECT_EQ(count(report.text(), "{\"cut\":true}\n"), checks == 2 ? 0U : 1U) << room;
    EXPECT_EQ(count(report.text(), "\n"), checks + (checks == 2 ? 1U : 2U));
  }
}

TEST(CaseReader, CutsAndLittleMemoryBreakNothing) {
  const MadeCase made;
  const std::string tar = made.tar();
  for (std::size_t size = 0; size < tar.size(); size += 199)
    EXPECT_GE(count(report_of(std::string_view(tar).substr(0, size), made.keys()), "\"invalid\""),
              1U);
  for (std::size_t memory = 0; memory < 60'000; memory += 499)
    EXPECT_EQ(count(report_of(tar, made.keys(), 4096, memory), "\"invalid\""), 0U) << memory;
}

}  // namespace
}  // namespace exhibit::verify::core
