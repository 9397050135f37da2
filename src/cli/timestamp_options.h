// Which time-stamping authorities a verifier believes: --tsa-ca and --tsa-policy.
#pragma once

#include "cli/arguments.h"
#include "cli/console.h"
#include "exhibit/timestamp.h"

namespace exhibit::cli {

/// False, and said on the console, where a file cannot be read.
[[nodiscard]] bool read_authorities(const Arguments& arguments, const Console& console,
                                    timestamp::Trust& out);

}  // namespace exhibit::cli
