#include "support/evtx_writer.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>

#include "support/evtx_damage.h"
#include "support/evtx_event.h"
#include "support/evtx_shape.h"
#include "support/little_endian.h"
#include "support/support.h"

namespace exhibit::test {
namespace {

// 2026-03-02T04:15:00.1234567Z
constexpr std::int64_t kTicks = 134'168'985'001'234'567;

EvtxEvent sample_event(std::string command) {
  EvtxEvent e;
  e.provider = "Microsoft-Windows-Sysmon";
  e.guid = "5770385f-c22a-43e0-bf4c-06f5698ffbd9";
  e.event_id = 1;
  e.version = 5;
  e.task = 1;
  e.ticks = kTicks;
  e.channel = "Microsoft-Windows-Sysmon/Operational";
  e.computer = "ws-114.example.com";
  e.user_sid = "S-1-5-18";
  e.data = {{"RuleName", evtx_string("-")},
            {"ProcessId", evtx_uint32(4711)},
            {"CommandLine", evtx_string(command)},
            {"LogonId", evtx_hex64(0x3e7)}};
  return e;
}

std::string file_of(std::size_t events, EvtxOptions options = {}) {
  EvtxWriter writer(options);
  for (std::size_t i = 0; i < events; ++i) {
    add_event(writer, sample_event("cmd.exe /c echo " + std::to_string(i)));
  }
  return writer.finish();
}

std::size_t occurrences(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos;
       at = text.find(what, at + what.size())) {
    ++count;
  }
  return count;
}

// What evtx_dump (an independent reader) prints for the file; nullopt where it is not installed.
std::optional<std::string> evtx_dump(const std::string& file, const std::string& arguments) {
  const char* named = std::getenv("EVTX_DUMP");
  const std::string program = named != nullptr ? named : "evtx_dump";
  if (std::system(("command -v '" + program + "' >/dev/null 2>&1").c_str()) != 0) {
    return std::nullopt;
  }
  const TempDir dir;
  const std::filesystem::path path = dir.path() / "made.evtx";
  write_file(path, file);
  const std::string command =
      "'" + program + "' -t 1 " + arguments + " '" + path.string() + "' 2>&1";
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  std::string out;
  std::array<char, 4096> buffer{};
  for (std::size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    out.append(buffer.data(), n);
  }
  pclose(pipe);
  return out;
}
constexpr const char* kNoEvtxDump =
    "evtx_dump is absent: `cargo install evtx`, or name it in EVTX_DUMP";

TEST(EvtxWriter, LaysOutFileChunksAndRecords) {
  const std::string file = file_of(500);
  ASSERT_EQ(file.substr(0, 8), std::string("ElfFile\0", 8));
  EXPECT_EQ(get_le<std::uint32_t>(file, 124), crc32(std::string_view(file).substr(0, 120)));
  const std::size_t chunks = evtx_chunk_count(file);
  EXPECT_GT(chunks, 1u);
  EXPECT_EQ(get_le<std::uint16_t>(file, 42), chunks);
  EXPECT_EQ(get_le<std::uint64_t>(file, 24), 501u);
  EXPECT_EQ(file.size(), kEvtxFileHeaderSizeBytes + chunks * kEvtxChunkSizeBytes);
  const std::vector<EvtxRecordPlace> records = evtx_records(file);
  ASSERT_EQ(records.size(), 500u);
  for (std::size_t i = 0; i < records.size(); ++i) {
    EXPECT_EQ(records[i].id, i + 1);
    EXPECT_EQ(records[i].size_bytes % 8, 0u);
    EXPECT_EQ(get_le<std::uint32_t>(file, records[i].offset + records[i].size_bytes - 4),
              records[i].size_bytes);
    EXPECT_EQ(get_le<std::uint64_t>(file, records[i].offset + 16),
              static_cast<std::uint64_t>(kTicks));
  }
}

TEST(EvtxWriter, DefinesATemplateOnceInAChunk) {
  const std::string file = file_of(20);
  ASSERT_EQ(evtx_chunk_count(file), 1u);
  EXPECT_EQ(occurrences(file, utf16le("CommandLine")), 1u);
  EXPECT_EQ(occurrences(file, utf16le("EventRecordID")), 1u);
  // Event and EventData: two definitions, two chain heads at most.
  std::size_t heads = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    if (get_le<std::uint32_t>(file, kEvtxFileHeaderSizeBytes + 384 + 4 * i) != 0) ++heads;
  }
  EXPECT_GE(heads, 1u);
  EXPECT_LE(heads, 2u);
}

