// Counts allocations: a test that uses this has its operator new replaced, and where no sanitiser
// owns them malloc and its kin.
#pragma once

#include <cstdint>

namespace exhibit::test {

/// How often this thread has called operator new in any form, and malloc from whatever library
/// (not under a sanitiser: there it is operator new alone).
[[nodiscard]] std::uint64_t allocation_count();

}  // namespace exhibit::test
