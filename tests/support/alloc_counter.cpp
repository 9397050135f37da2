#include "support/alloc_counter.h"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace exhibit::test {
namespace {

// constinit: counted from the first allocation on, without a constructor that might allocate.
constinit thread_local std::uint64_t count = 0;

// Where malloc is ours as well, it counts what operator new takes from it.
#ifdef EXHIBIT_SANITIZED
constexpr bool kOnlyNew = true;
#else
constexpr bool kOnlyNew = false;
#endif

void* allocate(std::size_t size, std::size_t alignment) {
  if (kOnlyNew) ++count;
  if (size == 0) size = 1;
  if (alignment <= alignof(std::max_align_t)) return std::malloc(size);
  return std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

void* allocate_or_throw(std::size_t size, std::size_t alignment) {
  void* memory = allocate(size, alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

std::uint64_t allocation_count() { return count; }

}  // namespace exhibit::test

#ifndef EXHIBIT_SANITIZED
// What libraries in C take. glibc's own functions stay within reach under other names; memory goes
// back through its free(). Sanitisers own malloc, so there only operator new is counted.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

#define EXHIBIT_COUNTED __attribute__((visibility("default")))
EXHIBIT_COUNTED void* malloc(std::size_t size) {
  ++exhibit::test::count;
  return __libc_malloc(size);
}
EXHIBIT_COUNTED void* calloc(std::size_t count, std::size_t size) {
  ++exhibit::test::count;
  return __libc_calloc(count, size);
}
EXHIBIT_COUNTED void* realloc(void* memory, std::size_t size) {
  ++exhibit::test::count;
  return __libc_realloc(memory, size);
}
EXHIBIT_COUNTED void* aligned_alloc(std::size_t alignment, std::size_t size) {
  ++exhibit::test::count;
  return __libc_memalign(alignment, size);
}
}
#endif

using exhibit::test::allocate_or_throw;

// Every form, so that no block of ours is given to another allocator (a sanitiser's, say) or the
// other way round.
using Align = std::align_val_t;
using exhibit::test::allocate;

void* operator new(std::size_t size) { return allocate_or_throw(size, 1); }
void* operator new[](std::size_t size) { return allocate_or_throw(size, 1); }
void* operator new(std::size_t size, Align alignment) {
  return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, Align alignment) {
  return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size, 1); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size, 1); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, Align) noexcept { std::free(memory); }
void operator delete[](void* memory, Align) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, Align) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, Align) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
