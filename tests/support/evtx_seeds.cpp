#include "support/evtx_seeds.h"

#include <functional>

#include "support/evtx_damage.h"
#include "support/evtx_event.h"
#include "support/little_endian.h"

namespace exhibit::test {
namespace {

constexpr std::int64_t kTicks = 134'168'985'001'234'567;

EvtxEvent event(std::vector<std::pair<std::string, EvtxValue>> data) {
  EvtxEvent e;
  e.provider = "Seed";
  e.guid = "11223344-5566-7788-99aa-bbccddeeff00";
  e.event_id = 4624;
  e.ticks = kTicks;
  e.channel = "Security";
  e.computer = "host";
  e.user_sid = "S-1-5-18";
  e.data = std::move(data);
  return e;
}

std::string chunk_of(const std::function<void(EvtxWriter&)>& fill) {
  EvtxWriter writer;
  fill(writer);
  return evtx_chunk(writer.finish(), 0);
}

std::string all_types(bool with_template) {
  return chunk_of([&](EvtxWriter& w) {
    add_event(w,
              event({{"a", evtx_string("Größe 電信 🛰")},
                     {"b", evtx_ansi("ansi")},
                     {"c", evtx_integer(EvtxType::int8, -8)},
                     {"d", evtx_integer(EvtxType::uint16, 61616)},
                     {"e", evtx_integer(EvtxType::int64, -64)},
                     {"f", evtx_real(0.5, true)},
                     {"g", evtx_real(-2.25)},
                     {"h", evtx_boolean(true)},
                     {"i", evtx_boolean(true, 1)},
                     {"j", evtx_binary(std::string_view("\x00\xff\x10", 3))},
                     {"k", evtx_guid("{365abb72-d0da-5cc8-0000-00109b5a3c00}")},
                     {"l", evtx_size(0x7ff6)},
                     {"m", evtx_size(0x7ff6, 4)},
                     {"n", evtx_filetime(kTicks)},
                     {"o", evtx_systemtime(kTicks)},
                     {"p", evtx_sid("S-1-5-21-1-2-3-512")},
                     {"q", evtx_hex32(0x1fffff)},
                     {"r", evtx_hex64(0xdeadbeef)},
                     {"s", evtx_null(EvtxType::hex32)},
                     {"t", evtx_string_array({"one", "", "two"})},
                     {"u", evtx_array({evtx_uint32(7), evtx_uint32(9)})},
                     {"v", evtx_raw(0x20, std::string_view("\x01\x02\x03\x04", 4))},
                     {"w", evtx_string("")},
                     {"", evtx_string("unnamed")}}),
              with_template);
  });
}

std::string references() {
  return chunk_of([](EvtxWriter& w) {
    EvtxEvent e = event({});
    e.nested = false;
    e.user_data = xml_element(
        "N",
        {xml_element("T", {xml_text("a "), xml_entity_ref("amp"), xml_char_ref(65),
                           xml_cdata("<raw>"), xml_value(evtx_string("v"))}),
         xml_instruction("target", "data")},
        {{.name = "at", .content = {xml_text("x"), xml_entity_ref("quot"), xml_text("y")}}});
    add_event(w, e);
    add_event(w, e, false);
  });
}

std::string nesting() {
  return chunk_of([](EvtxWriter& w) {
    EvtxNode inner = xml_element("L0", {xml_value(evtx_uint32(1))});
    for (int level = 1; level < 12; ++level) {
      inner = xml_element("L" + std::to_string(level),
                          {xml_fragment(std::move(inner), level % 3 == 0)});
    }
    w.add(xml_element("Event", {xml_fragment(std::move(inner))}), kTicks);
  });
}

// Values that come to nothing, arrays and fragments in attributes and text, two names.
std::string odd_forms() {
  return chunk_of([](EvtxWriter& w) {
    const auto nothing = [] { return xml_value(evtx_raw(0x21, {"\x0f\1\1\0\0", 5}), false); };
    const auto array = [] { return xml_value(evtx_string_array({"1", "2"})); };
    w.add(xml_element(
              "Event",
              {xml_element("Data", {nothing(), xml_value(evtx_null(), false)},
                           {{.name = "Name", .content = {xml_value(evtx_null())}},
                            {.name = "Name", .content = {xml_text("n"), nothing()}}}),
               xml_element("E",
                           {xml_text("a"), array(), xml_char_ref(0xd83d), xml_char_ref(0xde00),
                            xml_fragment(xml_element("F", {nothing()})),
                            xml_value(evtx_null(), false), xml_value(evtx_raw(0x43, "x"))},
                           {{.name = "at", .content = {array(), xml_text("x"), nothing()}}})}),
          kTicks);
  });
}

std::string shared_template_and_slack() {
  return chunk_of([](EvtxWriter& w) {
    for (int i = 0; i < 4; ++i) add_event(w, event({{"n", evtx_string(std::to_string(i))}}));
    w.delete_last(2);
  });
}

std::string broken(const std::function<void(std::string&)>& damage) {
  EvtxWriter writer;
  for (int i = 0; i < 3; ++i) add_event(writer, event({{"n", evtx_string(std::to_string(i))}}));
  std::string file = writer.finish();
  damage(file);
  return evtx_chunk(file, 0);
}

}  // namespace

std::vector<EvtxSeed> evtx_chunk_seeds() {
  return {
      {.name = "all_types", .bytes = all_types(true)},
      {.name = "bad_record_content",
       .bytes = broken([](std::string& f) { evtx_break_record_content(f, 1); })},
      {.name = "bad_record_signature",
       .bytes = broken([](std::string& f) { evtx_break_record_signature(f, 1); })},
      {.name = "bad_record_size",
       .bytes = broken([](std::string& f) { evtx_break_record_size(f, 1); })},
      {.name = "nesting", .bytes = nesting()},
      {.name = "odd_forms", .bytes = odd_forms()},
      {.name = "references", .bytes = references()},
      {.name = "shared_template_and_slack", .bytes = shared_template_and_slack()},
      {.name = "without_template", .bytes = all_types(false)},
  };
}

std::vector<EvtxSeed> evtx_binxml_seeds() {
  std::vector<EvtxSeed> seeds;
  for (EvtxSeed& chunk : evtx_chunk_seeds()) {
    if (chunk.name.starts_with("bad_")) continue;
    const auto size = get_le<std::uint32_t>(chunk.bytes, kEvtxChunkHeaderSizeBytes + 4);
    seeds.push_back(
        {.name = std::move(chunk.name),
         .bytes = chunk.bytes.substr(kEvtxChunkHeaderSizeBytes + kEvtxRecordHeaderSizeBytes,
                                     size - kEvtxRecordHeaderSizeBytes - sizeof size)});
  }
  return seeds;
}

}  // namespace exhibit::test
