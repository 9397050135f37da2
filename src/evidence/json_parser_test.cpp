#include "evidence/json_parser.h"

#include <gtest/gtest.h>
#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <random>

#include "base/time.h"
#include "evidence/json_keys.h"
#include "evidence/json_text.h"
#include "support/reading.h"

namespace exhibit::evidence {
namespace {

using event::Damage;
using event::DamageKind;
using event::Value;
using event::ValueType;
using test::ReadEvent;
using test::ReadSource;
using Texts = std::vector<std::string>;
using Damages = std::vector<Damage>;

ReadSource parse(std::string_view text) {
  test::ReadInput input = test::read_bytes(text);
  EXPECT_EQ(input.sources.size(), 1U);
  EXPECT_EQ(input.sources[0].info.format, Format::json);
  return std::move(input.sources[0]);
}

Texts fields(std::string_view text) {
  const ReadSource s = parse(text);
  EXPECT_EQ(s.damage, Damages{}) << text;
  return s.events.size() == 1 ? s.events[0].fields : Texts{"not one event"};
}

// One record's typed values: `batch` keeps what they point to.
std::vector<Value> values(std::string_view record, event::Batch& batch) {
  const event::FieldNames names;
  event::PathTable paths(names);
  batch.clear();
  batch.resize(record.size());
  std::memcpy(batch.buffer.data(), record.data(), record.size());
  event::Event& event = batch.events.emplace_back();
  event.length = static_cast<std::uint32_t>(record.size());
  make_json_parser(paths)->parse(batch);
  std::vector<Value> out;
  for (const event::Field& field : batch.fields) out.push_back(field.value);
  return out;
}

std::optional<std::string> unescaped(const std::string& raw,
                                     std::optional<std::size_t> (*by)(std::string_view, char*)) {
  std::string in =
      raw + std::string(kUnescapeSlackBytes, '\\');  // what stands behind tells nothing
  std::string out(in.size(), '\0');
  const auto size = by({in.data(), raw.size()}, out.data());
  if (!size) return std::nullopt;
  out.resize(*size);
  return out;
}

// Runs of backslashes of every length at every place of a step, with every escape behind them.
TEST(JsonText, BothWaysToUnescapeAgree) {
  for (std::size_t before = 0; before <= 130; ++before) {
    for (std::size_t run = 0; run <= 70; run += run < 5 ? 1 : 13) {
      for (const std::string_view after :
           {"", "n", "r\\n", "t", "\"", "/", "b", "u00e4", "x", "u12"}) {
        const std::string raw =
            std::string(before, 'a') + std::string(run, '\\') + std::string(after);
        ASSERT_EQ(unescaped(raw, unescape), unescaped(raw, unescape_portable)) << raw;
      }
    }
  }
  std::mt19937 random(7);
  constexpr std::string_view kPieces[] = {"\\\\", "\\n", "\\\"", "\\t",
                                          "\\/",  "a",   "path", "\xc3\xa4"};
  for (int round = 0; round < 2'000; ++round) {
    std::string raw;
    for (std::size_t i = random() % 100; i > 0; --i) raw += kPieces[random() % std::size(kPieces)];
    const auto text = unescaped(raw, unescape);
    ASSERT_TRUE(text.has_value()) << raw;
    ASSERT_EQ(text, unescaped(raw, unescape_portable)) << raw;
  }
}

TEST(JsonParser, KeepsTypesAndTokens) {
  event::Batch batch;
  const auto read = values(
      R"({"s":"x","e":"","n":18446744073709551616,"f":-1.50E+3,"t":true,"z":null,"o":{ },"a":[ ]})",
      batch);
  constexpr std::array kExpected{
      std::pair{ValueType::utf8, "x"},
      std::pair{ValueType::utf8, ""},
      std::pair{ValueType::json_number, "18446744073709551616"},
      std::pair{ValueType::json_number, "-1.50E+3"},
      std::pair{ValueType::json_boolean, "true"},
      std::pair{ValueType::json_null, "null"},
      std::pair{ValueType::json_null, "{}"},
      std::pair{ValueType::json_null, "[]"},
  };
  ASSERT_EQ(read.size(), kExpected.size());
  for (std::size_t i = 0; i < read.size(); ++i) {
    EXPECT_EQ(read[i].type, kExpected[i].first) << i;
    EXPECT_EQ(as_text(read[i].bytes()), kExpected[i].second);
  }
}

TEST(JsonParser, NamesPathsByTheirKeys) {
  EXPECT_EQ(fields(R"({"a":{"b":1,"c":[2,{"d":3},[4]]},"e.f":{"g\\h":5},"":6})"),
            (Texts{"a.b=1", "a.c=2", "a.c.d=3", "a.c=4", R"(e\.f.g\\h=5)", "=6"}));
  // Escaped or not, a key is the same; said twice, it has two values.
  EXPECT_EQ(fields(R"({"a":1,"\u0061":2,"a":3})"), (Texts{"a=1", "a=2", "a=3"}));
}

// The key that is guessed from the record before may be the beginning of the one that is there.
TEST(JsonParser, TellsKeysApartThatBeginTheSame) {
  const ReadSource s = parse(R"({"ab":1,"x":{"y":2}}
{"abc":3,"x":{"yy":4}}
{"a":5,"x":{"":6}}
{"ab\"":7,"x":{"y":8}}
)");
  EXPECT_EQ(s.damage, Damages{});
  ASSERT_EQ(s.events.size(), 4U);
  EXPECT_EQ(s.events[0].fields, (Texts{"ab=1", "x.y=2"}));
  EXPECT_EQ(s.events[1].fields, (Texts{"abc=3", "x.yy=4"}));
  EXPECT_EQ(s.events[2].fields, (Texts{"a=5", "x.=6"}));
  EXPECT_EQ(s.events[3].fields, (Texts{"ab\"=7", "x.y=8"}));
}

TEST(JsonParser, ResolvesEscapes) {
  EXPECT_EQ(fields(R"({"a":"\"\\\/\b\f\n\r\t\u00e9\u20ac\ud83d\ude00!"})"),
            Texts{"a=\"\\/\b\f\n\r\té€😀!"});
  EXPECT_EQ(fields(R"({"a":"C:\\Windows\\System32\\cmd.exe"})"),
            Texts{R"(a=C:\Windows\System32\cmd.exe)"});
  // Half a surrogate pair, in every place.
  EXPECT_EQ(fields(R"({"a":"\ud800","b":"\udc00x","c":"\ud800\u0041","d":"\ud800\ud83d\ude00"})"),
            (Texts{"a=\ufffd", "b=\ufffdx", "c=\ufffdA", "d=\ufffd😀"}));
}

TEST(JsonParser, ResolvesEscapesAtEveryDistance) {
  std::string text;
  Texts expected;
  for (std::size_t before = 0; before < 40; ++before)
    for (std::size_t after = 0; after < 20; ++after) {
      const std::string front(before, 'x');
      const std::string back(after, 'y');
      text += "{\"a\":\"" + front + "\\n" + back + "\"}\n";
      expected.push_back("a=" + front + "\n" + back);
    }
  const ReadSource s = parse(text);
  ASSERT_EQ(s.events.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    ASSERT_EQ(s.events[i].fields, Texts{expected[i]});
}

TEST(JsonParser, GivesWhatIsNoJsonToDamage) {
  for (const std::string_view bad :
       {R"({"a":01})",    R"({"a":+1})",      R"({"a":1.})",       R"({"a":.5})",
        R"({"a":1e})",    R"({"a":NaN})",     R"({"a":tru})",      R"({"a":nul})",
        R"({"a":truex})", R"({"a":"\x"})",    R"({"a":"\u12g4"})", R"({"a":"\u12"})",
        R"({"a" 1})",     R"({"a":1,})",      R"({"a":[1,]})",     R"({"a":[1 2]})",
        R"({"a":"x":1})", R"({"a":"x" "y"})", R"({a:1})",          R"({"a":})",
        R"({"a":1]})",    "{\"a\":\"\x01\"}", R"({"\q":1})",       R"({"a":'x'})"}) {
    const ReadSource s =
        parse("{\"good\":1}\n{\"good\":1}\n{\"good\":1}\n" + std::string(bad) + "\n{\"good\":2}\n");
    EXPECT_EQ(s.records, 4U) << bad;
    EXPECT_EQ(s.damage, (Damages{{33, bad.size(), DamageKind::bad_json}})) << bad;
  }
}

TEST(JsonParser, TakesOneObjectForARecord) {
  event::Batch batch;
  for (const std::string_view bad : {R"([1])", R"("x")", "1", "{", "x"}) {
    values(bad, batch);
    EXPECT_TRUE(batch.events.empty()) << bad;
    EXPECT_TRUE(batch.fields.empty()) << bad;
    EXPECT_EQ(batch.damage, (Damages{{0, bad.size(), DamageKind::bad_json}})) << bad;
  }
}

TEST(JsonParser, SplitsObjectsThatShareALine) {
  std::string lines;
  while (lines.size() <= event::kBatchSizeBytes) lines += "{\"a\":1}\n";
  const std::string shared = "{\"b\":\"\xff\"}{\"b\":2} {\"b\":tru}{\"b\":3}";
  const ReadSource s = parse(lines + shared + "\n{\"c\":4}\n");
  const std::size_t before = lines.size() / 8;
  ASSERT_EQ(s.records, before + 4);
  EXPECT_EQ(s.events[before].fields, Texts{"b=\ufffd"});
  EXPECT_EQ(s.events[before + 1].fields, Texts{"b=2"});
  EXPECT_EQ(s.events[before + 2].fields, Texts{"b=3"});
  EXPECT_EQ(s.events[before + 2].head.offset, lines.size() + shared.size() - 7);
  EXPECT_EQ(s.damage, (Damages{{lines.size(), 9, DamageKind::invalid_utf8},
                               {lines.size() + 17, 9, DamageKind::bad_json}}));
}

TEST(JsonParser, ReadsWhatIsNotUtf8) {
  const std::string record = "{\"a\":\"x\xffy\xc3\",\"k\xfe\":\"\xed\xa0\x80\\n\"}";
  const ReadSource s = parse(record + "\n{\"b\":1}\n");
  ASSERT_EQ(s.records, 2U);
  EXPECT_EQ(s.events[0].fields, (Texts{"a=x\ufffdy\ufffd", "k\ufffd=\ufffd\ufffd\ufffd\n"}));
  EXPECT_EQ(s.events[1].fields, Texts{"b=1"});
  EXPECT_EQ(s.damage, (Damages{{0, record.size(), DamageKind::invalid_utf8}}));
  EXPECT_EQ(parse("{\"b\":1}\n\xff\xfe\n").damage, (Damages{{8, 2, DamageKind::bad_json}}));
}

TEST(JsonParser, CapsNesting) {
  for (const bool arrays : {true, false}) {
    const auto nested = [&](std::size_t depth) {
      std::string open;
      std::string close;
      for (std::size_t i = 1; i < depth; ++i) {
        open += arrays ? "[" : "{\"n\":";
        close += arrays ? "]" : "}";
      }
      return "{\"a\":" + open + "1" + close + ",\"b\":2}";
    };
    EXPECT_EQ(parse(nested(kJsonDepthMax)).damage, Damages{});
    for (const std::size_t depth : {std::size_t{kJsonDepthMax} + 1, std::size_t{200'000}}) {
      const ReadSource s = parse(nested(depth));
      ASSERT_EQ(s.damage.size(), 1U);
      EXPECT_EQ(s.damage[0].kind, DamageKind::nesting_too_deep);
      ASSERT_EQ(s.events.size(), 1U);
      EXPECT_EQ(s.events[0].fields, Texts{"b=2"});  // what is not too deep is read
    }
  }
}

TEST(JsonParser, CapsTheFieldsOfARecord) {
  std::string record = "{\"a\":[";
  for (std::size_t i = 0; i < kJsonFieldsPerRecordMax; ++i) record += "1,";
  const ReadSource s = parse(record + "1]}");
  ASSERT_EQ(s.events.size(), 1U);
  EXPECT_EQ(s.events[0].fields.size(), kJsonFieldsPerRecordMax);
  EXPECT_EQ(s.damage, (Damages{{0, record.size() + 3, DamageKind::limit}}));
}

TEST(JsonParser, CutsPathsAtTheirLimit) {
  const std::string key(kJsonPathSizeBytesMax - 3, 'k');
  EXPECT_EQ(fields("{\"" + key + "\":{\"bb\":1}}"), Texts{key + ".bb=1"});
  const ReadSource s = parse("{\"" + key + "\":{\"bbb\":1}}");
  EXPECT_EQ(s.events[0].fields, Texts{key + ".bb=1"});
  ASSERT_EQ(s.damage.size(), 1U);
  EXPECT_EQ(s.damage[0].kind, DamageKind::limit);
}

// A flood of ever new keys: the tables start anew, the values stay right.
TEST(JsonParser, BoundsThePathTable) {
  const event::FieldNames names;
  event::PathTable paths(names);
  const auto parser = make_json_parser(paths);
  event::Batch batch;
  std::size_t key = 0;
  for (int round = 0; round < 5; ++round) {
    std::string record = "{";
    for (std::size_t i = 0; i < kJsonPathsMax / 3; ++i)
      record += "\"k" + std::to_string(key++) + "\":1,";
    record += "\"last\":2}";
    batch.clear();
    batch.resize(record.size());
    std::memcpy(batch.buffer.data(), record.data(), record.size());
    batch.events.emplace_back().length = static_cast<std::uint32_t>(record.size());
    parser->parse(batch);
    ASSERT_EQ(batch.events.size(), 1U);
    EXPECT_EQ(paths.path(batch.fields.back().path), "last");
    EXPECT_LE(paths.size(), 2 * kJsonPathsMax);
  }
  EXPECT_GT(paths.generation(), 0U);
}

struct Shape {
  const char* name;
  const char* json;
  const char* field;  // one that must be there
  event::Ticks time;
};

event::Ticks ticks(std::string_view text) { return base::parse_time(text).value(); }

// Every shape in which Windows events are met tells the same.
TEST(JsonParser, KnowsEveryShape) {
  const std::array shapes{
      Shape{"evtx_dump",
            R"({"Event":{"#attributes":{"xmlns":"x"},"System":{"Provider":{"#attributes":
{"Name":"Microsoft-Windows-Sysmon"}},"EventID":1,"TimeCreated":{"#attributes":{"SystemTime":
"2026-11-22T01:02:03.456789Z"}},"EventRecordID":77,"Channel":"Microsoft-Windows-Sysmon/Operational",
"Computer":"ran-7"},"EventData":{"Image":"C:\\a.exe"}}})",
            "Event.EventData.Image=C:\\a.exe", ticks("2026-11-22T01:02:03.456789Z")},
      Shape{"evtx_dump, qualifiers", R"({"Event":{"System":{"Provider":{"#attributes":
{"Name":"Microsoft-Windows-Sysmon"}},"EventID":{"#attributes":{"Qualifiers":16384},"#text":1},"TimeCreated":
{"#attributes":{"SystemTime":"2026-11-22T01:02:03.456789Z"}},"EventRecordID":77,
"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"ran-7"}}})",
            "Event.System.EventID.#text=1", ticks("2026-11-22T01:02:03.456789Z")},
      Shape{"separate attributes", R"({"Event":{"System":{"Provider_attributes":{"Name":
"Microsoft-Windows-Sysmon"},"EventID":1,"TimeCreated_attributes":{"SystemTime":"2026-11-22T01:02:03.456789Z"},
"EventRecordID":77,"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"ran-7"},"EventData":
{"Image":"C:\\a.exe"}}})",
            "Event.EventData.Image=C:\\a.exe", ticks("2026-11-22T01:02:03.456789Z")},
      Shape{"Chainsaw",
            R"([{"group":"Sigma","document":{"kind":"evtx","path":"a.evtx","data":{"Event":
{"System":{"Provider_attributes":{"Name":"Microsoft-Windows-Sysmon"},"EventID":1,"TimeCreated_attributes":
{"SystemTime":"2026-11-22T01:02:03.456789Z"},"EventRecordID":77,
"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"ran-7"},"EventData":{"Image":"C:\\a.exe"}}}},
"name":"r","timestamp":"2026-11-22T09:09:09+00:00"}])",
            "document.data.Event.EventData.Image=C:\\a.exe", ticks("2026-11-22T01:02:03.456789Z")},
      Shape{"Winlogbeat", R"({"@timestamp":"2026-11-22T01:02:03.456Z","event":{"code":"1","created":
"2026-11-22T05:05:05Z"},"winlog":{"event_id":1,"channel":"Microsoft-Windows-Sysmon/Operational",
"computer_name":"ran-7","provider_name":"Microsoft-Windows-Sysmon","record_id":77,"event_data":
{"Image":"C:\\a.exe"}},"host":{"name":"other"}})",
            "winlog.event_data.Image=C:\\a.exe", ticks("2026-11-22T01:02:03.456Z")},
      Shape{"Winlogbeat 6", R"({"@timestamp":"2026-11-22T01:02:03.456Z","event_id":1,"log_name":
"Microsoft-Windows-Sysmon/Operational","computer_name":"ran-7","source_name":"Microsoft-Windows-Sysmon",
"record_number":"77","event_data":{"Image":"C:\\a.exe"}})",
            "event_data.Image=C:\\a.exe", ticks("2026-11-22T01:02:03.456Z")},
      Shape{"NXLog",
            R"({"EventTime":"2026-11-21 21:02:03","Hostname":"ran-7","EventID":1,"SourceName":
"Microsoft-Windows-Sysmon","Channel":"Microsoft-Windows-Sysmon/Operational","RecordNumber":77,"Image":
"C:\\a.exe","@timestamp":"2026-11-22T01:02:03.456Z","ProviderName":"Microsoft Software Key Storage Provider"})",
            "Image=C:\\a.exe", ticks("2026-11-22T01:02:03.456Z")},
      Shape{"flat",
            R"({"Computer":"ran-7","EventID":"1","Channel":"Microsoft-Windows-Sysmon/Operational",
"Provider_Name":"Microsoft-Windows-Sysmon","EventRecordID":77,"TimeCreated":"2026-11-22T01:02:03.456Z"})",
            "EventID=1", ticks("2026-11-22T01:02:03.456Z")},
  };
  for (const Shape& shape : shapes) {
    const ReadSource s = parse(shape.json);
    ASSERT_EQ(s.events.size(), 1U) << shape.name;
    EXPECT_EQ(s.damage, Damages{}) << shape.name;
    const ReadEvent& e = s.events[0];
    EXPECT_EQ(e.head.product, event::Product::windows) << shape.name;
    EXPECT_EQ(e.head.event_id, 1U) << shape.name;
    EXPECT_EQ(e.head.record_id, 77U) << shape.name;
    EXPECT_EQ(e.head.time, shape.time) << shape.name;
    EXPECT_EQ(e.channel, "Microsoft-Windows-Sysmon/Operational") << shape.name;
    EXPECT_EQ(e.provider, "Microsoft-Windows-Sysmon") << shape.name;
    EXPECT_EQ(e.computer, "ran-7") << shape.name;
    EXPECT_NE(std::ranges::find(e.fields, shape.field), e.fields.end()) << shape.name;
  }
}

