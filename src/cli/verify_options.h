// What a verifier brings: --trust, --policy, --tsa-ca, --tsa-policy, and his own key folder.
#pragma once

#include <optional>

#include "cli/arguments.h"
#include "cli/console.h"
#include "cli/policy_argument.h"
#include "exhibit/casefile.h"

namespace exhibit::cli {

/// Must outlive the verification: `options` points into it.
struct Brought {
  casefile::VerifyOptions options;
  std::optional<GivenPolicy> policy;
  std::optional<casefile::Home> home;
};
/// Errors are said on the console and turned into `status`; then false. A key folder is not needed.
[[nodiscard]] bool read_brought(const Arguments& arguments, const Console& console, Brought& out,
                                int& status);

}  // namespace exhibit::cli
