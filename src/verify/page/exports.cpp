// What the page calls. The page owns the memory behind the program's own: it asks for room, puts
// the bytes there, and names their places in a request.
#include "verify/core/case.h"
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

Brought brought_by(const Request& r) {
  return {.keys = r.keys.text(),
          .policy = r.policy.text(),
          .latest_unix_s = std::uint64_t{r.latest_high} << 32 | r.latest_low,
          .file_name = r.file_name.text()};
}

/// A case archive that is being read: one at a time.
struct Reading {
  Brought brought;
  Arena arena;
  Report report;
  CaseReader reader;
  Reading(const Request& r, std::uint64_t file_size)
      : brought(brought_by(r)),
        arena({reinterpret_cast<std::byte*>(r.work.memory()), r.work.size}),
        report({r.report.memory(), r.report.size}, r.first, r.count),
        reader(file_size, brought, arena, report) {}
};
alignas(Reading) std::byte reading_place[sizeof(Reading)];
Reading& reading() { return *std::launder(reinterpret_cast<Reading*>(reading_place)); }

Sha256 hash;

}  // namespace
}  // namespace exhibit::verify::core

using namespace exhibit::verify::core;  // NOLINT: this file is all that there is

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
  const Brought brought = brought_by(r);
  Arena arena({reinterpret_cast<std::byte*>(r.work.memory()), r.work.size});
  Report report({r.report.memory(), r.report.size}, r.first, r.count);
  report.finish(check_bundle(r.input.text(), brought, arena, report));
  return static_cast<std::uint32_t>(report.text().size());
}

/// A case archive, as verify/core/case.h has it. Offsets and sizes are whole numbers below 2^53.
[[clang::export_name("case_begin")]] void case_begin(const Request* request, double file_size) {
  new (reading_place) Reading(*request, static_cast<std::uint64_t>(file_size));
}
/// Negative where the index is done with.
[[clang::export_name("case_index_at")]] double case_index_at() {
  const auto at = reading().reader.index_at();
  return at ? static_cast<double>(*at) : -1;
}
[[clang::export_name("case_index")]] void case_index(std::uint32_t at, std::uint32_t size) {
  reading().reader.index(Place{at, size}.text());
}
/// Offset and size of the next file are at `out`; 0 where there is none.
[[clang::export_name("case_next")]] std::uint32_t case_next(double* out) {
  Wanted wanted;
  if (!reading().reader.next(wanted)) return 0;
  out[0] = static_cast<double>(wanted.offset);
  out[1] = static_cast<double>(wanted.size);
  return 1;
}
[[clang::export_name("case_piece")]] void case_piece(std::uint32_t at, std::uint32_t size) {
  reading().reader.piece(Place{at, size}.text());
}
[[clang::export_name("case_end")]] void case_end() { reading().reader.end(); }
[[clang::export_name("case_finish")]] std::uint32_t case_finish() {
  reading().report.finish(reading().reader.finish());
  return static_cast<std::uint32_t>(reading().report.text().size());
}

[[clang::export_name("hash_begin")]] void hash_begin() { hash = {}; }
[[clang::export_name("hash_piece")]] void hash_piece(std::uint32_t at, std::uint32_t size) {
  hash.update(Place{at, size}.text());
}
[[clang::export_name("hash_end")]] void hash_end(std::uint8_t* out) {
  const Digest digest = hash.finish();
  std::memcpy(out, digest.data(), digest.size());
}

}  // extern "C"

// A pure virtual function is never called; its place in a table needs a name.
extern "C" void __cxa_pure_virtual() { __builtin_trap(); }
