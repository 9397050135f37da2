// Damaged EVTX files, made from our own samples: what was cut off or changed costs what it touches
// and nothing else.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <set>
#include <vector>

#include "support/evtx_reading.h"
#include "support/support.h"

namespace exhibit::evidence {
namespace {

namespace fs = std::filesystem;
using test::EvtxReading;

constexpr std::size_t kPage = 4096;
constexpr int kFlippedFiles = 10'000;

std::vector<std::string> samples() {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(EXHIBIT_SOURCE_DIR "/samples/case"))
    if (entry.path().extension() == ".evtx") paths.push_back(entry.path());
  std::ranges::sort(paths);
  std::vector<std::string> files;
  for (const fs::path& path : paths) files.push_back(test::read_file(path));
  return files;
}

void expect_inside(const EvtxReading& read, std::size_t size) {
  for (const auto& event : read.events) ASSERT_LE(event.head.offset + event.head.length, size);
  for (const auto& event : read.slack) ASSERT_LE(event.head.offset + event.head.length, size);
  for (const event::Damage& damage : read.damage) ASSERT_LE(damage.offset + damage.length, size);
}

// A file cut at any page gives every record that lies before the cut, and says that it was cut.
TEST(EvtxDamage, ACutCostsOnlyWhatIsBehindIt) {
  for (const std::string& file : samples()) {
    const EvtxReading whole = test::read_evtx(file, {}, {.tree = false, .rendered = false});
    for (std::size_t cut = 0; cut < file.size(); cut += kPage) {
      const EvtxReading read =
          test::read_evtx(file.substr(0, cut), {}, {.tree = false, .rendered = false});
      expect_inside(read, cut);
      std::set<std::uint64_t> offsets;
      for (const auto& event : read.events) offsets.insert(event.head.offset);
      bool cut_into_chunk = false;
      for (const auto& event : whole.events) {
        if (event.head.offset + event.head.length <= cut) {
          ASSERT_TRUE(offsets.contains(event.head.offset)) << "cut at " << cut;
        } else {
          const std::uint64_t chunk = (event.head.offset - kPage) / 65'536 * 65'536 + kPage;
          cut_into_chunk |= chunk < cut;
        }
      }
      if (cut_into_chunk) {
        ASSERT_FALSE(read.damage.empty()) << "cut at " << cut;
      }
    }
  }
}

// Whatever bytes are changed, nothing crashes, and nothing is said of bytes that are not there.
TEST(EvtxDamage, ChangedBytesNeverEndTheRun) {
  const std::vector<std::string> files = samples();
  std::mt19937 random(20'261'122);
  std::size_t events = 0;
  int damaged = 0;
  for (int i = 0; i < kFlippedFiles; ++i) {
    std::string file = files[random() % files.size()];
    file.resize(std::min<std::size_t>(file.size(), kPage + 65'536));  // one chunk
    for (std::size_t flips = 1 + random() % 16; flips > 0; --flips) {
      // Mostly where something is: records fill the chunk from its front.
      const std::size_t reach = random() % 4 == 0 ? file.size() : kPage + 4 * kPage;
      file[random() % reach] = static_cast<char>(random());
    }
    const EvtxReading read =
        test::read_evtx(file, {.slack = true}, {.tree = i % 16 == 0, .rendered = i % 16 == 0});
    expect_inside(read, file.size());
    events += read.events.size();
    damaged += read.damage.empty() ? 0 : 1;
  }
  EXPECT_GT(damaged, kFlippedFiles / 2);
  EXPECT_GT(events, static_cast<std::size_t>(kFlippedFiles));
}

}  // namespace
}  // namespace exhibit::evidence
