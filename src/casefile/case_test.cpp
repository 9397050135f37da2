// A case from its making to its verification by somebody else.
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/text.h"
#include "casefile/case_fixture_test.h"
#include "casefile/files.h"
#include "casefile/home.h"

namespace exhibit::casefile {
namespace {

namespace fs = std::filesystem;
using test_case::CaseTest;
using test_case::kGzip;
using test_case::kRule;
using test_case::lines;
using test_case::verdict_of;
using verify::Verdict;

class CaseFile : public CaseTest {};

TEST_F(CaseFile, VerifiesAfterAHuntAndReplaysToTheSameBytes) {
  files::set_hook({});  // as in earnest, synced
  const Home keys = home();
  const Case made = sealed(keys);
  EXPECT_EQ(made.id(), "incident-42");
  ASSERT_EQ(made.sources().size(), 2U);
  ASSERT_EQ(made.runs().size(), 1U);
  EXPECT_EQ(made.runs()[0].findings, 5U);
  const Report report = verify(made.directory(), keys, true);
  EXPECT_EQ(report.overall, Verdict::valid) << text(report);
  EXPECT_TRUE(report.unsealed_files.empty()) << text(report);
  ASSERT_EQ(report.logs.size(), 1U);
  EXPECT_EQ(report.logs[0].tree_size, 4U);  // open, two sources, the run
  EXPECT_EQ(verdict_of(report, "replay"), Verdict::valid);
  EXPECT_EQ(verdict_of(report, "replay.coverage"), Verdict::valid);
  EXPECT_EQ(verdict_of(report, "run.criteria"), Verdict::valid);
  EXPECT_EQ(verdict_of(report, "source.records"), Verdict::valid);
}

TEST_F(CaseFile, ASourceThatIsThereIsNotSealedTwice) {
  const Home keys = home();
  Case made = sealed(keys);
  evidence("copy-of-a.jsonl", lines(0, 7));
  const auto again = hunt_into_case(made, listing(), pack(), {}, hunt_options());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->seal.entries_added, 1U);  // the run
  EXPECT_EQ(again->seal.sources_known, 2U);
  EXPECT_EQ(again->seal.run, 2U);
  const auto own = hunt_into_case(made, {}, pack(), {}, hunt_options());
  ASSERT_TRUE(own) << own.error().what.c_str();
  EXPECT_EQ(own->seal.run, 3U);
  EXPECT_EQ(own->result.findings, 5U);
  EXPECT_EQ(test::read_file(at("case/runs/1/findings.jsonl")),
            test::read_file(at("case/runs/3/findings.jsonl")));
  const Report report = verify(made.directory(), keys, true);
  EXPECT_EQ(report.overall, Verdict::valid) << text(report);
}

TEST_F(CaseFile, AddingSealsWithoutARun) {
  const Home keys = home();
  evidence("a.jsonl", lines(0, 4));
  auto made = Case::create(keys, at("case"), "", options());
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->id().starts_with("case-"));
  const auto added = add_to_case(*made, listing(), hunt_options());
  ASSERT_TRUE(added);
  EXPECT_EQ(added->seal.sources_added, 1U);
  EXPECT_FALSE(added->seal.run);
  EXPECT_EQ(verify(made->directory(), keys).overall, Verdict::valid);
}

