// add-checkpoint: every status of the specification, and nothing cosigned but what is consistent.
#include <gtest/gtest.h>

#include <filesystem>

#include "casefile/witness/log_fixture_test.h"
#include "exhibit/verify.h"

namespace exhibit::witness {
namespace {

TEST(Witness, CosignsWhatContinues) {
  const World world;
  Witness witness = world.open();
  std::uint64_t from = 0;
  Log log;
  for (const std::uint64_t size : {0U, 1U, 2U, 7U, 8U, 8U, 200U, 1000U}) {
    log.grow(size);
    const Answer answer = witness.add_checkpoint(log.request(from), kNow + size);
    ASSERT_EQ(answer.status, 200U) << answer.body << size;
    const auto note = seal::parse_note(log.checkpoint().to_text() + '\n' + answer.body);
    ASSERT_TRUE(note);
    EXPECT_EQ(note->signatures.size(), 1U);
    EXPECT_EQ(seal::verify_cosignature(*note, witness.verifier_key()), kNow + size);
    from = size;
  }
}

// A log of every size to every size, over and over: as many as 63 hashes are never needed here.
TEST(Witness, EveryStepOfASmallLog) {
  for (std::uint64_t from = 0; from <= 17; ++from)
    for (std::uint64_t size = from; size <= 17; ++size) {
      const World world;
      Witness witness = world.open();
      ASSERT_EQ(witness.add_checkpoint(Log(from).request(0), kNow).status, 200U);
      const Log log(size);
      EXPECT_EQ(witness.add_checkpoint(log.request(from), kNow).status, 200U) << from << size;
      if (from == 0 || from == size) continue;
      auto proof = log.proof(from);
      proof.back()[0] ^= std::byte{1};
      const World other;
      Witness again = other.open();
      ASSERT_EQ(again.add_checkpoint(Log(from).request(0), kNow).status, 200U);
      EXPECT_EQ(again.add_checkpoint(add_checkpoint_request(from, proof, log.note()), kNow).status,
                422U)
          << from << size;
    }
}

TEST(Witness, MalformedIs400) {
  const World world;
  Witness witness = world.open();
  const std::string good = Log(7).request(0), note = Log(7).note();
  const std::string hash = base::to_base64(seal::Digest{}) + "\n";
  std::string many;
  for (int i = 0; i < 64; ++i) many += hash;
  const std::vector<std::string> all{
      "",
      "\n",
      "old 0\n",
      "old 0\n\n",
      note,
      "\n" + note,
      "old 0\n" + note,  // no blank line
      "old\n\n" + note,
      "old \n\n" + note,
      "old  0\n\n" + note,
      "old 00\n\n" + note,
      "old 01\n\n" + note,
      "old -1\n\n" + note,
      "old +1\n\n" + note,
      "old 18446744073709551616\n\n" + note,
      "Old 0\n\n" + note,
      " old 0\n\n" + note,
      "old 0\r\n\n" + note,
      "old 1\n" + hash.substr(0, 40) + "\n\n" + note,
      "old 1\n" + hash.substr(4) + "\n" + note,
      "old 1\nold 1\n\n" + note,
      "old 1\n" + many + "\n" + note,
      good.substr(0, good.size() - 1),
      good + "x\n",
      "old 0\n\n" + Log(7).checkpoint().to_text(),  // not signed
      "old 0\n\nno checkpoint\n\n" + note.substr(note.find("\n\n") + 2),
      "old 0\n\n\x01" + note,
      Log(7).request(8),  // old above the checkpoint's size
      std::string(kRequestSizeMax + 1, 'x')};
  for (const std::string& body : all) {
    const Answer answer = witness.add_checkpoint(body, kNow);
    EXPECT_EQ(answer.status, 400U) << body.substr(0, 200);
    EXPECT_TRUE(answer.body.ends_with('\n'));
  }
  EXPECT_EQ(witness.add_checkpoint(good, kNow).status, 200U);
}

TEST(Witness, AnUnknownOriginIs404) {
  const World world;
  Witness witness = world.open();
  Log log(7);
  log.origin = log.name = "incident-43/collector";
  EXPECT_EQ(witness.add_checkpoint(log.request(0), kNow).status, 404U);
  // The key's name alone makes no origin.
  log.name = kOrigin;
  EXPECT_EQ(witness.add_checkpoint(log.request(0), kNow).status, 404U);
  // Before anything else but the form is looked at, and nothing is kept of it.
  EXPECT_TRUE(std::filesystem::is_empty(world.folder.path() / "state/logs"));
}

TEST(Witness, ASignatureThatIsNotTheLogsIs403) {
  World world;
  world.logs.push_back(log_key('m'));  // the same origin has two keys
  Witness witness = world.open();
  const auto status = [&](const std::string& note) {
    return witness.add_checkpoint(add_checkpoint_request(0, {}, note), kNow).status;
  };
  Log log(7);
  log.key = 'x';  // nobody's
  EXPECT_EQ(status(log.note()), 403U);
  log.key = 'l';
  log.name = "somebody";
  EXPECT_EQ(status(log.note()), 403U);
  log.name = kOrigin;
  const std::string text = log.checkpoint().to_text();
  const auto line_by = [&](char key) {
    return seal::sign_note(text, kOrigin, key_of(key)).substr(text.size() + 1);
  };
  // A known key that fails, also beside one that is right.
  const std::string other = Log(8).note(), wrong = other.substr(other.find("\n\n") + 2);
  EXPECT_EQ(status(text + '\n' + wrong), 403U);
  EXPECT_EQ(status(text + '\n' + wrong + line_by('m')), 403U);
  EXPECT_EQ(status(text + '\n' + line_by('m') + wrong), 403U);
  // Strangers' lines are ignored, whatever they hold.
  std::string stranger = line_by('x');
  EXPECT_EQ(status(text + '\n' + stranger + line_by('m') + line_by('l')), 200U);
  const Answer kept = witness.latest(base::to_hex(seal::sha256(as_bytes(kOrigin))));
  const auto note = seal::parse_note(kept.body);
  ASSERT_TRUE(note);
  EXPECT_EQ(note->signatures.size(), 3U);  // both of the log's and ours, not the stranger's
}

TEST(Witness, AnotherOldSizeIs409WithTheSize) {
  const World world;
  Witness witness = world.open();
  const Log log(20);
  Answer answer = witness.add_checkpoint(log.request(7), kNow);  // never cosigned
  EXPECT_EQ(answer.status, 409U);
  EXPECT_EQ(answer.body, "0\n");
  ASSERT_EQ(witness.add_checkpoint(Log(13).request(0), kNow).status, 200U);
  for (const std::uint64_t from : {0U, 1U, 12U, 14U, 20U}) {
    answer = witness.add_checkpoint(log.request(from), kNow);
    EXPECT_EQ(answer.status, 409U) << from;
    EXPECT_EQ(answer.body, "13\n");
    EXPECT_EQ(answer.content_type, "text/x.tlog.size");
  }
  // A log that was cut back: its size is below ours whatever it says.
  EXPECT_EQ(witness.add_checkpoint(Log(9).request(9), kNow).status, 409U);
  EXPECT_EQ(witness.add_checkpoint(Log(9).request(0), kNow).status, 409U);
}

TEST(Witness, WhatDoesNotContinueIs422) {
  const World world;
  Witness witness = world.open();
  const Log log(13), longer(20);
  const auto status = [&](std::uint64_t from, std::span<const seal::Digest> proof,
                          const std::string& note) {
    return witness.add_checkpoint(add_checkpoint_request(from, proof, note), kNow).status;
  };
  // From nothing: a proof must be empty; an empty tree has one root only.
  EXPECT_EQ(status(0, longer.proof(13), longer.note()), 422U);
  const seal::Checkpoint empty{.origin = std::string(kOrigin), .size = 0, .root = {}};
  EXPECT_EQ(status(0, {}, seal::sign_note(empty.to_text(), kOrigin, key_of('l'))), 422U);
  ASSERT_EQ(status(0, {}, log.note()), 200U);

  auto proof = longer.proof(13);
  EXPECT_EQ(status(13, longer.proof(12), longer.note()), 422U);
  EXPECT_EQ(status(13, {}, longer.note()), 422U);
  EXPECT_EQ(status(13, std::span(proof).first(proof.size() - 1), longer.note()), 422U);
  proof.push_back(proof.back());
  EXPECT_EQ(status(13, proof, longer.note()), 422U);
  EXPECT_EQ(status(13, proof, log.note()), 422U);  // the same size needs none
  proof.pop_back();
  std::swap(proof[0], proof[1]);
  EXPECT_EQ(status(13, proof, longer.note()), 422U);
  // The log's own proof, of another history.
  const Log fork = log.forked(10, 20);
  EXPECT_EQ(status(13, fork.proof(13), fork.note()), 422U);
  EXPECT_EQ(status(13, {}, log.forked(12, 13).note()), 422U);
  EXPECT_EQ(status(13, longer.proof(13), longer.note()), 200U);
}

std::vector<std::string> kept(const World& world, const char* kind) {
  std::vector<std::string> out;
  const std::filesystem::path all = std::filesystem::path(world.log_folder()) / kind;
  if (!std::filesystem::exists(all)) return out;
  for (const auto& one : std::filesystem::directory_iterator(all)) out.push_back(one.path());
  return out;
}

TEST(Witness, AForkIsKeptAsTheEvidenceThatItIs) {
  const World world;
  Witness witness = world.open();
  const Log log(13);
  ASSERT_EQ(witness.add_checkpoint(log.request(0), kNow).status, 200U);
  const Log fork = log.forked(4, 13);
  // Asked from the right size, and from a wrong one: two trees of one size are a fork either way.
  Answer answer = witness.add_checkpoint(fork.request(13), kNow);
  EXPECT_EQ(answer.status, 422U);
  EXPECT_TRUE(answer.fork);
  EXPECT_NE(answer.remark.find("FORK"), std::string::npos);
  const Log third = log.forked(5, 13);
  answer = witness.add_checkpoint(third.request(0), kNow);
  EXPECT_EQ(answer.status, 409U);
  EXPECT_TRUE(answer.fork);
  ASSERT_EQ(kept(world, "forks").size(), 2U);
  EXPECT_TRUE(kept(world, "unproven").empty());
  // What is kept proves it by itself: two checkpoints, both signed by the log.
  for (const std::string& one : kept(world, "forks")) {
    const auto submitted = parse_add_checkpoint(test::read_file(one + "/submitted"));
    ASSERT_TRUE(submitted);
    EXPECT_TRUE(seal::verify_note(submitted->note, log_key()));
    const auto seen = seal::parse_note(test::read_file(one + "/seen"));
    ASSERT_TRUE(seen);
    EXPECT_TRUE(seal::verify_note(*seen, log_key()));
    EXPECT_TRUE(seal::verify_cosignature(*seen, witness.verifier_key()));
    const auto ours = seal::Checkpoint::parse(seen->text);
    EXPECT_EQ(ours->size, submitted->parsed.size);
    EXPECT_NE(ours->root, submitted->parsed.root);
  }
  // The same again is kept once; the log's true history goes on.
  EXPECT_TRUE(witness.add_checkpoint(fork.request(13), kNow).fork);
  EXPECT_EQ(kept(world, "forks").size(), 2U);
  EXPECT_EQ(witness.add_checkpoint(Log(14).request(13), kNow).status, 200U);
}

TEST(Witness, WhatIsKeptIsBoundedAndCannotCrowdOutAFork) {
  const World world;
  Witness witness = world.open();
  const Log log(13);
  ASSERT_EQ(witness.add_checkpoint(log.request(0), kNow).status, 200U);
  for (std::uint64_t size = 14; size < 14 + kConflictsMax + 6; ++size) {
    const Answer answer =
        witness.add_checkpoint(add_checkpoint_request(13, {}, Log(size).note()), kNow);
    EXPECT_EQ(answer.status, 422U);
    EXPECT_FALSE(answer.fork);
  }
  EXPECT_EQ(kept(world, "unproven").size(), kConflictsMax);
  EXPECT_TRUE(witness.add_checkpoint(log.forked(4, 13).request(13), kNow).fork);
  EXPECT_EQ(kept(world, "forks").size(), 1U);
}

TEST(Witness, LatestIsWhatWasCosigned) {
  const World world;
  Witness witness = world.open();
  const std::string hash = base::to_hex(seal::sha256(as_bytes(kOrigin)));
  EXPECT_EQ(witness.latest(hash).status, 404U);
  const Log log(7);
  const Answer answer = witness.add_checkpoint(log.request(0), kNow);
  const Answer latest = witness.latest(hash);
  EXPECT_EQ(latest.status, 200U);
  EXPECT_EQ(latest.body, log.note() + answer.body);
  for (const std::string& other :
       {std::string(), hash + "0", hash.substr(2), std::string("../") + hash,
        std::string("checkpoint"), "A" + hash.substr(1), std::string(64, '0')})
    EXPECT_EQ(witness.latest(other).status, 404U) << other;
}

TEST(Witness, TimesNeverGoBack) {
  const World world;
  const auto time_of = [&](const Answer& answer, const Log& log) {
    const auto note = seal::parse_note(log.checkpoint().to_text() + '\n' + answer.body);
    return seal::verify_cosignature(*note, witness_key()).value();
  };
  ASSERT_EQ(world.open().add_checkpoint(Log(3).request(0), kNow).status, 200U);
  EXPECT_EQ(time_of(world.open().add_checkpoint(Log(4).request(3), kNow - 50), Log(4)), kNow);
  EXPECT_EQ(time_of(world.open().add_checkpoint(Log(5).request(4), kNow + 1), Log(5)), kNow + 1);
  // A clock that says nothing, or what no cosignature may say, cosigns nothing.
  const World fresh;
  Witness witness = fresh.open();
  EXPECT_EQ(witness.add_checkpoint(Log(3).request(0), 0).status, 500U);
  EXPECT_EQ(witness.add_checkpoint(Log(3).request(0), verify::kCosignatureTimeMax + 1).status,
            500U);
  EXPECT_EQ(witness.add_checkpoint(Log(3).request(0), verify::kCosignatureTimeMax).status, 200U);
}

TEST(Witness, OpensWithWhatMakesSense) {
  const World world;
  const auto code = [&](std::string name, std::vector<seal::VerifierKey> logs) {
    const auto opened =
        Witness::open((world.folder.path() / "other").string(), std::move(name), key_of('w'), logs);
    return opened ? ErrorCode::exists : opened.error().code;
  };
  EXPECT_EQ(code("name", {log_key()}), ErrorCode::exists);
  EXPECT_EQ(code("", {log_key()}), ErrorCode::usage);
  EXPECT_EQ(code("a b", {log_key()}), ErrorCode::usage);
  EXPECT_EQ(code("a+b", {log_key()}), ErrorCode::usage);
  EXPECT_EQ(code("name", {}), ErrorCode::usage);
  EXPECT_EQ(code("name", {witness_key()}), ErrorCode::usage);
}

TEST(Logs, AreKeysOrAPolicy) {
  const std::string one = log_key().to_string(), two = log_key('m', "other/log").to_string();
  const auto read = parse_logs("# whose\n" + one + "\n\n  " + two);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ((*read)[1].name, "other/log");
  const auto policy = parse_logs("log " + one + " https://x\nwitness W " +
                                 witness_key().to_string() + "\nquorum W\n");
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->size(), 1U);
  EXPECT_EQ(parse_logs("log " + one + "\n").error().code, ErrorCode::malformed);  // no quorum
  const auto wrong = parse_logs("#\n" + witness_key().to_string() + "\n");
  EXPECT_EQ(wrong.error().code, ErrorCode::unsupported);
  EXPECT_EQ(wrong.error().offset, 2U);
  EXPECT_FALSE(parse_logs("nonsense\n"));
}

}  // namespace
}  // namespace exhibit::witness
