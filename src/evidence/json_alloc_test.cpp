// After warm-up neither framing nor parsing JSON allocates.
#include <gtest/gtest.h>
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "evidence/json_parser.h"
#include "evidence/json_source.h"

namespace {
std::size_t allocations = 0;  // counted by the operators below
}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  void* p = std::malloc(size);
  if (p == nullptr) throw std::bad_alloc();
  return p;
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace exhibit::evidence {
namespace {

// The same records again and again, without holding them all.
class Repeated final : public ByteStream {
 public:
  Repeated(std::string records, std::size_t size) : records_(std::move(records)), left_(size) {}
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
  const auto source = make_json_source(
      {}, std::make_unique<Repeated>(std::move(records), 12 * event::kBatchSizeBytes));
  event::Batch batch;
  std::size_t warm = 0;
  std::size_t events = 0;
  while (source->next(batch)) {
    parser->parse(batch);
    events += batch.events.size();
    if (batch.sequence == 3) warm = allocations;
  }
  EXPECT_GT(events, 40'000U);
  EXPECT_EQ(allocations, warm);
}

}  // namespace
}  // namespace exhibit::evidence
