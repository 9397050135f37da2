#include "exhibit/event.h"

#include <gtest/gtest.h>

#include <cstring>

#include "base/time.h"

namespace exhibit::event {
namespace {

Value value_of(ValueType type, std::string_view bytes) {
  return {.data = as_bytes(bytes).data(),
          .size = static_cast<std::uint32_t>(bytes.size()),
          .type = type};
}
std::string text(ValueType type, std::string_view bytes) { return to_text(value_of(type, bytes)); }
using namespace std::string_view_literals;

TEST(Value, TextOfEveryType) {
  EXPECT_EQ(text(ValueType::utf16, "c\0m\0d\0"sv), "cmd");
  EXPECT_EQ(text(ValueType::ansi, "\x80\xe9"sv), "\u20ac\u00e9");
  EXPECT_EQ(text(ValueType::int8, "\xff"sv), "-1");
  EXPECT_EQ(text(ValueType::uint16, "\x10\x12"sv), "4624");
  EXPECT_EQ(text(ValueType::int64, "\xff\xff\xff\xff\xff\xff\xff\xff"sv), "-1");
  EXPECT_EQ(text(ValueType::boolean, "\1\0\0\0"sv), "true");
  EXPECT_EQ(text(ValueType::boolean, "\0"sv), "false");
  EXPECT_EQ(text(ValueType::hex64, "\xe7\x03\0\0\0\0\0\0"sv), "0x3e7");
  EXPECT_EQ(text(ValueType::size_type, "\0\0\0\0"sv), "0x0");
  EXPECT_EQ(text(ValueType::binary, "\x01\xab"sv), "01AB");
  EXPECT_EQ(
      text(ValueType::guid, "\x33\x22\x11\x00\x55\x44\x77\x66\x88\x99\xaa\xbb\xcc\xdd\xee\xff"sv),
      "{00112233-4455-6677-8899-aabbccddeeff}");
  EXPECT_EQ(text(ValueType::sid, "\1\1\0\0\0\0\0\5\x12\0\0\0"sv), "S-1-5-18");
  EXPECT_EQ(text(ValueType::filetime, "\0\x80\x3e\xd5\xde\xb1\x9d\x01"sv),
            "1970-01-01T00:00:00.0000000Z");
  EXPECT_EQ(text(ValueType::systemtime, "\xea\x07\x0b\0\0\0\x16\0\x0c\0\x22\0\x38\0\x7b\0"sv),
            "2026-11-22T12:34:56.1230000Z");
  EXPECT_EQ(text(ValueType::uint32, "\1"sv), "01") << "a wrong size is shown, not guessed";
  EXPECT_EQ(text(ValueType::null, ""sv), "");
}

TEST(Value, NumbersMeetTheirText) {
  EXPECT_EQ(to_integer(value_of(ValueType::uint16, "\x10\x12"sv)), 4624);
  EXPECT_EQ(to_integer(value_of(ValueType::utf16, "4\0006\0002\0004\0"sv)), 4624);
  EXPECT_EQ(to_integer(value_of(ValueType::utf8, "4624")), 4624);
  EXPECT_FALSE(to_integer(value_of(ValueType::utf8, "4624 ")));
  EXPECT_FALSE(to_integer(value_of(ValueType::uint64, "\xff\xff\xff\xff\xff\xff\xff\xff"sv)));
}

TEST(Names, EveryShapeMeetsTheSameName) {
  for (const char* path :
       {"Event.System.EventID", "Event.System.EventID.#text", "winlog.event_id", "event_id",
        "EventID", "System.EventID", "document.data.Event.System.EventID"}) {
    EXPECT_EQ(sigma_names(path).front(), "EventID") << path;
    EXPECT_EQ(system_field(path), SystemField::event_id) << path;
  }
  for (const char* path : {"Event.EventData.Image", "winlog.event_data.Image", "event_data.Image",
                           "Image", "Event.UserData.X.Image", "EventData.Image", "Details.Image"})
    EXPECT_EQ(sigma_names(path).front(), "Image") << path;
  for (const char* path :
       {"Event.System.Provider.#attributes.Name", "Event.System.Provider_attributes.Name",
        "SourceName", "winlog.provider_name"})
    EXPECT_EQ(sigma_names(path).front(), "Provider_Name") << path;
  EXPECT_EQ(sigma_names("Event.EventData.Data_12").front(), "Data");
  EXPECT_EQ(sigma_names("Event.EventData.Data.#text").front(), "Data");
  EXPECT_EQ(sigma_names("Event.EventData.Threat Name").front(), "Threat Name");
  EXPECT_EQ(sigma_names("Event.EventData.Threat Name")[1], "ThreatName");
  EXPECT_EQ(sigma_names("userIdentity.type").front(), "userIdentity.type");
  EXPECT_EQ(sigma_names("a\\.b.c").front(), "a.b.c");
}

// EventData may hold a value called EventID; a rule's EventID means the System one.
TEST(Names, SystemNamesAreReserved) {
  EXPECT_EQ(sigma_names("Event.EventData.EventID").front(), "Event.EventData.EventID");
  EXPECT_EQ(system_field("Event.EventData.Channel"), SystemField::none);
}

TEST(PathTable, AnswersWithoutCase) {
  FieldNames names;
  const FieldIndex command_line = names.add("CommandLine");
  EXPECT_EQ(names.add("commandline"), command_line);
  PathTable paths(names);
  const PathId id = paths.intern("Event.EventData.COMMANDLINE");
  EXPECT_EQ(paths.intern("Event.EventData.COMMANDLINE"), id);
  ASSERT_EQ(paths.fields(id).size(), 1U);
  EXPECT_EQ(paths.fields(id)[0], command_line);
  EXPECT_TRUE(paths.fields(paths.intern("Event.EventData.Other")).empty());
}

TEST(Arena, KeepsItsBlocksAndGivesBackGiants) {
  Arena arena;
  const auto* first = arena.store("abc").data();
  EXPECT_EQ(arena.store(std::string(1 << 20, 'x')).size(), 1U << 20);
  arena.clear();
  EXPECT_EQ(arena.store("xyz").data(), first);
}

}  // namespace
}  // namespace exhibit::event
