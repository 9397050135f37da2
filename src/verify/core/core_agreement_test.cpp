// The core against the library's older code for the same forms: both take a text, or both refuse
// it, good ones and thousands that were changed in a bit, a byte, or a line.
#include <gtest/gtest.h>

#include <random>

#include "verify/core/bundle_testing.h"
#include "verify/core/entry.h"
#include "verify/core/policy.h"
#include "verify/core/statement.h"

namespace exhibit::verify::core {
namespace {

using testing::Log;

/// The same memory, from its beginning, for each question.
std::span<std::byte> memory() {
  static std::vector<std::byte> bytes(4 << 20);
  return bytes;
}
struct Room {
  Arena arena{memory()};
};

class Mutations {
 public:
  explicit Mutations(std::uint64_t seed) : random_(seed) {}
  std::string of(const std::string& text) {
    std::string out = text;
    for (std::size_t n = 1 + random_() % 2; n-- > 0 && !out.empty();) {
      const std::size_t at = random_() % out.size();
      switch (random_() % 5) {
        case 0:
          out[at] = static_cast<char>(out[at] ^ (1 << random_() % 8));
          break;
        case 1:
          out.erase(at, 1 + random_() % 3);
          break;
        case 2:
          out.insert(at, 1, kInserted[random_() % kInserted.size()]);
          break;
        case 3:
          out.insert(at, out.substr(at, random_() % 40));
          break;
        default:
          out[at] = out[random_() % out.size()];
      }
    }
    return out;
  }

 private:
  static constexpr std::string_view kInserted = "\n \t\"\\+,:{}09aA\xc3\xed/=";
  std::mt19937_64 random_;
};

bool takes_json(const std::string& text) {
  Room room;
  const Json* json = nullptr;
  return parse_canonical_json(room.arena, text, json).empty();
}

TEST(Agreement, CanonicalJson) {
  Mutations mutations(1);
  std::size_t taken = 0;
  for (const std::string text :
       {R"({"a":[1,-2,9007199254740992,"x"],"b":{"":null},"c":true,"é":"\n\u0001\"\\ü"})",
        R"([[[[]]],{},"",0,-1,false])",
        "{\"\xef\xbf\xbd\":1,\"\xf0\x9f\x98\x80\":2}",
        "{\"\xf0\x9f\x98\x80\":2,\"\xef\xbf\xbd\":1}",
        R"("\/")",
        R"("\u0041")",
        R"("\b\f\n\r\t")",
        R"("\u000a")",
        R"(9007199254740993)",
        R"(01)",
        R"(-0)",
        R"(1.0)",
        R"(1e3)",
        " 1",
        "1 ",
        R"({"a":1,"a":2})",
        R"({"b":1,"a":2})",
        "\"\x7f\"",
        "\"\x1f\"",
        "nul",
        "truee"})
    for (int i = 0; i < 400; ++i) {
      const std::string changed = i == 0 ? text : mutations.of(text);
      const bool mine = takes_json(changed);
      ASSERT_EQ(mine, base::parse_canonical_json(changed).has_value()) << changed;
      taken += mine ? 1U : 0U;
    }
  EXPECT_GT(taken, 100U);
  for (const std::size_t depth : {63U, 64U, 65U}) {
    const std::string deep = std::string(depth, '[') + std::string(depth, ']');
    EXPECT_EQ(takes_json(deep), base::parse_canonical_json(deep).has_value()) << depth;
  }
}

