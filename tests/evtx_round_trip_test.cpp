// What the EVTX writer writes, our reader reads: every value, and the damage where it was done.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "exhibit/evidence.h"
#include "generator/case.h"
#include "support/evtx_damage.h"
#include "support/evtx_event.h"
#include "support/support.h"

namespace exhibit {
namespace {

using test::EvtxEvent;
using test::EvtxWriter;

struct Reading {
  std::vector<std::string> json;
  std::vector<event::Event> events;  // their values are gone with the batch
  std::vector<event::Damage> damage;
  [[nodiscard]] bool has(event::DamageKind kind) const {
    return std::ranges::any_of(damage, [&](const event::Damage& d) { return d.kind == kind; });
  }
};

Reading read(const std::string& file, bool slack = false) {
  const test::TempDir dir;
  const std::string path = (dir.path() / "made").string();
  test::write_file(path, file);
  evidence::SourceInfo info;
  info.path = path;
  info.format = evidence::Format::evtx;
  const auto source = evidence::open_plain(path, info);
  EXPECT_TRUE(source);
  const event::FieldNames names;
  event::PathTable paths(names);
  const auto parser = evidence::make_parser(evidence::Format::evtx, paths, {.slack = slack});
  event::Batch batch;
  Reading out;
  while ((*source)->next(batch)) {
    parser->parse(batch);
    for (const event::Event& event : batch.events) {
      evidence::append_event_json(out.json.emplace_back(), batch, event, paths);
      out.events.push_back(event);
    }
    out.damage.insert(out.damage.end(), batch.damage.begin(), batch.damage.end());
  }
  return out;
}

EvtxEvent numbered(int number) {
  EvtxEvent e;
  e.provider = "Northlight-Test";
  e.event_id = 7;
  e.ticks = 134'168'985'001'234'567 + number;
  e.channel = "Application";
  e.computer = "host.example";
  e.data = {{"Number", test::evtx_uint32(static_cast<std::uint32_t>(number))},
            {"Text", test::evtx_string(std::string(200, 'x'))}};
  return e;
}

std::string numbered_file(int count, test::EvtxOptions options = {}) {
  EvtxWriter writer(options);
  for (int i = 0; i < count; ++i) add_event(writer, numbered(i));
  return writer.finish();
}

TEST(EvtxRoundTrip, EverySampleRecordIsReadAsItWasWritten) {
  for (const samples::SampleFile& file : samples::make_samples()) {
    if (!file.path.ends_with(".evtx")) continue;
    SCOPED_TRACE(file.path);
    const Reading reading = read(file.bytes);
    EXPECT_TRUE(reading.damage.empty());
    EXPECT_EQ(reading.json.size(), test::evtx_records(file.bytes).size());
    if (file.json.empty()) continue;  // without templates every value is text
    ASSERT_EQ(reading.json.size(), file.json.size());
    for (std::size_t i = 0; i < file.json.size(); ++i) {
      EXPECT_EQ(reading.json[i], file.json[i]);
    }
  }
}

TEST(EvtxRoundTrip, RecordsWithoutTemplateKnowWhatTheyAre) {
  EvtxWriter writer;
  for (int i = 0; i < 20; ++i) add_event(writer, numbered(i), i % 2 == 0);
  const Reading reading = read(writer.finish());
  ASSERT_EQ(reading.events.size(), 20u);
  EXPECT_TRUE(reading.damage.empty());
  for (std::size_t i = 0; i < reading.events.size(); ++i) {
    EXPECT_EQ(reading.events[i].event_id, 7u);
    EXPECT_EQ(reading.events[i].record_id, i + 1);
    EXPECT_EQ(reading.events[i].time, numbered(static_cast<int>(i)).ticks);
  }
}

TEST(EvtxRoundTrip, ChecksumFaultsAreReportedAndReadPast) {
  std::string file = numbered_file(300);
  ASSERT_GT(test::evtx_chunk_count(file), 2u);
  test::evtx_break_header_checksum(file, 0);
  test::evtx_break_data_checksum(file, 1);
  const Reading reading = read(file);
  EXPECT_EQ(reading.events.size(), 300u);
  EXPECT_TRUE(reading.has(event::DamageKind::chunk_header_checksum));
  EXPECT_TRUE(reading.has(event::DamageKind::chunk_data_checksum));
}

TEST(EvtxRoundTrip, FilesWithoutChecksumsAndWithStaleHeadersAreWhole) {
  const Reading plain = read(numbered_file(300, {.minor_version = 2, .no_checksums = true}));
  EXPECT_EQ(plain.events.size(), 300u);
  EXPECT_TRUE(plain.damage.empty());
  const Reading dirty = read(numbered_file(300, {.dirty = true, .preallocated_chunks = 2}));
  EXPECT_EQ(dirty.events.size(), 300u);
}

TEST(EvtxRoundTrip, ABrokenRecordIsOneRecordLost) {
  for (const auto& damage : {test::evtx_break_record_signature, test::evtx_break_record_size}) {
    std::string file = numbered_file(300);
    damage(file, 5);
    const Reading reading = read(file);
    EXPECT_GE(reading.events.size(), 299u);
    EXPECT_TRUE(reading.has(event::DamageKind::bad_record));
  }
  std::string file = numbered_file(300);
  test::evtx_break_record_content(file, 5);
  const Reading reading = read(file);
  EXPECT_GE(reading.events.size(), 299u);
  EXPECT_TRUE(reading.has(event::DamageKind::bad_binxml));
}

TEST(EvtxRoundTrip, ChunksBesideAForeignOneAreWhole) {
  std::string file = numbered_file(300);
  const auto records = test::evtx_records(file);
  const auto outside = static_cast<std::size_t>(
      std::ranges::count_if(records, [](const auto& r) { return r.chunk != 1; }));
  test::evtx_break_chunk_signature(file, 1);
  const Reading reading = read(file);
  EXPECT_TRUE(reading.has(event::DamageKind::bad_chunk_signature));
  const auto found = static_cast<std::size_t>(std::ranges::count_if(
      reading.events, [&](const event::Event& e) { return records[e.record_id - 1].chunk != 1; }));
  EXPECT_EQ(found, outside);
}

TEST(EvtxRoundTrip, TruncationKeepsWhatStandsBeforeIt) {
  std::string file = numbered_file(300);
  test::evtx_truncate_in_record(file, 250);
  const Reading reading = read(file);
  ASSERT_GE(reading.events.size(), 250u);
  EXPECT_LE(reading.events.size(), 251u) << "what is left of the one that was cut may be shown";
  for (std::size_t i = 0; i < 250; ++i) EXPECT_EQ(reading.events[i].record_id, i + 1);
  EXPECT_TRUE(reading.has(event::DamageKind::truncated));
}

TEST(EvtxRoundTrip, DeletedRecordsComeBackWithSlack) {
  EvtxWriter writer;
  for (int i = 0; i < 10; ++i) add_event(writer, numbered(i));
  writer.delete_last(3);
  const std::string file = writer.finish();
  EXPECT_EQ(read(file).events.size(), 7u);
  const Reading reading = read(file, true);
  EXPECT_EQ(reading.events.size(), 10u);
  EXPECT_EQ(std::ranges::count_if(reading.events, &event::Event::slack), 3);
}

}  // namespace
}  // namespace exhibit
