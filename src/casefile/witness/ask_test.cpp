// Asking: against our own witness, and against ones that lie.
#include <gtest/gtest.h>

#include "casefile/witness/log_fixture_test.h"
#include "exhibit/verify.h"

namespace exhibit::witness {
namespace {

Post to(Witness& witness, int* requests = nullptr) {
  return [&witness, requests](std::string_view body) -> Result<Reply> {
    if (requests != nullptr) ++*requests;
    Answer answer = witness.add_checkpoint(body, kNow);
    return Reply{answer.status, answer.content_type, answer.body};
  };
}
Post always(unsigned status, std::string body, std::string type = "text/plain") {
  return [=](std::string_view) -> Result<Reply> { return Reply{status, type, body}; };
}
Asked asked(const Log& log, std::uint64_t known, const Post& post,
            std::vector<seal::VerifierKey> keys = {witness_key()}) {
  const std::string note = log.note();
  const auto out = ask({.checkpoint = note, .leaves = log.leaves}, known, keys, kNow, post);
  EXPECT_TRUE(out) << out.error().what.c_str();
  return out.value_or(Asked{});
}

TEST(Ask, GetsACosignatureFromWhereverTheWitnessIs) {
  const World world;
  Witness witness = world.open();
  int requests = 0;
  Asked out = asked(Log(5), 0, to(witness, &requests));
  ASSERT_EQ(out.outcome, Outcome::cosigned) << out.said;
  EXPECT_EQ(requests, 1);
  EXPECT_EQ(out.time_unix_s, kNow);
  const auto note = with_lines(Log(5).note(), out.lines);
  ASSERT_TRUE(note);
  EXPECT_EQ(seal::verify_cosignature(seal::parse_note(*note).value(), witness_key()), kNow);
  // Once more with the same: nothing is added twice.
  EXPECT_EQ(with_lines(*note, out.lines), *note);
  // Known: one request. Not known, or wrong: the witness says.
  requests = 0;
  EXPECT_EQ(asked(Log(9), 5, to(witness, &requests)).outcome, Outcome::cosigned);
  EXPECT_EQ(requests, 1);
  EXPECT_EQ(asked(Log(20), 0, to(witness, &requests)).outcome, Outcome::cosigned);
  EXPECT_EQ(requests, 3);
  EXPECT_EQ(asked(Log(30), 25, to(witness)).outcome, Outcome::cosigned);
  EXPECT_EQ(asked(Log(30), 30, to(witness)).outcome, Outcome::cosigned);
}

TEST(Ask, SaysWhatAWitnessFinds) {
  const World world;
  Witness witness = world.open();
  ASSERT_EQ(asked(Log(9), 0, to(witness)).outcome, Outcome::cosigned);
  Asked out = asked(Log(5), 0, to(witness));  // cut back
  EXPECT_EQ(out.outcome, Outcome::ahead);
  EXPECT_EQ(out.witness_size, 9U);
  out = asked(Log(9).forked(4, 20), 0, to(witness));
  EXPECT_EQ(out.outcome, Outcome::inconsistent);
  EXPECT_EQ(out.witness_size, 9U);
  EXPECT_EQ(asked(Log(9).forked(4, 9), 9, to(witness)).outcome, Outcome::inconsistent);
  Log stranger(9);
  stranger.key = 'x';
  EXPECT_EQ(asked(stranger, 0, to(witness)).outcome, Outcome::refused);
  stranger.origin = stranger.name = "elsewhere/log";
  EXPECT_EQ(asked(stranger, 0, to(witness)).outcome, Outcome::unknown_log);
}

TEST(Ask, TakesNothingThatDoesNotVerify) {
  const Log log(9);
  const std::string text = log.checkpoint().to_text();
  const auto line = [&](char key = 'w', std::string_view name = kName, std::uint64_t time = kNow) {
    return seal::cosign_note(text, name, key_of(key), time);
  };
  const auto outcome = [&](std::string body) {
    const Asked out = asked(log, 0, always(200, std::move(body)));
    EXPECT_EQ(out.lines.empty(), out.outcome != Outcome::cosigned);
    EXPECT_EQ(out.said.empty(), out.outcome == Outcome::cosigned);
    return out.outcome;
  };
  EXPECT_EQ(outcome(line()), Outcome::cosigned);
  EXPECT_EQ(outcome(line('x', "stranger") + line()), Outcome::cosigned);
  EXPECT_EQ(outcome(""), Outcome::unusable);
  EXPECT_EQ(outcome(line('x')), Outcome::unusable);
  EXPECT_EQ(outcome(line('w', "another-name")), Outcome::unusable);
  EXPECT_EQ(outcome(line('w', kName, kNow + 1)), Outcome::unusable);
  EXPECT_EQ(outcome(line('w', kName, 0)), Outcome::unusable);
  EXPECT_EQ(outcome(line() + "more\n"), Outcome::unusable);
  EXPECT_EQ(outcome(line() + "\n"), Outcome::unusable);
  EXPECT_EQ(outcome("\n" + line()), Outcome::unusable);
  EXPECT_EQ(outcome(line().substr(0, line().size() - 1)), Outcome::unusable);
  // Over another checkpoint; and what would slip in another text.
  EXPECT_EQ(outcome(seal::cosign_note(Log(8).checkpoint().to_text(), kName, key_of('w'), kNow)),
            Outcome::unusable);
  EXPECT_EQ(outcome("\u2014 x\n\n" + line()), Outcome::unusable);
  std::string many;
  for (int i = 0; i < 65; ++i) many += line('x', "stranger");
  EXPECT_EQ(outcome(many + line()), Outcome::unusable);
  std::string wrong = line();
  wrong[wrong.size() - 10] ^= 1;
  EXPECT_EQ(outcome(wrong + line()), Outcome::unusable);
}

TEST(Ask, GivesUpOnAWitnessThatMakesNoSense) {
  const Log log(9);
  const auto outcome = [&](unsigned status, std::string body, const char* type) {
    return asked(log, 3, always(status, std::move(body), type)).outcome;
  };
  EXPECT_EQ(outcome(409, "3\n", "text/x.tlog.size"), Outcome::unusable);  // what it was asked from
  EXPECT_EQ(outcome(409, "4\n", "text/x.tlog.size"), Outcome::unusable);  // over and over
  EXPECT_EQ(outcome(409, "4\n", "text/plain"), Outcome::unusable);
  EXPECT_EQ(outcome(409, "4", "text/x.tlog.size"), Outcome::unusable);
  EXPECT_EQ(outcome(409, "04\n", "text/x.tlog.size"), Outcome::unusable);
  EXPECT_EQ(outcome(409, "4\n4\n", "text/x.tlog.size"), Outcome::unusable);
  EXPECT_EQ(outcome(409, "10\n", "text/x.tlog.size"), Outcome::ahead);
  EXPECT_EQ(outcome(500, "no", "text/plain"), Outcome::unusable);
  EXPECT_EQ(outcome(301, "", "text/html"), Outcome::unusable);
}

TEST(Ask, ErrorsAreTheCallersOrTheWires) {
  const Log log(9);
  const std::string note = log.note();
  const std::vector<seal::VerifierKey> keys{witness_key()}, wrong{log_key()};
  const auto code = [](const Result<Asked>& out) {
    return out ? ErrorCode::exists : out.error().code;
  };
  const LogView view{.checkpoint = note, .leaves = log.leaves};
  EXPECT_EQ(code(ask(view, 0, wrong, kNow, always(200, ""))), ErrorCode::usage);
  EXPECT_EQ(code(ask(view, 10, keys, kNow, always(200, ""))), ErrorCode::usage);
  const LogView cut{.checkpoint = note, .leaves = std::span(log.leaves).first(8)};
  EXPECT_EQ(code(ask(cut, 0, keys, kNow, always(200, ""))), ErrorCode::usage);
  const Post broken = [](std::string_view) -> Result<Reply> {
    return fail(ErrorCode::io, "no line");
  };
  EXPECT_EQ(code(ask(view, 0, keys, kNow, broken)), ErrorCode::io);
}

}  // namespace
}  // namespace exhibit::witness