TEST(JsonParser, KnowsHayabusasTimeline) {
  const ReadSource s = parse(R"({
    "Timestamp": "2026-11-22 01:02:03.456 +00:00",
    "RuleTitle": "x", "Level": "high", "Computer": "ran-7", "Channel": "Sec", "EventID": 4624,
    "RecordID": 77, "Details": {"Type": 3}, "ExtraFieldInfo": {"LogonType": 3}
}
)");
  ASSERT_EQ(s.events.size(), 1U);
  const ReadEvent& e = s.events[0];
  EXPECT_EQ(e.channel, "Security");
  EXPECT_EQ(e.head.event_id, 4'624U);
  EXPECT_EQ(e.head.record_id, 77U);
  EXPECT_EQ(e.computer, "ran-7");
  EXPECT_EQ(e.head.time, ticks("2026-11-22T01:02:03.456Z"));
  EXPECT_EQ(e.head.product, event::Product::windows);
}

TEST(JsonParser, ClaimsNothingAboutOtherProducts) {
  const ReadSource s = parse(R"({"eventName":"GetObject","userIdentity":{"type":"Root"}})");
  EXPECT_EQ(s.events[0].head.product, event::Product::unknown);
  EXPECT_EQ(s.events[0].head.event_id, event::kNoEventId);
  EXPECT_EQ(s.events[0].head.time, event::kNoTime);
}

}  // namespace
}  // namespace exhibit::evidence