TEST(EvtxWriter, IsDeterministic) { EXPECT_EQ(file_of(200), file_of(200)); }

TEST(EvtxWriter, KnowsCrc32) { EXPECT_EQ(crc32("123456789"), 0xcbf43926u); }

TEST(EvtxWriter, FlagsSayWhatTheFileIs) {
  const std::string dirty = file_of(500, {.dirty = true});
  EXPECT_EQ(get_le<std::uint32_t>(dirty, 120), 1u);
  EXPECT_EQ(get_le<std::uint16_t>(dirty, 42), 1u);
  const std::string plain = file_of(5, {.minor_version = 2, .full = true, .no_checksums = true});
  EXPECT_EQ(get_le<std::uint16_t>(plain, 36), 2u);
  EXPECT_EQ(get_le<std::uint32_t>(plain, 120), 6u);
  EXPECT_EQ(get_le<std::uint32_t>(plain, 124), 0u);
  EXPECT_EQ(get_le<std::uint32_t>(plain, kEvtxFileHeaderSizeBytes + 52), 0u);
}

TEST(EvtxWriter, DeletedRecordsStayInTheSlack) {
  EvtxWriter writer;
  for (int i = 0; i < 10; ++i) add_event(writer, sample_event("kept " + std::to_string(i)));
  add_event(writer, sample_event("deleted first"));
  add_event(writer, sample_event("deleted second"));
  writer.delete_last(2);
  const std::string file = writer.finish();
  EXPECT_EQ(evtx_records(file).size(), 10u);
  EXPECT_EQ(occurrences(file, utf16le("deleted ")), 2u);
  EXPECT_EQ(occurrences(file, std::string("**\0\0", 4)), 12u);
}

TEST(EvtxDamage, BreaksOneThing) {
  const std::string whole = file_of(500);
  std::string file = whole;
  evtx_break_data_checksum(file, 1);
  std::string mended = file;
  evtx_fix_checksums(mended);
  EXPECT_NE(file, whole);
  EXPECT_EQ(mended, whole);

  file = whole;
  evtx_break_header_checksum(file, 0);
  mended = file;
  evtx_fix_checksums(mended);
  EXPECT_EQ(mended, whole);

  file = whole;
  evtx_break_record_size(file, 3);
  mended = file;
  evtx_fix_checksums(mended);
  EXPECT_EQ(mended, file) << "checksums are right although the record is not";

  file = whole;
  evtx_truncate_in_record(file, 400);
  EXPECT_LT(file.size(), whole.size());
}

TEST(EvtxJudge, ReadsTemplatedRecords) {
  const auto out = evtx_dump(file_of(500), "-o jsonl --validate-checksums");
  if (!out) GTEST_SKIP() << kNoEvtxDump;
  EXPECT_EQ(occurrences(*out, "\n"), 500u);
  EvtxEvent last = sample_event("cmd.exe /c echo 499");
  EXPECT_NE(out->find(to_evtx_dump_json(last, 500) + "\n"), std::string::npos)
      << "expected " << to_evtx_dump_json(last, 500) << "\nfound "
      << out->substr(out->size() > 2000 ? out->size() - 2000 : 0);
}

EvtxEvent event_of_all_types() {
  EvtxEvent e = sample_event("x");
  e.data = {{"String", evtx_string("Größe 電信 🛰")},
            {"Ansi", evtx_ansi("ansi")},
            {"Int8", evtx_integer(EvtxType::int8, -8)},
            {"UInt8", evtx_integer(EvtxType::uint8, 200)},
            {"Int16", evtx_integer(EvtxType::int16, -1616)},
            {"UInt16", evtx_integer(EvtxType::uint16, 61616)},
            {"Int32", evtx_integer(EvtxType::int32, -323232)},
            {"UInt32", evtx_uint32(4000000000)},
            {"Int64", evtx_integer(EvtxType::int64, -64646464646464)},
            {"UInt64", evtx_integer(EvtxType::uint64, 646464646464646464)},
            {"Real32", evtx_real(0.5, true)},
            {"Real64", evtx_real(-2.25)},
            {"Boolean", evtx_boolean(true)},
            {"Binary", evtx_binary(std::string_view("\x00\xff\x10", 3))},
            {"Guid", evtx_guid("{365abb72-d0da-5cc8-0000-00109b5a3c00}")},
            {"Size", evtx_size(0x7ff612340000)},
            {"Filetime", evtx_filetime(kTicks)},
            {"Systemtime", evtx_systemtime(kTicks)},
            {"Sid", evtx_sid("S-1-5-21-1004336348-1177238915-682003330-512")},
            {"Hex32", evtx_hex32(0x1fffff)},
            {"Hex64", evtx_hex64(0xdeadbeefcafe)},
            {"Absent", evtx_null(EvtxType::hex32)}};
  return e;
}

