// JSON in UTF-16: the same records, fields and damage as in UTF-8, at the source's own offsets.
#include "evidence/json_utf16.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "evidence/json_framer.h"
#include "support/reading.h"

namespace exhibit::evidence {
namespace {

using namespace std::string_literals;
using event::DamageKind;
using test::read_bytes;
using test::ReadSource;

std::string utf16(std::u16string_view text, JsonEncoding encoding) {
  std::string out;
  for (const char16_t unit : text) {
    const auto low = static_cast<char>(unit & 0xff);
    const auto high = static_cast<char>(unit >> 8);
    out += encoding == JsonEncoding::utf16le ? low : high;
    out += encoding == JsonEncoding::utf16le ? high : low;
  }
  return out;
}

std::u16string widened(std::string_view ascii) { return {ascii.begin(), ascii.end()}; }

ReadSource read(std::string_view bytes) {
  test::ReadInput input = read_bytes(bytes);
  EXPECT_EQ(input.sources.size(), 1U);
  EXPECT_EQ(input.sources[0].info.format, Format::json);
  EXPECT_EQ(input.sources[0].bytes, bytes);
  EXPECT_TRUE(input.sources[0].tiled);
  return std::move(input.sources[0]);
}

class JsonUtf16 : public testing::TestWithParam<JsonEncoding> {};
INSTANTIATE_TEST_SUITE_P(BothOrders, JsonUtf16,
                         testing::Values(JsonEncoding::utf16le, JsonEncoding::utf16be),
                         [](const auto& order) {
                           return order.param == JsonEncoding::utf16le ? "little" : "big";
                         });

TEST_P(JsonUtf16, ReadsWhatItReadsInUtf8) {
  for (const std::string_view text :
       {"{\"a\":1}\r\n{\"a\":\"x\\\\y\"}\r\n", "{\"a\":1}{\"b\":[1,{\"c\":2}]}",
        "{\"a\":1}\n{\"a\":2}{\"a\":3}\n",
        "[\r\n  {\r\n    \"a\": {\r\n      \"b\": \"}\"\r\n    }\r\n  },\r\n  {}\r\n]\r\n",
        "{\"a\":1}\nnot json\n{\"a\":2}\n", "{\"a\":\n{\"a\":2}\n", "[{\"a\":1},{\"a\":2},{\"a\":",
        "{\"Channel\":\"Security\",\"EventID\":4624,\"TimeCreated\":\"2026-01-02T03:04:05Z\"}\n"}) {
    SCOPED_TRACE(text);
    const ReadSource narrow = read(text);
    const ReadSource wide = read(utf16(u"\ufeff" + widened(text), GetParam()));
    ASSERT_EQ(wide.events.size(), narrow.events.size());
    const auto there = [](std::uint64_t at) { return 2 + 2 * at; };
    for (std::size_t i = 0; i < wide.events.size(); ++i) {
      const test::ReadEvent& a = narrow.events[i];
      const test::ReadEvent& b = wide.events[i];
      EXPECT_EQ(b.fields, a.fields);
      EXPECT_EQ(b.head.offset, there(a.head.offset));
      EXPECT_EQ(b.head.length, 2 * a.head.length);
      EXPECT_EQ(b.head.event_id, a.head.event_id);
      EXPECT_EQ(b.head.time, a.head.time);
      EXPECT_EQ(b.channel, a.channel);
    }
    ASSERT_EQ(wide.damage.size(), narrow.damage.size());
    for (std::size_t i = 0; i < wide.damage.size(); ++i)
      EXPECT_EQ(wide.damage[i],
                (event::Damage{there(narrow.damage[i].offset), 2 * narrow.damage[i].length,
                               narrow.damage[i].kind}));
  }
}

TEST_P(JsonUtf16, ReadsLettersOfEveryPlane) {
  const ReadSource s = read(utf16(
      u"\ufeff{\"n\u00e4me\":\"\u5bc6\u7801 \U0001f511\ufeff\",\"half\":\"\xd800x\"}", GetParam()));
  ASSERT_EQ(s.events.size(), 1U);
  EXPECT_EQ(s.events[0].fields,
            (std::vector<std::string>{"n\u00e4me=\u5bc6\u7801 \U0001f511\ufeff", "half=\ufffdx"}));
  EXPECT_TRUE(s.damage.empty());
}

TEST_P(JsonUtf16, HalfACodeUnitAtTheEndIsReported) {
  const std::string whole = utf16(u"\ufeff{\"a\":1}\n{\"a\":2}\n", GetParam());
  const ReadSource s = read(whole + "{");
  EXPECT_EQ(s.events.size(), 2U);
  EXPECT_EQ(s.damage, (std::vector<event::Damage>{{whole.size(), 1, DamageKind::truncated}}));
}

// Batches end between records, wherever in a code unit the reading of a piece ended.
TEST_P(JsonUtf16, ReadsMoreThanABatch) {
  std::u16string text = u"\ufeff";
  for (int i = 0; i < 60'000; ++i) text += widened("{\"number\":" + std::to_string(i) + "}\n");
  text += u"{\"long\":\"" + std::u16string(kJsonRecordSizeBytesMax, u'x') + u"\"}\n{\"last\":1}\n";
  const std::string bytes = utf16(text, GetParam());
  const ReadSource s = read(bytes);
  EXPECT_GT(s.batches, 2U);
  ASSERT_EQ(s.records, 60'001U);
  EXPECT_EQ(s.events[59'999].fields, std::vector<std::string>{"number=59999"});
  EXPECT_EQ(s.events.back().fields, std::vector<std::string>{"last=1"});
  ASSERT_EQ(s.damage.size(), 1U);
  EXPECT_EQ(s.damage[0].kind, DamageKind::record_too_large);
  EXPECT_EQ(s.damage[0].length, 2 * (kJsonRecordSizeBytesMax + 11));
}

TEST_P(JsonUtf16, IsShownInUtf8) {
  const event::FieldNames names;
  event::PathTable paths(names);
  const std::string bytes = utf16(u"{ \"a\" : \"\u5bc6\" }", GetParam());
  event::Batch batch;
  batch.resize(bytes.size());
  std::copy_n(reinterpret_cast<const std::byte*>(bytes.data()), bytes.size(), batch.buffer.data());
  event::Event record;
  record.length = static_cast<std::uint32_t>(bytes.size());
  batch.events.push_back(record);
  make_parser(Format::json, paths)->parse(batch);
  ASSERT_EQ(batch.events.size(), 1U);
  std::string json;
  append_event_json(json, batch, batch.events[0], paths);
  EXPECT_EQ(json, "{\"a\":\"\u5bc6\"}");
}

TEST(JsonEncodingOf, LooksAtTheMarkAndAtTheBrace) {
  EXPECT_EQ(encoding_of_source("\xff\xfe{\0"s), JsonEncoding::utf16le);
  EXPECT_EQ(encoding_of_source("\xfe\xff\0{"s), JsonEncoding::utf16be);
  EXPECT_EQ(encoding_of_source("{\"a\":1}"), JsonEncoding::utf8);
  EXPECT_EQ(encoding_of_record(as_bytes("{\"a\":1}")), JsonEncoding::utf8);
  EXPECT_EQ(encoding_of_record({}), JsonEncoding::utf8);
}

}  // namespace
}  // namespace exhibit::evidence
