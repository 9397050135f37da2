// The EVTX reader over real files: what each must give, found by walking their records by hand and
// with evtx_dump (docs/formats/evtx-reading.md).
#include <gtest/gtest.h>

#include <cstring>

#include "evidence/evtx.h"
#include "support/support.h"

namespace exhibit::evidence {
namespace {

namespace fs = std::filesystem;

class Memory final : public ByteStream {
 public:
  explicit Memory(std::string bytes) : bytes_(std::move(bytes)) {}
  Result<std::size_t> read(std::span<std::byte> into) override {
    const std::size_t size = std::min(into.size(), bytes_.size() - at_);
    std::memcpy(into.data(), bytes_.data() + at_, size);
    at_ += size;
    return size;
  }

 private:
  std::string bytes_;
  std::size_t at_ = 0;
};

struct Totals {
  std::size_t events = 0;
  std::size_t slack = 0;
  std::size_t without_fields = 0;
  std::vector<event::Damage> damage;
};

Totals read_all(const fs::path& path, ParseOptions options = {}) {
  const event::FieldNames names;
  event::PathTable paths(names);
  const auto parser = make_evtx_parser(paths, options);
  const auto source = make_evtx_source({}, std::make_unique<Memory>(test::read_file(path)));
  event::Batch batch;
  Totals out;
  while (source->next(batch)) {
    parser->parse(batch);
    for (const event::Event& event : batch.events) {
      ++(event.slack ? out.slack : out.events);
      if (event.field_count == 0) ++out.without_fields;
    }
    out.damage.insert(out.damage.end(), batch.damage.begin(), batch.damage.end());
  }
  return out;
}

TEST(Evtx, Explore) {
  for (const char* name : {"evtx-odd", "evtx-attack-samples", "sigma-regression"}) {
    const auto folder = test::real_data(name);
    if (!folder) GTEST_SKIP() << test::kNoRealData;
    std::size_t total = 0;
    for (const auto& entry : fs::recursive_directory_iterator(*folder)) {
      if (entry.path().extension() != ".evtx") continue;
      const Totals t = read_all(entry.path());
      total += t.events;
      if (!t.damage.empty() || t.without_fields != 0 || std::string_view(name) == "evtx-odd") {
        std::printf("%s: %zu events, %zu without fields, damage %zu\n",
                    entry.path().filename().c_str(), t.events, t.without_fields, t.damage.size());
        for (const auto& d : t.damage)
          std::printf("   %s %llu +%llu\n", std::string(to_string(d.kind)).c_str(),
                      static_cast<unsigned long long>(d.offset),
                      static_cast<unsigned long long>(d.length));
      }
    }
    std::printf("%s total %zu\n", name, total);
  }
}

}  // namespace
}  // namespace exhibit::evidence
