// Files that are named on the command line and read whole: certificates, tokens, policies.
#pragma once

#include <cstdint>
#include <string>

#include "exhibit/error.h"

namespace exhibit::cli {

/// `-` is standard input. Errors: not_found, limit (above `size_max` bytes), io.
[[nodiscard]] Result<std::string> read_small_file(const std::string& path, std::uint64_t size_max);

}  // namespace exhibit::cli
