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

// All forms: simdjson uses the ones that do not throw.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}
void* operator new(std::size_t size) {
  void* p = operator new(size, std::nothrow);
  if (p == nullptr) throw std::bad_alloc();
  return p;
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return operator new(size, std::nothrow);
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { operator delete(p); }
void operator delete[](void* p) noexcept { operator delete(p); }
void operator delete[](void* p, std::size_t) noexcept { operator delete(p); }

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
  std::size_t warm = 0;
  std::size_t last = 0;
  std::size_t batches = 0;
  std::size_t events = 0;
  while (source->next(batch)) {
    parser->parse(batch);
    events += batch.events.size();
    if (batch.sequence == 3) warm = allocations;
    last = allocations;
    ++batches;
  }
  EXPECT_EQ(events, 50'000U);
  EXPECT_GT(batches, 6U);
  EXPECT_EQ(last, warm);
}

}  // namespace
}  // namespace exhibit::evidence
