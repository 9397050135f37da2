// Commitments exhibit/v1: the batched committer against the openings, and every input bound.
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <cstdlib>
#include <map>
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

// Numbers texts as a worker's table of paths does, and counts how often it is asked for one.
class Numbers final : public PathTexts {
 public:
  std::uint32_t number(std::string_view text) {
    const auto [at, is_new] =
        numbers_.emplace(std::string(text), static_cast<std::uint32_t>(texts_.size()));
    if (is_new) texts_.emplace_back(text);
    return at->second;
  }
  [[nodiscard]] std::string_view text(std::uint32_t path) const override {
    ++asked_;
    return texts_.at(path);
  }
  // All numbers mean other texts.
  void shift() {
    for (std::string& text : texts_) text += "'";
    numbers_.clear();
    for (std::uint32_t i = 0; i < texts_.size(); ++i) numbers_.emplace(texts_[i], i);
  }
  [[nodiscard]] std::uint64_t asked() const { return asked_; }

 private:
  std::map<std::string, std::uint32_t> numbers_;
  std::vector<std::string> texts_;
  mutable std::uint64_t asked_ = 0;
};

// Records as the committer takes them.
class Numbered {
 public:
  Numbered(std::span<const RecordView> records, Numbers& numbers) {
    for (const RecordView& record : records) {
      std::vector<NumberedField>& fields = fields_.emplace_back();
      for (const FieldView& field : record.fields)
        fields.push_back({numbers.number(field.path), field.type, field.value});
    }
    for (std::size_t i = 0; i < records.size(); ++i)
      records_.push_back({records[i].offset, records[i].stream, records[i].raw, fields_[i]});
  }
  [[nodiscard]] std::span<const NumberedRecord> view() const { return records_; }

 private:
  std::vector<std::vector<NumberedField>> fields_;
  std::vector<NumberedRecord> records_;
};

std::vector<Digest> slots_of(std::span<const FieldOpening> fields,
                             std::span<const Digest> padding) {
  std::vector<Digest> slots;
  for (const FieldOpening& field : fields)
    slots.push_back(field_commitment(field.salt, field.type, as_bytes(field.value)));
  slots.insert(slots.end(), padding.begin(), padding.end());
  return slots;
}

// What somebody does who was given an opening and nothing else: the entry, where every path is that
// of the shape in slot 1.
std::optional<std::string> recomputed_entry(const Pseudonym& source, const RecordOpening& opening) {
  std::vector<Digest> places;
  for (const auto& [salt, path] : opening.shape.paths)
    places.push_back(path_commitment(salt, path));
  places.insert(places.end(), opening.shape.padding.begin(), opening.shape.padding.end());
  const FieldOpening& shape = opening.fields[1];
  if (shape.type != kShapeFieldType || shape.value != as_text(shape_commitment(places))) return {};
  for (std::size_t i = kRecordOwnSlots; i < opening.fields.size(); ++i)
    if (opening.fields[i].path != opening.shape.paths[i - kRecordOwnSlots].path) return {};
  return record_entry(source, slots_of(opening.fields, opening.padding));
}

