#include "evidence/json_framer.h"

#include <gtest/gtest.h>
#include <random>

#include "support/reading.h"

namespace exhibit::evidence {
namespace {

using event::Damage;
using event::DamageKind;
using test::read_bytes;
using test::ReadSource;

ReadSource read_json(std::string_view bytes) {
  test::ReadInput input = read_bytes(bytes);
  EXPECT_EQ(input.sources.size(), 1U);
  EXPECT_TRUE(input.errors.empty());
  EXPECT_EQ(input.sources[0].bytes, bytes);
  EXPECT_TRUE(input.sources[0].tiled);
  return std::move(input.sources[0]);
}

// The bytes of each record that became an event.
std::vector<std::string> records(const ReadSource& source) {
  std::vector<std::string> out;
  for (const test::ReadEvent& e : source.events)
    out.push_back(source.bytes.substr(e.head.offset, e.head.length));
  return out;
}

using Texts = std::vector<std::string>;
using Damages = std::vector<Damage>;

TEST(JsonFraming, ReadsLines) {
  const ReadSource s = read_json("{\"a\":1}\n\n  {\"a\":2} \r\n\t\r\n{\"a\":3}");
  EXPECT_EQ(s.info.format, Format::json);
  EXPECT_EQ(records(s), (Texts{"{\"a\":1}", "{\"a\":2}", "{\"a\":3}"}));
  EXPECT_EQ(s.damage, Damages{});
}

TEST(JsonFraming, ReadsOneIndentedObject) {
  const std::string text = "{\n  \"a\": {\n    \"b\": [1, {\"c\": \"}\\\"{\"}]\n  }\n}\n";
  const ReadSource s = read_json(text);
  EXPECT_EQ(records(s), Texts{text.substr(0, text.size() - 1)});
  EXPECT_EQ(s.events[0].fields, (Texts{"a.b=1", "a.b.c=}\"{"}));
  EXPECT_EQ(s.damage, Damages{});
}

TEST(JsonFraming, ReadsConcatenatedObjects) {
  EXPECT_EQ(records(read_json("{\"a\":1}{\"a\":2} {\"a\":3}")).size(), 3U);
  EXPECT_EQ(records(read_json("{\n\"a\":1\n}\n{\n\"a\":2\n}\n")).size(), 2U);
  EXPECT_EQ(records(read_json("{\"a\":1}\n{\n\"a\":2\n}\n{\n\"a\":3\n}")).size(), 3U);
}

TEST(JsonFraming, ReadsAnArrayOfObjects) {
  for (const std::string_view text :
       {"[{\"a\":1},{\"a\":2},{\"a\":3}]",
        "[\n  {\n    \"a\": 1\n  },\n  {\n    \"a\": 2\n  },\n  {}\n]\n",
        " [ {\"a\":1}\n, {\"a\":2}\n, {\"a\":[{}]} ]"}) {
    const ReadSource s = read_json(text);
    EXPECT_EQ(records(s).size(), 3U) << text;
    EXPECT_EQ(s.damage, Damages{}) << text;
  }
}

TEST(JsonFraming, TakesAByteOrderMark) {
  EXPECT_EQ(records(read_json("\xef\xbb\xbf{\"a\":1}\n{\"a\":2}\n")),
            (Texts{"{\"a\":1}", "{\"a\":2}"}));
  EXPECT_EQ(records(read_json("\xef\xbb\xbf[{\"a\":1}]")), Texts{"{\"a\":1}"});
}

TEST(JsonFraming, GivesABadLineAloneToDamage) {
  const std::string nul("\0\0\0\n", 4);
  const ReadSource s = read_json("{\"a\":1}\nnonsense\n" + nul +
                                 "{\"a\":\n{\"a\":2}\n{\"a\":[1,}\n{\"a\":3} x\n{\"a\":4}");
  EXPECT_EQ(records(s), (Texts{"{\"a\":1}", "{\"a\":2}", "{\"a\":4}"}));
  EXPECT_EQ(s.damage, (Damages{{8, 8, DamageKind::bad_json},
                               {17, 3, DamageKind::bad_json},
                               {21, 5, DamageKind::bad_json},
                               {35, 9, DamageKind::bad_json},
                               {45, 9, DamageKind::bad_json}}));
}

TEST(JsonFraming, TakesNoOtherSeparatorForANewline) {
  const std::string line = "{\"a\":\"x\u2028y\u2029z\u0085\"}";
  EXPECT_EQ(records(read_json(line + "\n" + line + "\n")), (Texts{line, line}));
}

// A record that is cut off swallows at most the next one.
TEST(JsonFraming, FindsRecordsBehindACutOffOne) {
  const std::string whole = "{\n  \"a\": {\n    \"b\": 1\n  }\n}\n";
  for (const std::string_view cut :
       {"{\n  \"a\": {\n    \"b\": 1\n", "{\n  \"a\": \"un\n", "{\n  \"a\": {\n    \"b\":\n"}) {
    const ReadSource s = read_json(whole + std::string(cut) + whole + whole + whole);
    EXPECT_GE(s.records, 3U) << cut;
    ASSERT_EQ(s.damage.size(), 1U) << cut;
    EXPECT_EQ(s.damage[0].offset, whole.size());
    EXPECT_EQ(s.damage[0].kind, DamageKind::bad_json);
    EXPECT_EQ(s.damage[0].offset + s.damage[0].length, s.events[1].head.offset);
  }
}

TEST(JsonFraming, ReportsASourceThatEndsInside) {
  EXPECT_EQ(read_json("{\n\"a\":1}\n{\n\"a\":").damage, (Damages{{9, 6, DamageKind::truncated}}));
  EXPECT_EQ(read_json("[{\"a\":1},{\"a\":2}").damage, (Damages{{16, 0, DamageKind::truncated}}));
  EXPECT_EQ(read_json("{\"a\":1}\n{\"a\":").damage, (Damages{{8, 5, DamageKind::bad_json}}));
}

TEST(JsonFraming, PutsAnEndToARecordsSize) {
  const std::string most = "{\"a\":\"" + std::string(kJsonRecordSizeBytesMax - 8, 'x') + "\"}";
  const std::string more = "{\"a\":\"" + std::string(kJsonRecordSizeBytesMax - 7, 'x') + "\"}";
  const std::string small = "{\"a\":1}";
  for (const std::string& between : {std::string("\n"), std::string()}) {
    const std::string text = small + between + most + between + more + between + small;
    const ReadSource s = read_json(text);
    EXPECT_EQ(s.records, 3U);
    EXPECT_EQ(s.damage, (Damages{{small.size() + most.size() + 2 * between.size(), more.size(),
                                  DamageKind::record_too_large}}));
    EXPECT_EQ(s.events[2].head.offset, text.size() - small.size());
  }
}

TEST(JsonFraming, SkipsAHundredMegabyteLineInPieces) {
  const test::TempDir folder;
  const std::string path = (folder.path() / "long").string();
  constexpr std::size_t kLine = 100'000'000;
  for (const bool closed : {true, false}) {
    std::string text = "{\"a\":1}\n{\"a\":\"" + std::string(kLine, 'x');
    text += closed ? "\"}\n{\"a\":2}\n" : "\n{\"a\":2}\n";
    test::write_file(path, text);
    const test::ReadInput input = test::read_input(path, {.fields = true, .bytes = false});
    ASSERT_EQ(input.sources.size(), 1U);
    const ReadSource& s = input.sources[0];
    EXPECT_EQ(s.records, 2U);
    EXPECT_EQ(s.damage, (Damages{{8, kLine + (closed ? 8U : 6U), DamageKind::record_too_large}}));
    EXPECT_TRUE(s.tiled);
    EXPECT_EQ(s.size_bytes, text.size());
    EXPECT_LE(s.batch_size_bytes_max, kJsonRecordSizeBytesMax + event::kBatchSizeBytes);
  }
}

TEST(JsonFraming, BoundsTheEventsOfABatch) {
  std::string text;
  for (std::size_t i = 0; i < 3 * kJsonRecordsPerBatchMax + 5; ++i) text += "{}\n";
  const test::ReadInput input = read_bytes(text);
  EXPECT_EQ(input.sources[0].records, 3 * kJsonRecordsPerBatchMax + 5);
  EXPECT_EQ(input.sources[0].batches, 4U);
  EXPECT_TRUE(input.sources[0].tiled);
  EXPECT_EQ(input.sources[0].bytes, text);
}

// Drives a framer over `text` with a first window of `first` bytes that grows by `step(size)`.
struct Framed {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> records;
  Damages damage;
  friend bool operator==(const Framed&, const Framed&) = default;
};
template <class Step>
Framed frame_all(std::string_view text, std::size_t first, Step step) {
  JsonFramer framer;
  Framed out;
  std::size_t at = 0;
  std::size_t size = first;
  event::Batch batch;
  do {
    size = std::min(size, text.size() - at);
    batch.clear();
    const bool at_end = at + size == text.size();
    const std::size_t taken = framer.frame(text.substr(at, size), at_end, batch);
    for (const event::Event& e : batch.events) {
      EXPECT_GE(e.offset, at);
      EXPECT_LE(e.offset + e.length, at + taken);
      out.records.emplace_back(e.offset, e.length);
    }
    out.damage.insert(out.damage.end(), batch.damage.begin(), batch.damage.end());
    EXPECT_TRUE(taken > 0 || !at_end);
    at += taken;
    // The rest of the window is always there again: what was read is not unread.
    size = taken > 0 ? std::max(first, size - taken + 1) : step(size);
  } while (at < text.size());
  return out;
}

std::string random_value(std::mt19937& random, int depth);

std::string random_object(std::mt19937& random, int depth, const std::string& indent) {
  std::string out = "{";
  for (unsigned i = random() % 4; i > 0; --i) {
    out += indent + "\"k" + std::to_string(i) + "\": " + random_value(random, depth + 1);
    if (i > 1) out += ',';
  }
  return out + (indent.empty() ? "" : "\n") + '}';
}

std::string random_value(std::mt19937& random, int depth) {
  constexpr std::array<const char*, 8> kScalars{"1",
                                                "-2.5e3",
                                                "true",
                                                "null",
                                                "\"\"",
                                                R"("a}{][\"\\")",
                                                "\"\xc3\xa9\xe2\x80\xa8\"",
                                                R"("\u005c\ud83d\ude00")"};
  switch (depth < 4 ? random() % 4 : 3) {
    case 0:
      return random_object(random, depth, "");
    case 1:
      return '[' + random_value(random, depth + 1) + ',' + random_object(random, depth + 1, "") +
             ']';
    default:
      return kScalars[random() % kScalars.size()];
  }
}

// Any stream of records, in any layout, cut at any size, gives exactly its records.
TEST(JsonFraming, CutsRandomStreamsExactly) {
  std::mt19937 random(20261122);
  for (int round = 0; round < 400; ++round) {
    const unsigned layout = random() % 4;  // lines, indented, one behind the other, array
    std::string text = layout == 3 ? "[" : "";
    std::vector<std::string> expected;
    const std::size_t count = 1 + random() % 12;
    for (std::size_t i = 0; i < count; ++i) {
      expected.push_back(random_object(random, 0, layout == 1 ? "\n  " : ""));
      text += expected.back();
      constexpr std::array<const char*, 4> kBetween{"\n", "\r\n", "\n\n \n", "  "};
      if (layout == 3 && i + 1 < count) text += random() % 2 == 0 ? ",\n" : ",";
      if (layout == 0) text += kBetween[random() % 3];
      if (layout == 1 || layout == 2) text += random() % 2 == 0 ? "" : kBetween[random() % 4];
    }
    if (layout == 3) text += random() % 2 == 0 ? "]" : "\n]\n";
    // Only a window that shows more than one record tells lines from other layouts.
    const bool any = layout == 0 || layout == 3;
    for (const std::size_t first : {any ? 1 : text.size(), any ? 1 + random() % 40 : text.size()}) {
      const Framed framed = frame_all(text, first, [](std::size_t size) { return size + 1; });
      Texts got;
      for (const auto& [offset, length] : framed.records)
        got.push_back(text.substr(offset, length));
      ASSERT_EQ(got, expected) << text << "\nfirst window " << first;
      ASSERT_EQ(framed.damage, Damages{}) << text;
    }
    ASSERT_EQ(records(read_json(text)), expected) << text;
  }
}

// Damaged streams too: how the window grew changes nothing.
TEST(JsonFraming, DoesNotDependOnHowTheWindowGrew) {
  std::mt19937 random(42);
  for (int round = 0; round < 2'000; ++round) {
    std::string text;
    for (int i = 0; i < 6; ++i)
      text += random_object(random, 0, random() % 2 == 0 ? "\n  " : "") + "\n";
    for (unsigned flips = random() % 4; flips > 0; --flips)
      text[random() % text.size()] = "{}[]\"\\\n,x\0"[random() % 10];
    const std::size_t first = 1 + random() % 60;
    const Framed slow = frame_all(text, first, [](std::size_t size) { return size + 1; });
    const Framed fast = frame_all(text, first, [](std::size_t size) { return size * 2; });
    ASSERT_EQ(slow, fast) << text;
  }
}

}  // namespace
}  // namespace exhibit::evidence
