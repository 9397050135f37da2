// The EVTX reader over real files. What each must give was found by walking the records in the
// bytes and with evtx_dump 0.15.1 (docs/formats/evtx-reading.md, "Odd files").
#include <gtest/gtest.h>

#include <map>

#include "support/evtx_reading.h"
#include "support/support.h"

namespace exhibit::evidence {
namespace {

namespace fs = std::filesystem;
using event::DamageKind;
using test::EvtxReading;

struct Expected {
  std::size_t events;
  std::size_t without_fields;
  std::map<DamageKind, std::size_t> damage;
};

const std::map<std::string, Expected> kOdd{
    {"Application_no_crc32.evtx", {17, 0, {}}},
    {"MSExchange_Management_wec.evtx", {1, 0, {}}},
    {"issue_201.evtx", {1, 0, {}}},
    {"Security_with_size_t.evtx", {636, 0, {}}},
    {"sample-with-irregular-bool-values.evtx", {3028, 0, {}}},
    // The size field of the third record is zero; its copy and its content are intact.
    {"sample-with-zero-data-size-event.evtx",
     {450, 0, {{DamageKind::chunk_data_checksum, 1}, {DamageKind::bad_record, 1}}}},
    {"security_bad_string_cache.evtx", {2261, 0, {{DamageKind::chunk_header_checksum, 1}}}},
    // Pages of 4 KiB are zero: two chunk headers with the definitions behind them (82 whole records
    // whose templates are lost), and the tails of records. Ten chunks that the header counts are
    // zero throughout, in two runs.
    {"sample_with_a_bad_chunk_magic.evtx",
     {383,
      82,
      {{DamageKind::empty_chunk_in_use, 2},
       {DamageKind::bad_chunk_signature, 2},
       {DamageKind::chunk_data_checksum, 3},
       {DamageKind::bad_record, 7},
       {DamageKind::unresolved_template, 82}}}},
};

std::map<DamageKind, std::size_t> by_kind(const std::vector<event::Damage>& damage) {
  std::map<DamageKind, std::size_t> out;
  for (const event::Damage& d : damage) ++out[d.kind];
  return out;
}

TEST(EvtxReal, EveryOddFileGivesAllThatCanBeReadOfIt) {
  const auto folder = test::real_data("evtx-odd");
  if (!folder) GTEST_SKIP() << test::kNoRealData;
  for (const auto& [name, expected] : kOdd) {
    SCOPED_TRACE(name);
    const EvtxReading read =
        test::read_evtx(test::read_file(*folder / name), {}, {.tree = false, .rendered = false});
    EXPECT_EQ(read.events.size(), expected.events);
    std::size_t without_fields = 0;
    for (const auto& event : read.events) {
      if (event.fields.empty()) ++without_fields;
      EXPECT_NE(event.head.time, event::kNoTime);
    }
    EXPECT_EQ(without_fields, expected.without_fields);
    EXPECT_EQ(by_kind(read.damage), expected.damage);
  }
}

// The record counts are those of the headers; no record is without event id, provider and computer.
void expect_complete(std::string_view folder_name, std::size_t records) {
  const auto folder = test::real_data(folder_name);
  if (!folder) GTEST_SKIP() << test::kNoRealData;
  std::size_t total = 0;
  for (const auto& entry : fs::recursive_directory_iterator(*folder)) {
    if (entry.path().extension() != ".evtx") continue;
    SCOPED_TRACE(entry.path().string());
    const EvtxReading read =
        test::read_evtx(test::read_file(entry.path()), {}, {.tree = true, .rendered = false});
    total += read.events.size();
    for (const auto& event : read.events) {
      ASSERT_EQ(event.fields, event.tree);
      ASSERT_NE(event.head.event_id, event::kNoEventId);
      ASSERT_FALSE(event.provider.empty());
      ASSERT_FALSE(event.computer.empty());
      ASSERT_NE(event.head.time, event::kNoTime);
    }
    for (const event::Damage& d : read.damage)
      EXPECT_TRUE(d.kind == DamageKind::chunk_header_checksum ||
                  d.kind == DamageKind::chunk_data_checksum ||
                  d.kind == DamageKind::bad_file_header || d.kind == DamageKind::empty_chunk_in_use)
          << to_string(d.kind) << " at " << d.offset;
  }
  EXPECT_EQ(total, records);
}

TEST(EvtxReal, AttackSamplesAreReadToTheLastRecord) {
  expect_complete("evtx-attack-samples", 8255);
}
TEST(EvtxReal, RegressionSamplesAreReadToTheLastRecord) { expect_complete("sigma-regression", 92); }

TEST(EvtxReal, SlackGivesOnlyRecordsWhoseTemplateIsTheirs) {
  const auto folder = test::real_data("evtx-attack-samples");
  if (!folder) GTEST_SKIP() << test::kNoRealData;
  std::size_t slack = 0;
  std::size_t unresolved = 0;
  for (const auto& entry : fs::recursive_directory_iterator(*folder)) {
    if (entry.path().extension() != ".evtx") continue;
    const EvtxReading read = test::read_evtx(test::read_file(entry.path()), {.slack = true},
                                             {.tree = false, .rendered = false});
    slack += read.slack.size();
    unresolved += read.count(DamageKind::unresolved_template);
    for (const auto& event : read.slack) ASSERT_FALSE(event.fields.empty());
  }
  constexpr std::size_t kWellFramed = 12'098;     // by a walk of the bytes
  constexpr std::size_t kIdentifierFits = 7'328;  // of these, the root instance's
  EXPECT_LE(slack, kIdentifierFits);
  EXPECT_EQ(slack, 6'950U);
  EXPECT_EQ(unresolved, kWellFramed - 495);  // 495 are whole
}

}  // namespace
}  // namespace exhibit::evidence
