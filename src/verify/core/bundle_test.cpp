// The checker of bundles, on bundles made by other code from the same document.
#include <gtest/gtest.h>

#include <random>

#include "verify/core/bundle_testing.h"

namespace exhibit::verify::core {
namespace {

using testing::JsonValue;
using testing::Made;

struct Heard final : Listener {
  std::vector<std::string> lines;  // "id subject: verdict: why (detail)"
  std::vector<std::string> fields;
  std::map<std::string, Verdict> worst;  // by id
  std::size_t steps = 0;
  std::uint64_t withheld_records = 0;
  std::vector<std::string> findings;

  void check(const Check& check) override {
    lines.push_back(std::string(check.id) + " " + std::string(check.subject) + ": " +
                    std::string(to_string(check.verdict)) + ": " + std::string(check.why) + " (" +
                    std::string(check.detail) + ")");
    Verdict& now = worst[std::string(check.id)];
    now = std::max(now, check.verdict);
  }
  void path(const TreePath& path) override { steps += path.steps.size(); }
  void record(const DisclosedRecord& record) override {
    EXPECT_EQ(record.reasons.size() % 8, 0U);
    for (const OpenedField& field : record.fields)
      if (field.slot >= 3)
        fields.push_back(std::string(field.path) + "=" + std::string(field.value));
  }
  void withheld(const WithheldRun& run) override { withheld_records += run.to - run.from; }
  void finding(const NamedFinding& finding) override {
    findings.push_back(std::string(finding.rule));
  }
};

struct Outcome {
  Heard heard;
  Verdict verdict = Verdict::invalid;
  [[nodiscard]] std::string text() const {
    std::string out;
    for (const std::string& line : heard.lines) out += line + "\n";
    return out;
  }
};

Outcome check(std::string_view bundle, const std::string& keys, const std::string& policy = {},
              std::size_t memory = 8 << 20) {
  Outcome out;
  std::vector<std::byte> room(memory);
  Arena arena(room);
  out.verdict = check_bundle(
      bundle,
      {.keys = keys, .policy = policy, .latest_unix_s = 1'800'000'000, .file_name = "b.exhibit"},
      arena, out.heard);
  return out;
}
std::string keys_of(const Made& made) {
  return made.sealer.verifier().to_string() + "\n" + made.discloser.verifier().to_string() + "\n";
}

TEST(Bundle, AWholeOneIsValidToWhoeverKnowsTheKeys) {
  Made made;
  const std::string bundle = made.make();
  const Outcome out = check(bundle, keys_of(made));
  EXPECT_EQ(out.verdict, Verdict::valid) << out.text();
  for (const char* id : {"bundle.form", "bundle.members", "checkpoint.form", "checkpoint.signature",
                         "signer", "entry.inclusion", "entry.form", "entry.signature", "statement",
                         "disclosure", "seen", "shapes", "records", "record", "index"}) {
    ASSERT_TRUE(out.heard.worst.contains(id)) << id << "\n" << out.text();
    EXPECT_EQ(out.heard.worst.at(id), Verdict::valid) << id;
  }
  EXPECT_EQ(out.heard.worst.at("source.fields"), Verdict::undecidable);
  EXPECT_EQ(out.heard.worst.at("source.complete"), Verdict::undecidable);
  EXPECT_GT(out.heard.steps, 0U);
  EXPECT_EQ(out.heard.withheld_records, 5U);
  ASSERT_EQ(out.heard.fields.size(), 4U);
  EXPECT_EQ(out.heard.fields[1], "Event.EventData.Image=C:\\Windows\\a.exe");
  EXPECT_EQ(out.heard.fields[3], "Event.EventData.Note=");
}

TEST(Bundle, WithoutTheKeysTheSignerIsUndecidable) {
  Made made;
  const std::string bundle = made.make();
  EXPECT_EQ(check(bundle, "").verdict, Verdict::undecidable);
  EXPECT_EQ(check(bundle, made.sealer.verifier().to_string()).verdict, Verdict::undecidable);
  const Outcome other = check(bundle, Made().sealer.verifier().to_string());
  EXPECT_EQ(other.verdict, Verdict::undecidable);
  EXPECT_EQ(check(bundle, fingerprint(made.sealer.log_key.public_key()) +
                              "\nsha256:" + fingerprint(made.discloser.log_key.public_key()))
                .verdict,
            Verdict::valid);
  EXPECT_EQ(check(bundle, "rubbish").heard.worst.at("trust"), Verdict::undecidable);
}

TEST(Bundle, APolicyTellsWhoSawHowMuch) {
  Made made;
  const std::string bundle = made.make();
  const Outcome none = check(bundle, "", made.policy());
  EXPECT_EQ(none.verdict, Verdict::valid) << none.text();
  EXPECT_EQ(none.heard.worst.at("cosignature"), Verdict::valid);
  std::string asks = made.policy();
  asks.replace(asks.find("quorum none"), 11, "quorum court");
  const Outcome out = check(bundle, "", asks);
  EXPECT_EQ(out.verdict, Verdict::undecidable);
  EXPECT_NE(
      out.text().find("policy.quorum blue: undecidable: the policy's quorum has seen only the "
                      "first entries (2 of 3 entries, by 1700000000 s"),
      std::string::npos)
      << out.text();
}

TEST(Bundle, FindingsAreNamedAndLeftToTheCommand) {
  Made made;
  made.add_finding();
  const Outcome out = check(made.make(), keys_of(made));
  EXPECT_EQ(out.verdict, Verdict::undecidable) << out.text();
  EXPECT_EQ(out.heard.worst.at("finding.rule"), Verdict::undecidable);
  EXPECT_EQ(out.heard.findings,
            std::vector<std::string>{base::to_hex(seal::sha256(as_bytes("title: a rule\n")))});
  EXPECT_NE(out.text().find("exhibit verify b.exhibit"), std::string::npos);
}

// Each wrong in one way: the check that is named says so.
TEST(Bundle, WhatIsWrongIsNamed) {
  const auto expect = [](const char* id, const std::function<void(Made&)>& change) {
    Made made;
    change(made);
    const Outcome out = check(made.make(), keys_of(made));
    EXPECT_EQ(out.verdict, Verdict::invalid) << id << "\n" << out.text();
    EXPECT_TRUE(out.heard.worst.contains(id) && out.heard.worst.at(id) == Verdict::invalid)
        << id << "\n"
        << out.text();
  };
  const auto records = [](Made& m) -> std::string& {
    return m.sources["sources/" + m.source.name() + "/records"];
  };
  const auto shapes = [](Made& m) -> std::string& {
    return m.sources["sources/" + m.source.name() + "/shapes"];
  };
  const auto set_range = [](Made& m, const char* member, std::uint64_t value) {
    JsonValue range = m.bundle.find("ranges")->items().front();
    range.set(member, JsonValue::unsigned_integer(value));
    JsonValue ranges = JsonValue::array();
    ranges.push(std::move(range));
    m.bundle.set("ranges", std::move(ranges));
  };
  // The account
  expect("index", [&](Made& m) { set_range(m, "from", 0); });
  expect("index", [&](Made& m) { set_range(m, "to", 10); });
  expect("index", [&](Made& m) { set_range(m, "to", 12); });
  expect("index", [&](Made& m) {  // a record disclosed that is also withheld
    records(m) = m.source.record(2, 0, {1}) + m.source.record(3, 1, {1, 3}) +
                 m.source.record(5, 1, {1, 3, 5}) + m.source.record(6, 0, {1});
  });
  expect("index", [&](Made& m) {  // and one that is outside
    records(m) += m.source.record(10, 0, {1});
  });
  // Records
  expect("record", [&](Made& m) {  // a value of another record
    records(m) = m.source.record(2, 0, {0, 1, 3}) + m.source.record(5, 1, {1, 3, 5}) +
                 m.source.record(6, 0, {1});
    const std::size_t at = records(m).find("<Event>2");
    records(m)[at + 7] = '3';
  });
  expect("record", [&](Made& m) {  // slot 1 withheld: no name is bound
    records(m) =
        m.source.record(2, 0, {3}) + m.source.record(5, 1, {1, 3, 5}) + m.source.record(6, 0, {1});
  });
  expect("record", [&](Made& m) {  // slot 4 opened, whose path is withheld
    records(m) = m.source.record(2, 0, {0, 1, 3, 4}) + m.source.record(5, 1, {1, 4}) +
                 m.source.record(6, 0, {1});
  });
  expect("record", [&](Made& m) {  // the other's shape
    shapes(m) = m.source.shape(5, true) + m.source.shape(2, true);
  });
  expect("record", [&](Made& m) {  // at another place of the tree
    std::string& all = records(m);
    all[1 + 7] = 1;
  });
  expect("records", [&](Made& m) {
    records(m) =
        m.source.record(2, 0, {1}) + m.source.record(6, 0, {1}) + m.source.record(5, 1, {1});
  });
  expect("records", [&](Made& m) { records(m) += "x"; });
  expect("records",
         [&](Made& m) { records(m) = m.source.record(2, 1, {1}) + m.source.record(5, 0, {1}); });
  // Shapes
  expect("shapes", [&](Made& m) { shapes(m) += m.source.shape(5, true); });
  expect("shapes",
         [&](Made& m) { records(m) = m.source.record(2, 0, {1}) + m.source.record(6, 0, {1}); });
  expect("record", [&](Made& m) {  // one path more in a list that is said to be whole
    std::string& all = shapes(m);
    const std::string whole = m.source.shape(2, true);
    all = whole.substr(0, 36) + "\x03" + whole.substr(37) + testing::prefixed("Event.X") +
          m.source.shape(5, false);
  });
  // Members and their order
  expect("bundle.members",
         [&](Made& m) { m.change = [](auto& files) { files.back().second.back() ^= 1; }; });
  expect("bundle.form", [&](Made& m) {
    m.change = [](auto& files) { std::swap(files[files.size() - 1], files[files.size() - 2]); };
  });
  expect("bundle.form",
         [&](Made& m) { m.change = [](auto& files) { files.emplace_back("bundle/extra", "x"); }; });
  expect("bundle.form", [&](Made& m) {
    m.change = [](auto& files) { files.emplace_back("elsewhere/extra", "x"); };
  });
  expect("bundle.form",
         [&](Made& m) { m.change = [](auto& files) { files[0].second.insert(1, " "); }; });
  expect("bundle.form", [&](Made& m) { m.bundle.set("more", JsonValue{}); });
  expect("bundle.form", [&](Made& m) { m.bundle.set("tlp", JsonValue::string("WHITE")); });
  expect("bundle.form",
         [&](Made& m) { m.bundle.set("format", JsonValue::string("exhibit/bundle/2")); });
  // What the discloser signed
  expect("disclosure", [&](Made& m) {
    m.change = [](auto& files) {
      files[0].second.replace(files[0].second.find("AMBER"), 5, "GREEN");
    };
  });
  expect("bundle.form", [&](Made& m) { m.bundle.set("party", JsonValue::string("mallory")); });
  // Logs
  expect("seen", [&](Made& m) {  // another history of the same size
    testing::Log other(m.case_id, "blue");
    other.add("note", {});
    const std::string text =
        seal::Checkpoint{
            .origin = m.sealer.origin, .size = 2, .root = seal::tree_root(other.leaves)}
            .to_text();
    m.seen = m.sealer.seen_line(2, seal::sign_note(text, m.sealer.origin, m.sealer.log_key));
  });
  expect("seen", [&](Made& m) {  // signed by somebody else
    m.seen = m.sealer.seen_line(
        2, seal::sign_note(m.sealer.checkpoint_text(2), m.sealer.origin, m.witness_key));
  });
  expect("checkpoint.signature", [&](Made& m) {
    m.change = [&m](auto& files) {
      files[1].second =
          seal::sign_note(m.sealer.checkpoint_text(3), m.sealer.origin, m.witness_key);
    };
  });
  expect("entry.inclusion", [&](Made& m) {  // a checkpoint of the first entry only
    m.change = [&m](auto& files) { files[1].second = m.sealer.checkpoint(1); };
  });
  expect("entry.form", [&](Made& m) {  // a third kind of entry
    m.change = [&m](auto& files) { files[2].second += m.sealer.line(2, {}); };
  });
  expect("statement", [&](Made& m) {  // the root is withheld
    m.change = [&m](auto& files) {
      files[2].second =
          m.sealer.line(0, {"case", "party", "origin", "log_key", "entry_key", "cosign_key"}) +
          m.sealer.line(1, {"pseudonym", "format", "record_tree.size"});
    };
  });
  expect("statement", [&](Made& m) {  // the cosigner's key is
    m.change = [&m](auto& files) {
      files[2].second =
          m.sealer.line(0, {"case", "party", "origin", "log_key", "entry_key"}) +
          m.sealer.line(1, {"pseudonym", "format", "record_tree.root", "record_tree.size"});
    };
  });
  expect("disclosure", [&](Made& m) { m.disclose_fields = {"bundle_sha256", "tlp"}; });
}

TEST(Bundle, SlackHasATreeOfItsOwnAndAMissingOneIsUndecidable) {
  Made made;
  const std::string name = "sources/" + made.source.name() + "/records";
  made.sources[name][0] =
      1;  // the first record is said to be slack: no statement names such a tree
  const Outcome out = check(made.make(), keys_of(made));
  EXPECT_EQ(out.heard.worst.at("records"), Verdict::invalid) << out.text();
}

// Every bit of the file is sealed, but for what the document lists: signature lines under keys that
// nobody knows. Here the witness is known, and every line is.
TEST(Bundle, EveryBitThatIsChangedIsFound) {
  Made made;
  made.add_finding();
  const std::string bundle = made.make();
  const std::string policy = made.policy();
  const Outcome whole = check(bundle, "", policy);
  ASSERT_EQ(whole.verdict, Verdict::undecidable);  // for its finding alone
  std::mt19937_64 random(5);
  constexpr std::size_t kChanges = 600;
  for (std::size_t i = 0; i < kChanges; ++i) {
    std::string changed = bundle;
    const std::size_t bit = random() % (8 * bundle.size());
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    const Outcome out = check(changed, "", policy);
    // What is changed in a cosigner's line may make it one of an unknown key.
    const bool line_lost =
        out.verdict == Verdict::undecidable && !out.heard.worst.contains("cosignature");
    EXPECT_TRUE(out.verdict == Verdict::invalid || line_lost)
        << "bit " << bit << " at " << bundle.substr(bit / 8 - 20, 40) << "\n"
        << out.text();
  }
  // The seen line's cosigner's name, and the key hash behind it, are the only such bytes.
}

// Cut anywhere, or with too little memory, it is never valid and nothing breaks.
TEST(Bundle, CutsAndLittleMemoryAreNeverValid) {
  Made made;
  const std::string bundle = made.make();
  for (std::size_t size = 0; size < bundle.size(); size += 97)
    EXPECT_EQ(check(std::string_view(bundle).substr(0, size), keys_of(made)).verdict,
              Verdict::invalid);
  EXPECT_EQ(check(bundle + '\0', keys_of(made)).verdict, Verdict::invalid);
  for (std::size_t memory = 0; memory < 100'000; memory += 499) {
    const Outcome out = check(bundle, keys_of(made), {}, memory);
    EXPECT_NE(out.verdict, Verdict::invalid) << memory << "\n" << out.text();
    if (out.verdict == Verdict::valid) break;
  }
}

}  // namespace
}  // namespace exhibit::verify::core
