// Hand-overs, the end of a case's keys, and the gaps of a chain.
#include <filesystem>

#include "casefile/case_fixture_test.h"
#include "casefile/facts.h"
#include "casefile/home.h"
#include "casefile/impl.h"
#include "exhibit/custody.h"

namespace exhibit::casefile {
namespace {

namespace fs = std::filesystem;
using test_case::CaseTest;
using test_case::lines;
using test_case::verdict_of;
using verify::Verdict;

class CustodyChain : public CaseTest {
 protected:
  CaseOptions as(const std::string& party) {
    CaseOptions out = options();
    out.party = party;
    out.clock = [this] { return now_ += 10'000'000; };
    out.machine = [] {
      Machine machine;
      machine.name = "lab1";
      machine.ntp = Machine::Ntp::synchronised;
      return machine;
    };
    return out;
  }
  Case open(const Home& keys, const std::string& party, const std::string& name = "case") {
    auto opened = Case::open(keys, at(name), as(party));
    if (!opened) throw std::runtime_error(opened.error().what.c_str());
    return *std::move(opened);
  }
  // A case that nothing is wrong with but that nobody else saw it.
  void make(const Home& keys) {
    evidence("a.jsonl", lines(0, 7));
    evidence("b.jsonl", lines(100, 3));
    auto made = Case::create(keys, at("case"), "incident-42", as(std::string(kDefaultParty)));
    ASSERT_TRUE(made);
    ASSERT_TRUE(
        add_to_case(*made, listing(), hunt_options(), {.said = {.authority = "warrant 7"}}));
  }
  Result<Received> received(const Home& keys, const std::string& name = "theirs",
                            Receipt receipt = {.from = std::string(kDefaultParty)}) {
    auto joined = Case::join(keys, at(name), as("examiner"));
    if (!joined && joined.error().code == ErrorCode::exists)
      joined = Case::open(keys, at(name), as("examiner"));
    if (!joined) return std::unexpected(joined.error());
    VerifyOptions options;
    options.threads = 1;
    options.trust = trust_;
    options.home = &keys;
    return receive(*joined, receipt, options);
  }
  void hand_over(const Home& keys, Transfer given = {.to = "examiner"}) {
    Case into = open(keys, std::string(kDefaultParty));
    trust_ = {{.name = {}, .fingerprint = into.summary().fingerprint}};
    ASSERT_TRUE(transfer(into, given));
    fs::remove_all(at("theirs"));
    ASSERT_TRUE(handover(keys, into, at("theirs"), {}));
  }
  CustodyReport chain(const std::string& name = "case") {
    auto report = read_custody(at(name), {});
    if (!report) throw std::runtime_error(report.error().what.c_str());
    return *std::move(report);
  }
  static std::string gaps(const CustodyReport& report) {
    std::string out;
    for (const auto& gap : report.gaps)
      if (gap.id != "time.own-word") out += gap.id + " ";
    return out;
  }

  event::Ticks now_ = 134'000'000'000'000'000;
  std::vector<verify::TrustedKey> trust_;
};

TEST_F(CustodyChain, AHandOverIsSignedByBothSides) {
  const Home ours = home();
  const Home theirs = home("theirs-home");
  make(ours);
  hand_over(ours, {.to = "examiner", .text = "as agreed", .said = {.place = "lab"}});
  const auto done = received(theirs);
  ASSERT_TRUE(done) << done.error().what.c_str();
  EXPECT_EQ(done->report.overall, Verdict::valid);
  EXPECT_TRUE(done->complete);
  EXPECT_EQ(done->transfer.index, 3U);
  ASSERT_TRUE(merge(ours, at("case"), at("theirs")));
  const CustodyReport report = chain();
  ASSERT_EQ(report.hand_overs.size(), 1U);
  const auto& given = report.hand_overs[0];
  EXPECT_TRUE(given.whole && given.given.is_signed);
  EXPECT_EQ(given.given.said.place, "lab");
  EXPECT_EQ(given.text, "as agreed");
  ASSERT_EQ(given.arrivals.size(), 1U);
  EXPECT_TRUE(given.arrivals[0].received.is_signed);
  EXPECT_EQ(given.arrivals[0].verdict, "valid");
  EXPECT_EQ(report.sources.size(), 2U);
  EXPECT_TRUE(report.sources[0].acquired.is_signed);
  EXPECT_EQ(gaps(report), "");
  const Report verified = verify(at("case"), ours);
  EXPECT_EQ(verdict_of(verified, "custody"), Verdict::valid) << text(verified);
}

TEST_F(CustodyChain, OnlyHimToWhomItGoesReceivesItAndOnce) {
  const Home ours = home();
  const Home theirs = home("theirs-home");
  make(ours);
  hand_over(ours, {.to = "somebody"});
  const auto other = received(theirs);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::not_found);
  hand_over(ours, {.to = "examiner", .to_fingerprint = std::string(64, 'a')});
  const auto wrong_key = received(home("second-home"));
  ASSERT_FALSE(wrong_key);
  EXPECT_EQ(wrong_key.error().code, ErrorCode::refused);
  hand_over(ours);
  const Home third = home("third-home");
  ASSERT_TRUE(received(third, "theirs",
                       {.from = std::string(kDefaultParty),
                        .transfer = EntryRef{.party = std::string(kDefaultParty), .index = 5}}));
  const auto again =
      received(third, "theirs",
               {.from = std::string(kDefaultParty),
                .transfer = EntryRef{.party = std::string(kDefaultParty), .index = 5}});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::refused);
}