TEST(EvtxJudge, ReadsEveryValueType) {
  EvtxWriter writer;
  add_event(writer, event_of_all_types());
  const auto out = evtx_dump(writer.finish(), "-o jsonl");
  if (!out) GTEST_SKIP() << kNoEvtxDump;
  for (const char* member : {R"("String":"Größe 電信 🛰")",
                             R"("Ansi":"ansi")",
                             R"("Int8":-8)",
                             R"("UInt8":200)",
                             R"("Int16":-1616)",
                             R"("UInt16":61616)",
                             R"("Int32":-323232)",
                             R"("UInt32":4000000000)",
                             R"("Int64":-64646464646464)",
                             R"("UInt64":646464646464646464)",
                             R"("Real32":"0.5")",
                             R"("Real64":"-2.25")",
                             R"("Boolean":true)",
                             R"("Binary":"00FF10")",
                             R"("Guid":"{365abb72-d0da-5cc8-0000-00109b5a3c00}")",
                             R"("Size":"0x7ff612340000")",
                             R"("Filetime":"2026-03-02T04:15:00.1234567Z")",
                             R"("Sid":"S-1-5-21-1004336348-1177238915-682003330-512")",
                             R"("Hex32":"0x1fffff")",
                             R"("Hex64":"0xdeadbeefcafe")",
                             R"("Absent":"")"}) {
    EXPECT_NE(out->find(member), std::string::npos) << member << " is not in " << *out;
  }
}

TEST(EvtxJudge, ReadsRecordsWithoutTemplate) {
  EvtxWriter writer;
  add_event(writer, sample_event("cmd.exe /c whoami"), false);
  add_event(writer, event_of_all_types(), false);
  add_event(writer, sample_event("with template"));
  const auto out = evtx_dump(writer.finish(), "-o jsonl");
  if (!out) GTEST_SKIP() << kNoEvtxDump;
  EXPECT_EQ(occurrences(*out, "\n"), 3u) << *out;
  EXPECT_NE(out->find(R"("EventID":"1")"), std::string::npos) << *out;
  EXPECT_NE(out->find(R"("CommandLine":"cmd.exe /c whoami")"), std::string::npos) << *out;
  EXPECT_NE(out->find(R"("UInt32":"4000000000")"), std::string::npos) << *out;
}

TEST(EvtxJudge, ReadsArraysUserDataAndReferences) {
  EvtxWriter writer;
  EvtxEvent arrays = sample_event("x");
  arrays.data = {{"Names", evtx_string_array({"one", "two"})},
                 {"Ids", evtx_array({evtx_uint32(7), evtx_uint32(9)})}};
  add_event(writer, arrays);
  EvtxEvent user = sample_event("x");
  user.user_data = xml_element(
      "LogFileCleared", {xml_element("SubjectUserName", {xml_value(evtx_string("svc-backup"))})},
      {{.name = "xmlns", .content = {xml_text("http://example.com/ns")}}});
  add_event(writer, user);
  EvtxEvent references = sample_event("x");
  references.nested = false;
  references.user_data =
      xml_element("Note", {xml_element("Text", {xml_text("a "), xml_entity_ref("amp"),
                                                xml_text(" b "), xml_char_ref(65)})});
  add_event(writer, references);
  const EvtxNode bare = xml_element(
      "Event", {xml_fragment(xml_element("Rendered", {xml_text("no template")}), true)});
  writer.add(bare, kTicks);
  const std::string file = writer.finish();
  const auto out = evtx_dump(file, "-o xml");
  if (!out) GTEST_SKIP() << kNoEvtxDump;
  EXPECT_EQ(occurrences(*out, "Record "), 4u) << *out;
  EXPECT_NE(out->find("<SubjectUserName>svc-backup</SubjectUserName>"), std::string::npos) << *out;
  EXPECT_NE(out->find("a &amp; b "), std::string::npos) << *out;
  EXPECT_NE(out->find("<Rendered>no template</Rendered>"), std::string::npos) << *out;
}

