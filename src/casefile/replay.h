// What doing a run again takes: which bytes to read, and why it cannot be done here.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "casefile/check.h"

namespace exhibit::casefile {

/// The sources that were put to the rules, by SHA-256, with that of the container each was read out
/// of; empty where it was given itself.
using Inputs = std::map<std::string, std::string, std::less<>>;
/// A run's inputs.jsonl. Errors: malformed.
[[nodiscard]] Result<Inputs> parse_inputs(std::string_view lines);

/// Does runs again; adds the checks `replay` and `replay.coverage` for each.
void replay_runs(CheckContext& context);

}  // namespace exhibit::casefile
