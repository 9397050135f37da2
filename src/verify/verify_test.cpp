#include "exhibit/verify.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.h"

namespace exhibit::verify {
namespace {

constexpr std::string_view kOrigin = "incident-42/collector";

Entry entry() {
  return {.kind = "acquire",
          .log = std::string(kOrigin),
          .party = "collector",
          .time = "2026-11-22T12:00:00.0000000Z",
          .commitment = {}};
}

Statement statement() {
  seal::Key key{};
  key[0] = std::byte{7};
  const std::vector<StatementField> fields{
      {.name = "sha256", .value = "ab", .number = false},
      {.name = "size_bytes", .value = "17", .number = true},
      {.name = "path", .value = "/evidence/\xff\xfe", .number = false}};
  return make_statement(key, 3, entry(), fields);
}

TEST(Statement, OpensToWhatItsEntryCommittedTo) {
  const Statement made = statement();
  const auto read = parse_statement(statement_json(made));
  ASSERT_TRUE(read) << read.error().what.c_str();
  EXPECT_TRUE(verify_statement(*read, made.entry));
  EXPECT_EQ(read->get("path"), "/evidence/\xff\xfe");
  EXPECT_EQ(read->number("size_bytes"), 17U);
  EXPECT_FALSE(read->number("path"));
  EXPECT_EQ(read->index, 3U);
  EXPECT_EQ(read->fields().size(), 3U);
}

TEST(Statement, EveryChangeIsFound) {
  const Statement made = statement();
  const std::string json = statement_json(made);
  for (std::size_t i = 0; i < json.size(); ++i)
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string changed = json;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      const auto read = parse_statement(changed);
      // The entry's number is the file's name; who reads the file compares the two.
      if (read && read->index == 3) {
        EXPECT_FALSE(verify_statement(*read, made.entry)) << i << " " << bit;
      }
    }
  // Neither can a field be left out, nor two change places.
  Statement without = made;
  without.opening.fields.pop_back();
  EXPECT_FALSE(verify_statement(without, made.entry));
  Statement swapped = made;
  std::swap(swapped.opening.fields[1].value, swapped.opening.fields[3].value);
  EXPECT_FALSE(verify_statement(swapped, made.entry));
  std::swap(swapped.opening.fields[1], swapped.opening.fields[3]);
  EXPECT_FALSE(verify_statement(swapped, made.entry));
  // A commitment does not cover its field's name; the list of names in field 0 does.
  for (std::size_t i = 0; i < made.opening.fields.size(); ++i) {
    Statement renamed = made;
    renamed.opening.fields[i].path += "x";
    EXPECT_FALSE(verify_statement(renamed, made.entry)) << i;
    if (i == 0) continue;
    Statement exchanged = made;
    std::swap(exchanged.opening.fields[i].path, exchanged.opening.fields[i % 3 + 1].path);
    EXPECT_FALSE(verify_statement(exchanged, made.entry)) << i;
  }
  Statement relisted = made;
  relisted.opening.fields[0].value[4] ^= 1;
  relisted.opening.fields[1].path[0] ^= 1;
  EXPECT_FALSE(verify_statement(relisted, made.entry));
}

TEST(Statement, TwoOfTheSameFieldsCannotBeCompared) {
  EXPECT_NE(statement().entry.commitment, statement().entry.commitment);
}

TEST(Entry, IsSignedUnderTheLogsName) {
  const auto key = seal::SigningKey::generate();
  const auto other = seal::SigningKey::generate();
  ASSERT_TRUE(key && other);
  const Entry made = statement().entry;
  const std::string text = sign_entry(made, *key);
  EXPECT_LT(entry_payload(made).size(), kEntrySizeBytesMax);
  const auto read = parse_entry(text);
  ASSERT_TRUE(read) << read.error().what.c_str();
  EXPECT_EQ(read->entry.kind, "acquire");
  EXPECT_EQ(read->entry.commitment, made.commitment);
  const seal::VerifierKey ours{.name = entry_key_name(kOrigin), .key = key->public_key()};
  const seal::VerifierKey theirs{.name = entry_key_name(kOrigin), .key = other->public_key()};
  EXPECT_TRUE(seal::verify_envelope(read->envelope, ours));
  EXPECT_FALSE(seal::verify_envelope(read->envelope, theirs));
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    const auto again = parse_entry(changed);
    if (again) {
      EXPECT_FALSE(seal::verify_envelope(again->envelope, ours)) << i;
    }
  }
}