TEST_F(CaseFile, AReferencedSourceIsReadWhereItIs) {
  const Home keys = home();
  evidence("a.jsonl", lines(0, 9));
  auto made = Case::create(keys, at("case"), "", options());
  ASSERT_TRUE(made);
  ASSERT_TRUE(hunt_into_case(*made, listing(), pack(), {}, hunt_options(), {.by_reference = true}));
  ASSERT_TRUE(made->sources()[0].by_reference);
  EXPECT_FALSE(fs::exists(at("case/sources/" + made->sources()[0].sha256 + "/data")));
  EXPECT_EQ(verify(made->directory(), keys, true).overall, Verdict::valid);
  // The handover carries the bytes.
  ASSERT_TRUE(handover(keys, *made, at("out"), {}));
  evidence("a.jsonl", lines(1, 9));
  const Report changed = verify(made->directory(), keys);
  EXPECT_EQ(changed.overall, Verdict::invalid) << text(changed);
  EXPECT_EQ(verdict_of(changed, "source.bytes"), Verdict::invalid);
  EXPECT_EQ(verify(at("out"), keys, true).overall, Verdict::valid);
  EXPECT_FALSE(handover(keys, *made, at("out2"), {}));
  EXPECT_FALSE(fs::exists(at("out2")));
  fs::remove(at("evidence/a.jsonl"));
  EXPECT_EQ(verify(made->directory(), keys).overall, Verdict::undecidable);
}

// An archive's own bytes are evidence beside its members.
TEST_F(CaseFile, AnArchiveIsSealedWithItsMembers) {
  const Home keys = home();
  evidence("logs.jsonl.gz", *base::from_hex(kGzip));
  for (const bool by_reference : {false, true}) {
    const std::string name = by_reference ? "referenced" : "copied";
    auto made = Case::create(keys, at(name), "", options());
    ASSERT_TRUE(made);
    const auto done = hunt_into_case(*made, listing(), pack(), {}, hunt_options(),
                                     {.by_reference = by_reference});
    ASSERT_TRUE(done) << done.error().what.c_str();
    EXPECT_EQ(done->result.findings, 2U);
    ASSERT_EQ(made->sources().size(), 2U);
    const auto member = std::ranges::find(made->sources(), false, &CaseSource::container);
    ASSERT_NE(member, made->sources().end());
    EXPECT_EQ(member->records, 4U);
    EXPECT_FALSE(member->container_sha256.empty());
    const Report report = verify(made->directory(), keys, true);
    EXPECT_EQ(report.overall, Verdict::valid) << text(report);
    ASSERT_TRUE(handover(keys, *made, at(name + ".tar"), {.tar = true}));
    EXPECT_EQ(verify(at(name + ".tar"), keys, true).overall, Verdict::valid);
    const auto again = hunt_into_case(*made, {}, pack(), {}, hunt_options());
    ASSERT_TRUE(again) << again.error().what.c_str();
    EXPECT_EQ(again->result.findings, 2U);
    const std::string line = test::read_file(at(name + "/runs/2/findings.jsonl"));
    EXPECT_TRUE(show_finding(*made, line.substr(line.find("\"id\":\"") + 6, 32)));
  }
}

// Where the file system shares blocks, the same case comes out of clones.
TEST_F(CaseFile, CloningMakesTheSameCaseAsCopying) {
  const Home keys = home();
  evidence("logs.jsonl.gz", *base::from_hex(kGzip));
  const Case copied = sealed(keys);
  files::set_clone_by_copy(true);
  auto cloned = Case::create(keys, at("cloned"), "", options());
  ASSERT_TRUE(cloned);
  const auto done = hunt_into_case(*cloned, listing(), pack(), {}, hunt_options());
  files::set_clone_by_copy(false);
  ASSERT_TRUE(done) << done.error().what.c_str();
  ASSERT_EQ(cloned->sources().size(), copied.sources().size());
  for (std::size_t i = 0; i < copied.sources().size(); ++i) {
    const CaseSource& a = copied.sources()[i];
    const CaseSource& b = cloned->sources()[i];
    EXPECT_EQ(a.sha256, b.sha256);
    EXPECT_EQ(a.info.path, b.info.path);
    EXPECT_EQ(a.info.members, b.info.members);
    EXPECT_EQ(a.info.modified_unix_ns, b.info.modified_unix_ns);
  }
  EXPECT_TRUE(done->result.sources[0].info.path.starts_with(at("evidence")));
  EXPECT_EQ(test::read_file(at("case/runs/1/findings.jsonl")),
            test::read_file(at("cloned/runs/1/findings.jsonl")));
  const Report report = verify(cloned->directory(), keys, true);
  EXPECT_EQ(report.overall, Verdict::valid) << text(report);
  EXPECT_TRUE(report.unsealed_files.empty()) << text(report);
}

