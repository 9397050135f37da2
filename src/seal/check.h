// Assertions of the seal: always on, for programmer errors and a cryptographic library that refuses
// to work. A seal that goes on after either would be worse than none.
#pragma once

#include <cstdlib>

namespace exhibit::seal {

inline void check(bool ok) {
  if (!ok) [[unlikely]]
    std::abort();
}

}  // namespace exhibit::seal
