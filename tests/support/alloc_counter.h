// Counts allocations: a test that uses this has its operator new replaced.
#pragma once

#include <cstdint>

namespace exhibit::test {

/// How often this thread has called operator new, in any form.
[[nodiscard]] std::uint64_t allocation_count();

}  // namespace exhibit::test
