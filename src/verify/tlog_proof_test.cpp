// Proofs: what we write is read back and holds; every kind of bad one does not.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>

#include "base/text.h"
#include "exhibit/verify.h"
#include "support/support.h"

namespace exhibit::verify {
namespace {

constexpr std::uint64_t kNow = 1'800'000'000;
constexpr std::uint64_t kSize = 13, kIndex = 5;
constexpr std::string_view kOrigin = "incident-42/collector", kWitness = "witness.example/w1";

seal::SigningKey key_of(char number) {
  std::string der = *base::from_hex("302e020100300506032b657004220420");
  der += std::string(31, 'k') + number;
  return seal::SigningKey::from_pem("-----BEGIN PRIVATE KEY-----\n" +
                                    base::to_base64(as_bytes(der)) +
                                    "\n-----END PRIVATE KEY-----\n")
      .value();
}
std::string entry(std::uint64_t index) { return "entry " + std::to_string(index); }

// Everything that goes into a proof, to be put wrong piece by piece.
struct Parts {
  std::uint64_t size = kSize, index = kIndex, time = kNow - 1;
  std::string entry_bytes = entry(kIndex);
  std::string origin{kOrigin}, log_name{kOrigin}, witness{kWitness};
  char log_key = 'l', witness_key = 'w';
  std::string extra;
  std::vector<seal::Digest> leaves, path;
  std::function<void(std::string&)> change_text = [](std::string&) {};

