// Several parties in one case: their own logs, what they say, that they saw each other's, and what
// becomes of copies that went different ways.
#include <algorithm>
#include <filesystem>
#include <random>

#include "base/text.h"
#include "casefile/case_fixture_test.h"
#include "casefile/impl.h"
#include "casefile/layout.h"

namespace exhibit::casefile {
namespace {

namespace fs = std::filesystem;
using test_case::CaseTest;
using test_case::lines;
using test_case::verdict_of;
using verify::Verdict;

/// The collector and the accused, each with a key folder and a copy of the case of his own.
class Parties : public CaseTest {
 protected:
  void SetUp() override {
    CaseTest::SetUp();
    sealed(collector_, "case");
    copy("case", "theirs");
  }
  void copy(const std::string& from, const std::string& to) const {
    fs::copy(at(from), at(to), fs::copy_options::recursive);
  }
  CaseOptions as(const std::string& party) const {
    CaseOptions out = options();
    out.party = party;
    return out;
  }
  Case join(const Home& keys, const std::string& place, const std::string& party) const {
    auto joined = Case::join(keys, at(place), as(party));
    if (!joined) throw std::runtime_error(joined.error().what.c_str());
    return *std::move(joined);
  }
  Case reopen(const Home& keys, const std::string& place, const std::string& party) const {
    auto opened = Case::open(keys, at(place), as(party));
    if (!opened) throw std::runtime_error(opened.error().what.c_str());
    return *std::move(opened);
  }
  static std::uint64_t said(Case& into, const Saying& saying) {
    const auto done = say(into, saying);
    if (!done) throw std::runtime_error(done.error().what.c_str());
    return *done;
  }
  std::vector<Merged> merged(const std::string& into, const std::string& from) const {
    auto done = merge(collector_, at(into), at(from));
    if (!done) throw std::runtime_error(done.error().what.c_str());
    return *std::move(done);
  }
  static Merged of(const std::vector<Merged>& all, const std::string& party) {
    for (const Merged& one : all)
      if (one.party == party) return one;
    ADD_FAILURE() << party;
    return {};
  }
  // Whoever trusts both keys.
  Report judge(const std::string& place) const {
    VerifyOptions options;
    for (const Home& keys : {collector_, accused_})
      if (const auto list = keys.list_keys())
        for (const PartyKeys& key : *list)
          options.trust.push_back({.name = {}, .fingerprint = key.fingerprint});
    return verify(at(place), options);
  }
  // The worst verdict but for what needs K_source, which this verifier has not got.
  static Verdict sound(const Report& report) {
    Verdict worst = Verdict::valid;
    for (const verify::Check& check : report.checks)
      if (check.id != "source.records") worst = std::max(worst, check.verdict);
    return worst;
  }
  std::string finding() const {
    const auto opened = Case::open_read_only(collector_, at("case"));
    std::string id;
    EXPECT_TRUE(for_each_finding(*opened, 1, [&](const ListedFinding& f) { id = f.id; }));
    return id;
  }

