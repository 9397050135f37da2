// What the page calls. The page owns the memory behind the program's own: it asks for room, puts
// the bytes there, and names their places in a request.
#include "verify/core/report.h"

namespace exhibit::verify::core {
namespace {

struct Place {
  std::uint32_t at, size;
  [[nodiscard]] std::string_view text() const {
    return {reinterpret_cast<const char*>(static_cast<std::uintptr_t>(at)), size};
  }
  [[nodiscard]] char* memory() const {
    return reinterpret_cast<char*>(static_cast<std::uintptr_t>(at));
  }
};
/// 32-bit words, in this order.
struct Request {
  Place input, keys, policy, file_name, work, report;
  std::uint32_t latest_high, latest_low;  // seconds since 1970
  std::uint32_t first, count;             // of the records that are told with their fields
};

}  // namespace
}  // namespace exhibit::verify::core

using namespace exhibit::verify::core;

extern "C" {

extern unsigned char __heap_base;

/// Where the room begins; 0 where there are not so many bytes.
[[clang::export_name("room")]] std::uint32_t room(std::uint32_t size) {
  constexpr std::uint64_t kPage = 65'536;
  const auto begin = (reinterpret_cast<std::uintptr_t>(&__heap_base) + 15) / 16 * 16;
  const std::uint64_t pages = (std::uint64_t{begin} + size + kPage - 1) / kPage;
  const std::uint64_t now = __builtin_wasm_memory_size(0);
  if (pages > 65'535) return 0;
  if (pages > now && __builtin_wasm_memory_grow(0, pages - now) == SIZE_MAX) return 0;
  return begin;
}

/// How many bytes of the report are written.
[[clang::export_name("check_bundle")]] std::uint32_t check_bundle_at(const Request* request) {
  const Request& r = *request;
  const Brought brought{
      .keys = r.keys.text(),
      .policy = r.policy.text(),
      .latest_unix_s = std::uint64_t{r.latest_high} << 32 | r.latest_low,
      .file_name = r.file_name.text(),
  };
  Arena arena({reinterpret_cast<std::byte*>(r.work.memory()), r.work.size});
  Report report({r.report.memory(), r.report.size}, r.first, r.count);
  check_bundle(r.input.text(), brought, arena, report);
  report.finish();
  return static_cast<std::uint32_t>(report.text().size());
}

}  // extern "C"

// A pure virtual function is never called; its place in a table needs a name.
extern "C" void __cxa_pure_virtual() { __builtin_trap(); }