TEST_F(CustodyChain, WhatDidNotArriveIsOnRecord) {
  const Home ours = home();
  const Home theirs = home("theirs-home");
  make(ours);
  hand_over(ours);
  const std::string lost = chain().sources[0].source.sha256;
  fs::remove(at("theirs/sources/" + lost + "/data"));
  const auto done = received(theirs);
  ASSERT_TRUE(done);
  EXPECT_FALSE(done->complete);
  EXPECT_EQ(done->report.overall, Verdict::undecidable);
  EXPECT_EQ(gaps(chain("theirs")), "receive.incomplete receive.undecided ");
}

TEST_F(CustodyChain, SourcesAreNamedByTheBeginningOfTheirHash) {
  const Home ours = home();
  make(ours);
  Case into = open(ours, std::string(kDefaultParty));
  const std::string sha256 = into.sources()[0].sha256;
  ASSERT_TRUE(transfer(into, {.to = "examiner", .sources = {sha256.substr(0, 8)}}));
  EXPECT_EQ(chain().hand_overs[0].sources, std::vector<std::string>{sha256});
  EXPECT_FALSE(transfer(into, {.to = "examiner", .sources = {sha256.substr(0, 7)}}));
  EXPECT_FALSE(transfer(into, {.to = "examiner", .sources = {std::string(64, '0')}}));
  EXPECT_FALSE(transfer(into, {.to = std::string(kDefaultParty)}));
  EXPECT_FALSE(transfer(into, {.to = "../x"}));
  EXPECT_EQ(gaps(chain()), "transfer.unreceived ");
}

TEST_F(CustodyChain, GapsAreFound) {
  const Home ours = home();
  evidence("a.jsonl", lines(0, 7));
  CaseOptions careless = as(std::string(kDefaultParty));
  careless.custody.operator_name = "";
  careless.machine = [] {
    Machine machine;
    machine.ntp = Machine::Ntp::unsynchronised;
    return machine;
  };
  {
    auto made = Case::create(ours, at("case"), "incident-42", careless);
    ASSERT_TRUE(made);
    ASSERT_TRUE(add_to_case(*made, listing(), hunt_options(), {}));
    ASSERT_TRUE(add_to_case(*made, evidence::list_inputs({"/proc/self/mem"}), hunt_options(), {}));
    now_ -= 1'000'000'000;
    ASSERT_TRUE(say(*made, {.kind = Saying::Kind::note, .text = "later, says the clock not"}));
  }
  {
    auto stranger = Case::join(ours, at("case"), as("stranger"));
    ASSERT_TRUE(stranger);
    ASSERT_TRUE(say(*stranger, {.kind = Saying::Kind::statement, .text = "x"}));
  }
  const CustodyReport report = chain();
  EXPECT_EQ(gaps(report),
            "authority.unnamed clock.unsynchronised operator.unnamed party.never-received "
            "source.partial time.backwards ");
  const auto authority =
      std::ranges::find(report.gaps, "authority.unnamed", &CustodyReport::Gap::id);
  EXPECT_EQ(authority->count, 2U) << "what is the same of many entries is one gap";
  EXPECT_NE(std::ranges::find(report.gaps, "time.own-word", &CustodyReport::Gap::id),
            report.gaps.end());
}

TEST_F(CustodyChain, AnArrivalBeforeItsDepartureIsAGap) {
  const Home ours = home();
  const Home theirs = home("theirs-home");
  make(ours);
  hand_over(ours);
  now_ -= 100'000'000'000;
  ASSERT_TRUE(received(theirs));
  EXPECT_EQ(gaps(chain("theirs")), "receive.before-transfer ");
}