TEST_F(CaseFile, WithoutTheSignersKeyTheSignerIsUndecidable) {
  const Case made = sealed(home());
  VerifyOptions nothing;
  const Report alone = verify(made.directory(), nothing);
  EXPECT_EQ(alone.overall, Verdict::undecidable) << text(alone);
  EXPECT_EQ(verdict_of(alone, "signer"), Verdict::undecidable);

  // Somebody else makes the same case with another key: it is as consistent, and as undecidable.
  const Case rebuilt = sealed(home("other-home"), "rebuilt");
  for (const std::string& brought : {made.summary().verifier_key, made.summary().fingerprint,
                                     "sha256:" + made.summary().fingerprint}) {
    VerifyOptions options;
    options.trust = *parse_trust(brought);
    EXPECT_EQ(verdict_of(verify(made.directory(), options), "signer"), Verdict::valid);
    const Report other = verify(rebuilt.directory(), options);
    EXPECT_EQ(verdict_of(other, "signer"), Verdict::undecidable);
    EXPECT_EQ(other.overall, Verdict::undecidable) << text(other);
  }
}

TEST_F(CaseFile, TheOtherSideGetsTheSameFindings) {
  const Home keys = home();
  const Case made = sealed(keys);
  for (const bool tar : {false, true}) {
    const std::string out = at(tar ? "out.tar" : "out");
    const auto summary = handover(keys, made, out, {.tar = tar});
    ASSERT_TRUE(summary) << summary.error().what.c_str();
    EXPECT_EQ(summary->sources, 2U);
    const Home theirs = home("their-home");
    VerifyOptions options;
    options.home = &theirs;
    options.replay = true;
    options.trust = *parse_trust(summary->verifier_key);
    const Report report = verify(out, options);
    EXPECT_EQ(report.overall, Verdict::valid) << text(report);
    EXPECT_EQ(verdict_of(report, "source.records"), Verdict::valid);
    EXPECT_EQ(verdict_of(report, "replay"), Verdict::valid);
    options.trust.clear();
    EXPECT_EQ(verify(out, options).overall, Verdict::undecidable);
  }
  EXPECT_FALSE(handover(keys, made, at("out.tar"), {.tar = true}));
  const std::string first = test::read_file(at("out.tar"));
  EXPECT_TRUE(handover(keys, made, at("out.tar"), {.tar = true, .force = true}));
  EXPECT_EQ(test::read_file(at("out.tar")), first);
}

// A copy of the case without the key folder: bytes and tiles can be checked, that they belong
// together cannot.
TEST_F(CaseFile, WithoutTheSourceKeyTheRecordTreeIsUndecidable) {
  const Case made = sealed(home());
  VerifyOptions options;
  options.trust = *parse_trust(made.summary().verifier_key);
  const Report report = verify(made.directory(), options);
  EXPECT_EQ(verdict_of(report, "source.bytes"), Verdict::valid);
  EXPECT_EQ(verdict_of(report, "source.records"), Verdict::undecidable);
  EXPECT_EQ(report.overall, Verdict::undecidable);
}

