// EVTX records as JSON and XML.
#include <gtest/gtest.h>

#include "support/evtx_event.h"
#include "support/evtx_reading.h"

namespace exhibit::evidence {
namespace {

using test::evtx_string;
using test::xml_element;
using test::xml_text;
using test::xml_value;

constexpr std::int64_t kTicks = 134'168'985'001'234'567;  // 2026-03-02T04:15:00.1234567Z

test::EvtxReadEvent read_one(const test::EvtxNode& root) {
  test::EvtxWriter writer;
  writer.add(root, kTicks);
  return test::read_evtx(writer.finish()).events.at(0);
}

test::EvtxNode data(std::string name, test::EvtxValue value) {
  return xml_element("Data", {xml_value(std::move(value))},
                     {{.name = "Name", .content = {xml_text(std::move(name))}}});
}

const test::EvtxNode kEvent = xml_element(
    "Event",
    {xml_element(
         "System",
         {xml_element("Provider", {},
                      {{.name = "Name", .content = {xml_text("P & Q")}},
                       {.name = "Guid",
                        .content = {xml_value(
                            test::evtx_guid("{365abb72-d0da-5cc8-0000-00109b5a3c00}"))}}}),
          xml_element("EventID", {xml_value(test::evtx_uint32(7))},
                      {{.name = "Qualifiers", .content = {xml_value(test::evtx_uint32(0))}}}),
          xml_element("Correlation"),
          xml_element(
              "TimeCreated", {},
              {{.name = "SystemTime", .content = {xml_value(test::evtx_filetime(kTicks))}}})}),
     xml_element(
         "EventData",
         {data("Hex", test::evtx_hex64(0x3e7)), data("On", test::evtx_boolean(true)),
          data("Twice", evtx_string("1")), data("Twice", evtx_string("2")),
          data("Bytes", test::evtx_binary("\xab\x01")), data("Text", evtx_string("a\"<b>\x01\n")),
          data("Empty", evtx_string("")), xml_element("Data", {xml_value(evtx_string("x"))}),
          xml_element("Data", {xml_value(test::evtx_string_array({"y", "z"}))})})},
    {{.name = "xmlns", .content = {xml_text("urn:events")}}});

TEST(EvtxRender, JsonIsInTheFormOfEvtxDump) {
  EXPECT_EQ(read_one(kEvent).json,
            R"({"Event":{"#attributes":{"xmlns":"urn:events"},"System":{"Provider":{"#attributes":)"
            R"({"Name":"P & Q","Guid":"{365abb72-d0da-5cc8-0000-00109b5a3c00}"}},"EventID":)"
            R"({"#attributes":{"Qualifiers":0},"#text":7},"Correlation":null,"TimeCreated":)"
            R"({"#attributes":{"SystemTime":"2026-03-02T04:15:00.1234567Z"}}},"EventData":{"Hex":)"
            R"("0x3e7","On":true,"Twice":"1","Twice_1":"2","Bytes":"AB01","Text":"a\"<b>\u0001\n",)"
            R"("Empty":"","Data":{"#text":["x","y","z"]}}}})");
}

TEST(EvtxRender, XmlIsLaidOutAsEventViewerDoes) {
  EXPECT_EQ(read_one(kEvent).xml,
            "<Event xmlns=\"urn:events\">\n"
            "  <System>\n"
            "    <Provider Name=\"P &amp; Q\" Guid=\"{365abb72-d0da-5cc8-0000-00109b5a3c00}\" />\n"
            "    <EventID Qualifiers=\"0\">7</EventID>\n"
            "    <Correlation />\n"
            "    <TimeCreated SystemTime=\"2026-03-02T04:15:00.1234567Z\" />\n"
            "  </System>\n"
            "  <EventData>\n"
            "    <Data Name=\"Hex\">0x3e7</Data>\n"
            "    <Data Name=\"On\">true</Data>\n"
            "    <Data Name=\"Twice\">1</Data>\n"
            "    <Data Name=\"Twice\">2</Data>\n"
            "    <Data Name=\"Bytes\">AB01</Data>\n"
            "    <Data Name=\"Text\">a\"&lt;b&gt;\xef\xbf\xbd\n</Data>\n"
            "    <Data Name=\"Empty\"></Data>\n"
            "    <Data>x</Data>\n"
            "    <Data>y</Data>\n"
            "    <Data>z</Data>\n"
            "  </EventData>\n"
            "</Event>");
}

TEST(EvtxRender, NamesAndInstructionsCannotBreakOut) {
  const auto event = read_one(xml_element(
      "Event", {test::xml_instruction("t", "a?><b>"), xml_element("a b><c", {xml_text("x")})},
      {{.name = "1\"y", .content = {xml_text("\"'\n")}}}));
  EXPECT_EQ(event.xml,
            "<Event _1_y=\"&quot;'&#10;\">\n  <?t a? ><b>?>\n  <a_b__c>x</a_b__c>\n</Event>");
}

}  // namespace
}  // namespace exhibit::evidence
