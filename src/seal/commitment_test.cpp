// Commitments exhibit/v0: the batched committer against the openings, and every input bound.
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <cstdlib>
#include <random>
#include <set>

#include "base/text.h"
#include "exhibit/seal.h"
#include "seal/commitment.h"
#include "support/alloc_counter.h"

namespace exhibit::seal {
namespace {

struct Record {
  std::uint64_t offset = 0;
  std::uint8_t stream = kRecordStream;
  std::string raw;
  std::vector<std::string> paths;
  std::vector<std::string> values;
  std::vector<std::uint8_t> types;
  std::vector<FieldView> fields;

  [[nodiscard]] RecordView view() {
    fields.clear();
    for (std::size_t i = 0; i < paths.size(); ++i)
      fields.push_back({paths[i], types[i], as_bytes(values[i])});
    return {offset, stream, as_bytes(raw), fields};
  }
};

Record make_record(std::mt19937& random, std::size_t field_count) {
  const auto text = [&](std::size_t max) {
    std::string out(random() % (max + 1), '\0');
    for (char& c : out) c = static_cast<char>(random());
    return out;
  };
  Record record;
  record.offset = random();
  record.stream = static_cast<std::uint8_t>(random() % 2);
  record.raw = text(1'500);
  for (std::size_t i = 0; i < field_count; ++i) {
    record.paths.push_back(text(60));
    record.values.push_back(text(random() % 5 == 0 ? 400 : 30));
    record.types.push_back(static_cast<std::uint8_t>(random()));
  }
  return record;
}

template <std::size_t kSize>
std::array<std::byte, kSize> counted(std::uint8_t first) {
  std::array<std::byte, kSize> out;
  for (std::size_t i = 0; i < kSize; ++i) out[i] = static_cast<std::byte>(first + i);
  return out;
}
const Key kCaseKey = counted<32>(0x00);
const Pseudonym kSource = counted<16>(0xa0);

Digest leaf_of(const Key& key, const Pseudonym& source, const RecordView& record) {
  return leaf_hash(as_bytes(open_record(key, source, record).entry));
}

// What somebody does who was given an opening and nothing else.
std::string recomputed_entry(const Pseudonym& source, const RecordOpening& opening) {
  std::vector<Digest> slots;
  for (const FieldOpening& field : opening.fields)
    slots.push_back(field_commitment(field.salt, field.index, field.view()));
  slots.insert(slots.end(), opening.padding.begin(), opening.padding.end());
  return record_entry(source, slots);
}

TEST(RecordCommitter, AgreesWithTheOpenedRecord) {
  std::mt19937 random(1);
  const Key key = derive_source_key(kCaseKey, kSource);
  std::vector<Record> records;
  for (std::size_t i = 0; i < 400; ++i) records.push_back(make_record(random, random() % 70));
  records.push_back(make_record(random, 0));
  records.push_back(make_record(random, 900));
  records.back().raw.assign(5'000'000, 'x');
  records.push_back(make_record(random, 5));
  std::vector<RecordView> views;
  for (Record& record : records) views.push_back(record.view());
  std::vector<Digest> leaves(views.size());
  RecordCommitter committer;
  committer.start_source(key, kSource);
  committer.commit(views, leaves);
  for (std::size_t i = 0; i < views.size(); ++i) {
    const RecordOpening opening = open_record(key, kSource, views[i]);
    EXPECT_EQ(opening.entry.size(), kEntrySize);
    EXPECT_EQ(opening.fields.size() + opening.padding.size(),
              bucket_slots(views[i].fields.size() + 2));
    EXPECT_EQ(recomputed_entry(kSource, opening), opening.entry);
    ASSERT_EQ(leaves[i], leaf_hash(as_bytes(opening.entry))) << i;
  }
}

TEST(RecordCommitter, AllocatesNothingAfterWarmUp) {
  std::mt19937 random(2);
  std::vector<Record> records;
  for (std::size_t i = 0; i < 500; ++i) records.push_back(make_record(random, 25));
  std::vector<RecordView> views;
  for (Record& record : records) views.push_back(record.view());
  std::vector<Digest> leaves(views.size());
  RecordCommitter committer;
  committer.start_source(kCaseKey, kSource);
  committer.commit(views, leaves);
  const std::uint64_t before = test::allocation_count();
  committer.start_source(kCaseKey, kSource);
  committer.commit(views, leaves);
  EXPECT_EQ(test::allocation_count(), before);
}

TEST(RecordCommitter, EveryBitOfEveryInputChangesTheLeaf) {
  std::mt19937 random(3);
  Record record = make_record(random, 6);
  record.raw.resize(40);
  for (std::string& path : record.paths) path.resize(7, 'p');
  for (std::string& value : record.values) value.resize(9, 'v');
  Key key = derive_source_key(kCaseKey, kSource);
  Pseudonym source = kSource;
  std::set<Digest> seen{leaf_of(key, source, record.view())};
  std::size_t tried = 1;
  const auto flip_all = [&](std::span<std::byte> bytes) {
    for (std::byte& b : bytes) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        b ^= static_cast<std::byte>(1U << bit);
        seen.insert(leaf_of(key, source, record.view()));
        ++tried;
        b ^= static_cast<std::byte>(1U << bit);
      }
    }
  };
  const auto bytes_of = [](std::string& s) {
    return std::as_writable_bytes(std::span(s.data(), s.size()));
  };
  flip_all(key);
  flip_all(source);
  flip_all(bytes_of(record.raw));
  flip_all(std::as_writable_bytes(std::span(&record.offset, 1)));
  flip_all(std::as_writable_bytes(std::span(&record.stream, 1)));
  flip_all(std::as_writable_bytes(std::span(record.types)));
  for (std::string& path : record.paths) flip_all(bytes_of(path));
  for (std::string& value : record.values) flip_all(bytes_of(value));
  EXPECT_EQ(seen.size(), tried);
}

// Bytes moved between path and value, or between two fields, are another record.
TEST(RecordCommitter, BoundariesAreBound) {
  const auto leaf = [](std::vector<std::string> paths, std::vector<std::string> values) {
    Record record;
    record.paths = std::move(paths);
    record.values = std::move(values);
    record.types.assign(record.paths.size(), 1);
    return leaf_of(kCaseKey, kSource, record.view());
  };
  const std::set<Digest> all{leaf({"ab"}, {"c"}),         leaf({"a"}, {"bc"}),
                             leaf({"abc"}, {""}),         leaf({"a", "b"}, {"c", ""}),
                             leaf({"a", "b"}, {"", "c"}), leaf({"ab", ""}, {"c", ""}),
                             leaf({"", "ab"}, {"", "c"})};
  EXPECT_EQ(all.size(), 7U);
}

TEST(FieldCommitment, EveryBitOfAnOpeningCounts) {
  std::mt19937 random(4);
  Record record = make_record(random, 3);
  const RecordOpening opening = open_record(kCaseKey, kSource, record.view());
  for (const FieldOpening& field : opening.fields) {
    const Digest right = field_commitment(field.salt, field.index, field.view());
    for (std::size_t bit = 0; bit < 128; ++bit) {
      FieldOpening wrong = field;
      wrong.salt[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
      EXPECT_NE(field_commitment(wrong.salt, wrong.index, wrong.view()), right);
    }
    for (unsigned bit = 0; bit < 16; ++bit)
      EXPECT_NE(field_commitment(field.salt, static_cast<std::uint16_t>(field.index ^ (1U << bit)),
                                 field.view()),
                right);
  }
}

TEST(Outline, ShowsPlaceAndPathsInOrder) {
  std::mt19937 random(5);
  Record record = make_record(random, 30);
  record.offset = 0x0123456789abcdef;
  record.stream = kSlackStream;
  const RecordOpening opening = open_record(kCaseKey, kSource, record.view());
  const auto outline = parse_outline(opening.fields[1].value);
  ASSERT_TRUE(outline);
  EXPECT_EQ(outline->stream, kSlackStream);
  EXPECT_EQ(outline->offset, record.offset);
  EXPECT_EQ(outline->paths, record.paths);
  const std::string_view value = opening.fields[1].value;
  EXPECT_FALSE(parse_outline(value.substr(0, value.size() - 1)) && !record.paths.back().empty());
  EXPECT_FALSE(parse_outline(value.substr(0, 8)));
}

TEST(Slots, FieldsBeyondTheLimitAreInTheOutlineOnly) {
  Record record;
  record.paths.assign(70'000, "p");
  record.values.assign(70'000, "v");
  record.types.assign(70'000, 1);
  record.paths.back() = "last";
  const RecordView view = record.view();
  const RecordOpening opening = open_record(kCaseKey, kSource, view);
  EXPECT_EQ(opening.fields.size(), kSlotsMax);
  EXPECT_TRUE(opening.padding.empty());
  const auto outline = parse_outline(opening.fields[1].value);
  ASSERT_TRUE(outline);
  EXPECT_EQ(outline->paths.size(), 70'000U);
  EXPECT_EQ(outline->paths.back(), "last");
  Digest leaf;
  RecordCommitter committer;
  committer.start_source(kCaseKey, kSource);
  committer.commit(std::span(&view, 1), std::span(&leaf, 1));
  EXPECT_EQ(leaf, leaf_hash(as_bytes(opening.entry)));
}

TEST(Slots, BucketsGrowByEightAndThenByAQuarter) {
  EXPECT_EQ(bucket_slots(2), 8U);
  EXPECT_EQ(bucket_slots(8), 8U);
  EXPECT_EQ(bucket_slots(9), 16U);
  EXPECT_EQ(bucket_slots(27), 32U);
  EXPECT_EQ(bucket_slots(64), 64U);
  EXPECT_EQ(bucket_slots(65), 80U);
  EXPECT_EQ(bucket_slots(129), 160U);
  EXPECT_EQ(bucket_slots(kSlotsMax), kSlotsMax);
  std::uint64_t last = 0;
  for (std::size_t n = 2; n <= kSlotsMax; ++n) {
    const std::size_t bucket = bucket_slots(n);
    ASSERT_GE(bucket, n);
    ASSERT_GE(bucket, last);
    ASSERT_EQ(bucket_slots(bucket), bucket);
    ASSERT_LE(bucket, std::max<std::size_t>(8, n + n / 4 + 8));
    last = bucket;
  }
}

TEST(Statement, IsOpenedFieldByFieldAndIsNoRecord) {
  const Pseudonym nonce = counted<16>(0x50);
  const Key key = derive_statement_key(kCaseKey, nonce);
  const std::vector<FieldView> fields{{"kind", 0x40, as_bytes("open")},
                                      {"case", 0x40, as_bytes("incident-42")}};
  const StatementOpening opening = open_statement(key, nonce, fields);
  EXPECT_EQ(opening.fields.size(), 4U);
  EXPECT_EQ(opening.padding.size(), 4U);
  EXPECT_TRUE(opening.fields[0].value.empty());
  std::vector<Digest> slots;
  for (const FieldOpening& field : opening.fields)
    slots.push_back(field_commitment(field.salt, field.index, field.view()));
  slots.insert(slots.end(), opening.padding.begin(), opening.padding.end());
  EXPECT_EQ(statement_commitment(nonce, slots), opening.commitment);
  EXPECT_NE(as_text(opening.commitment), record_entry(nonce, slots).substr(19));
  const Pseudonym other = counted<16>(0x51);
  EXPECT_NE(statement_commitment(other, slots), opening.commitment);
  EXPECT_NE(derive_statement_key(kCaseKey, other), key);
  EXPECT_NE(derive_source_key(kCaseKey, nonce), key);
}

TEST(Prf, IsAes256) {  // FIPS 197, C.3
  Prf prf;
  prf.set_key(kCaseKey);  // 00 01 … 1f
  std::array<PrfBlock, 1> block;
  for (std::size_t i = 0; i < 16; ++i) block[0][i] = static_cast<std::byte>(i * 0x11);
  prf.apply(block, block[0].data());
  EXPECT_EQ(base::to_hex(block[0]), "8ea2b7ca516745bfeafc49904b496089");
}

TEST(RandomBytes, AreNotTheSameTwice) {
  std::array<std::byte, 32> a{};
  std::array<std::byte, 32> b{};
  random_bytes(a);
  random_bytes(b);
  EXPECT_NE(a, b);
}

}  // namespace
}  // namespace exhibit::seal