TEST(Agreement, NotesCheckpointsAndSignatures) {
  const Log log("incident-42", "blue");
  const Log other("incident-42", "cert");
  const std::string log_key = log.verifier().to_string();
  const std::string cosigner_key = other.cosigner().to_string();
  const std::string text = log.checkpoint_text(1);
  const std::string note = log.checkpoint() +
                           seal::cosign_note(text, other.cosigner().name, other.cosign_key, 77) +
                           seal::cosign_note(text, other.cosigner().name, other.cosign_key, 55);
  Mutations mutations(2);
  std::size_t taken = 0, holding = 0;
  for (int i = 0; i < 3000; ++i) {
    const std::string changed = i == 0 ? note : mutations.of(note);
    Room room;
    Note mine;
    const Why why = parse_note(room.arena, changed, mine);
    const auto theirs = seal::parse_note(changed);
    ASSERT_EQ(why.empty(), theirs.has_value()) << changed << why;
    if (!theirs) continue;
    ++taken;
    ASSERT_EQ(mine.text, theirs->text);
    ASSERT_EQ(mine.signatures.size(), theirs->signatures.size());
    Checkpoint checkpoint;
    const Why form = parse_checkpoint(room.arena, mine.text, checkpoint);
    const auto parsed = seal::Checkpoint::parse(theirs->text);
    ASSERT_EQ(form.empty(), parsed.has_value()) << changed << form;
    if (parsed) {
      EXPECT_EQ(checkpoint.size, parsed->size);
      EXPECT_EQ(checkpoint.origin, parsed->origin);
      EXPECT_EQ(view(checkpoint.root), as_text(parsed->root));
      EXPECT_EQ(checkpoint.extended, parsed->to_text() != theirs->text);
    }
    VerifierKey key, cosigner;
    ASSERT_TRUE(parse_verifier_key(room.arena, log_key, key).empty());
    ASSERT_TRUE(parse_verifier_key(room.arena, cosigner_key, cosigner).empty());
    const auto signed_by = seal::verify_note(*theirs, log.verifier());
    const Signed by_me = is_signed(mine, key);
    ASSERT_EQ(by_me == Signed::yes, signed_by.has_value()) << changed;
    ASSERT_EQ(by_me == Signed::wrong,
              !signed_by && signed_by.error().code == ErrorCode::bad_signature);
    std::uint64_t time = 0;
    const auto cosigned = seal::verify_cosignature(*theirs, other.cosigner());
    ASSERT_EQ(is_cosigned(mine, cosigner, time) == Signed::yes, cosigned.has_value()) << changed;
    if (cosigned) {
      EXPECT_EQ(time, *cosigned);
    }
    holding += signed_by && cosigned ? 1U : 0U;
  }
  EXPECT_GT(taken, 200U);
  EXPECT_GT(holding, 0U);
}

TEST(Agreement, VerifierKeys) {
  const Log log("incident-42", "blue");
  Mutations mutations(3);
  for (const std::string& key : {log.verifier().to_string(), log.cosigner().to_string()})
    for (int i = 0; i < 1500; ++i) {
      const std::string changed = i == 0 ? key : mutations.of(key);
      Room room;
      VerifierKey mine;
      const Why why = parse_verifier_key(room.arena, changed, mine);
      const auto theirs = seal::VerifierKey::parse(changed);
      ASSERT_EQ(why.empty() && mine.checked, theirs.has_value()) << changed << why;
      // Of another algorithm: taken here as one that is not checked.
      ASSERT_EQ(why.empty() && !mine.checked,
                !theirs && theirs.error().code == ErrorCode::unsupported)
          << changed << why;
    }
}

TEST(Agreement, EntriesAndStatements) {
  Log log("incident-42", "blue");
  log.add("note", {{.name = "text", .value = "a\xff\xfe \"quoted\"\n"},
                   {.name = "n", .value = "17", .number = true}});
  Mutations mutations(4);
  const seal::VerifierKey verifier{.name = entry_key_name(log.origin),
                                   .key = log.entry_key.public_key()};
  const std::string key_text = verifier.to_string();
  std::size_t taken = 0;
  for (int i = 0; i < 3000; ++i) {
    const std::string changed = i == 0 ? log.entries[1] : mutations.of(log.entries[1]);
    Room room;
    Entry mine;
    const Why why = parse_entry(room.arena, changed, mine);
    const auto theirs = verify::parse_entry(changed);
    ASSERT_EQ(why.empty(), theirs.has_value()) << changed << why;
    if (!theirs) continue;
    ++taken;
    EXPECT_EQ(mine.kind, theirs->entry.kind);
    EXPECT_EQ(mine.time, theirs->entry.time);
    EXPECT_EQ(view(mine.commitment), theirs->entry.commitment);
    VerifierKey key;
    ASSERT_TRUE(parse_verifier_key(room.arena, key_text, key).empty());
    ASSERT_EQ(is_signed(room.arena, mine, key) == Signed::yes,
              seal::verify_envelope(theirs->envelope, verifier).has_value());
  }
  EXPECT_GT(taken, 10U);
  const std::string json = statement_json(log.statements[1]);
  for (int i = 0; i < 3000; ++i) {
    const std::string changed = i == 0 ? json : mutations.of(json);
    Room room;
    Statement mine;
    const Why why = open_statement(room.arena, changed, mine);
    const auto theirs = parse_statement(changed);
    // The core shows that it opens while it reads.
    const bool opens = theirs && verify_statement(*theirs, theirs->entry);
    ASSERT_EQ(why.empty(), opens) << changed << why;
    if (!opens) continue;
    ASSERT_EQ(mine.fields.size(), theirs->fields().size());
    EXPECT_EQ(mine.get("text"), theirs->get("text"));
    EXPECT_EQ(mine.index, theirs->index);
  }
}