  const Home collector_ = home("collector-home"), accused_ = home("accused-home");
};

TEST_F(Parties, TheAccusedAnswersInALogOfHisOwn) {
  {
    Case theirs = join(accused_, "theirs", "accused");
    EXPECT_EQ(said(theirs, {.kind = Saying::Kind::challenge,
                            .text = "The clock of ws1 was wrong.",
                            .finding = finding().substr(0, 6),
                            .field = "UtcTime"}),
              1U);
  }
  const Report there = judge("theirs");
  EXPECT_EQ(sound(there), Verdict::valid) << text(there);
  ASSERT_EQ(there.logs.size(), 2U);
  EXPECT_EQ(there.logs[0].party, "accused");
  EXPECT_EQ(verdict_of(there, "saying"), Verdict::valid);

  const auto done = merged("case", "theirs");
  EXPECT_EQ(of(done, "accused").what, Merged::What::added);
  EXPECT_EQ(of(done, "accused").added, 2U);
  EXPECT_EQ(of(done, "collector").what, Merged::What::same);
  Case ours = reopen(collector_, "case", "collector");
  Saying answer{
      .kind = Saying::Kind::answer,
      .text = "It was set by NTP; the record is in the appendix.",
      .about = EntryRef{.party = "accused", .index = 1},
      .finding = {},
      .field = {},
      .pack_sha256 = {},
      .files = {{.name = "appendix.pdf", .sha256 = std::string(64, 'a'), .size_bytes = 12}}};
  said(ours, answer);
  // Only a challenge is answered.
  answer.about->index = 0;
  EXPECT_EQ(say(ours, answer).error().code, ErrorCode::usage);
  answer.about->index = 7;
  EXPECT_EQ(say(ours, answer).error().code, ErrorCode::not_found);
  const Report report = judge("case");
  EXPECT_EQ(sound(report), Verdict::valid) << text(report);

  std::vector<std::string> listed;
  ASSERT_TRUE(for_each_entry(ours, [&](const LedgerLine& line) {
    listed.push_back(line.party + "/" + std::to_string(line.index) + " " + line.kind);
    EXPECT_TRUE(line.opened);
  }));
  EXPECT_EQ(listed,
            (std::vector<std::string>{"accused/0 open", "accused/1 challenge", "collector/0 open",
                                      "collector/1 acquire", "collector/2 acquire",
                                      "collector/3 run", "collector/4 answer"}));
}

TEST_F(Parties, SayingNeedsWhatItIsAbout) {
  Case theirs = join(accused_, "theirs", "accused");
  const auto code = [&](const Saying& saying) {
    const auto done = say(theirs, saying);
    return done ? ErrorCode{} : done.error().code;
  };
  Saying saying;
  EXPECT_EQ(code(saying), ErrorCode::usage);  // nothing said
  saying.text = "\xff";
  EXPECT_EQ(code(saying), ErrorCode::usage);
  saying.text = std::string(kSayingSizeBytesMax + 1, 'x');
  EXPECT_EQ(code(saying), ErrorCode::limit);
  saying.text = "No.";
  saying.kind = Saying::Kind::challenge;
  EXPECT_EQ(code(saying), ErrorCode::usage);  // of what?
  saying.finding = "ffff";
  EXPECT_EQ(code(saying), ErrorCode::not_found);
  saying.finding.clear();
  saying.field = "Image";
  saying.about = EntryRef{.party = "collector", .index = 3};
  EXPECT_EQ(code(saying), ErrorCode::usage);  // a field of no finding
  saying = {.kind = Saying::Kind::agree, .pack_sha256 = std::string(64, '0')};
  EXPECT_EQ(code(saying), ErrorCode::not_found);
  saying.pack_sha256 = theirs.impl().run_facts.at(0).pack_sha256;
  EXPECT_EQ(code(saying), ErrorCode{});
}

TEST_F(Parties, OnePartySealsTheSources) {
  Case theirs = join(accused_, "theirs", "accused");
  evidence("more.jsonl", lines(300, 2));
  const auto hunted =
      hunt_into_case(theirs, listing("evidence"), pack(), {}, hunt_options(), SealOptions{});
  ASSERT_FALSE(hunted);
  EXPECT_EQ(hunted.error().code, ErrorCode::refused);
  // His writing leaves what the collector sealed alone.
  EXPECT_TRUE(fs::exists(at("theirs/runs/1/run.json")));
  EXPECT_EQ(sound(judge("theirs")), Verdict::valid);
  EXPECT_EQ(Case::join(accused_, at("theirs"), as("accused")).error().code, ErrorCode::exists);
}

TEST_F(Parties, CosigningSaysWhatWasSeenAndWhen) {
  {
    Case theirs = join(accused_, "theirs", "accused");
    const auto done = cosign(theirs);
    ASSERT_TRUE(done);
    ASSERT_EQ(done->size(), 1U);
    EXPECT_EQ((*done)[0].party, "collector");
    EXPECT_TRUE((*done)[0].added);
    EXPECT_EQ((*done)[0].tree_size, 4U);
    EXPECT_FALSE((*cosign(theirs))[0].added);  // once for each size
  }
  EXPECT_EQ(of(merged("case", "theirs"), "collector").cosignatures, 1U);
  EXPECT_EQ(of(merged("case", "theirs"), "collector").cosignatures, 0U);
  evidence("more.jsonl", lines(300, 2));
  Case ours = reopen(collector_, "case", "collector");
  ASSERT_TRUE(hunt_into_case(ours, listing(), pack(), {}, hunt_options()));
  const Report report = judge("case");
  EXPECT_EQ(sound(report), Verdict::valid) << text(report);
  ASSERT_EQ(report.logs.at(1).seen.size(), 1U);
  EXPECT_EQ(report.logs[1].seen[0].party, "accused");
  EXPECT_EQ(report.logs[1].seen[0].time, "2025-08-18T14:13:20.0000000Z");
  EXPECT_EQ(report.logs[1].seen[0].tree_size, 4U);
  EXPECT_TRUE(report.logs[1].seen[0].trusted);
  // To whoever does not know the accused's key, anybody may have said so.
  VerifyOptions only_collector;
  only_collector.trust.push_back(
      {.name = {}, .fingerprint = collector_.list_keys()->at(0).fingerprint});
  EXPECT_FALSE(verify(at("case"), only_collector).logs.at(1).seen.at(0).trusted);
  EXPECT_TRUE(report.unsealed_files.empty());

  // Another history than the one that was cosigned is known as such, without any key folder.
  fs::remove_all(at("case"));
  const auto rewritten = [&] {
    // The collector, with his own keys, seals again what he likes better.
    fs::remove_all(at("collector-home/seen"));
    fs::remove_all(at("collector-home/cases"));
    fs::remove(at("evidence/more.jsonl"));
    auto made = Case::create(collector_, at("case"), "incident-42", options());
    evidence("a.jsonl", lines(0, 6));
    EXPECT_TRUE(hunt_into_case(*made, listing(), pack(), {}, hunt_options()));
  };
  rewritten();
  EXPECT_EQ(sound(judge("case")), Verdict::valid);
  fs::create_directories(at("case/ledger/collector/cosigned"));
  fs::copy_file(at("theirs/ledger/collector/cosigned/4"), at("case/ledger/collector/cosigned/4"));
  const Report forked = judge("case");
  EXPECT_EQ(verdict_of(forked, "cosignature"), Verdict::invalid) << text(forked);
}

TEST_F(Parties, NobodyCosignsWhatIsOlderOrAnother) {
  copy("theirs", "old");
  {
    evidence("more.jsonl", lines(300, 2));
    Case ours = reopen(collector_, "case", "collector");
    ASSERT_TRUE(hunt_into_case(ours, listing(), pack(), {}, hunt_options()));
  }
  copy("case", "new");
  Case theirs = join(accused_, "new", "accused");
  ASSERT_TRUE((*cosign(theirs))[0].added);
  merged("old", "new/ledger/../../old");  // nothing: itself
  // The older copy, with the accused's log put into it.
  copy("new/ledger/accused", "old/ledger/accused");
  copy("new/statements/accused", "old/statements/accused");
  Case again = reopen(accused_, "old", "accused");
  const auto refused = cosign(again);
  ASSERT_TRUE(refused);
  ASSERT_TRUE((*refused)[0].refused);
  EXPECT_EQ((*refused)[0].refused->code, ErrorCode::refused);
  EXPECT_FALSE(fs::exists(at("old/ledger/collector/cosigned")));
  // Another history, longer than the one that was seen, and signed as well.
  copy("theirs", "other");
  fs::remove_all(at("collector-home/seen"));
  {
    Case other = reopen(collector_, "other", "collector");
    for (int i = 0; i < 4; ++i) said(other, {.kind = Saying::Kind::note, .text = "Otherwise."});
  }
  copy("new/ledger/accused", "other/ledger/accused");
  copy("new/statements/accused", "other/statements/accused");
  Case third = reopen(accused_, "other", "accused");
  const auto another = cosign(third);
  ASSERT_TRUE(another);
  ASSERT_TRUE((*another)[0].refused);
  EXPECT_EQ((*another)[0].refused->code, ErrorCode::refused);
  // Nor does its own party go on from it, who has seen the first.
  fs::remove_all(at("collector-home/seen"));
  reopen(collector_, "case", "collector");
  copy("other", "other-again");
  const auto opened = Case::open(collector_, at("other-again"), as("collector"));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::refused);
}

TEST_F(Parties, MergingTakesSourcesAndRunsWithTheLogThatNamesThem) {
  evidence("more.jsonl", lines(300, 2));
  {
    Case ours = reopen(collector_, "case", "collector");
    ASSERT_TRUE(hunt_into_case(ours, listing(), pack(), {}, hunt_options()));
    ASSERT_TRUE(handover(collector_, ours, at("out.tar"), {.tar = true}));
  }
  join(accused_, "theirs", "accused");
  const auto done = merged("theirs", "out.tar");
  EXPECT_EQ(of(done, "collector").what, Merged::What::extended);
  EXPECT_EQ(of(done, "collector").added, 2U);
  const Report report = judge("theirs");
  EXPECT_EQ(sound(report), Verdict::valid) << text(report);
  EXPECT_EQ(verdict_of(report, "run.findings"), Verdict::valid) << text(report);
  EXPECT_TRUE(report.unsealed_files.empty()) << report.unsealed_files.front();
  EXPECT_EQ(of(merged("theirs", "out.tar"), "collector").what, Merged::What::same);
}

TEST_F(Parties, AForkIsKeptAsTheEvidenceThatItIs) {
  join(accused_, "theirs", "accused");
  // Two copies of the collector's log go on differently, both signed with his key.
  copy("case", "other");
  {
    Case ours = reopen(collector_, "case", "collector");
    said(ours, {.kind = Saying::Kind::note, .text = "To the court: no."});
  }
  fs::remove_all(at("collector-home/seen"));
  {
    Case other = reopen(collector_, "other", "collector");
    said(other, {.kind = Saying::Kind::note, .text = "To the accused: yes."});
    said(other, {.kind = Saying::Kind::note, .text = "Yes indeed."});
  }
  EXPECT_EQ(of(merged("theirs", "other"), "collector").what, Merged::What::extended);
  const auto done = merged("theirs", "case");
  EXPECT_EQ(of(done, "collector").what, Merged::What::forked);
  const Report report = judge("theirs");
  EXPECT_EQ(report.overall, Verdict::invalid);
  EXPECT_EQ(verdict_of(report, "fork"), Verdict::invalid);
  EXPECT_NE(text(report).find("they part at entry 4; here 6 entries, there 5"), std::string::npos)
      << text(report);
  // The accused's own log stays as good as it was.
  EXPECT_EQ(report.logs.at(0).party, "accused");
  EXPECT_EQ(report.logs[0].verdict, Verdict::valid);
  EXPECT_EQ(report.logs.at(1).verdict, Verdict::invalid);
  // What anybody can write is no fork.
  for (const auto& entry : fs::directory_iterator(at("theirs/forks/collector")))
    exhibit::test::write_file(entry.path() / "checkpoint",
                              "incident-42/collector\n5\nAAAA\n\n— x AAAAAAAA\n");
  const Report plain = judge("theirs");
  EXPECT_EQ(sound(plain), Verdict::valid) << text(plain);
  EXPECT_EQ(plain.unsealed_files.size(), 2U);
}

TEST_F(Parties, WhatIsNotWholeIsRefusedAndHoldsUpNobody) {
  {
    Case theirs = join(accused_, "theirs", "accused");
    said(theirs, {.kind = Saying::Kind::statement, .text = "It was not us."});
  }
  copy("theirs", "bent");
  const auto flip = [&](const std::string& name) {
    std::string bytes = exhibit::test::read_file(at(name));
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    exhibit::test::write_file(at(name), bytes);
  };
  flip("bent/statements/accused/1.json");
  const auto done = merged("case", "bent");
  EXPECT_EQ(of(done, "accused").what, Merged::What::refused);
  EXPECT_EQ(of(done, "collector").what, Merged::What::same);
  EXPECT_FALSE(fs::exists(at("case/ledger/accused")));
  EXPECT_EQ(sound(judge("case")), Verdict::valid);
  // Whole, it is taken; bent afterwards, the collector still writes his own log.
  merged("case", "theirs");
  flip("case/ledger/accused/tile/entries/000.p/2");
  {
    Case ours = reopen(collector_, "case", "collector");
    said(ours, {.kind = Saying::Kind::note, .text = "Going on."});
  }
  const Report report = judge("case");
  EXPECT_EQ(report.overall, Verdict::invalid);
  EXPECT_EQ(report.logs.at(1).verdict, Verdict::valid) << text(report);
  EXPECT_EQ(of(merged("case", "theirs"), "accused").what, Merged::What::refused);
}

// Links in what was sent lead nowhere.
TEST_F(Parties, MergingFollowsNoLinkOutOfWhatWasSent) {
  exhibit::test::write_file(dir_.path() / "secret", "K_case\n");
  join(accused_, "theirs", "accused");
  fs::remove(at("theirs/statements/accused/0.json"));
  const std::string real = at("elsewhere.json");
  copy("theirs/ledger", "ledger-of-theirs");
  fs::create_symlink(at("secret"), at("theirs/statements/accused/0.json"));
  EXPECT_EQ(of(merged("case", "theirs"), "accused").what, Merged::What::refused);
  EXPECT_FALSE(fs::exists(at("case/statements/accused")));
}

TEST_F(Parties, AnotherCasesLogsAreNotMerged) {
  auto made = Case::create(collector_, at("second"), "incident-43", options());
  ASSERT_TRUE(made);
  made = fail(ErrorCode::io, "closed");
  const auto done = merge(collector_, at("case"), at("second"));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::usage);
}

