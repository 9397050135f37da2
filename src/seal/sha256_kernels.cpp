#include "seal/sha256_kernels.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include <cstdlib>

namespace exhibit::seal {
namespace {

constexpr Kernel kOpenssl{"openssl", 0, nullptr, nullptr};

struct Available {
  std::array<Kernel, 4> kernels{kOpenssl, kOpenssl, kOpenssl, kOpenssl};
  std::size_t count = 0;
  bool shani = false;
};

#if defined(__x86_64__)
// Compilers have no name for the SHA extensions: CPUID leaf 7, EBX bit 29. They need SSE registers
// only, which every operating system saves.
bool has_shani() {
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0 && (ebx & (1U << 29)) != 0 &&
         __builtin_cpu_supports("sse4.1");
}
#endif

Available detect() {
  Available found;
  const auto add = [&](const Kernel& kernel) { found.kernels[found.count++] = kernel; };
#if defined(__x86_64__)
  __builtin_cpu_init();
  found.shani = has_shani();
  // True only where the operating system saves the registers too (OSXSAVE, XCR0).
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw");
  // Zen 4 does AVX-512 at half width: two SHA-NI streams win there, and need no sixteen messages.
  const bool shani_first = found.shani && __builtin_cpu_is("amdfam19h");
  if (shani_first) add({"shani", 2, compress_shani, digest_shani});
  if (avx512) add({"avx512", 16, compress_avx512, digest_avx512});
  if (found.shani && !shani_first) add({"shani", 2, compress_shani, digest_shani});
  if (__builtin_cpu_supports("avx2")) add({"avx2", 8, compress_avx2, nullptr});
#endif
  add(kOpenssl);
  return found;
}

const Available& available() {
  static const Available found = detect();
  return found;
}

struct Choice {
  const Kernel& kernel;
  bool single_shani;
};

Choice choose() {
  const auto kernels = available_kernels();
  if (const char* named = std::getenv("EXHIBIT_SHA256"); named != nullptr)
    for (const Kernel& kernel : kernels)
      if (kernel.name == named) return {kernel, kernel.name == "shani"};
  return {kernels.front(), available().shani};
}

const Choice& chosen() {
  static const Choice choice = choose();
  return choice;
}

}  // namespace

std::span<const Kernel> available_kernels() {
  return std::span(available().kernels).first(available().count);
}

const Kernel& active_kernel() { return chosen().kernel; }

bool single_stream_shani() { return chosen().single_shani; }

}  // namespace exhibit::seal
