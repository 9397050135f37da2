// Forms of BinXML that no provider is known to write: what they mean is
// docs/formats/evtx-reading.md, "Odd forms", and the fields of the hunt and what is shown of the
// record must say the same.
#include <gtest/gtest.h>

#include <random>

#include "support/evtx_reading.h"
#include "support/evtx_writer.h"

namespace exhibit::evidence {
namespace {

using Strings = std::vector<std::string>;
using test::evtx_null;
using test::evtx_string;
using test::xml_char_ref;
using test::xml_element;
using test::xml_text;
using test::xml_value;

constexpr std::int64_t kTicks = 134'168'985'001'234'567;  // 2026-03-02T04:15:00.1234567Z

// A fragment of nothing: its header ([MS-EVEN6] 2.2.12) and the end.
test::EvtxValue empty_fragment() { return test::evtx_raw(0x21, {"\x0f\1\1\0\0", 5}); }

void expect_fields(const test::EvtxNode& root, const Strings& expected, const std::string& json) {
  test::EvtxWriter writer;
  writer.add(root, kTicks);
  const test::EvtxReading read = test::read_evtx(writer.finish());
  EXPECT_TRUE(read.damage.empty());
  EXPECT_EQ(read.events.at(0).fields, expected);
  EXPECT_EQ(read.events[0].tree, expected);
  EXPECT_EQ(read.events[0].json, json);
}

TEST(EvtxOdd, AnElementIsNullWhateverItHasNoContentFor) {
  for (const test::EvtxValue& nothing :
       {empty_fragment(), test::evtx_raw(0x21, ""), test::evtx_raw(0x81, "")}) {
    SCOPED_TRACE(nothing.type);
    SCOPED_TRACE(nothing.bytes.size());
    expect_fields(
        xml_element("Event", {xml_element("Optional", {xml_value(nothing)}),
                              xml_element("Plain", {xml_value(nothing, false)}),
                              xml_element("Twice", {xml_value(nothing), xml_value(nothing, false)}),
                              xml_element("Beside", {xml_value(nothing)},
                                          {{.name = "at", .content = {xml_text("x")}}}),
                              xml_element("Lost", {xml_value(nothing)},
                                          {{.name = "at", .content = {xml_value(evtx_null())}}})}),
        {"Event.Optional", "Event.Plain", "Event.Twice", "Event.Beside.#attributes.at=x",
         "Event.Lost"},
        R"({"Event":{"Optional":null,"Plain":null,"Twice":null,)"
        R"("Beside":{"#attributes":{"at":"x"}},"Lost":null}})");
  }
}

TEST(EvtxOdd, WhatIsNullBesideOtherContentIsNothing) {
  expect_fields(
      xml_element(
          "Event",
          {xml_element("Child", {xml_value(evtx_null(), false), xml_element("C"),
                                 xml_value(empty_fragment())}),
           xml_element("Text", {xml_text("a"), xml_value(evtx_null(), false), xml_text("b"),
                                xml_value(test::evtx_raw(0x21, ""))}),
           xml_element("Attribute", {xml_value(evtx_null(), false)},
                       {{.name = "at", .content = {xml_text("x")}}}),
           xml_element("Nulls", {xml_value(evtx_null(), false), xml_value(evtx_null(), false)}),
           xml_value(evtx_null())}),  // optional: but the root stays
      {"Event.Child.C", "Event.Text=ab", "Event.Attribute.#attributes.at=x", "Event.Nulls"},
      R"({"Event":{"Child":{"C":null},"Text":"ab","Attribute":{"#attributes":{"at":"x"}},)"
      R"("Nulls":null}})");
}

// An attribute is text: there is no element in it whose fields could stand below it.
TEST(EvtxOdd, AFragmentInAnAttributeIsItsBytes) {
  const test::EvtxNode element = xml_element(
      "Event", {xml_element("E", {},
                            {{.name = "a", .content = {xml_value(empty_fragment())}},
                             {.name = "b", .content = {xml_text("x"), xml_value(empty_fragment())}},
                             {.name = "c", .content = {xml_value(test::evtx_raw(0x21, ""))}}}),
                xml_element("Data", {xml_text("v")},
                            {{.name = "Name", .content = {xml_value(empty_fragment())}}})});
  expect_fields(element,
                {"Event.E.#attributes.a=0F01010000", "Event.E.#attributes.b=x0F01010000",
                 "Event.E.#attributes.c", "Event.0F01010000=v"},
                R"({"Event":{"E":{"#attributes":{"a":"0F01010000","b":"x0F01010000","c":null}},)"
                R"("0F01010000":"v"}})");
}

TEST(EvtxOdd, AnArrayIsSeveralValuesWhereverItStands) {
  const auto array = [] { return xml_value(test::evtx_string_array({"1", "2"})); };
  const auto fragment = test::xml_fragment(xml_element("F", {xml_text("f")}));
  expect_fields(
      xml_element("Event", {xml_element("E",
                                        {xml_text("a"), array(), xml_text("b"), fragment,
                                         xml_text("c"), xml_value(test::evtx_uint32(5))},
                                        {{.name = "at", .content = {array()}},
                                         {.name = "of", .content = {xml_text("x"), array()}}})}),
      {"Event.E.#attributes.at=1", "Event.E.#attributes.at=2", "Event.E.#attributes.of=x",
       "Event.E.#attributes.of=1", "Event.E.#attributes.of=2", "Event.E=a", "Event.E=1",
       "Event.E=2", "Event.E=b", "Event.E.F=f", "Event.E=c5"},
      R"({"Event":{"E":{"#attributes":{"at":["1","2"],"of":["x","1","2"]},)"
      R"("#text":["a","1","2","b","c5"],"F":"f"}}})");
}

// Types that BinXML does not have are shown as bytes, also those that mean something in an event.
TEST(EvtxOdd, TypesOfOthersAreBytes) {
  std::vector<test::EvtxNode> elements;
  for (const std::uint8_t type : std::initializer_list<std::uint8_t>{0x40, 0x41, 0x43, 0x7f})
    elements.push_back(xml_element("E", {xml_value(test::evtx_raw(type, "\xff"))}));
  expect_fields(xml_element("Event", elements), Strings(4, "Event.E=FF"),
                R"({"Event":{"E":"FF","E_1":"FF","E_2":"FF","E_3":"FF"}})");
}

TEST(EvtxOdd, ACharacterMayLieInTwoParts) {
  expect_fields(
      xml_element("Event", {xml_element("E", {xml_char_ref(0xd83d), xml_char_ref(0xde00)}),
                            xml_element("H", {xml_char_ref(0xd83d)})}),
      {"Event.E=\xf0\x9f\x98\x80", "Event.H=\xef\xbf\xbd"},
      "{\"Event\":{\"E\":\"\xf0\x9f\x98\x80\",\"H\":\"\xef\xbf\xbd\"}}");
}

// The first Name that is not left out names the element; another is a field, as one without text.
TEST(EvtxOdd, OnlyTheFirstNameOfDataIsItsName) {
  const auto data = [](std::vector<test::EvtxAttribute> attributes) {
    return xml_element("Data", {xml_value(evtx_string("v"))}, std::move(attributes));
  };
  expect_fields(
      xml_element(
          "Event",
          {data({{.name = "Name", .content = {xml_text("A")}},
                 {.name = "Name", .content = {xml_text("B")}}}),
           data({{.name = "Name", .content = {xml_value(evtx_null())}},
                 {.name = "Name", .content = {xml_text("C")}}}),
           data({{.name = "Name", .content = {}}, {.name = "x", .content = {}}}),
           data({{.name = "Name", .content = {xml_value(test::evtx_ansi("\xfc\0"))}}}),
           data({{.name = "Name", .content = {xml_text("n"), xml_value(evtx_null(), false)}}})}),
      {"Event.A.#attributes.Name=B", "Event.A=v", "Event.C=v",
       "Event.Data.#attributes.x=", "Event.Data=v", "Event.\xc3\xbc=v", "Event.n=v"},
      R"({"Event":{"A":{"#attributes":{"Name":"B"},"#text":"v"},"C":"v",)"
      R"("Data":{"#attributes":{"Name":"","x":""},"#text":"v"},"ü":"v","n":"v"}})");
}

// The element is repeated for each item, with its attribute: 20,000 times 20,000 characters.
TEST(EvtxOdd, AnArrayCannotBlowUpWhatIsShown) {
  test::EvtxWriter writer;
  writer.add(
      xml_element(
          "Event",
          {xml_element("E", {xml_value(test::evtx_raw(0x84, std::string(20'000, 1)))},
                       {{.name = "at",
                         .content = {xml_value(test::evtx_ansi(std::string(20'000, 'x')))}}})}),
      kTicks);
  const test::EvtxReading read = test::read_evtx(writer.finish());
  const std::string& xml = read.events.at(0).xml;
  EXPECT_EQ(read.events[0].fields.size(), 20'001U);
  EXPECT_GT(xml.size(), std::size_t{4} << 20);
  EXPECT_LT(xml.size(), std::size_t{5} << 20);
  EXPECT_TRUE(xml.ends_with("<!-- larger than is shown: the rest is left out -->\n</Event>"));
}

// Trees of every form in every place: names and text with halves of characters, arrays, fragments
// and what comes to nothing, in content and attributes, optional and not.
class Trees {
 public:
  explicit Trees(std::uint32_t seed) : random_(seed) {}

  test::EvtxNode element(int depth) {
    test::EvtxNode out = xml_element(pick({"E", "Data", "Data", "a.b"}));
    for (std::uint32_t n = below(3); n > 0; --n) {
      test::EvtxAttribute attribute{.name = pick({"Name", "x", "y", "xmlns"}), .content = {}};
      for (std::uint32_t m = below(4); m > 0; --m) attribute.content.push_back(part());
      out.attributes.push_back(std::move(attribute));
    }
    for (std::uint32_t n = below(8); n > 0; --n) out.children.push_back(content(depth));
    return out;
  }

 private:
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }
  std::string pick(std::initializer_list<const char*> of) {
    return of.begin()[below(static_cast<std::uint32_t>(of.size()))];
  }

  test::EvtxNode content(int depth) {
    if (depth == 0) return part();
    switch (below(8)) {
      case 0:
      case 1:
        return element(depth - 1);
      case 2:
        return test::xml_fragment(element(depth - 1), below(2) == 0);
      case 3:
        return test::xml_instruction("pi", pick({"", "data"}));
      default:
        return part();
    }
  }

  test::EvtxNode part() {
    constexpr std::uint16_t kHalves[] = {0xd83d, 0xde00, 'c'};
    switch (below(8)) {
      case 0:
        return xml_text(pick({"", "text"}));
      case 1:
        return test::xml_cdata(pick({"", "<cdata>"}));
      case 2:
        return xml_char_ref(kHalves[below(3)]);
      case 3:
        return test::xml_entity_ref(pick({"amp", "other"}));
      default:
        return xml_value(value(), below(2) == 0);
    }
  }

  test::EvtxValue value() {
    switch (below(12)) {
      case 0:
        return evtx_null();
      case 1:
      case 2:
        return evtx_string(pick({"", "v", "\xc3\xbc"}));
      case 3:
        return test::evtx_uint32(7);
      case 4:
        return test::evtx_string_array({"1", "", "2"});
      case 5:
        return test::evtx_raw(0x81, pick({"", "1"}));  // a half of a character, which is no item
      case 6:
        return empty_fragment();
      case 7:
        return test::evtx_raw(0x21, "");
      default:
        return test::evtx_raw(static_cast<std::uint8_t>(pick({"@", "C", "\xa1", "3"})[0]), "x");
    }
  }

  std::mt19937 random_;
};

TEST(EvtxOdd, EveryTreeIsReadAsItIsShown) {
  constexpr std::uint32_t kTrees = 1000;
  std::size_t fields = 0;
  for (std::uint32_t seed = 0; seed < kTrees; ++seed) {
    SCOPED_TRACE(seed);
    test::EvtxWriter writer;
    writer.add(Trees(seed).element(4), kTicks);
    const test::EvtxReading read = test::read_evtx(writer.finish(), {}, {.rendered = false});
    ASSERT_EQ(read.events.size(), 1U);
    ASSERT_TRUE(read.damage.empty());
    ASSERT_EQ(read.events[0].fields, read.events[0].tree);
    fields += read.events[0].fields.size();
  }
  EXPECT_GT(fields, 5 * kTrees);
}

}  // namespace
}  // namespace exhibit::evidence