TEST(Agreement, Policies) {
  const Log log("incident-42", "blue"), one("a", "w1"), two("a", "w2"), three("a", "w3");
  const std::string policy = "# who counts\nlog " + log.verifier().to_string() +
                             " https://x.example/\nwitness one " + one.cosigner().to_string() +
                             "\nwitness two\t" + two.cosigner().to_string() + "\nwitness three " +
                             three.cosigner().to_string() +
                             "\ngroup pair 2 one two\ngroup any any pair three\nquorum any\n";
  const std::string text = log.checkpoint_text(1);
  const std::vector<std::string> lines{
      seal::cosign_note(text, one.cosigner().name, one.cosign_key, 100),
      seal::cosign_note(text, two.cosigner().name, two.cosign_key, 200),
      seal::cosign_note(text, three.cosigner().name, three.cosign_key, 300),
      seal::cosign_note(text, three.cosigner().name, two.cosign_key, 300),  // signed by another
      seal::cosign_note(text, three.cosigner().name, three.cosign_key, 0)};
  Mutations mutations(5);
  std::size_t taken = 0;
  for (int i = 0; i < 2500; ++i) {
    const std::string changed = i < 64 ? policy : mutations.of(policy);
    Room room;
    Policy mine;
    std::size_t line = 0;
    const Why why = parse_policy(room.arena, changed, mine, line);
    const auto theirs = verify::parse_policy(changed);
    ASSERT_EQ(why.empty(), theirs.has_value()) << changed << why;
    if (!theirs) {
      EXPECT_EQ(line, line_number(changed, theirs.error().offset)) << changed << why;
      continue;
    }
    ++taken;
    std::string note = log.checkpoint();
    for (std::size_t k = 0; k < lines.size(); ++k)
      if ((static_cast<std::size_t>(i) >> k & 1) != 0) note += lines[k];
    Note my_note;
    ASSERT_TRUE(parse_note(room.arena, note, my_note).empty());
    for (const std::uint64_t latest : {std::uint64_t{150}, UINT64_MAX}) {
      const PolicyVerdict verdict = check_policy(room.arena, my_note, mine, latest);
      const PolicyReport report = verify::check_policy(*seal::parse_note(note), *theirs, latest);
      ASSERT_EQ(verdict.verdict, report.verdict()) << changed << note << verdict.why;
      if (report.quorum_time_unix_s) {
        EXPECT_TRUE(verdict.quorum);
        EXPECT_EQ(verdict.time, *report.quorum_time_unix_s);
      }
    }
  }
  EXPECT_GT(taken, 100U);
}

TEST(Agreement, Proofs) {
  std::mt19937_64 random(6);
  for (std::size_t size = 1; size <= 20; ++size) {
    std::vector<seal::Digest> leaves(size);
    for (seal::Digest& leaf : leaves) seal::random_bytes(leaf);
    const seal::Digest root = seal::tree_root(leaves);
    const auto mine = [](const seal::Digest& d) { return array_of<32>(as_text(d)); };
    TreeRoot tree;
    for (const seal::Digest& leaf : leaves) tree.append(mine(leaf));
    EXPECT_EQ(view(tree.root()), as_text(root));
    for (std::uint64_t index = 0; index < size; ++index) {
      std::vector<seal::Digest> inclusion = seal::inclusion_proof(leaves, index);
      std::vector<seal::Digest> consistency = seal::consistency_proof(leaves, index + 1);
      for (int change = 0; change < 6; ++change) {
        const auto at = [&](std::vector<seal::Digest>& proof) -> std::size_t {
          return proof.empty() ? 0 : random() % proof.size();
        };
        for (auto* proof : {&inclusion, &consistency}) {
          if (change == 1) proof->push_back(root);
          if (change == 2 && !proof->empty()) proof->pop_back();
          if (change == 3 && !proof->empty()) (*proof)[at(*proof)][0] ^= std::byte{1};
          if (change == 4 && proof->size() > 1) std::swap((*proof)[0], (*proof)[1]);
        }
        std::vector<Digest> my_inclusion, my_consistency;
        for (const seal::Digest& d : inclusion) my_inclusion.push_back(mine(d));
        for (const seal::Digest& d : consistency) my_consistency.push_back(mine(d));
        const std::uint64_t wrong = change == 5 ? 1 : 0;
        ASSERT_EQ(
            verify_inclusion(mine(leaves[index]), index + wrong, size, my_inclusion, mine(root))
                .empty(),
            seal::verify_inclusion(leaves[index], {.index = index + wrong, .tree_size = size},
                                   inclusion, root)
                .has_value());
        const seal::Digest old_root = seal::tree_root(std::span(leaves).first(index + 1));
        ASSERT_EQ(
            verify_consistency(index + 1 + wrong, mine(old_root), size, mine(root), my_consistency)
                .empty(),
            seal::verify_consistency(index + 1 + wrong, old_root, size, root, consistency)
                .has_value());
      }
    }
  }
}

}  // namespace
}  // namespace exhibit::verify::core