TEST_F(Parties, AHandoverHasEveryLog) {
  {
    Case theirs = join(accused_, "theirs", "accused");
    said(theirs, {.kind = Saying::Kind::statement, .text = "It was not us."});
    ASSERT_TRUE(cosign(theirs));
  }
  merged("case", "theirs");
  const auto from = Case::open_read_only(collector_, at("case"));
  ASSERT_TRUE(handover(collector_, *from, at("out.tar"), {.tar = true}));
  const Report report = judge("out.tar");
  EXPECT_EQ(sound(report), Verdict::valid) << text(report);
  EXPECT_EQ(report.logs.size(), 2U);
  EXPECT_EQ(report.logs.at(1).seen.size(), 1U);
}

// In whatever file of any party: the verdict is no longer valid, or what is no longer proven is
// listed.
TEST_F(Parties, AnyChangedBitIsFoundOrListed) {
  {
    Case theirs = join(accused_, "theirs", "accused");
    said(theirs, {.kind = Saying::Kind::challenge,
                  .text = "No.",
                  .about = EntryRef{.party = "collector", .index = 3}});
    ASSERT_TRUE(cosign(theirs));
  }
  ASSERT_TRUE(request_stamp(accused_, at("theirs"), "accused", ""));
  const Report before = judge("theirs");
  ASSERT_EQ(sound(before), Verdict::valid) << text(before);
  ASSERT_TRUE(before.unsealed_files.empty());
  std::vector<fs::path> all;
  for (const char* folder : {"theirs/ledger", "theirs/statements"})
    for (const auto& entry : fs::recursive_directory_iterator(at(folder)))
      if (entry.is_regular_file()) all.push_back(entry.path());
  std::ranges::sort(all);
  ASSERT_GT(all.size(), 10U);
  std::mt19937_64 random(44);
  for (const fs::path& path : all) {
    const std::string bytes = exhibit::test::read_file(path);
    for (int i = 0; i < 24; ++i) {
      std::string bent = bytes;
      const std::size_t bit = random() % (bent.size() * 8);
      bent[bit / 8] = static_cast<char>(bent[bit / 8] ^ (1 << (bit % 8)));
      exhibit::test::write_file(path, bent);
      const Report report = judge("theirs");
      EXPECT_TRUE(sound(report) != Verdict::valid || !report.unsealed_files.empty())
          << path << " bit " << bit << "\n"
          << text(report);
    }
    exhibit::test::write_file(path, bytes);
  }
}

}  // namespace
}  // namespace exhibit::casefile