TEST_F(CaseFile, ARollbackIsSeenByWhoSawMore) {
  const Home keys = home();
  Case made = sealed(keys);
  fs::copy(made.directory(), at("old"), fs::copy_options::recursive);
  evidence("c.jsonl", lines(300, 3));
  ASSERT_TRUE(hunt_into_case(made, listing(), pack(), {}, hunt_options()));
  const Home theirs = home("their-home");
  VerifyOptions brought;
  brought.home = &theirs;
  brought.trust = *parse_trust(made.summary().verifier_key);
  EXPECT_EQ(verdict_of(verify(at("old"), brought), "checkpoint.last_seen"), Verdict::valid);
  EXPECT_EQ(verdict_of(verify(made.directory(), brought), "checkpoint.last_seen"), Verdict::valid);
  const Report old = verify(at("old"), brought);
  EXPECT_EQ(verdict_of(old, "checkpoint.last_seen"), Verdict::invalid);
  EXPECT_NE(text(old).find("rolled back: seen here 6 entries"), std::string::npos) << text(old);
  // And its own collector does not go on from there.
  const auto reopened = Case::open(keys, at("old"), options());
  ASSERT_FALSE(reopened);
  EXPECT_EQ(reopened.error().code, ErrorCode::refused);
}

TEST_F(CaseFile, OneWriterAtATime) {
  const Home keys = home();
  const Case made = sealed(keys);
  const auto second = Case::open(keys, made.directory(), options());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::exists);
  EXPECT_TRUE(Case::open_read_only(keys, made.directory()));
}

TEST_F(CaseFile, OnlyItsCollectorExtendsACase) {
  {
    const Case made = sealed(home());
  }
  const auto other = Case::open(home("other-home"), at("case"), options());
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::refused);
}

TEST_F(CaseFile, NoSecretIsInTheCaseOrTheHandover) {
  const Home keys = home();
  const Case made = sealed(keys);
  ASSERT_TRUE(handover(keys, made, at("out"), {}));
  std::vector<std::string> secrets;
  for (const auto& entry : fs::recursive_directory_iterator(keys.path())) {
    struct stat info{};
    ASSERT_EQ(::stat(entry.path().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 077U, 0U) << entry.path();
    const std::string name = entry.path().filename();
    if (name == "key") secrets.push_back(test::read_file(entry.path()).substr(0, 64));
    if (name.ends_with(".pem")) {
      const std::string pem = test::read_file(entry.path());
      secrets.push_back(pem.substr(pem.find('\n') + 1, 40));
    }
  }
  ASSERT_EQ(secrets.size(), 4U);  // K_case, and keys for log, entries and cosignatures
  for (const std::string& root : {made.directory(), at("out")})
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      if (!entry.is_regular_file()) continue;
      const std::string bytes = test::read_file(entry.path());
      for (const std::string& secret : secrets)
        EXPECT_EQ(bytes.find(secret), std::string::npos) << entry.path();
    }
  // K_source is in the handover, and only there.
  const std::string source_key =
      test::read_file(at("out/sources/" + made.sources()[0].sha256 + "/key"));
  for (const auto& entry : fs::recursive_directory_iterator(made.directory()))
    if (entry.is_regular_file()) {
      EXPECT_EQ(test::read_file(entry.path()).find(source_key.substr(0, 64)), std::string::npos);
    }
}

TEST_F(CaseFile, AKeyFolderThatOthersCanReadIsRefused) {
  const Home keys = home();
  {
    const Case made = sealed(keys);
  }
  fs::permissions(at("home/keys/collector/log.pem"), fs::perms::group_read, fs::perm_options::add);
  const auto opened = Case::open(keys, at("case"), options());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::refused);
}

TEST_F(CaseFile, ShowsTheWayFromTheRecordToTheCheckpoint) {
  const Home keys = home();
  const Case made = sealed(keys);
  const std::string findings = test::read_file(at("case/runs/1/findings.jsonl"));
  const std::string id = findings.substr(findings.find("\"id\":\"") + 6, 32);
  const auto shown = show_finding(made, id.substr(0, 10));
  ASSERT_TRUE(shown) << shown.error().what.c_str();
  EXPECT_EQ(shown->finding_id, id);
  EXPECT_EQ(shown->rule.text, kRule);
  EXPECT_NE(shown->raw.find("cmd.exe"), std::string::npos);
  ASSERT_FALSE(shown->because.empty());
  EXPECT_EQ(shown->record_path.steps.back().node, shown->record_path.root);
  EXPECT_EQ(shown->acquire_path.root, made.summary().root);
  EXPECT_EQ(shown->run_path.root, made.summary().root);
  EXPECT_TRUE(shown->record_proof.starts_with("c2sp.org/tlog-proof@v1\nindex "));
  EXPECT_FALSE(show_finding(made, "ffffffff"));
  EXPECT_FALSE(show_finding(made, id.substr(0, 2)));
}

