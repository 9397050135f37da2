// Files of lines, and trees over them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "exhibit/error.h"
#include "exhibit/seal.h"

namespace exhibit::casefile {

/// Hands out the lines of a file, each with its newline; gives the number of bytes behind the last.
/// Errors: limit (a line of more than `line_size_max` bytes), and those of reading and of `take`.
Result<std::uint64_t> for_each_line(const std::string& path,
                                    const std::function<Result<void>(std::string_view)>& take,
                                    std::uint64_t line_size_max = UINT64_MAX);

/// Leaf hashes of the lines of a file, each with its newline. Errors: malformed (the last line does
/// not end), and those of reading.
[[nodiscard]] Result<std::vector<seal::Digest>> leaves_of(const std::string& path);

}  // namespace exhibit::casefile
