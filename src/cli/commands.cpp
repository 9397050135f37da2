#include "cli/commands.h"

#include <algorithm>
#include <array>
#include <utility>

namespace exhibit::cli {

namespace {

constexpr auto kCommands = std::to_array<std::pair<std::string_view, Command>>({
    {"help", run_help},
    {"version", run_version},
    {"completion", run_completion},
});

}  // namespace

Command find_command(std::string_view verb) {
  const auto* at = std::ranges::find(kCommands, verb, &std::pair<std::string_view, Command>::first);
  return at == kCommands.end() ? nullptr : at->second;
}

}  // namespace exhibit::cli