void expect_opened_leaves(const Key& key, std::span<const RecordView> records,
                          std::span<const Digest> leaves) {
  for (std::size_t i = 0; i < records.size(); ++i) {
    const RecordOpening opening = open_record(key, kSource, records[i]);
    EXPECT_EQ(opening.entry.size(), kEntrySize);
    EXPECT_EQ(opening.fields.size() + opening.padding.size(),
              bucket_slots(records[i].fields.size() + kRecordOwnSlots));
    EXPECT_EQ(opening.shape.paths.size() + opening.shape.padding.size(),
              opening.fields.size() + opening.padding.size());
    EXPECT_EQ(recomputed_entry(kSource, opening), opening.entry);
    ASSERT_EQ(leaves[i], leaf_hash(as_bytes(opening.entry))) << i;
  }
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
  records.push_back(make_record(random, 3));
  records.back().paths[1].assign(200'000, 'p');  // longer than what paths are gathered in
  // Many of one shape, so that most are found.
  for (std::size_t i = 0; i < 100; ++i) {
    records.push_back(make_record(random, 20));
    for (std::size_t j = 0; j < 20; ++j)
      records.back().paths[j] = "Event.EventData.Field" + std::to_string(j + i % 3);
  }
  std::vector<RecordView> views;
  for (Record& record : records) views.push_back(record.view());
  Numbers numbers;
  const Numbered numbered(views, numbers);
  std::vector<Digest> leaves(views.size());
  RecordCommitter committer(numbers);
  committer.start_source(key, kSource);
  for (int round = 0; round < 2; ++round) {  // shapes new, then known
    std::ranges::fill(leaves, Digest{});
    committer.commit(numbered.view(), leaves);
    expect_opened_leaves(key, views, leaves);
  }
}

// More shapes than are kept, and lists that differ in their last path only.
TEST(RecordCommitter, ForgetsShapesAndFindsThemAgain) {
  constexpr std::size_t kRecords = 5'000;
  const std::vector<FieldView> texts{{"a", 1, {}}, {"b", 1, {}}, {"c", 1, {}}};
  std::vector<std::vector<FieldView>> fields(kRecords);
  std::vector<RecordView> views;
  for (std::size_t i = 0; i < kRecords; ++i) {
    for (std::size_t n = i; n != 0; n /= 3) fields[i].push_back(texts[n % 3]);
    views.push_back({i, kRecordStream, {}, fields[i]});
  }
  Numbers numbers;
  const Numbered numbered(views, numbers);
  std::vector<Digest> leaves(kRecords);
  RecordCommitter committer(numbers);
  committer.start_source(kCaseKey, kSource);
  committer.commit(numbered.view(), leaves);
  expect_opened_leaves(kCaseKey, views, leaves);
  committer.commit(numbered.view().first(100), std::span(leaves).first(100));
  expect_opened_leaves(kCaseKey, std::span(views).first(100), leaves);
}

// A shape belongs to its source, and to what the numbers meant when it was met.
TEST(RecordCommitter, DropsShapesWithTheSourceAndWithTheTableOfPaths) {
  std::mt19937 random(6);
  Record record = make_record(random, 7);
  RecordView view = record.view();
  Numbers numbers;
  const Numbered numbered(std::span(&view, 1), numbers);
  Digest leaf;
  RecordCommitter committer(numbers);
  const auto commit = [&](const Key& key) {
    committer.start_source(key, kSource);
    committer.commit(numbered.view(), std::span(&leaf, 1));
    expect_opened_leaves(key, std::span(&view, 1), std::span(&leaf, 1));
  };
  const Key other = derive_source_key(kCaseKey, counted<16>(0x01));
  commit(kCaseKey);
  const std::uint64_t asked = numbers.asked();
  commit(kCaseKey);
  EXPECT_EQ(numbers.asked(), asked);
  commit(other);
  EXPECT_GT(numbers.asked(), asked);
  commit(kCaseKey);
  numbers.shift();
  for (std::string& path : record.paths) path += "'";
  view = record.view();
  committer.forget_paths();
  commit(kCaseKey);
}

TEST(RecordCommitter, AllocatesNothingAfterWarmUp) {
  std::mt19937 random(2);
  std::vector<Record> records;
  for (std::size_t i = 0; i < 500; ++i) records.push_back(make_record(random, 25));
  std::vector<RecordView> views;
  for (Record& record : records) views.push_back(record.view());
  Numbers numbers;
  const Numbered numbered(views, numbers);
  std::vector<Digest> leaves(views.size());
  RecordCommitter committer(numbers);
  committer.start_source(kCaseKey, kSource);
  committer.commit(numbered.view(), leaves);
  const Key other = derive_source_key(kCaseKey, kSource);
  const std::uint64_t before = test::allocation_count();
  committer.start_source(other, kSource);
  for (int round = 0; round < 20; ++round) {  // 10,000 shapes to compute: the cache fills
    committer.forget_paths();
    committer.commit(numbered.view(), leaves);
  }
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
  RecordOpening opening = open_record(kCaseKey, kSource, record.view());
  std::set<std::string> seen{opening.entry};
  std::size_t tried = 1;
  const auto flip_all = [&](std::span<std::byte> bytes) {
    for (std::byte& b : bytes.first(std::min<std::size_t>(bytes.size(), 40)))
      for (unsigned bit = 0; bit < 8; ++bit) {
        b ^= static_cast<std::byte>(1U << bit);
        seen.insert(record_entry(kSource, slots_of(opening.fields, opening.padding)));
        ++tried;
        b ^= static_cast<std::byte>(1U << bit);
      }
  };
  for (FieldOpening& field : opening.fields) {
    flip_all(field.salt);
    flip_all(std::as_writable_bytes(std::span(&field.type, 1)));
    flip_all(std::as_writable_bytes(std::span(field.value.data(), field.value.size())));
  }
  for (Digest& digest : opening.padding) flip_all(digest);
  EXPECT_EQ(seen.size(), tried);
  // Neither can two slots change places, nor one be left out.
  for (std::size_t i = 0; i < opening.fields.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      RecordOpening wrong = opening;
      std::swap(wrong.fields[i], wrong.fields[j]);
      EXPECT_NE(record_entry(kSource, slots_of(wrong.fields, wrong.padding)), opening.entry);
    }
  opening.padding.pop_back();
  EXPECT_FALSE(seen.contains(record_entry(kSource, slots_of(opening.fields, opening.padding))));
}

// F_f has no path in it: another path must fail at the shape that slot 1 opens.
TEST(Shape, BindsEveryPathToItsPlace) {
  std::mt19937 random(5);
  Record record = make_record(random, 9);
  const RecordOpening opening = open_record(kCaseKey, kSource, record.view());
  ASSERT_EQ(recomputed_entry(kSource, opening), opening.entry);
  for (std::size_t i = 0; i < 9; ++i) {
    RecordOpening renamed = opening;
    renamed.fields[kRecordOwnSlots + i].path += "x";
    EXPECT_NE(recomputed_entry(kSource, renamed), opening.entry);
    renamed.shape.paths[i].path += "x";
    EXPECT_NE(recomputed_entry(kSource, renamed), opening.entry);
    RecordOpening salted = opening;
    salted.shape.paths[i].salt[3] ^= std::byte{0x10};
    EXPECT_NE(recomputed_entry(kSource, salted), opening.entry);
    for (std::size_t j = 0; j < i; ++j) {
      RecordOpening swapped = opening;
      std::swap(swapped.shape.paths[i], swapped.shape.paths[j]);
      std::swap(swapped.fields[kRecordOwnSlots + i].path, swapped.fields[kRecordOwnSlots + j].path);
      EXPECT_NE(recomputed_entry(kSource, swapped), opening.entry);
    }
  }
  RecordOpening shorter = opening;
  shorter.shape.padding.pop_back();
  EXPECT_NE(recomputed_entry(kSource, shorter), opening.entry);
  RecordOpening another = opening;
  another.shape = open_shape(kCaseKey, std::vector<std::string_view>{"a"});
  EXPECT_NE(recomputed_entry(kSource, another), opening.entry);
}

// Who is given K_shape and the paths knows all of them, and nothing of another source or list.
TEST(Shape, IsOpenedWholeByItsKeyAndDiffersWithSourceAndList) {
  const std::vector<std::string_view> paths{"a", "b", "c"};
  const Key key = derive_shape_key(kCaseKey, paths);
  const ShapeOpening opening = open_shape(key, paths);
  EXPECT_EQ(opening.paths.size(), 3U);
  EXPECT_EQ(opening.padding.size(), 5U);
  std::set<Digest> seen{opening.commitment};
  seen.insert(
      open_shape(derive_shape_key(derive_source_key(kCaseKey, kSource), paths), paths).commitment);
  const std::vector<std::vector<std::string_view>> others{
      {"a", "b"}, {"a", "b", "c", ""}, {"b", "a", "c"}, {"ab", "", "c"}, {"abc"}, {"", "abc"}, {}};
  for (const auto& other : others) {
    seen.insert(open_shape(derive_shape_key(kCaseKey, other), other).commitment);
    // Nor does the key of one list make another into it.
    EXPECT_NE(open_shape(key, other).commitment, opening.commitment);
  }
  EXPECT_EQ(seen.size(), 2 + others.size());
  EXPECT_EQ(open_shape(key, std::vector<std::string_view>(13, "x")).padding.size(), 3U);
  EXPECT_EQ(open_shape(key, std::vector<std::string_view>(14, "x")).padding.size(), 10U);
}

TEST(Place, IsAnOpeningOfItsOwn) {
  std::mt19937 random(5);
  Record record = make_record(random, 30);
  record.offset = 0x0123456789abcdef;
  record.stream = kSlackStream;
  const RecordOpening opening = open_record(kCaseKey, kSource, record.view());
  EXPECT_EQ(opening.fields[0].type, kRawFieldType);
  EXPECT_EQ(opening.fields[0].value, record.raw);
  EXPECT_EQ(opening.fields[2].type, kPlaceFieldType);
  EXPECT_EQ(base::to_hex(as_bytes(opening.fields[2].value)), "010123456789abcdef");
}

TEST(Slots, FieldsBeyondTheLimitAreInTheShapeOnly) {
  Record record;
  record.paths.assign(70'000, "p");
  record.values.assign(70'000, "v");
  record.types.assign(70'000, 1);
  record.paths.back() = "last";
  const RecordView view = record.view();
  const RecordOpening opening = open_record(kCaseKey, kSource, view);
  EXPECT_EQ(opening.fields.size(), kSlotsMax);
  EXPECT_TRUE(opening.padding.empty());
  EXPECT_EQ(opening.shape.paths.size(), 70'000U);
  EXPECT_EQ(opening.shape.paths.back().path, "last");
  EXPECT_EQ(opening.shape.padding.size(), 81'920U - 70'000U);
  EXPECT_EQ(recomputed_entry(kSource, opening), opening.entry);
  Digest leaf;
  Numbers numbers;
  const Numbered numbered(std::span(&view, 1), numbers);
  RecordCommitter committer(numbers);
  committer.start_source(kCaseKey, kSource);
  committer.commit(numbered.view(), std::span(&leaf, 1));
  EXPECT_EQ(leaf, leaf_hash(as_bytes(opening.entry)));
}

TEST(Slots, BucketsGrowByEightAndThenByAQuarter) {
  EXPECT_EQ(bucket_slots(1), 8U);
  EXPECT_EQ(bucket_slots(8), 8U);
  EXPECT_EQ(bucket_slots(9), 16U);
  EXPECT_EQ(bucket_slots(27), 32U);
  EXPECT_EQ(bucket_slots(64), 64U);
  EXPECT_EQ(bucket_slots(65), 80U);
  EXPECT_EQ(bucket_slots(129), 160U);
  EXPECT_EQ(bucket_slots(kSlotsMax), kSlotsMax);
  std::uint64_t last = 0;
  for (std::size_t n = 1; n <= kSlotsMax; ++n) {
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
  EXPECT_EQ(opening.fields.size(), 3U);
  EXPECT_EQ(opening.padding.size(), 5U);
  EXPECT_EQ(opening.fields[0].type, kNamesFieldType);
  const std::string_view names = opening.fields[0].value;
  EXPECT_EQ(parse_names(names).value(), (std::vector<std::string>{"kind", "case"}));
  EXPECT_FALSE(parse_names(names.substr(0, names.size() - 1)));
  EXPECT_FALSE(parse_names(names.substr(1)));
  const std::vector<Digest> slots = slots_of(opening.fields, opening.padding);
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
