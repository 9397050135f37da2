// Bundles: whatever the bytes, the checker ends, keeps to the memory that it was given, and says
// the same in less of it or says that it had too little.
#include <cstdlib>
#include <vector>

#include "exhibit/verify_core.h"

namespace {

using namespace exhibit::verify;

struct Heard final : core::Listener {
  std::size_t checks = 0, touched = 0;
  void check(const core::Check& check) override {
    ++checks;
    touch(check.subject);
    touch(check.why);
    touch(check.detail);
  }
  void record(const core::DisclosedRecord& record) override {
    for (const core::OpenedField& field : record.fields) {
      touch(field.path);
      touch(field.value);
    }
    for (const std::string_view path : record.paths) touch(path);
  }
  void touch(std::string_view text) {
    for (const char c : text) touched += static_cast<unsigned char>(c);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static std::vector<std::byte> memory(8 << 20);
  const std::string_view bundle(reinterpret_cast<const char*>(data), size);
  const core::Brought brought{
      .keys = {}, .policy = {}, .latest_unix_s = 1'800'000'000, .file_name = "b"};
  Heard whole, little;
  core::Arena arena(memory);
  const Verdict verdict = core::check_bundle(bundle, brought, arena, whole);
  if (whole.checks == 0) std::abort();
  // Nobody brought a key, so nothing is valid.
  if (verdict == Verdict::valid) std::abort();
  core::Arena small(std::span<std::byte>(memory).first(4096));
  if (core::check_bundle(bundle, brought, small, little) == Verdict::invalid &&
      verdict != Verdict::invalid)
    std::abort();
  return 0;
}
