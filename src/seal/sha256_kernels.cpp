#include "seal/sha256_kernels.h"

#include <cstdlib>

namespace exhibit::seal {
namespace {

constexpr Kernel kOpenssl{"openssl", 0, nullptr};

struct Available {
  std::array<Kernel, 4> kernels{kOpenssl, kOpenssl, kOpenssl, kOpenssl};
  std::size_t count = 0;
  bool shani = false;
};

Available detect() {
  Available found;
#if defined(__x86_64__)
  __builtin_cpu_init();
  // libgcc and compiler-rt answer for AVX only where the operating system saves the registers
  // (OSXSAVE and XCR0). They know no name for SHA-NI, which needs SSE registers only: CPUID leaf 7,
  // EBX bit 29.
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw"))
    found.kernels[found.count++] = {"avx512", 16, compress_avx512};
  std::uint32_t eax = 7;
  std::uint32_t ebx = 0;
  std::uint32_t ecx = 0;
  std::uint32_t edx = 0;
  __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
  found.shani = (ebx & (1U << 29)) != 0 && __builtin_cpu_supports("sse4.1");
  if (found.shani) found.kernels[found.count++] = {"shani", 2, compress_shani};
  if (__builtin_cpu_supports("avx2")) found.kernels[found.count++] = {"avx2", 8, compress_avx2};
#endif
  found.kernels[found.count++] = kOpenssl;
  return found;
}

const Available& available() {
  static const Available found = detect();
  return found;
}

const Kernel& choose() {
  const auto kernels = available_kernels();
  if (const char* named = std::getenv("EXHIBIT_SHA256"); named != nullptr)
    for (const Kernel& kernel : kernels)
      if (kernel.name == named) return kernel;
  return kernels.front();
}

}  // namespace

std::span<const Kernel> available_kernels() {
  return std::span(available().kernels).first(available().count);
}

const Kernel& active_kernel() {
  static const Kernel& chosen = choose();
  return chosen;
}

bool single_stream_shani() { return available().shani && active_kernel().lanes != 0; }

}  // namespace exhibit::seal
