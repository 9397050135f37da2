// kill -9 at any moment leaves a case that verifies and can go on.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <random>

#include "casefile/case_fixture_test.h"
#include "casefile/files.h"
#include "exhibit/custody.h"
#include "exhibit/rotation.h"

namespace exhibit::casefile {
namespace {

namespace fs = std::filesystem;
using test_case::CaseTest;
using test_case::lines;
using verify::Verdict;

constexpr unsigned kKillPoints = 200;  // EXHIBIT_KILL_POINTS: more of them, for soaking
constexpr unsigned kMergeKillPoints = 40;
constexpr unsigned kDestroyKillPoints = 40;

unsigned kill_points(unsigned usual) {
  const char* more = std::getenv("EXHIBIT_KILL_POINTS");
  return more == nullptr ? usual : static_cast<unsigned>(std::atoi(more));
}

class Crash : public CaseTest {
 protected:
  // A whole life: made, hunted into, hunted into again, its keys rotated, handed to another party
  // who receives it, disputes and cosigns; written out.
  Result<void> live(const Home& keys, const std::string& place) const {
    auto made = Case::is_case(place) ? Case::open(keys, place, options())
                                     : Case::create(keys, place, "incident-42", options());
    if (!made) return std::unexpected(made.error());
    if (auto done = hunt_into_case(*made, listing(), pack(), {}, hunt_options()); !done)
      return std::unexpected(done.error());
    if (auto done = hunt_into_case(*made, listing("more"), pack(), {}, hunt_options()); !done)
      return std::unexpected(done.error());
    if (auto done = rotate_keys(*made, ""); !done) return std::unexpected(done.error());
    if (auto done = transfer(*made, {.to = "other"}); !done) return std::unexpected(done.error());
    made = fail(ErrorCode::usage, "closed");  // its lock
    CaseOptions as_other = options();
    as_other.party = "other";
    auto other = Case::join(keys, place, as_other);
    if (!other && other.error().code == ErrorCode::exists)
      other = Case::open(keys, place, as_other);
    if (!other) return std::unexpected(other.error());
    VerifyOptions brought;
    brought.threads = 1;
    brought.home = &keys;
    const auto arrived = receive(*other, {.from = std::string(kDefaultParty)}, brought);
    if (!arrived) return std::unexpected(arrived.error());
    if (arrived->report.overall != Verdict::valid || !arrived->complete)
      return fail(ErrorCode::proof_mismatch, "what arrived is not what was handed over");
    const Saying dispute{.kind = Saying::Kind::challenge,
                         .text = "No.",
                         .about = EntryRef{.party = std::string(kDefaultParty), .index = 1}};
    if (auto done = say(*other, dispute); !done) return std::unexpected(done.error());
    const auto seen = cosign(*other);
    if (!seen) return std::unexpected(seen.error());
    for (const Cosigned& log : *seen)
      if (log.refused) return std::unexpected(*log.refused);
    other = fail(ErrorCode::usage, "closed");
    made = Case::open(keys, place, options());
    if (!made) return std::unexpected(made.error());
    if (auto done = handover(keys, *made, place + ".tar", {.tar = true, .force = true}); !done)
      return std::unexpected(done.error());
    return {};
  }
};

TEST_F(Crash, AnyKillLeavesACaseThatVerifiesAndGoesOn) {
  evidence("a.jsonl", lines(0, 5));
  evidence("b.jsonl", lines(50, 2) + "{\"broken\n");
  exhibit::test::write_file(dir_.path() / "more" / "c.jsonl", lines(100, 3));
  std::uint64_t steps = 0;
  files::set_hook([&](std::string_view) {
    ++steps;
    return 0;
  });
  ASSERT_TRUE(live(home(), at("whole")));
  ASSERT_GT(steps, 100U);
  files::set_hook([](std::string_view) { return 0; });

  const unsigned points = kill_points(kKillPoints);
  std::mt19937_64 random(42);
  unsigned before_birth = 0;
  unsigned left_something = 0;
  for (unsigned i = 0; i < points; ++i) {
    std::uint64_t countdown = random() % steps;
    SCOPED_TRACE("killed before step " + std::to_string(countdown));
    const std::string name = "run" + std::to_string(i);
    const Home keys = home(name + "-home");
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      files::set_hook([&](std::string_view) {
        if (countdown-- == 0) ::_exit(137);  // as kill -9: nothing is unwound or flushed
        return 0;
      });
      const auto lived = live(keys, at(name));
      ::_exit(lived ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    ASSERT_EQ(WEXITSTATUS(status), 137);

    if (Case::is_case(at(name))) {
      const Report report = verify(at(name), keys);
      ASSERT_EQ(report.overall, Verdict::valid) << text(report);
      left_something += report.unsealed_files.empty() ? 0U : 1U;
    } else {
      ASSERT_FALSE(fs::exists(at(name)));
      ++before_birth;
    }
    const auto went_on = live(keys, at(name));
    ASSERT_TRUE(went_on) << went_on.error().what.c_str();
    const Report report = verify(at(name), keys);
    ASSERT_EQ(report.overall, Verdict::valid) << text(report);
    ASSERT_TRUE(report.unsealed_files.empty()) << text(report);
    for (const auto& left : {at(name), at(name + "-home")}) fs::remove_all(left);
  }
  // The points were where it matters.
  EXPECT_GT(before_birth, points / 50);
  EXPECT_GT(left_something, points / 20);
}

// Whatever kills a destruction, the case verifies as far as its keys are there, nothing is half
// closed for good, and destroying again ends it.
TEST_F(Crash, AnyKillOfADestructionLeavesALedgerThatVerifiesAndIsEnded) {
  const Home keys = home();
  std::vector<verify::TrustedKey> trust;
  {
    const Case ours = sealed(keys);
    trust.push_back({.name = {}, .fingerprint = ours.summary().fingerprint});
  }
  {
    CaseOptions as_other = options();
    as_other.party = "other";
    const auto other = Case::join(keys, at("case"), as_other);
    ASSERT_TRUE(other);
    trust.push_back({.name = {}, .fingerprint = other->summary().fingerprint});
  }
  const auto copy = [&](const std::string& name) {
    fs::remove_all(at(name));
    fs::remove_all(at(name + "-home"));
    fs::copy(at("case"), at(name), fs::copy_options::recursive);
    fs::copy(at("home"), at(name + "-home"), fs::copy_options::recursive);
    return home(name + "-home");
  };
  const auto end = [&](const Home& of, const std::string& name) {
    return destroy(of, at(name), options(), "retention ended", {});
  };
  std::uint64_t steps = 0;
  const Home counted = copy("whole");
  files::set_hook([&](std::string_view) {
    ++steps;
    return 0;
  });
  ASSERT_TRUE(end(counted, "whole"));
  ASSERT_GT(steps, 40U);
  files::set_hook([](std::string_view) { return 0; });
  unsigned half = 0;
  const unsigned points = kill_points(kDestroyKillPoints);
  std::mt19937_64 random(44);
  for (unsigned i = 0; i < points; ++i) {
    std::uint64_t countdown = random() % steps;
    SCOPED_TRACE("killed before step " + std::to_string(countdown));
    const Home of = copy("ended");
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      files::set_hook([&](std::string_view) {
        if (countdown-- == 0) ::_exit(137);
        return 0;
      });
      ::_exit(end(of, "ended") ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    ASSERT_EQ(WEXITSTATUS(status), 137);
    VerifyOptions brought;
    brought.trust = trust;
    brought.home = &of;
    const Report report = verify(at("ended"), brought);
    ASSERT_NE(report.overall, Verdict::invalid) << text(report);
    half += fs::exists(at("ended-home/cases/incident-42/destroyed")) ? 1U : 0U;
    const auto ended = end(of, "ended");
    ASSERT_TRUE(ended) << ended.error().what.c_str();
    ASSERT_EQ(ended->entries.size(), 2U);
    ASSERT_FALSE(fs::exists(at("ended-home/cases/incident-42/key")));
    ASSERT_TRUE(fs::is_empty(at("ended-home/keys")));
    const Report last = verify(at("ended"), brought);
    ASSERT_EQ(last.overall, Verdict::undecidable) << text(last);
    ASSERT_TRUE(last.unsealed_files.empty()) << text(last);
  }
  EXPECT_GT(half, points / 20) << "the points were where keys go, too";
}

// Whatever kills a merge, the case is as before or has whole logs more, and merging again ends it.
TEST_F(Crash, AnyKillOfAMergeLeavesACaseThatVerifiesAndGoesOn) {
  const Home keys = home();
  {
    const Case ours = sealed(keys);
  }
  fs::copy(at("case"), at("theirs"), fs::copy_options::recursive);
  {
    CaseOptions as_other = options();
    as_other.party = "other";
    auto other = Case::join(keys, at("theirs"), as_other);
    ASSERT_TRUE(other);
    ASSERT_TRUE(say(*other, {.kind = Saying::Kind::statement, .text = "It was not us."}));
    ASSERT_TRUE(cosign(*other));
  }
  {
    exhibit::test::write_file(dir_.path() / "more" / "c.jsonl", lines(100, 3));
    auto longer = Case::open(keys, at("theirs"), options());
    ASSERT_TRUE(longer);
    ASSERT_TRUE(hunt_into_case(*longer, listing("more"), pack(), {}, hunt_options()));
  }
  std::uint64_t steps = 0;
  fs::copy(at("case"), at("whole"), fs::copy_options::recursive);
  files::set_hook([&](std::string_view) {
    ++steps;
    return 0;
  });
  ASSERT_TRUE(merge(keys, at("whole"), at("theirs")));
  ASSERT_GT(steps, 40U);
  files::set_hook([](std::string_view) { return 0; });
  unsigned left_something = 0;
  const unsigned points = kill_points(kMergeKillPoints);
  std::mt19937_64 random(43);
  for (unsigned i = 0; i < points; ++i) {
    std::uint64_t countdown = random() % steps;
    SCOPED_TRACE("killed before step " + std::to_string(countdown));
    fs::remove_all(at("merged"));
    fs::copy(at("case"), at("merged"), fs::copy_options::recursive);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      files::set_hook([&](std::string_view) {
        if (countdown-- == 0) ::_exit(137);
        return 0;
      });
      ::_exit(merge(keys, at("merged"), at("theirs")) ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    ASSERT_EQ(WEXITSTATUS(status), 137);
    fs::remove_all(
        at("home/seen"));  // else the copies that were killed later are older than others
    const Report report = verify(at("merged"), keys);
    ASSERT_EQ(report.overall, Verdict::valid) << text(report);
    left_something += report.unsealed_files.empty() ? 0U : 1U;
    ASSERT_TRUE(merge(keys, at("merged"), at("theirs")));
    const Report whole = verify(at("merged"), keys);
    ASSERT_EQ(whole.overall, Verdict::valid) << text(whole);
    ASSERT_TRUE(whole.unsealed_files.empty()) << text(whole);
    ASSERT_EQ(whole.logs.size(), 2U);
    ASSERT_EQ(whole.logs[0].tree_size, 6U) << text(whole);
    ASSERT_EQ(whole.logs[0].seen.size(), 1U);
  }
  EXPECT_GT(left_something, points / 20);
}

}  // namespace
}  // namespace exhibit::casefile
