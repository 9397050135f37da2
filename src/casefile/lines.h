// Trees over the lines of a file.
#pragma once

#include <string>
#include <vector>

#include "exhibit/error.h"
#include "exhibit/seal.h"

namespace exhibit::casefile {

/// Leaf hashes of the lines of a file, each with its newline. Errors: malformed (the last line does
/// not end), and those of reading.
[[nodiscard]] Result<std::vector<seal::Digest>> leaves_of(const std::string& path);

}  // namespace exhibit::casefile