  Parts() {
    for (std::uint64_t i = 0; i < size; ++i) leaves.push_back(seal::leaf_hash(as_bytes(entry(i))));
    path = seal::inclusion_proof(leaves, index);
  }
  [[nodiscard]] std::string text() const {
    const seal::Checkpoint checkpoint{
        .origin = origin, .size = size, .root = seal::tree_root(leaves)};
    const std::string body = checkpoint.to_text();
    std::string out = tlog_proof(index, path,
                                 seal::sign_note(body, log_name, key_of(log_key)) +
                                     seal::cosign_note(body, witness, key_of(witness_key), time),
                                 extra);
    change_text(out);
    return out;
  }
};

std::string policy_text() {
  const auto log = seal::VerifierKey{.name = std::string(kOrigin), .key = key_of('l').public_key()};
  const auto witness = seal::VerifierKey{.name = std::string(kWitness),
                                         .key = key_of('w').public_key(),
                                         .role = seal::KeyRole::cosigner};
  return "log " + log.to_string() + "\nwitness W " + witness.to_string() + "\nquorum W\n";
}
Policy policy() { return parse_policy(policy_text()).value(); }

// What a proof comes to; one that cannot be read is as bad as one that is wrong.
Verdict judged(const Parts& parts) {
  const auto proof = parse_tlog_proof(parts.text());
  if (!proof) return Verdict::invalid;
  return check_tlog_proof(as_bytes(parts.entry_bytes), *proof, policy(), kNow).verdict();
}

// For other people's verifiers (tests/interop): the proof, and the entry that it is for.
void write_vector(std::string name, const Parts& parts) {
  const char* folder = std::getenv("EXHIBIT_PROOF_VECTORS");
  if (folder == nullptr) return;
  std::ranges::replace(name, ' ', '-');
  const std::string path = std::string(folder) + "/" + name;
  test::write_file(path + ".tlog-proof", parts.text());
  test::write_file(path + ".entry", parts.entry_bytes);
  test::write_file(std::string(folder) + "/policy", policy_text());
}

TEST(TlogProof, HoldsAndIsReadBack) {
  for (const std::string extra : {"", "out of band", "\xff\x01"}) {
    Parts parts;
    parts.extra = extra;
    const auto proof = parse_tlog_proof(parts.text());
    ASSERT_TRUE(proof) << proof.error().what.c_str();
    EXPECT_EQ(proof->index, kIndex);
    EXPECT_EQ(proof->extra, extra);
    EXPECT_EQ(tlog_proof(proof->index, proof->path, proof->checkpoint, proof->extra), parts.text());
    EXPECT_EQ(judged(parts), Verdict::valid);
    write_vector("good with extra of " + std::to_string(extra.size()), parts);
  }
}

TEST(TlogProof, EveryEntryOfEveryTreeHolds) {
  for (std::uint64_t size = 1; size <= 20; ++size)
    for (std::uint64_t index = 0; index < size; ++index) {
      Parts parts;
      parts.size = size;
      parts.index = index;
      parts.leaves.clear();
      for (std::uint64_t i = 0; i < size; ++i)
        parts.leaves.push_back(seal::leaf_hash(as_bytes(entry(i))));
      parts.path = seal::inclusion_proof(parts.leaves, index);
      parts.entry_bytes = entry(index);
      EXPECT_EQ(judged(parts), Verdict::valid) << size << " " << index;
      parts.entry_bytes = entry(index + 1);
      EXPECT_EQ(judged(parts), Verdict::invalid) << size << " " << index;
    }
}

TEST(TlogProof, EveryKindOfBadOneIsRefused) {
  struct Kind {
    const char* what;
    std::function<void(Parts&)> spoil;
    Verdict verdict = Verdict::invalid;
  };
  const auto replace = [](const char* from, const char* to) {
    return [=](Parts& p) {
      p.change_text = [=](std::string& text) {
        const std::size_t at = text.find(from);
        ASSERT_NE(at, std::string::npos) << from;
        text.replace(at, std::string_view(from).size(), to);
      };
    };
  };
  const std::vector<Kind> kinds{
      {"wrong index", [](Parts& p) { p.index = kIndex + 1; }},
      {"index of the mirror image", [](Parts& p) { p.index = kSize - 1 - kIndex; }},
      {"index at the size", [](Parts& p) { p.index = kSize; }},
      {"index beyond", [](Parts& p) { p.index = ~std::uint64_t{0}; }},
      {"another entry", [](Parts& p) { p.entry_bytes = entry(kIndex + 1); }},
      {"empty entry", [](Parts& p) { p.entry_bytes.clear(); }},
      {"entry with a byte more", [](Parts& p) { p.entry_bytes += '\n'; }},
      {"swapped siblings", [](Parts& p) { std::swap(p.path[0], p.path[1]); }},
      {"siblings in reverse", [](Parts& p) { std::ranges::reverse(p.path); }},
      {"short by the first", [](Parts& p) { p.path.erase(p.path.begin()); }},
      {"short by the last", [](Parts& p) { p.path.pop_back(); }},
      {"no siblings", [](Parts& p) { p.path.clear(); }},
      {"extra sibling", [](Parts& p) { p.path.push_back(p.path.back()); }},
      {"extra sibling in front", [](Parts& p) { p.path.insert(p.path.begin(), p.path[0]); }},
      {"one bit of a sibling", [](Parts& p) { p.path[2][7] ^= std::byte{1}; }},
      {"too many siblings", [](Parts& p) { p.path.resize(kProofHashesMax + 1); }},
      {"smaller size", [](Parts& p) { p.size = kIndex + 1; }},
      {"larger size", [](Parts& p) { p.size = 1ULL << 40; }},
      {"stale checkpoint", [](Parts& p) { p.leaves.resize(p.size = kIndex); }},
      {"forked root of the same size",
       [](Parts& p) { p.leaves[kIndex + 1] = seal::leaf_hash(as_bytes("another")); }},
      {"wrong origin", [](Parts& p) { p.origin = "incident-43/collector"; }, Verdict::undecidable},
      {"origin and name of another log",
       [](Parts& p) { p.origin = p.log_name = "incident-43/collector"; }, Verdict::undecidable},
      {"unknown log key", [](Parts& p) { p.log_key = 'x'; }, Verdict::undecidable},
      {"unknown witness key", [](Parts& p) { p.witness_key = 'x'; }, Verdict::undecidable},
      {"another witness's name", [](Parts& p) { p.witness = "w2"; }, Verdict::undecidable},
      {"cosignature of the future", [](Parts& p) { p.time = kNow + 1; }},
      {"cosignature without a time", [](Parts& p) { p.time = 0; }},
      {"no header", replace("c2sp.org/tlog-proof@v1\n", "")},
      {"another version", replace("@v1", "@v2")},
      {"no index", replace("index 5\n", "")},
      {"index with a zero before it", replace("index 5", "index 05")},
      {"negative index", replace("index 5", "index -5")},
      {"index with a sign", replace("index 5", "index +5")},
      {"index without a number", replace("index 5", "index ")},
      {"two indexes", replace("index 5\n", "index 5\nindex 5\n")},
      {"empty extra", replace("index 5\n", "extra \nindex 5\n")},
      {"extra that is no base64", replace("index 5\n", "extra *\nindex 5\n")},
      {"extra behind the index", replace("index 5\n", "index 5\nextra eA==\n")},
      {"two extras", replace("index 5\n", "extra eA==\nextra eA==\nindex 5\n")},
      {"no blank line", replace("\n\nincident", "\nincident")},
      {"carriage return", replace("index 5\n", "index 5\r\n")},
      {"loose base64", replace("=\n", "\n")},
      {"size with a zero before it", replace("\n13\n", "\n013\n")},
      {"size changed under the signature", replace("\n13\n", "\n14\n")},
      {"origin changed under the signature", replace("\n\nincident-42/", "\n\nincident-41/")},
      {"extension line added", replace("\n\n\u2014", "\nmore\n\n\u2014"), Verdict::invalid},
      {"cut inside the signatures",
       [](Parts& p) { p.change_text = [](std::string& text) { text.resize(text.size() - 3); }; }}};
  for (const Kind& kind : kinds) {
    Parts parts;
    kind.spoil(parts);
    EXPECT_EQ(judged(parts), kind.verdict) << kind.what;
    write_vector(kind.what, parts);
  }
  EXPECT_GE(kinds.size(), 40U);
}

TEST(TlogProof, EveryBitCounts) {
  const std::string good = Parts().text();
  const Policy brought = policy();
  for (std::size_t i = 0; i < good.size(); ++i)
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string changed = good;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      const auto proof = parse_tlog_proof(changed);
      if (!proof) continue;
      EXPECT_NE(check_tlog_proof(as_bytes(entry(kIndex)), *proof, brought, kNow).verdict(),
                Verdict::valid)
          << i << " " << bit;
    }
}

TEST(TlogProof, LimitsAreNamed) {
  const auto code = [](const std::string& text) {
    const auto proof = parse_tlog_proof(text);
    return proof ? ErrorCode::usage : proof.error().code;
  };
  Parts many;
  many.path.resize(kProofHashesMax + 1);
  EXPECT_EQ(code(many.text()), ErrorCode::limit);
  Parts large;
  large.extra = std::string(kProofExtraSizeMax + 3, 'x');
  EXPECT_EQ(code(large.text()), ErrorCode::limit);
  large.extra.resize(kProofExtraSizeMax - 3);
  EXPECT_EQ(code(large.text()), ErrorCode::usage);
  EXPECT_EQ(code("c2sp.org/tlog-proof@v1\nindex 5\n"), ErrorCode::truncated);
}

}  // namespace
}  // namespace exhibit::verify