TEST(EvtxJudge, ReadsOnPastDamage) {
  std::string file = file_of(500);
  evtx_break_chunk_signature(file, 1);
  const auto out = evtx_dump(file, "-o jsonl");
  if (!out) GTEST_SKIP() << kNoEvtxDump;
  EXPECT_NE(out->find("echo 0\""), std::string::npos);
  EXPECT_NE(out->find("echo 499\""), std::string::npos);
  EXPECT_LT(occurrences(*out, "CommandLine"), 500u);
}

// evtx_dump reads neither token, so only the bytes are looked at.
TEST(EvtxWriter, WritesCdataAndProcessingInstructions) {
  EvtxWriter writer;
  writer.add_without_template(
      xml_element("Event", {xml_instruction("target", "data"), xml_cdata("<raw>")}), kTicks);
  const std::string file = writer.finish();
  EXPECT_EQ(occurrences(file, "\x07\x05" + std::string(1, '\0') + utf16le("<raw>")), 1u);
  EXPECT_EQ(occurrences(file, "\x0b\x04" + std::string(1, '\0') + utf16le("data")), 1u);
}

EvtxNode shaped_event(std::size_t i, const EvtxNode& fragment) {
  return xml_element(
      "Event",
      {xml_element("Id", {xml_value(evtx_uint32(static_cast<std::uint32_t>(i)))}), fragment});
}

// Records from prepared templates are byte for byte those of the same trees: also where a record
// that brings a template does not fit, as each chunk's last one here.
TEST(EvtxWriter, ShapesGiveTheBytesOfTheirTrees) {
  constexpr std::size_t kForms = 50;
  const auto data = [](std::size_t form, std::string_view text) {
    return xml_element(
        "EventData",
        {xml_element("Data", {xml_value(evtx_string(text), false)},
                     {{.name = "Name", .content = {xml_text(std::to_string(form))}}})});
  };
  const EvtxShape outer(shaped_event(0, xml_fragment(data(0, ""))));
  std::deque<EvtxShape> inner;
  for (std::size_t form = 0; form < kForms; ++form) inner.emplace_back(data(form, ""));
  EvtxWriter by_tree;
  EvtxWriter by_shape;
  for (std::size_t i = 0; i < 2000; ++i) {
    const std::size_t form = i % kForms;
    const std::string text(1 + (i * 7919) % 2000, 'x');
    by_tree.add(shaped_event(i, xml_fragment(data(form, text))), kTicks);
    std::string id;
    put_u32(id, static_cast<std::uint32_t>(i));
    const std::string wide = utf16le(text);
    const std::array outer_slots = {EvtxSlot{.type = EvtxType::uint32, .bytes = id}};
    const std::array inner_slots = {EvtxSlot{.type = EvtxType::utf16, .bytes = wide}};
    const EvtxInstance fragment{.shape = &inner[form], .slots = inner_slots};
    by_shape.add({.shape = &outer, .slots = outer_slots, .fragment = &fragment}, kTicks);
  }
  const std::string file = by_tree.finish();
  EXPECT_GT(evtx_chunk_count(file), 20u);
  EXPECT_TRUE(file == by_shape.finish());
}

// A log written chunk by chunk is the log written at once.
TEST(EvtxWriter, ChunksCanBeTakenAsTheyCome) {
  EvtxWriter writer;
  std::string chunks;
  for (std::size_t i = 0; i < 500; ++i) {
    add_event(writer, sample_event("cmd.exe /c echo " + std::to_string(i)));
    chunks += writer.take_chunks();
  }
  writer.end_chunk();
  chunks += writer.take_chunks();
  const std::string header =
      evtx_file_header({}, chunks.size() / kEvtxChunkSizeBytes, writer.next_record_id());
  EXPECT_TRUE(header + chunks == file_of(500));
}

// 4.5 GB: readers go by the file's size, or by the number of the last chunk, which has 64 bits.
TEST(EvtxWriter, HeadersCountMoreChunksThanTheirFieldHolds) {
  const std::string header = evtx_file_header({}, 70'000, 1);
  EXPECT_EQ(get_le<std::uint64_t>(header, 16), 69'999u);
  EXPECT_EQ(get_le<std::uint16_t>(header, 42), 70'000 - 65'536);
}

}  // namespace
}  // namespace exhibit::test
