// The memory of a witness: a kill at any point, errors of the file system, two at once, damage.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <thread>

#include "casefile/files.h"
#include "casefile/witness/log_fixture_test.h"

namespace exhibit::witness {
namespace {

namespace files = casefile::files;

std::uint64_t kept_size(const World& world) {
  const auto note = seal::parse_note(test::read_file(world.log_folder() + "/checkpoint"));
  return seal::Checkpoint::parse(note->text)->size;
}

// Runs in a child; true when it came to its end, false when the hook killed it.
bool survives(const std::function<void()>& work, int steps) {
  const pid_t child = ::fork();
  if (child == 0) {
    int left = steps;
    files::set_hook([&](std::string_view) {
      if (left-- == 0) ::_exit(99);
      return 0;
    });
    work();
    ::_exit(0);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  return WEXITSTATUS(status) == 0;
}

// Whatever kills it, the next one goes on from what was handed out, or from one that was not.
TEST(WitnessState, AKillAtAnyPoint) {
  for (const std::uint64_t before : {0U, 5U})
    for (int steps = 0;; ++steps) {
      const World world;
      if (before != 0) {
        ASSERT_EQ(world.open().add_checkpoint(Log(before).request(0), kNow).status, 200U);
      }
      const std::filesystem::path answered = world.folder.path() / "answered";
      const bool whole = survives(
          [&] {
            Witness witness = world.open();
            if (witness.add_checkpoint(Log(9).request(before), kNow).status == 200)
              test::write_file(answered, "yes");
          },
          steps);
      Witness again = world.open();
      const Answer asked = again.add_checkpoint(Log(20).request(before), kNow);
      if (std::filesystem::exists(answered)) {
        EXPECT_EQ(asked.status, 409U) << steps;
      }
      if (asked.status == 409) {
        EXPECT_EQ(asked.body, "9\n");
        EXPECT_EQ(again.add_checkpoint(Log(9).forked(3, 20).request(9), kNow).status, 422U);
        EXPECT_EQ(again.add_checkpoint(Log(20).request(9), kNow).status, 200U);
      } else {
        EXPECT_EQ(asked.status, 200U) << steps << asked.remark;
      }
      EXPECT_EQ(kept_size(world), 20U);
      if (whole) {
        EXPECT_GT(steps, 4);
        break;
      }
    }
}

TEST(WitnessState, WhatTheFileSystemRefusesIsNotCosigned) {
  for (const int error : {ENOSPC, EROFS, EIO})
    for (int fail_at = 0;; ++fail_at) {
      const World world;
      Witness witness = world.open();
      ASSERT_EQ(witness.add_checkpoint(Log(5).request(0), kNow).status, 200U);
      int step = 0;
      files::set_hook([&](std::string_view) { return step++ == fail_at ? error : 0; });
      const Answer answer = witness.add_checkpoint(Log(9).request(5), kNow);
      files::set_hook({});
      const bool reached = step > fail_at;
      EXPECT_EQ(answer.status, reached ? 500U : 200U) << fail_at;
      if (reached) {
        EXPECT_EQ(answer.body, "the witness cannot use its state now\n");
      }
      // It is one or the other, and goes on from there.
      const std::uint64_t size = kept_size(world);
      EXPECT_TRUE(size == 9 || (reached && size == 5)) << size;
      EXPECT_EQ(witness.add_checkpoint(Log(20).request(size), kNow).status, 200U);
      if (!reached) break;
    }
}

// A fork that cannot be kept is still refused, and said.
TEST(WitnessState, AForkOnAFullDisk) {
  const World world;
  Witness witness = world.open();
  ASSERT_EQ(witness.add_checkpoint(Log(5).request(0), kNow).status, 200U);
  files::set_hook([](std::string_view) { return ENOSPC; });
  const Answer answer = witness.add_checkpoint(Log(5).forked(2, 5).request(5), kNow);
  files::set_hook({});
  EXPECT_EQ(answer.status, 422U);
  EXPECT_TRUE(answer.fork);
  EXPECT_NE(answer.remark.find("could not be kept"), std::string::npos);
}

// Several processes, each with several threads, on one folder, all asking for other sizes: what was
// cosigned is one chain, each step from where the one before ended.
TEST(WitnessState, ManyAtOnce) {
  const World world;
  ASSERT_EQ(world.open().add_checkpoint(Log(1).request(0), kNow).status, 200U);
  std::filesystem::create_directory(world.folder.path() / "steps");
  const auto ask_until = [&](std::uint64_t target) {
    Witness witness = world.open();
    const Log log(target);
    for (std::uint64_t from = 1;;) {
      const Answer answer = witness.add_checkpoint(log.request(from), kNow);
      if (answer.status == 200) {
        test::write_file(
            world.folder.path() / "steps" / (std::to_string(from) + "-" + std::to_string(target)),
            "");
        return true;
      }
      if (answer.status != 409) return false;
      const auto now =
          base::parse_decimal(std::string_view(answer.body).substr(0, answer.body.size() - 1));
      if (!now || *now < from) return false;  // never smaller after larger
      if (*now > target) return true;         // overtaken
      from = *now;
    }
  };
  constexpr std::uint64_t kProcesses = 3, kThreads = 3, kTurns = 12;
  constexpr std::uint64_t kTargets = kProcesses * kThreads * kTurns;
  std::vector<pid_t> children;
  for (std::uint64_t p = 0; p < kProcesses; ++p) {
    const pid_t child = ::fork();
    if (child == 0) {
      std::atomic<bool> good = true;
      {
        std::vector<std::jthread> threads;
        for (std::uint64_t t = 0; t < kThreads; ++t)
          threads.emplace_back([&, t] {
            for (std::uint64_t i = 0; i < kTurns; ++i)
              if (!ask_until(2 + (i * kThreads + t) * kProcesses + p)) good = false;
          });
      }
      ::_exit(good ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  std::vector<std::pair<std::uint64_t, std::uint64_t>> steps;
  for (const auto& file : std::filesystem::directory_iterator(world.folder.path() / "steps")) {
    const std::string name = file.path().filename();
    steps.emplace_back(std::stoull(name), std::stoull(name.substr(name.find('-') + 1)));
  }
  std::ranges::sort(steps);
  std::uint64_t at = 1;
  for (const auto& [from, to] : steps) {
    EXPECT_EQ(from, at) << "to " << to;
    EXPECT_GT(to, from);
    at = to;
  }
  EXPECT_EQ(at, 1 + kTargets);
  EXPECT_EQ(kept_size(world), at);
  EXPECT_FALSE(std::filesystem::exists(world.log_folder() + "/forks"));
}

// No bit of what is kept can fall over and lead to a cosignature over something else.
TEST(WitnessState, DamageIsNotTrusted) {
  const World world;
  Witness witness = world.open();
  ASSERT_EQ(witness.add_checkpoint(Log(5).request(0), kNow).status, 200U);
  const std::string path = world.log_folder() + "/checkpoint", good = test::read_file(path);
  const std::size_t text_size = Log(5).checkpoint().to_text().size();
  for (std::size_t i = 0; i < text_size; ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    test::write_file(path, bad);
    const Answer answer = witness.add_checkpoint(Log(9).request(5), kNow);
    EXPECT_EQ(answer.status, 500U) << i;
  }
  test::write_file(path, "");
  EXPECT_EQ(witness.add_checkpoint(Log(9).request(0), kNow).status, 500U);
  test::write_file(path, good);
  EXPECT_EQ(witness.add_checkpoint(Log(9).request(5), kNow).status, 200U);
}

TEST(WitnessState, OutlivesAChangeOfKey) {
  const World world;
  ASSERT_EQ(world.open('w').add_checkpoint(Log(5).request(0), kNow).status, 200U);
  Witness after = world.open('v');
  EXPECT_EQ(after.add_checkpoint(Log(5).forked(2, 9).request(5), kNow).status, 422U);
  EXPECT_EQ(after.add_checkpoint(Log(9).request(5), kNow).status, 200U);
}

}  // namespace
}  // namespace exhibit::witness
