// Policies: what is accepted, what is refused and where, and what a checkpoint comes to under one.
#include <gtest/gtest.h>

#include "base/text.h"
#include "exhibit/verify.h"

namespace exhibit::verify {
namespace {

constexpr std::uint64_t kNow = 1'800'000'000;
constexpr std::string_view kOrigin = "incident-42/collector";

seal::SigningKey key_of(int number) {
  std::string der = *base::from_hex("302e020100300506032b657004220420");
  der += std::string(31, 'k') + static_cast<char>(number);
  return seal::SigningKey::from_pem("-----BEGIN PRIVATE KEY-----\n" +
                                    base::to_base64(as_bytes(der)) +
                                    "\n-----END PRIVATE KEY-----\n")
      .value();
}
std::string log_vkey(int number, std::string_view name = kOrigin) {
  return seal::VerifierKey{.name = std::string(name), .key = key_of(number).public_key()}
      .to_string();
}
std::string witness_name(int number) { return "witness.example/w" + std::to_string(number); }
std::string witness_vkey(int number) {
  return seal::VerifierKey{.name = witness_name(number),
                           .key = key_of(number).public_key(),
                           .role = seal::KeyRole::cosigner}
      .to_string();
}
// ML-DSA-44: not checked here.
std::string other_vkey(std::string_view name, std::string_view id = "01020304") {
  const std::string typed = '\x06' + std::string(1312, 'm');
  return std::string(name) + "+" + std::string(id) + "+" + base::to_base64(as_bytes(typed));
}

constexpr int kLog = 1, kOtherLog = 2, kX1 = 11, kX2 = 12, kX3 = 13, kY1 = 21, kY2 = 22;

std::string witness_line(const char* name, int number) {
  return std::string("witness ") + name + " " + witness_vkey(number) + "\n";
}
std::string two_levels() {
  return "# who must have seen it\n\nlog " + log_vkey(kLog) + " https://log.example/\n" +
         witness_line("X1", kX1) + witness_line("X2", kX2) + witness_line("X3", kX3) +
         "group X 2 X1 X2 X3\n" + witness_line("Y1", kY1) + witness_line("Y2", kY2) +
         "group Y any Y1 Y2\n\tgroup  X-and-Y all X\tY \nquorum X-and-Y\n";
}

seal::Note note_of(std::span<const int> cosigners, std::uint64_t time = kNow - 100,
                   std::string_view origin = kOrigin, int log = kLog) {
  const seal::Checkpoint checkpoint{.origin = std::string(origin), .size = 7, .root = {}};
  std::string text = seal::sign_note(checkpoint.to_text(), origin, key_of(log));
  for (const int number : cosigners)
    text += seal::cosign_note(checkpoint.to_text(), witness_name(number), key_of(number),
                              time + static_cast<std::uint64_t>(number));
  return seal::parse_note(text).value();
}
PolicyReport judged(std::string_view policy, const seal::Note& note) {
  const auto parsed = parse_policy(policy);
  EXPECT_TRUE(parsed) << parsed.error().what.c_str();
  return check_policy(note, *parsed, kNow);
}
PolicyReport judged(std::string_view policy, std::initializer_list<int> cosigners) {
  return judged(policy, note_of(std::vector<int>(cosigners)));
}
Verdict of(const PolicyReport& report, std::string_view id) {
  Verdict worst = Verdict::valid;
  bool found = false;
  for (const Check& check : report.checks)
    if (check.id == id) {
      worst = std::max(worst, check.verdict);
      found = true;
    }
  EXPECT_TRUE(found) << id;
  return worst;
}

TEST(Policy, IsReadAsWritten) {
  const auto policy = parse_policy(two_levels());
  ASSERT_TRUE(policy) << policy.error().what.c_str();
  ASSERT_EQ(policy->logs.size(), 1U);
  EXPECT_EQ(policy->logs[0].key.name, kOrigin);
  EXPECT_EQ(policy->logs[0].url, "https://log.example/");
  EXPECT_EQ(policy->witnesses.size(), 5U);
  ASSERT_EQ(policy->groups.size(), 3U);
  EXPECT_EQ(policy->groups[0].threshold, 2U);
  EXPECT_EQ(policy->groups[1].threshold, 1U);
  EXPECT_EQ(policy->groups[2].threshold, 2U);
  ASSERT_TRUE(policy->quorum);
  EXPECT_TRUE(policy->quorum->group);
  EXPECT_EQ(policy->quorum->index, 2U);
}

TEST(Policy, QuorumByThreshold) {
  EXPECT_EQ(judged(two_levels(), {kX1, kX2, kY1}).verdict(), Verdict::valid);
  EXPECT_EQ(judged(two_levels(), {kX3, kX2, kY2}).verdict(), Verdict::valid);
  EXPECT_EQ(judged(two_levels(), {kX1, kX2, kX3, kY1, kY2}).verdict(), Verdict::valid);
  EXPECT_EQ(judged(two_levels(), {kX1, kX2, kX3}).verdict(), Verdict::undecidable);
  EXPECT_EQ(judged(two_levels(), {kX1, kY1, kY2}).verdict(), Verdict::undecidable);
  EXPECT_EQ(judged(two_levels(), {}).verdict(), Verdict::undecidable);
  // The same witness twice is one witness.
  EXPECT_EQ(judged(two_levels(), {kX1, kX1, kY1}).verdict(), Verdict::undecidable);
  // Strangers are ignored, and count for nothing.
  EXPECT_EQ(judged(two_levels(), {kX1, 99, kY1}).verdict(), Verdict::undecidable);
}

// Second of X, first of Y: the later of the two.
TEST(Policy, TimeOfTheQuorum) {
  const auto report = judged(two_levels(), {kX3, kX1, kX2, kY2});
  EXPECT_EQ(report.quorum_time_unix_s, kNow - 100 + kY2);
  ASSERT_EQ(report.cosigned.size(), 4U);
  EXPECT_EQ(report.cosigned[0].witness, 0U);
  EXPECT_EQ(report.cosigned[0].time_unix_s, kNow - 100 + kX1);
  const std::string one = "log " + log_vkey(kLog) + "\n" + witness_line("X1", kX1) +
                          witness_line("X2", kX2) + "group X 2 X1 X2\nquorum X\n";
  EXPECT_EQ(judged(one, {kX2, kX1}).quorum_time_unix_s, kNow - 100 + kX2);
}

TEST(Policy, AWitnessOrNobodyCanBeTheQuorum) {
  const std::string one = "log " + log_vkey(kLog) + "\n" + witness_line("X1", kX1) + "quorum X1\n";
  EXPECT_EQ(judged(one, {kX1}).verdict(), Verdict::valid);
  EXPECT_EQ(judged(one, {}).verdict(), Verdict::undecidable);
  const std::string nobody = "log " + log_vkey(kLog) + "\nquorum none\n";
  EXPECT_EQ(judged(nobody, {}).verdict(), Verdict::valid);
  EXPECT_FALSE(judged(nobody, {}).quorum_time_unix_s);
}

TEST(Policy, TheLogMustBeKnownUnderItsOrigin) {
  const std::string nobody =
      "log " + log_vkey(kLog) + "\nlog " + log_vkey(kOtherLog, "other/log") + "\nquorum none\n";
  EXPECT_EQ(judged(nobody, note_of({}, kNow, kOrigin, kLog)).verdict(), Verdict::valid);
  // Another key under this origin; a known key under another origin; nobody known at all.
  EXPECT_EQ(judged(nobody, note_of({}, kNow, kOrigin, 3)).verdict(), Verdict::undecidable);
  EXPECT_EQ(judged(nobody, note_of({}, kNow, "other/log", kLog)).verdict(), Verdict::undecidable);
  EXPECT_EQ(judged("quorum none\n", {}).verdict(), Verdict::undecidable);
  // A known log's signature beside a text of another origin: its own key, the wrong name.
  const seal::Checkpoint checkpoint{.origin = "elsewhere", .size = 7, .root = {}};
  const auto note =
      seal::parse_note(seal::sign_note(checkpoint.to_text(), kOrigin, key_of(kLog))).value();
  EXPECT_EQ(judged(nobody, note).verdict(), Verdict::undecidable);
}

TEST(Policy, AKnownKeyThatFailsRejectsTheNote) {
  for (const bool in_log : {true, false}) {
    seal::Note note = note_of(std::vector<int>{kX1, kX2, kX3, kY1});
    seal::NoteSignature& changed = note.signatures[in_log ? 0 : 3];
    changed.blob.back() = static_cast<char>(changed.blob.back() ^ 1);
    const auto report = judged(two_levels(), note);
    EXPECT_EQ(report.verdict(), Verdict::invalid);
    EXPECT_EQ(of(report, in_log ? "policy.log" : "policy.witness"), Verdict::invalid);
    // Without the witness that failed the quorum stands; the note is refused all the same.
    if (!in_log) {
      EXPECT_EQ(of(report, "policy.quorum"), Verdict::valid);
    }
  }
}

TEST(Policy, ACosignatureOfTheFutureIsRefused) {
  const auto at = [](std::uint64_t time) {
    const auto report = judged(two_levels(), note_of(std::vector<int>{kX1, kX2, kY1}, time - kY1));
    return std::pair(of(report, "policy.witness"), report.verdict());
  };
  EXPECT_EQ(at(kNow), std::pair(Verdict::valid, Verdict::valid));
  EXPECT_EQ(at(kNow + 1), std::pair(Verdict::invalid, Verdict::invalid));
  EXPECT_EQ(at(kCosignatureTimeMax), std::pair(Verdict::invalid, Verdict::invalid));
  // tlog-cosignature, "Format": never above 2^63 - 1, whatever the verifier's clock says.
  const auto policy = parse_policy(two_levels());
  const auto note = note_of(std::vector<int>{kX1}, kCosignatureTimeMax);
  EXPECT_EQ(check_policy(note, *policy, ~std::uint64_t{0}).verdict(), Verdict::invalid);
  const auto none = note_of(std::vector<int>{kX1}, ~std::uint64_t{kX1} + 1);
  EXPECT_EQ(judged(two_levels(), none).verdict(), Verdict::invalid);
}

TEST(Policy, AnAlgorithmThatIsNotCheckedIsUndecidable) {
  const std::string policy = "log " + log_vkey(kLog) + "\n" + witness_line("X1", kX1) +
                             "witness M " + other_vkey("m.example") +
                             "\ngroup G any X1 M\nquorum G\n";
  seal::Note note = note_of({});
  EXPECT_EQ(of(judged(policy, note), "policy.quorum"), Verdict::undecidable);
  note.signatures.push_back({.name = "m.example", .key_id = 0x01020304, .blob = "blob"});
  const auto report = judged(policy, note);
  EXPECT_EQ(report.verdict(), Verdict::undecidable);
  EXPECT_NE(report.checks.back().why.find("does not check"), std::string::npos);
  const std::string log = "log " + other_vkey(kOrigin) + "\nquorum none\n";
  EXPECT_EQ(judged(log, note_of({})).verdict(), Verdict::undecidable);
}

TEST(Policy, ATextThatIsNoCheckpointIsInvalid) {
  const auto note = seal::parse_note(seal::sign_note("hello\n", kOrigin, key_of(kLog))).value();
  EXPECT_EQ(judged(two_levels(), note).verdict(), Verdict::invalid);
}

struct Bad {
  std::string text;
  std::size_t line;
  ErrorCode code = ErrorCode::malformed;
};

TEST(Policy, ErrorsNameTheLine) {
  const std::string log = "log " + log_vkey(kLog) + "\n", x1 = witness_line("X1", kX1);
  std::string wrong_hash = log_vkey(kLog);
  wrong_hash[wrong_hash.find('+') + 1] ^= 1;
  const std::vector<Bad> all{
      {"", 1},
      {log, 2},                                                         // no quorum
      {"quorum none", 1},                                               // no newline
      {"quorum none\n#", 2},                                            // not in a comment either
      {log + log + "quorum none\n", 2},                                 // the same log twice
      {log + "log " + log_vkey(kLog, "other") + "\nquorum none\n", 2},  // under another name too
      {x1 + witness_line("X2", kX1) + "quorum none\n", 2},
      {x1 + witness_line("X1", kX2) + "quorum none\n", 2},  // the same name
      {x1 + "group X1 any X1\nquorum none\n", 2},
      {x1 + "witness none " + witness_vkey(kX2) + "\nquorum none\n", 2},
      {x1 + "group G any none\nquorum G\n", 2},
      {x1 + "group G any X1 X1\nquorum G\n", 2},
      {x1 + "group G any X1\ngroup H any X1\nquorum G\n", 3},  // one way only
      {x1 + "group G any G\nquorum G\n", 2},
      {"group G any X1\n" + x1 + "quorum G\n", 1},  // defined below
      {x1 + "group G any\nquorum G\n", 2},
      {x1 + "group G 0 X1\nquorum G\n", 2},
      {x1 + "group G 2 X1\nquorum G\n", 2},
      {x1 + "group G 01 X1\nquorum G\n", 2},
      {x1 + "group G some X1\nquorum G\n", 2},
      {"quorum X1\n" + x1, 1},
      {"quorum none\nquorum none\n", 2},
      {"quorum\n", 1},
      {"quorum none none\n", 1},
      {"quorum none # yes\n", 1},  // a comment is a line
      {"Log x\nquorum none\n", 1},
      {"log\nquorum none\n", 1},
      {"log " + log_vkey(kLog) + " url more\nquorum none\n", 1},
      {"log name\nquorum none\n", 1},
      {"log " + wrong_hash + "\nquorum none\n", 1, ErrorCode::proof_mismatch},
      {"log " + witness_vkey(kX1) + "\nquorum none\n", 1, ErrorCode::unsupported},
      {"witness X1 " + log_vkey(kX1) + "\nquorum none\n", 1, ErrorCode::unsupported},
      {"witness X1\nquorum none\n", 1},
      {"# \x01\nquorum none\n", 1},
      {"# \x7f\nquorum none\n", 1},
      {"\r\nquorum none\n", 1},
      {"witness " + std::string(1025, 'n') + " " + witness_vkey(kX1) + "\nquorum none\n", 1,
       ErrorCode::limit},
      {std::string(kPolicySizeMax, '\n') + "quorum none\n", 1, ErrorCode::limit}};
  for (const Bad& bad : all) {
    const auto policy = parse_policy(bad.text);
    ASSERT_FALSE(policy) << bad.text;
    EXPECT_EQ(line_number(bad.text, policy.error().offset), bad.line)
        << bad.text.substr(0, 200) << policy.error().what.c_str();
    EXPECT_EQ(policy.error().code, bad.code) << bad.text.substr(0, 200);
  }
}

// "Character set": every octet above 0x7f is opaque.
TEST(Policy, NamesAreOctets) {
  const auto policy = parse_policy("witness \xff\xe2\x84\xaa " + witness_vkey(kX1) +
                                   "\n #\xff\nquorum \xff\xe2\x84\xaa\n");
  ASSERT_TRUE(policy) << policy.error().what.c_str();
  EXPECT_EQ(policy->witnesses[0].name, "\xff\xe2\x84\xaa");
}

// C2SP asks for at least 32 of each.
TEST(Policy, HasRoomForMany) {
  std::string text, members;
  for (int i = 0; i < 120; ++i) {
    text += witness_line(("W" + std::to_string(i)).c_str(), i);
    text += "group G" + std::to_string(i) + " any W" + std::to_string(i) + "\n";
    members += " G" + std::to_string(i);
  }
  text += "group all all" + members + "\nquorum all\n";
  EXPECT_TRUE(parse_policy(text));
}

}  // namespace
}  // namespace exhibit::verify
