#include "ordinary/random.h"

#include <algorithm>

namespace exhibit::ordinary {

std::size_t Weighted::at(std::uint64_t position) const {
  return static_cast<std::size_t>(std::ranges::upper_bound(ends_, position) - ends_.begin());
}

Weighted zipf(std::size_t count) {
  Weighted out;
  for (std::size_t i = 1; i <= count; ++i) out.add(1'000'000'000 / i);
  return out;
}

}  // namespace exhibit::ordinary
