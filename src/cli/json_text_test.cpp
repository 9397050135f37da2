#include "cli/json_text.h"

#include <gtest/gtest.h>

namespace exhibit::cli {
namespace {

TEST(PrettyJson, PutsOneMemberOnALine) {
  std::string out;
  append_pretty_json(out, R"({"a":1,"b":[true,{"c":"x,y:{\"z\"}"}],"d":{},"e":[]})", 2);
  EXPECT_EQ(out,
            "  {\n"
            "    \"a\": 1,\n"
            "    \"b\": [\n"
            "      true,\n"
            "      {\n"
            "        \"c\": \"x,y:{\\\"z\\\"}\"\n"
            "      }\n"
            "    ],\n"
            "    \"d\": {},\n"
            "    \"e\": []\n"
            "  }\n");
}

TEST(PrettyJson, TextInItIsHarmless) {
  std::string out;
  append_pretty_json(out, "{\"a\":\"\u202Eevil\x1b[2J\"}", 0);
  EXPECT_EQ(out, "{\n  \"a\": \"\\u{202e}evil\\x1b[2J\"\n}\n");
}

TEST(PrettyJson, EndsOnWhatIsNoJson) {
  for (const auto* text : {"", "\"", "\"\\", "}}}}", "]", "{{{{", ",,,", "\xff"}) {
    std::string out;
    append_pretty_json(out, text, 0);
    EXPECT_TRUE(out.ends_with('\n')) << text;
  }
}

TEST(TerminalJson, EscapesAndStaysTheSameValue) {
  EXPECT_EQ(terminal_json("{\"a\":\"\u202Ex\U000E0041\u009b電\"}\n"),
            "{\"a\":\"\\u202ex\\udb40\\udc41\\u009b電\"}\n");
}

}  // namespace
}  // namespace exhibit::cli