TEST(EntryBundle, RoundTripsAndBoundsWhatItReads) {
  std::string bundle;
  append_bundle_entry(bundle, "one");
  append_bundle_entry(bundle, std::string(300, 'x'));
  append_bundle_entry(bundle, "");
  const auto read = parse_entry_bundle(as_bytes(bundle));
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 3U);
  EXPECT_EQ((*read)[1].size(), 300U);
  for (const std::size_t cut : {1U, 4U, 6U, 100U})
    EXPECT_FALSE(parse_entry_bundle(as_bytes(std::string_view(bundle).substr(0, cut)))) << cut;
  std::string many;
  for (int i = 0; i < 257; ++i) append_bundle_entry(many, "e");
  EXPECT_FALSE(parse_entry_bundle(as_bytes(many)));
}

TEST(Trust, IsForAKeyUnderANameOrForAFingerprint) {
  const auto key = seal::SigningKey::generate();
  const auto other = seal::SigningKey::generate();
  ASSERT_TRUE(key && other);
  const auto brought = [&](std::string_view text) {
    const auto parsed = parse_trusted_key(text);
    EXPECT_TRUE(parsed) << text;
    return std::vector<TrustedKey>{*parsed};
  };
  const auto named = [&](const char* name) {
    return brought(seal::VerifierKey{.name = name, .key = key->public_key()}.to_string());
  };
  EXPECT_TRUE(trusts(named("incident-42/collector"), kOrigin, key->public_key()));
  EXPECT_TRUE(trusts(named("collector"), kOrigin, key->public_key()));
  EXPECT_FALSE(trusts(named("incident-43/collector"), kOrigin, key->public_key()));
  EXPECT_FALSE(trusts(named("incident-42/collector"), kOrigin, other->public_key()));
  const std::string hex = fingerprint(key->public_key());
  EXPECT_TRUE(trusts(brought(hex), kOrigin, key->public_key()));
  EXPECT_TRUE(trusts(brought("sha256:" + hex), kOrigin, key->public_key()));
  EXPECT_FALSE(trusts(brought(hex), kOrigin, other->public_key()));
  EXPECT_FALSE(trusts({}, kOrigin, key->public_key()));
  EXPECT_FALSE(parse_trusted_key("collector"));
  EXPECT_FALSE(parse_trusted_key(hex.substr(1)));
}

TEST(Verdict, TheWorstIsTheSum) {
  std::vector<Check> checks(3);
  EXPECT_EQ(overall(checks), Verdict::valid);
  checks[1].verdict = Verdict::undecidable;
  EXPECT_EQ(overall(checks), Verdict::undecidable);
  checks[2].verdict = Verdict::invalid;
  EXPECT_EQ(overall(checks), Verdict::invalid);
}

TEST(LinesRoot, EveryLineEnds) {
  const auto two = lines_root("a\nb\n");
  ASSERT_TRUE(two);
  EXPECT_EQ(two->lines, 2U);
  EXPECT_NE(two->root, lines_root("a\nb\n\n")->root);
  EXPECT_NE(two->root, lines_root("ab\n")->root);
  EXPECT_FALSE(lines_root("a\nb"));
  EXPECT_EQ(lines_root("")->lines, 0U);
}

TEST(TlogProof, HasTheFormOfC2sp) {
  const std::vector<seal::Digest> path(2);
  EXPECT_EQ(tlog_proof(5, path, "origin\n6\nroot\n\n— sig\n"),
            "c2sp.org/tlog-proof@v1\nindex 5\n" + base::to_base64(path[0]) + "\n" +
                base::to_base64(path[1]) + "\n\norigin\n6\nroot\n\n— sig\n");
}

}  // namespace
}  // namespace exhibit::verify