TEST_F(CustodyChain, ACosignatureEndsTheGapUpToWhereItReaches) {
  const Home ours = home();
  make(ours);
  {
    auto other = Case::join(ours, at("case"), as("witness"));
    ASSERT_TRUE(other);
    ASSERT_TRUE(cosign(*other));
  }
  const auto own_word = [&] {
    for (const auto& gap : chain().gaps)
      if (gap.id == "time.own-word" && gap.sentence.find("collector") != std::string::npos)
        return gap;
    return CustodyReport::Gap{};
  };
  EXPECT_EQ(own_word().count, 0U);
  Case into = open(ours, std::string(kDefaultParty));
  ASSERT_TRUE(say(into, {.kind = Saying::Kind::note, .text = "after it"}));
  ASSERT_EQ(own_word().entries.size(), 1U);
  EXPECT_EQ(own_word().entries[0].index, 3U);
}

// ---- destruction

TEST_F(CustodyChain, TheKeysGoAndTheLedgerStays) {
  const Home keys = home();
  make(keys);
  trust_ = {
      {.name = {}, .fingerprint = open(keys, std::string(kDefaultParty)).summary().fingerprint}};
  const auto done = destroy(keys, at("case"), as("collector"), "retention ended", {});
  ASSERT_TRUE(done) << done.error().what.c_str();
  EXPECT_EQ(done->keys_destroyed, std::vector<std::string>{"collector"});
  EXPECT_FALSE(fs::exists(at("home/cases/incident-42/key")));
  EXPECT_FALSE(fs::exists(at("home/keys/collector")));
  VerifyOptions options;
  options.trust = trust_;
  options.home = &keys;
  const Report report = verify(at("case"), options);
  EXPECT_EQ(report.overall, Verdict::undecidable) << text(report);
  EXPECT_NE(text(report).find("collector destroyed the keys that give it"), std::string::npos);
  for (const verify::Check& check : report.checks)
    EXPECT_TRUE(check.verdict == Verdict::valid || check.id == "source.records") << check.id;
  const auto opened = Case::open(keys, at("case"), as("collector"));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::refused);
  EXPECT_EQ(Case::join(keys, at("case"), as("other")).error().code, ErrorCode::refused);
  const auto again = destroy(keys, at("case"), as("collector"), "once more", {});
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->was_closed);
  EXPECT_EQ(chain().acts.back().gist, "case key and signing keys: retention ended");
}

TEST_F(CustodyChain, KeysThatOtherCasesNeedAreKept) {
  const Home keys = home();
  make(keys);
  ASSERT_TRUE(Case::create(keys, at("second"), "second", as("collector")));
  const auto done = destroy(keys, at("case"), as("collector"), "", {});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->keys_kept, std::vector<std::string>{"collector"});
  auto second = Case::open(keys, at("second"), as("collector"));
  ASSERT_TRUE(second);
  EXPECT_TRUE(say(*second, {.kind = Saying::Kind::note, .text = "goes on"}));
  second = fail(ErrorCode::usage, "closed");
  // With the last of them they go.
  EXPECT_EQ(destroy(keys, at("second"), as("collector"), "", {})->keys_destroyed,
            std::vector<std::string>{"collector"});
}

TEST_F(CustodyChain, EveryLogOfTheKeyFolderIsClosed) {
  const Home keys = home();
  make(keys);
  ASSERT_TRUE(Case::join(keys, at("case"), as("counsel")));
  const auto done = destroy(keys, at("case"), as("collector"), "", {});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->entries.size(), 2U);
  EXPECT_EQ(done->keys_destroyed, (std::vector<std::string>{"collector", "counsel"}));
}

// Somebody who kept a copy of the keys, and goes on all the same.
TEST_F(CustodyChain, AnEntryBehindTheEndIsFound) {
  const Home keys = home();
  make(keys);
  fs::copy(at("home"), at("kept"), fs::copy_options::recursive);
  ASSERT_TRUE(destroy(keys, at("case"), as("collector"), "", {}));
  const Home kept = home("kept");
  const auto opened = Case::open(kept, at("case"), as("collector"));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::refused);
  // Past that refusal, with a program of his own.
  Case::Impl impl(kept);
  impl.directory = at("case");
  impl.id = "incident-42";
  impl.party = "collector";
  impl.options = as("collector");
  auto signing = load_signing_keys(kept, "collector");
  ASSERT_TRUE(signing);
  impl.keys = *std::move(signing);
  impl.case_key = *load_case_key(kept, "incident-42");
  ASSERT_TRUE(impl.load());
  std::vector<verify::Statement> statements;
  statements.push_back(
      impl.statement(0, "note", {{.name = "text", .value = "x", .number = false}}));
  ASSERT_TRUE(impl.commit(std::move(statements)));
  EXPECT_EQ(verdict_of(verify(at("case"), kept), "ledger.closed"), Verdict::invalid);
}

TEST_F(CustodyChain, WhoHasNoLogHasNothingToDestroy) {
  const Home keys = home();
  make(keys);
  const auto done = destroy(home("stranger"), at("case"), as("collector"), "", {});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace exhibit::casefile
