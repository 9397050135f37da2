// The EVTX reader over files that the test writer makes: framing, fields, damage, slack, rendering.
#include <gtest/gtest.h>

#include "evidence/evtx_format.h"
#include "support/alloc_counter.h"
#include "support/evtx_damage.h"
#include "support/evtx_event.h"
#include "support/evtx_reading.h"

namespace exhibit::evidence {
namespace {

using event::DamageKind;
using test::EvtxReading;
using test::EvtxType;
using test::EvtxWriter;
using Strings = std::vector<std::string>;

constexpr std::int64_t kTicks = 134'168'985'001'234'567;  // 2026-03-02T04:15:00.1234567Z

test::EvtxEvent logon(std::vector<std::pair<std::string, test::EvtxValue>> data) {
  test::EvtxEvent e;
  e.provider = "Example-Provider";
  e.guid = "11223344-5566-7788-99aa-bbccddeeff00";
  e.event_id = 4624;
  e.ticks = kTicks;
  e.channel = "Security";
  e.computer = "ws01.example.org";
  e.user_sid = "S-1-5-18";
  e.data = std::move(data);
  return e;
}

std::string file_of(const test::EvtxEvent& event, bool with_template = true,
                    std::size_t count = 1) {
  EvtxWriter writer;
  for (std::size_t i = 0; i < count; ++i) test::add_event(writer, event, with_template);
  return writer.finish();
}

std::string file_of(const test::EvtxNode& root, bool with_template = true) {
  EvtxWriter writer;
  if (with_template) {
    writer.add(root, kTicks);
  } else {
    writer.add_without_template(root, kTicks);
  }
  return writer.finish();
}

// The fields below `prefix`, without it.
Strings below(const Strings& fields, std::string_view prefix) {
  Strings out;
  for (const std::string& field : fields)
    if (field.starts_with(prefix)) out.push_back(field.substr(prefix.size()));
  return out;
}

Strings event_data(const EvtxReading& read, std::size_t event = 0) {
  return below(read.events.at(event).fields, "Event.EventData.");
}

TEST(EvtxFramer, AFailingStreamIsDamageBehindItsLastByte) {
  class Failing final : public ByteStream {
   public:
    Result<std::size_t> read(std::span<std::byte> into) override {
      if (std::exchange(failed_, true)) return fail(ErrorCode::io, "the disk is gone");
      return std::min<std::size_t>(into.size(), 5000);
    }

   private:
    bool failed_ = false;
  };
  const auto source = make_evtx_source({}, std::make_unique<Failing>());
  event::Batch batch;
  ASSERT_TRUE(source->next(batch));
  EXPECT_EQ(batch.size, 5000U);
  ASSERT_EQ(batch.damage.size(), 1U);
  EXPECT_EQ(batch.damage[0], (event::Damage{5000, 0, DamageKind::io}));
  EXPECT_FALSE(source->next(batch));
}

TEST(EvtxParser, FillsTheEventFromSystem) {
  const EvtxReading read = test::read_evtx(file_of(logon({{"a", test::evtx_string("b")}})));
  ASSERT_EQ(read.events.size(), 1U);
  EXPECT_TRUE(read.damage.empty());
  const auto& event = read.events[0];
  EXPECT_EQ(event.head.event_id, 4624U);
  EXPECT_EQ(event.head.record_id, 1U);
  EXPECT_EQ(event.head.time, kTicks);
  EXPECT_EQ(event.head.offset, 4096U + 512U);
  EXPECT_EQ(event.head.product, event::Product::windows);
  EXPECT_EQ(event.channel, "Security");
  EXPECT_EQ(event.provider, "Example-Provider");
  EXPECT_EQ(event.computer, "ws01.example.org");
  EXPECT_EQ(below(event.fields, "Event.System.TimeCreated."),
            Strings{"#attributes.SystemTime=2026-03-02T04:15:00.1234567Z"});
  EXPECT_EQ(below(event.fields, "Event.EventData."), Strings{"a=b"});
  EXPECT_EQ(event.fields, event.tree);
}

// Forwarded and rendered events: every value a text, elements without dependency id.
TEST(EvtxParser, RecordsWithoutTemplateSayTheSame) {
  const auto event = logon({{"a", test::evtx_string("b")}, {"n", test::evtx_uint32(7)}});
  const EvtxReading with = test::read_evtx(file_of(event, true));
  const EvtxReading without = test::read_evtx(file_of(event, false));
  ASSERT_EQ(without.events.size(), 1U);
  EXPECT_TRUE(without.damage.empty());
  EXPECT_EQ(without.events[0].head.event_id, 4624U);
  EXPECT_EQ(without.events[0].head.time, kTicks);
  EXPECT_EQ(without.events[0].channel, "Security");
  EXPECT_EQ(event_data(without), event_data(with));
  EXPECT_EQ(without.events[0].fields, without.events[0].tree);
}

TEST(EvtxParser, ReadsEveryValueType) {
  const EvtxReading read = test::read_evtx(file_of(logon({
      {"text", test::evtx_string("Größe 電信 🛰")},
      {"terminated", test::evtx_raw(0x01, std::string_view("x\0\0\0", 4))},
      {"surrogate", test::evtx_raw(0x01, std::string_view("\x00\xd8x\0", 4))},
      {"ansi", test::evtx_ansi("ansi")},
      {"int8", test::evtx_integer(EvtxType::int8, -8)},
      {"uint16", test::evtx_integer(EvtxType::uint16, 61616)},
      {"int64", test::evtx_integer(EvtxType::int64, -64)},
      {"real", test::evtx_real(-2.25)},
      {"bool", test::evtx_boolean(true)},
      {"bool1", test::evtx_boolean(true, 1)},
      {"bool0", test::evtx_raw(0x0d, "")},
      {"binary", test::evtx_binary(std::string_view("\x00\xff\x10", 3))},
      {"guid", test::evtx_guid("{365abb72-d0da-5cc8-0000-00109b5a3c00}")},
      {"size", test::evtx_size(0x7ff6)},
      {"size4", test::evtx_size(0x7ff6, 4)},
      {"filetime", test::evtx_filetime(kTicks)},
      {"sid", test::evtx_sid("S-1-5-21-1-2-3-512")},
      {"hex32", test::evtx_hex32(0x1fffff)},
      {"hex64", test::evtx_hex64(0xdeadbeef)},
      {"handle", test::evtx_raw(0x20, std::string_view("\x01\x02\x03\x04", 4))},
      {"xml", test::evtx_raw(0x23, test::utf16le("<a/>"))},
      {"unknown", test::evtx_raw(0x33, "\x0a")},
      {"empty", test::evtx_string("")},
  })));
  EXPECT_TRUE(read.damage.empty());
  EXPECT_EQ(event_data(read), (Strings{"text=Größe 電信 🛰",
                                       "terminated=x",
                                       "surrogate=\xef\xbf\xbdx",
                                       "ansi=ansi",
                                       "int8=-8",
                                       "uint16=61616",
                                       "int64=-64",
                                       "real=-2.25",
                                       "bool=true",
                                       "bool1=true",
                                       "bool0=",
                                       "binary=00FF10",
                                       "guid={365abb72-d0da-5cc8-0000-00109b5a3c00}",
                                       "size=0x7ff6",
                                       "size4=0x7ff6",
                                       "filetime=2026-03-02T04:15:00.1234567Z",
                                       "sid=S-1-5-21-1-2-3-512",
                                       "hex32=0x1fffff",
                                       "hex64=0xdeadbeef",
                                       "handle=0x4030201",
                                       "xml=<a/>",
                                       "unknown=0A",
                                       "empty="}));
  EXPECT_EQ(read.events[0].fields, read.events[0].tree);
}

TEST(EvtxParser, ArraysAreSeveralFields) {
  const EvtxReading read = test::read_evtx(
      file_of(logon({{"texts", test::evtx_string_array({"one", "", "two"})},
                     {"numbers", test::evtx_array({test::evtx_uint32(7), test::evtx_uint32(9)})},
                     {"cut", test::evtx_raw(0x88, std::string_view("\x01\0\0\0\x02", 5))},
                     {"none", test::evtx_raw(0x81, "")}})));
  EXPECT_EQ(event_data(read), (Strings{"texts=one", "texts=", "texts=two", "numbers=7", "numbers=9",
                                       "cut=1", "cut=02", "none"}));
}

// [MS-EVEN6] 3.1.4.7.2.
TEST(EvtxParser, ANullOptionalLeavesOutItsElementAndNoOther) {
  using test::evtx_null;
  using test::evtx_string;
  using test::xml_element;
  using test::xml_value;
  const EvtxReading read = test::read_evtx(file_of(xml_element(
      "Event", {xml_element("Gone", {xml_value(evtx_null())},
                            {{.name = "at", .content = {xml_value(evtx_string("x"))}}}),
                xml_element("Kept", {xml_value(evtx_null(), false)}),
                xml_element("AttributeGone", {xml_value(evtx_string("v"))},
                            {{.name = "at", .content = {xml_value(evtx_null())}}}),
                xml_element("Empty", {}, {{.name = "at", .content = {xml_value(evtx_null())}}}),
                xml_element("AllGone", {xml_element("Inner", {xml_value(evtx_null())})})})));
  EXPECT_EQ(read.events.at(0).fields,
            (Strings{"Event.Kept", "Event.AttributeGone=v", "Event.Empty", "Event.AllGone"}));
  EXPECT_EQ(read.events[0].fields, read.events[0].tree);
}

TEST(EvtxParser, JoinsTextReferencesAndValues) {
  using test::xml_char_ref;
  using test::xml_element;
  using test::xml_entity_ref;
  using test::xml_text;
  const auto root = xml_element(
      "Event",
      {xml_element("T", {xml_text("a "), xml_entity_ref("amp"), xml_char_ref(65),
                         test::xml_cdata("<raw>"), test::xml_value(test::evtx_uint32(5))}),
       test::xml_instruction("target", "data"),
       xml_element("C", {xml_entity_ref("lt"), xml_entity_ref("unknown")})},
      {{.name = "at", .content = {xml_text("x"), xml_entity_ref("quot"), xml_text("y")}}});
  for (const bool with_template : {true, false}) {
    const EvtxReading read = test::read_evtx(file_of(root, with_template));
    EXPECT_TRUE(read.damage.empty());
    EXPECT_EQ(read.events.at(0).fields,
              (Strings{"Event.#attributes.at=x\"y", "Event.T=a &A<raw>5", "Event.C=<&unknown;"}));
    EXPECT_EQ(read.events[0].fields, read.events[0].tree);
  }
}

TEST(EvtxParser, NamesBecomePaths) {
  using test::xml_element;
  using test::xml_text;
  using test::xml_value;
  const auto named = [](test::EvtxNode name, std::string_view value) {
    return xml_element("Data", {xml_value(test::evtx_string(value))},
                       {{.name = "Name", .content = {std::move(name)}}});
  };
  const EvtxReading read = test::read_evtx(file_of(xml_element(
      "Event",
      {xml_element("EventData", {named(xml_text("A.b\\c"), "1"),
                                 named(xml_value(test::evtx_string("dynamic")), "2"),
                                 xml_element("Data", {xml_value(test::evtx_string("3"))})}),
       xml_element("UserData",
                   {xml_element("X", {xml_element("Y", {xml_text("z")})},
                                {{.name = "xmlns", .content = {xml_text("urn:x")}},
                                 {.name = "xmlns:p", .content = {xml_text("urn:p")}}})})})));
  EXPECT_EQ(read.events.at(0).fields,
            (Strings{"Event.EventData.A\\.b\\\\c=1", "Event.EventData.dynamic=2",
                     "Event.EventData.Data=3", "Event.UserData.X.Y=z"}));
  EXPECT_EQ(read.events[0].fields, read.events[0].tree);
}

// Where the last template instance that has its definition with it stands: EventData's.
std::size_t nested_instance(const std::string& file) {
  std::size_t found = 0;
  for (std::size_t at = 4096 + 512; at + 10 < 4096 + 65536; ++at) {
    std::uint32_t definition = 0;
    std::memcpy(&definition, file.data() + at + 6, sizeof definition);
    if (file[at] == '\x0c' && file[at + 1] == '\1' && definition == at - 4096 + 10) found = at;
  }
  return found;
}

// Two definitions with one GUID and one size are told apart by what they say.
TEST(EvtxParser, TheCacheTrustsNoGuid) {
  const std::string first = file_of(logon({{"aaaa", test::evtx_string("1")}}));
  std::string second = file_of(logon({{"bbbb", test::evtx_string("2")}}));
  const std::size_t at = nested_instance(first);
  ASSERT_NE(at, 0U);
  ASSERT_EQ(at, nested_instance(second));
  second.replace(at, 10 + 24, first, at, 10 + 24);  // identifier, GUID and size
  test::evtx_fix_checksums(second);
  const event::FieldNames names;
  event::PathTable paths(names);
  const auto parser = make_evtx_parser(paths, {});
  Strings seen;
  for (const std::string& file : {first, second}) {
    event::Batch batch;
    const auto source = make_evtx_source({}, std::make_unique<test::MemoryStream>(file));
    ASSERT_TRUE(source->next(batch));
    parser->parse(batch);
    ASSERT_TRUE(batch.damage.empty());
    ASSERT_EQ(batch.events.size(), 1U);
    const event::Field& field = batch.event_fields(batch.events[0]).back();
    seen.push_back(test::field_text(paths.path(field.path), event::to_text(field.value)));
  }
  EXPECT_EQ(seen, (Strings{"Event.EventData.aaaa=1", "Event.EventData.bbbb=2"}));
}

TEST(EvtxParser, ABatchOutlivesItsParser) {
  const event::FieldNames names;
  event::PathTable paths(names);
  event::Batch batch;
  {
    const auto parser = make_evtx_parser(paths, {});
    const auto source = make_evtx_source(
        {}, std::make_unique<test::MemoryStream>(file_of(logon({{"a", test::evtx_string("b")}}))));
    ASSERT_TRUE(source->next(batch));
    parser->parse(batch);
  }
  EXPECT_EQ(event::to_text(batch.events.at(0).provider), "Example-Provider");
}

struct Broken {
  const char* name;
  void (*breaks)(std::string&);
  DamageKind kind;
  std::size_t events;  // of 5
};
const Broken kBroken[] = {
    {"file signature", test::evtx_break_file_signature, DamageKind::bad_file_header, 5},
    {"file checksum", test::evtx_break_file_checksum, DamageKind::bad_file_header, 5},
    {"chunk signature", [](std::string& f) { test::evtx_break_chunk_signature(f, 0); },
     DamageKind::bad_chunk_signature, 5},
    {"header checksum", [](std::string& f) { test::evtx_break_header_checksum(f, 0); },
     DamageKind::chunk_header_checksum, 5},
    {"data checksum", [](std::string& f) { test::evtx_break_data_checksum(f, 0); },
     DamageKind::chunk_data_checksum, 5},
    {"zeroed chunk", [](std::string& f) { test::evtx_zero_chunk(f, 0); },
     DamageKind::empty_chunk_in_use, 0},
    {"record signature", [](std::string& f) { test::evtx_break_record_signature(f, 2); },
     DamageKind::bad_record, 4},
    {"record size", [](std::string& f) { test::evtx_break_record_size(f, 2); },
     DamageKind::bad_record, 5},  // the content is whole
    {"record content", [](std::string& f) { test::evtx_break_record_content(f, 2); },
     DamageKind::bad_binxml, 5},  // one without fields
};

TEST(EvtxParser, DamageIsReportedAndEverythingElseIsRead) {
  for (const Broken& broken : kBroken) {
    SCOPED_TRACE(broken.name);
    std::string file = file_of(logon({{"a", test::evtx_string("b")}}), true, 5);
    ASSERT_TRUE(test::read_evtx(file).damage.empty());
    broken.breaks(file);
    const EvtxReading read = test::read_evtx(file);
    EXPECT_EQ(read.events.size(), broken.events);
    EXPECT_EQ(read.count(broken.kind), 1U);
    EXPECT_EQ(read.damage.size(), 1U);
    for (const auto& event : read.events) EXPECT_EQ(event.head.time, kTicks);
  }
}

TEST(EvtxParser, ChecksumsThatAreSaidToBeAbsentAreNoDamage) {
  EvtxWriter writer({.no_checksums = true});
  test::add_event(writer, logon({}));
  EXPECT_TRUE(test::read_evtx(writer.finish()).damage.empty());
}

TEST(EvtxParser, VersionsAndDirtyFilesAreNoDamage) {
  for (const test::EvtxOptions options :
       {test::EvtxOptions{.minor_version = 2}, test::EvtxOptions{.dirty = true},
        test::EvtxOptions{.preallocated_chunks = 3}}) {
    EvtxWriter writer(options);
    for (int i = 0; i < 3; ++i) {
      test::add_event(writer, logon({}));
      writer.end_chunk();
    }
    const EvtxReading read = test::read_evtx(writer.finish());
    EXPECT_EQ(read.events.size(), 3U);
    EXPECT_TRUE(read.damage.empty());
  }
}

TEST(EvtxParser, FilesCutAnywhereGiveTheRecordsBeforeTheCut) {
  const std::string file =
      file_of(logon({{"a", test::evtx_string(std::string(900, 'x'))}}), true, 80);
  const std::size_t all =
      test::read_evtx(file, {}, {.tree = false, .rendered = false}).events.size();
  std::size_t before = 0;
  for (std::size_t size = 0; size < file.size(); size += 4096) {
    const EvtxReading read =
        test::read_evtx(file.substr(0, size), {}, {.tree = false, .rendered = false});
    EXPECT_GE(read.events.size(), before);
    if (size > 0 && (size < 4096 || (size - 4096) % 65536 != 0)) {
      EXPECT_GE(read.count(DamageKind::truncated), 1U) << size;
    }
    before = read.events.size();
  }
  EXPECT_EQ(all, 80U);
}

TEST(EvtxParser, LimitsAreDamageAndTheEventStands) {
  test::EvtxNode deep = test::xml_element("L", {test::xml_text("x")});
  for (int i = 0; i < 100; ++i) deep = test::xml_element("L", {std::move(deep)});
  const EvtxReading nested = test::read_evtx(file_of(deep), {}, {.tree = false, .rendered = true});
  EXPECT_EQ(nested.events.size(), 1U);
  EXPECT_EQ(nested.count(DamageKind::nesting_too_deep), 1U);

  test::EvtxNode fragments = test::xml_element("F", {test::xml_text("x")});
  for (int i = 0; i < 12; ++i)
    fragments = test::xml_element("F", {test::xml_fragment(std::move(fragments))});
  EXPECT_EQ(test::read_evtx(file_of(fragments)).count(DamageKind::nesting_too_deep), 1U);

  // One array of one-byte integers, named five times by the definition: more fields than one chunk
  // may give. The substitutions of the four numbers are turned into ones of the array.
  std::string file = file_of(logon({{"m", test::evtx_raw(0x84, std::string(40'000, '\1'))},
                                    {"a", test::evtx_uint32(1)},
                                    {"b", test::evtx_uint32(1)},
                                    {"c", test::evtx_uint32(1)},
                                    {"d", test::evtx_uint32(1)}}));
  for (char number = 1; number <= 4; ++number) {
    const std::size_t at = file.rfind(std::string{'\x0d', number, '\0', '\x08'});
    ASSERT_NE(at, std::string::npos);
    file[at + 1] = 0;
  }
  test::evtx_fix_checksums(file);
  const EvtxReading many = test::read_evtx(file, {}, {.tree = false, .rendered = true});
  ASSERT_EQ(many.events.size(), 1U);
  EXPECT_EQ(many.count(DamageKind::limit), 1U);
  EXPECT_LE(many.events[0].fields.size(), 131'072U);
}

TEST(EvtxParser, SlackIsReadOnDemandAndStandsBehindTheLiveRecords) {
  EvtxWriter writer;
  for (int i = 0; i < 6; ++i)
    test::add_event(writer, logon({{"n", test::evtx_uint32(static_cast<std::uint32_t>(i))}}));
  writer.delete_last(2);
  std::string file = writer.finish();
  EXPECT_TRUE(test::read_evtx(file).slack.empty());
  const EvtxReading read = test::read_evtx(file, {.slack = true});
  EXPECT_EQ(read.events.size(), 4U);
  ASSERT_EQ(read.slack.size(), 2U);
  EXPECT_TRUE(read.damage.empty());
  EXPECT_EQ(below(read.slack[1].fields, "Event.EventData."), Strings{"n=5"});
  EXPECT_GT(read.slack[0].head.offset, read.events[3].head.offset);

  // A name that the deleted records need is overwritten: what they said is no longer proved.
  const std::size_t name = file.find(test::utf16le("EventData"));
  ASSERT_NE(name, std::string::npos);
  file[name] = 'X';
  test::evtx_fix_checksums(file);
  const EvtxReading overwritten = test::read_evtx(file, {.slack = true});
  EXPECT_EQ(overwritten.count(DamageKind::unresolved_template), 2U);
  for (const auto& event : overwritten.slack)
    EXPECT_TRUE(below(event.fields, "Event.XventData").empty());
}

TEST(EvtxParser, AllocatesNothingForEventsOnceItIsWarm) {
  for (const bool with_template : {true, false}) {
    const event::FieldNames names;
    event::PathTable paths(names);
    const auto parser = make_evtx_parser(paths, {});
    const auto source = make_evtx_source(
        {}, std::make_unique<test::MemoryStream>(
                file_of(logon({{"a", test::evtx_string("b")}, {"n", test::evtx_uint32(7)}}),
                        with_template, 50)));
    event::Batch batch;
    ASSERT_TRUE(source->next(batch));
    parser->parse(batch);
    const std::uint64_t before = test::allocation_count();
    for (int i = 0; i < 3; ++i) {
      batch.arena.clear();
      parser->parse(batch);
    }
    EXPECT_EQ(test::allocation_count(), before);
    EXPECT_EQ(batch.events.size(), 50U);
  }
}

}  // namespace
}  // namespace exhibit::evidence
