// After warm-up neither framing nor parsing JSON allocates.
#include <gtest/gtest.h>
#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "evidence/json_parser.h"
#include "evidence/json_source.h"
#include "support/alloc_counter.h"

namespace exhibit::evidence {
namespace {

// The same records again and again, without holding them all.
class Repeated final : public ByteStream {
 public:
  Repeated(std::string records, std::size_t times)
      : records_(std::move(records)), left_(times * records_.size()) {}
  Result<std::size_t> read(std::span<std::byte> into) override {
    const std::size_t size = std::min({into.size(), records_.size() - at_, left_});
    std::memcpy(into.data(), records_.data() + at_, size);
    at_ = (at_ + size) % records_.size();
    left_ -= size;
    return size;
  }

 private:
  std::string records_;
  std::size_t at_ = 0;
  std::size_t left_;
};

TEST(JsonAllocation, IsDoneAfterWarmUp) {
  std::string records;
  for (int i = 0; i < 50; ++i) {
    const std::string number = std::to_string(i);
    records += R"({"EventID":)" + number +
               R"(,"Channel":"Security","Hostname":"h","@timestamp":"2026-11-22T01:02:03.4Z",)"
               R"("CommandLine":"C:\\Windows\\cmd.exe /c \"x\"","Message":"a\r\n\tb","e)" +
               number + R"(":{"x":[1,{"y":null}],"z":{}},"u":"é\u00e9"})" + "\n";
  }
  const event::FieldNames names;
  event::PathTable paths(names);
  const auto parser = make_json_parser(paths);
  const auto source = make_json_source({}, std::make_unique<Repeated>(std::move(records), 1'000));
  event::Batch batch;
  std::uint64_t warm = 0;
  std::uint64_t last = 0;
  std::size_t batches = 0;
  std::size_t events = 0;
  while (source->next(batch)) {
    parser->parse(batch);
    events += batch.events.size();
    if (batch.sequence == 3) warm = test::allocation_count();
    last = test::allocation_count();
    ++batches;
  }
  EXPECT_EQ(events, 50'000U);
  EXPECT_GT(batches, 6U);
  EXPECT_EQ(last, warm);
}

}  // namespace
}  // namespace exhibit::evidence