TEST_F(CaseFile, FilesThatNothingSealsAreNamed) {
  const Home keys = home();
  const Case made = sealed(keys);
  test::write_file(at("case/runs/1/also.txt"), "not ours");
  const Report report = verify(made.directory(), keys);
  EXPECT_EQ(report.overall, Verdict::valid);
  EXPECT_EQ(report.unsealed_files, std::vector<std::string>{"runs/1/also.txt"});
}

TEST_F(CaseFile, AnInterruptedHuntSealsNoRun) {
  const Home keys = home();
  Case made = sealed(keys);
  evidence("c.jsonl", lines(300, 3));
  const std::atomic<bool> stop = true;
  hunt::HuntOptions options = hunt_options();
  options.stop = &stop;
  const auto done = hunt_into_case(made, listing(), pack(), {}, options);
  ASSERT_TRUE(done);
  EXPECT_TRUE(done->result.interrupted);
  EXPECT_FALSE(done->seal.run);
  EXPECT_EQ(verify(made.directory(), keys).overall, Verdict::valid);
}

TEST_F(CaseFile, ADiskThatRefusesLeavesTheCaseAsItWas) {
  const Home keys = home();
  Case made = sealed(keys);
  evidence("c.jsonl", lines(300, 3));
  const seal::Digest before = made.summary().root;
  for (const int error : {ENOSPC, EROFS, EIO}) {
    unsigned countdown = 12;
    files::set_hook([&](std::string_view operation) {
      if (operation == "remove") return 0;
      if (countdown == 0) return error;
      --countdown;
      return 0;
    });
    const auto done = hunt_into_case(made, listing(), pack(), {}, hunt_options());
    files::set_hook([](std::string_view) { return 0; });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::io);
    EXPECT_EQ(done.error().detail, static_cast<std::uint32_t>(error));
    EXPECT_EQ(made.summary().root, before);
    const Report report = verify(made.directory(), keys);
    EXPECT_EQ(report.overall, Verdict::valid) << text(report);
    EXPECT_TRUE(report.unsealed_files.empty()) << text(report);
  }
  EXPECT_TRUE(hunt_into_case(made, listing(), pack(), {}, hunt_options()));
  EXPECT_EQ(verify(made.directory(), keys, true).overall, Verdict::valid);
}

TEST_F(CaseFile, CriteriaCarryWhatAReplayNeeds) {
  const Home keys = home();
  evidence("a.jsonl", lines(0, 7));
  auto made = Case::create(keys, at("case"), "", options());
  ASSERT_TRUE(made);
  sigma::LoadOptions load;
  load.placeholders["shells"] = {"cmd.exe", "not\xffutf8"};
  const std::string rule =
      "title: Placeholder\nid: 7d2d9f6e-1111-4222-8333-777777777777\nlevel: low\nlogsource: "
      "{product: windows, category: process_creation}\ndetection:\n  s:\n    "
      "Image|endswith|expand: "
      "'%shells%'\n  condition: s\n";
  const sigma::RulePack rules = sigma::load_rules_from_memory({{"a.yml", rule}}, load);
  ASSERT_EQ(rules.rejected, 0U);
  const auto done = hunt_into_case(*made, listing(), rules, load, hunt_options());
  ASSERT_TRUE(done);
  EXPECT_EQ(done->result.findings, 3U);
  const Report report = verify(made->directory(), keys, true);
  EXPECT_EQ(report.overall, Verdict::valid) << text(report);
}

}  // namespace
}  // namespace exhibit::casefile
