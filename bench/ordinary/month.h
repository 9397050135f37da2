// A month of an ordinary network: working days and hours, nights, weekends.
#pragma once

#include "ordinary/logs.h"

namespace exhibit::ordinary {

struct Summary {
  std::uint64_t records = 0;
  std::size_t hosts = 0;
};

/// Writes some `size_bytes` of a domain controller, a file server and up to a hundred workstations
/// (fewer where there would be less than 20 MB for each) from 2026-03-01 to 2026-03-30. The
/// smaller the size, the fewer things happen; the same seed and size give the same events.
Summary write_month(const Options& options);

}  // namespace exhibit::ordinary
