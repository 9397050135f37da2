// A small month: the same seed gives the same bytes, the JSON lines say what the EVTX says, and the
// mix of events is the one that was chosen.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "generator/parts.h"
#include "ordinary/month.h"
#include "support/reading.h"

namespace exhibit::ordinary {
namespace {

constexpr std::uint64_t kSizeBytes = 8'000'000;

Options options(const test::TempDir& folder, std::uint64_t seed, bool one_file) {
  return {.folder = folder.path(),
          .seed = seed,
          .size_bytes = kSizeBytes,
          .evtx = true,
          .json = true,
          .one_file = one_file};
}

/// All files below, in order, by their relative path.
std::map<std::string, std::string> files_of(const test::TempDir& folder) {
  std::map<std::string, std::string> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
    if (!entry.is_regular_file()) continue;
    out[entry.path().lexically_relative(folder.path()).string()] = test::read_file(entry.path());
  }
  return out;
}

using Records = std::map<std::string, std::vector<std::string>>;  // machine, channel, number

std::string value_of(const test::ReadEvent& event, std::string_view path) {
  for (const std::string& field : event.fields) {
    if (field.starts_with(path) && field[path.size()] == '=') return field.substr(path.size() + 1);
  }
  return "";
}

void add_records(const std::filesystem::path& file, bool is_json, Records& out) {
  for (const test::ReadSource& source : test::read_input(file.string()).sources) {
    EXPECT_TRUE(source.damage.empty()) << file;
    for (const test::ReadEvent& event : source.events) {
      const std::string number =
          value_of(event, is_json ? "RecordNumber" : "Event.System.EventRecordID");
      std::vector<std::string>& fields = out[event.computer + "/" + event.channel + "/" + number];
      EXPECT_TRUE(fields.empty()) << "twice: " << number;
      fields.push_back("id=" + std::to_string(event.head.event_id));
      for (const std::string& field : event.fields) {
        if (is_json) {
          fields.push_back(field);
          continue;
        }
        for (const std::string_view part : {"Event.EventData.", "Event.UserData."}) {
          if (!field.starts_with(part) || field.find("#attributes") < field.find('=')) continue;
          const std::size_t name = field.rfind('.', field.find('=')) + 1;
          fields.push_back(field.substr(name));
        }
      }
    }
  }
}

TEST(OrdinaryLoad, JsonLinesSayWhatTheEvtxSays) {
  const test::TempDir folder;
  const Summary summary = write_month(options(folder, 1, false));
  Records evtx;
  Records json;
  for (const auto& [name, bytes] : files_of(folder)) {
    const bool is_json = name.ends_with(".jsonl");
    add_records(folder.path() / name, is_json, is_json ? json : evtx);
  }
  EXPECT_EQ(evtx.size(), summary.records);
  ASSERT_EQ(json.size(), summary.records);
  std::string counts;
  std::map<std::string, int> by_kind;
  for (const auto& [key, fields] : evtx) {
    const std::vector<std::string>& line = json[key];
    for (const std::string& field : fields) {
      EXPECT_TRUE(std::ranges::find(line, field) != line.end()) << key << ": " << field;
    }
    ++by_kind[key.substr(key.find('/') + 1, key.rfind('/') - key.find('/')) + fields[0]];
  }
  EXPECT_GT(by_kind.size(), 40u);
  for (const auto& [kind, count] : by_kind) counts += kind + '=' + std::to_string(count) + '\n';
  // Changes with whatever people and machines do differently.
  EXPECT_EQ(samples::hash(counts), 15'783'580'309'121'916'920u) << counts;
}

TEST(OrdinaryLoad, SameSeedSameBytes) {
  const test::TempDir first;
  const test::TempDir second;
  const test::TempDir other;
  write_month(options(first, 7, true));
  write_month(options(second, 7, true));
  write_month(options(other, 8, true));
  EXPECT_TRUE(files_of(first) == files_of(second));
  EXPECT_FALSE(files_of(first) == files_of(other));
  EXPECT_EQ(files_of(first).size(), 2u);
}

}  // namespace
}  // namespace exhibit::ordinary
