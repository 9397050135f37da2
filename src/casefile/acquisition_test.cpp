// What an acquisition puts on record beside the bytes.
#include <filesystem>

#include "casefile/case_fixture_test.h"
#include "casefile/facts.h"
#include "casefile/impl.h"
#include "casefile/party_log.h"

namespace exhibit::casefile {
namespace {

using test_case::CaseTest;
using test_case::lines;
using test_case::verdict_of;
using verify::Verdict;

class Acquisition : public CaseTest {
 protected:
  void SetUp() override {
    CaseTest::SetUp();
    evidence("a.jsonl", lines(0, 4));
  }
  CaseOptions on_machine() const {
    CaseOptions out = options();
    out.machine = [] {
      return Machine{.name = "lab1",
                     .system = "Linux 6.1 x86_64",
                     .account = "ada",
                     .folder = "/mnt",
                     .clock_source = "tsc",
                     .ntp = Machine::Ntp::synchronised,
                     .offset_ns = -17,
                     .estimated_error_ns = 1000,
                     .maximum_error_ns = 2000,
                     .zone_offset_s = 28'800};
    };
    return out;
  }
  Result<CaseHunt> add(const SealOptions& seal, Case& into) const {
    return add_to_case(into, listing(), hunt_options(), seal);
  }
  Case made(const std::string& name = "case") const {
    auto made = Case::create(home(), at(name), name, on_machine());
    if (!made) throw std::runtime_error(made.error().what.c_str());
    return *std::move(made);
  }
  SourceFacts acquired(std::uint64_t entry = 1, const std::string& name = "case") const {
    const auto statement = read_statement(at(name), kDefaultParty, entry);
    bool slack_only = false;
    auto facts = statement ? read_acquire(*statement, slack_only)
                           : Result<SourceFacts>(std::unexpected(statement.error()));
    if (!facts) throw std::runtime_error(facts.error().what.c_str());
    return *std::move(facts);
  }
};

TEST_F(Acquisition, SaysWhoWhereAndWithWhichClock) {
  Case into = made();
  const Circumstances said{.role = "responder",
                           .authority = "warrant 7",
                           .place = "lab",
                           .medium = "disk 1",
                           .write_blocker = "T35u",
                           .exhibit_number = "KH/1",
                           .source_clock = "3 s fast"};
  ASSERT_TRUE(add({.said = said}, into));
  const SourceFacts facts = acquired();
  EXPECT_EQ(facts.acquisition.said, said);
  ASSERT_TRUE(facts.acquisition.machine);
  EXPECT_EQ(facts.acquisition.machine->name, "lab1");
  EXPECT_EQ(facts.acquisition.machine->ntp, Machine::Ntp::synchronised);
  EXPECT_EQ(facts.acquisition.machine->offset_ns, -17);
  EXPECT_EQ(facts.acquisition.machine->zone_offset_s, 28'800);
  ASSERT_TRUE(facts.acquisition.file);
  EXPECT_EQ(facts.acquisition.file->size_bytes, facts.source.size_bytes);
  EXPECT_EQ(facts.acquisition.file->changed_unix_ns, facts.changed_unix_ns);
  EXPECT_GE(facts.acquisition.file->accessed_unix_ns, facts.source.info.modified_unix_ns);
  EXPECT_FALSE(facts.acquisition.file->file_system.empty());
  EXPECT_FALSE(facts.acquisition.began.empty());
  EXPECT_EQ(facts.acquisition.read_errors_count, 0U);
  EXPECT_EQ(verify(at("case"), home()).overall, Verdict::valid);
}

TEST_F(Acquisition, WhatTheKernelSaysOfItsClockIsRead) {
  const Machine machine = this_machine();
  EXPECT_FALSE(machine.name.empty());
  EXPECT_FALSE(machine.system.empty());
  EXPECT_NE(machine.ntp, Machine::Ntp::unknown);
}

TEST_F(Acquisition, ALongTextIsRefusedAndNothingIsAdded) {
  Case into = made();
  const auto done = add({.said = {.place = std::string(kCircumstanceSizeBytesMax + 1, 'x')}}, into);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::usage);
  EXPECT_EQ(into.summary().tree_size, 1U);
}

TEST_F(Acquisition, FurtherDigestsAreSealedAndRecomputed) {
  Case into = made();
  ASSERT_TRUE(add({.digests = {seal::OtherHash::sm3, seal::OtherHash::md5}}, into));
  const auto digests = acquired().acquisition.digests;
  ASSERT_EQ(digests.size(), 2U);
  EXPECT_EQ(digests[0].first, seal::OtherHash::md5) << "in one order, however they were asked for";
  EXPECT_EQ(verdict_of(verify(at("case"), home()), "source.digests"), Verdict::valid);
  // Without K_source they are recomputed too.
  const Home stranger = home("stranger");
  VerifyOptions options;
  options.home = &stranger;
  EXPECT_EQ(verdict_of(verify(at("case"), options), "source.digests"), Verdict::valid);
}

// A collector who seals a digest that is not the source's.
TEST_F(Acquisition, ADigestThatIsNotTheSourcesIsFound) {
  Case into = made();
  ASSERT_TRUE(add({.digests = {seal::OtherHash::md5}}, into));
  SourceFacts facts = acquired();
  facts.acquisition.digests[0].second = std::string(32, '0');
  auto forged = Case::create(home(), at("forged"), "forged", on_machine());
  ASSERT_TRUE(forged);
  std::filesystem::copy(at("case/sources"), at("forged/sources"),
                        std::filesystem::copy_options::recursive);
  std::vector<verify::Statement> statements;
  statements.push_back(
      forged->impl().statement(0, "acquire", acquire_fields(facts, forged->impl().custody())));
  ASSERT_TRUE(forged->impl().commit(std::move(statements)));
  EXPECT_EQ(verdict_of(verify(at("forged"), home("stranger")), "source.digests"), Verdict::invalid);
}

TEST_F(Acquisition, AFileThatChangesWhileOthersAreAcquiredIsSaid) {
  // The clock is asked when a source's reading begins, and when it has ended: then it is appended
  // to.
  int asked = -1;
  CaseOptions changing = on_machine();
  changing.clock = [&] {
    if (asked >= 0 && ++asked == 2) evidence("a.jsonl", lines(0, 5));
    return event::Ticks{134'000'000'000'000'000};
  };
  auto into = Case::create(home(), at("case"), "case", changing);
  ASSERT_TRUE(into);
  asked = 0;
  const auto done = add({.hash_after = true}, *into);
  ASSERT_TRUE(done);
  const SourceFacts facts = acquired();
  ASSERT_TRUE(facts.acquisition.after);
  ASSERT_EQ(done->changed_after.size(), 1U);
  EXPECT_FALSE(facts.acquisition.after->same);
  EXPECT_NE(facts.acquisition.after->sha256, facts.source.sha256);
  EXPECT_EQ(done->changed_after[0].first, at("evidence/a.jsonl"));
}

TEST_F(Acquisition, AFileThatStaysTheSameIsSaidToo) {
  Case into = made();
  const auto done = add({.hash_after = true}, into);
  ASSERT_TRUE(done);
  EXPECT_TRUE(done->changed_after.empty());
  EXPECT_TRUE(acquired().acquisition.after->same);
}

TEST_F(Acquisition, ManifestsAreComparedAndSealed) {
  Case into = made();
  const std::string bytes = lines(0, 4);
  auto hasher = seal::OtherHasher::create(seal::OtherHash::md5);
  ASSERT_TRUE(hasher);
  hasher->update(as_bytes(bytes));
  const auto right = parse_manifest(hasher->finish() + "  a.jsonl\n", "right");
  const auto wrong = parse_manifest(
      std::string(40, 'a') + "  a.jsonl\n" + std::string(40, 'b') + "  gone\n", "wrong");
  ASSERT_TRUE(right && wrong);
  const auto done = add({.manifests = {*right, *wrong}}, into);
  ASSERT_TRUE(done);
  ASSERT_EQ(done->manifests.size(), 2U);
  EXPECT_EQ(done->manifests[0].matched, 1U);
  EXPECT_EQ(done->manifests[1].differs, 1U);
  EXPECT_EQ(done->manifests[1].not_found_paths, std::vector<std::string>{"gone"});
  EXPECT_EQ(done->seal.entries_added, 3U) << "the source, and a statement for each manifest";
  const auto listed = acquired().acquisition.listed;
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].as, ListedAs::matched);
  EXPECT_EQ(listed[0].manifest_sha256, right->sha256);
  EXPECT_EQ(listed[1].as, ListedAs::differs);
  EXPECT_EQ(acquired().acquisition.digests.size(), 2U) << "what the manifests have";
  // A source that the case has is compared again, without being acquired again.
  const auto again = add({.manifests = {*right}}, into);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->manifests[0].matched, 1U);
  EXPECT_EQ(again->seal.entries_added, 1U);
  EXPECT_EQ(verify(at("case"), home()).overall, Verdict::valid);
}

TEST_F(Acquisition, AReadErrorHasItsPlaceAndReason) {
  Case into = made();
  // Its first bytes are no memory of this process: EIO.
  const auto done =
      add_to_case(into, evidence::list_inputs({"/proc/self/mem"}), hunt_options(), {});
  ASSERT_TRUE(done);
  const SourceFacts facts = acquired();
  ASSERT_EQ(facts.acquisition.read_errors.size(), 1U);
  EXPECT_EQ(facts.acquisition.read_errors_count, 1U);
  EXPECT_EQ(facts.acquisition.read_errors[0].kind, event::DamageKind::io);
  EXPECT_EQ(facts.acquisition.read_errors[0].offset, 0U);
  EXPECT_EQ(facts.acquisition.read_errors[0].why, "Input/output error");
}

TEST_F(Acquisition, WhatCouldNotBeOpenedIsOnRecord) {
  Case into = made();
  evidence::Listing asked = listing();
  asked.skipped.push_back({.path = "locked.evtx",
                           .error = Error{.what = "cannot open the file", .code = ErrorCode::io}});
  ASSERT_TRUE(add_to_case(into, asked, hunt_options(), {}));
  const auto note = read_statement(at("case"), kDefaultParty, 2);
  ASSERT_TRUE(note);
  EXPECT_EQ(note->entry.kind, "note");
  EXPECT_EQ(note->get("text"), "Not read:\nlocked.evtx: cannot open the file");
  EXPECT_EQ(verify(at("case"), home()).overall, Verdict::valid);
}

}  // namespace
}  // namespace exhibit::casefile
