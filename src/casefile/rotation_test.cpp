// Keys that take the place of others in a log, and keys that are no longer to be trusted.
#include "exhibit/rotation.h"

#include <filesystem>

#include "casefile/case_fixture_test.h"
#include "casefile/home.h"
#include "casefile/impl.h"
#include "exhibit/custody.h"

namespace exhibit::casefile {
namespace {

namespace fs = std::filesystem;
using test_case::CaseTest;
using test_case::verdict_of;
using verify::Verdict;

class Rotation : public CaseTest {
 protected:
  Case open(const Home& keys, const std::string& party = std::string(kDefaultParty),
            const std::string& name = "case") {
    CaseOptions as = options();
    as.party = party;
    auto opened = Case::open(keys, at(name), as);
    if (!opened) throw std::runtime_error(opened.error().what.c_str());
    return *std::move(opened);
  }
  static void note(Case& into) {
    ASSERT_TRUE(say(into, {.kind = Saying::Kind::note, .text = "x"}));
  }
};

TEST_F(Rotation, NewKeysSignFromTheNextEntryOn) {
  const Home keys = home();
  {
    Case into = sealed(keys);
    const auto done = rotate_keys(into, "every year");
    ASSERT_TRUE(done) << done.error().what.c_str();
    note(into);
    const auto& ledger = into.impl().ledger;
    const auto last = verify::parse_entry(ledger.entries.back());
    ASSERT_TRUE(last);
    EXPECT_TRUE(seal::verify_envelope(last->envelope, done->entry));
    EXPECT_FALSE(seal::verify_envelope(last->envelope, into.impl().open.entry_key));
    // The entry that names them is signed with the one before.
    const auto named = verify::parse_entry(ledger.entries[done->index]);
    EXPECT_TRUE(seal::verify_envelope(named->envelope, into.impl().open.entry_key));
  }
  {
    Case again = open(keys);
    note(again);
    ASSERT_TRUE(rotate_keys(again, ""));
    note(again);
  }
  EXPECT_EQ(verify(at("case"), keys).overall, Verdict::valid);
  const Case other = open(keys);
  EXPECT_EQ(other.summary().tree_size, 9U);
}

TEST_F(Rotation, OthersTakeInWhatTheNewKeysSigned) {
  const Home keys = home();
  {
    const Case into = sealed(keys);
  }
  fs::copy(at("case"), at("theirs"), fs::copy_options::recursive);
  CaseOptions as_other = options();
  as_other.party = "other";
  {
    auto other = Case::join(keys, at("theirs"), as_other);
    ASSERT_TRUE(other);
    ASSERT_TRUE(rotate_keys(*other, ""));
    ASSERT_TRUE(cosign(*other));
    note(*other);
  }
  const auto merged = merge(keys, at("case"), at("theirs"));
  ASSERT_TRUE(merged);
  const Report report = verify(at("case"), keys);
  EXPECT_EQ(report.overall, Verdict::valid) << text(report);
  ASSERT_EQ(report.logs[0].seen.size(), 1U) << "cosigned with the new key";
  EXPECT_TRUE(report.unsealed_files.empty()) << text(report);
}

TEST_F(Rotation, WhatARevokedKeySignedIsUndecided) {
  const Home keys = home();
  Case into = sealed(keys);
  note(into);
  note(into);
  const std::string old = into.impl().open.entry_key.to_string();
  const auto present = revoke_key(into, old, 4, "stolen");
  ASSERT_FALSE(present);
  EXPECT_EQ(present.error().code, ErrorCode::usage) << "it is the present one";
  ASSERT_TRUE(rotate_keys(into, ""));
  EXPECT_EQ(revoke_key(into, "12345678", 4, "").error().code, ErrorCode::not_found);
  EXPECT_EQ(revoke_key(into, old, 99, "").error().code, ErrorCode::usage);
  ASSERT_TRUE(revoke_key(into, old, 5, "stolen"));
  const Report report = verify(at("case"), keys);
  EXPECT_EQ(report.overall, Verdict::undecidable);
  EXPECT_EQ(std::ranges::count(report.checks, "entry.revoked", &verify::Check::id), 2)
      << text(report);
  EXPECT_EQ(verdict_of(report, "entry.signature"), Verdict::valid);
}

TEST_F(Rotation, ACosignatureUnderARevokedKeyProvesNothing) {
  const Home keys = home();
  {
    const Case into = sealed(keys);
  }
  CaseOptions as_other = options();
  as_other.party = "other";
  auto other = Case::join(keys, at("case"), as_other);
  ASSERT_TRUE(other);
  ASSERT_TRUE(cosign(*other));
  const std::string old = other->impl().open.cosign_key->to_string();
  ASSERT_TRUE(rotate_keys(*other, ""));
  EXPECT_EQ(verify(at("case"), keys).logs[0].seen.size(), 1U) << "an old key is no bad key";
  ASSERT_TRUE(revoke_key(*other, old, 0, "stolen"));
  const Report report = verify(at("case"), keys);
  EXPECT_EQ(verdict_of(report, "cosignature"), Verdict::undecidable);
  EXPECT_TRUE(report.logs[0].seen.empty());
  ASSERT_TRUE(cosign(*other));
  EXPECT_EQ(verify(at("case"), keys).logs[0].seen.size(), 1U) << "seen again, with the new one";
}

// Who has the old key but not the log's, or the log's but not the old one, changes nothing.
TEST_F(Rotation, OnlyTheKeyBeforeNamesTheNext) {
  const Home keys = home();
  Case into = sealed(keys);
  auto stranger = seal::SigningKey::generate();
  auto named = seal::SigningKey::generate();
  ASSERT_TRUE(stranger && named);
  Case::Impl& impl = into.impl();
  KeysFacts facts;
  facts.entry_key = {.name = verify::entry_key_name(impl.origin), .key = named->public_key()};
  std::vector<verify::Statement> statements;
  statements.push_back(impl.statement(0, "keys", keys_fields(facts, impl.custody())));
  impl.keys->entry = *std::move(stranger);
  ASSERT_TRUE(impl.commit(std::move(statements)));
  impl.keys->entry = *std::move(named);
  note(into);
  const Report report = verify(at("case"), keys);
  EXPECT_EQ(std::ranges::count_if(report.checks,
                                  [](const verify::Check& check) {
                                    return check.id == "entry.signature" &&
                                           check.verdict == Verdict::invalid;
                                  }),
            2)
      << text(report);
}

TEST_F(Rotation, KeysThatWereRotatedElsewhereAreMissed) {
  const Home keys = home();
  {
    Case into = sealed(keys);
    fs::copy(at("home"), at("before"), fs::copy_options::recursive);
    ASSERT_TRUE(rotate_keys(into, ""));
  }
  const auto opened = Case::open(home("before"), at("case"), options());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::refused);
}

TEST_F(Rotation, DestructionTakesRotatedKeysToo) {
  const Home keys = home();
  {
    Case into = sealed(keys);
    ASSERT_TRUE(rotate_keys(into, ""));
  }
  ASSERT_TRUE(destroy(keys, at("case"), options(), "", {}));
  EXPECT_TRUE(fs::is_empty(at("home/keys")));
}

}  // namespace
}  // namespace exhibit::casefile
