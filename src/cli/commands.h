// One function for each verb (commands/<verb>.cpp). Each returns the exit status.
#pragma once

#include <string_view>

#include "cli/arguments.h"
#include "cli/console.h"

namespace exhibit::cli {

using Command = int (*)(const Arguments& arguments, const Console& console);

int run_help(const Arguments& arguments, const Console& console);
int run_version(const Arguments& arguments, const Console& console);
int run_completion(const Arguments& arguments, const Console& console);

/// nullptr for a name that is no verb.
[[nodiscard]] Command find_command(std::string_view verb);

}  // namespace exhibit::cli
