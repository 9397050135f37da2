#include <gtest/gtest.h>

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

}  // namespace
}  // namespace exhibit::evidence
