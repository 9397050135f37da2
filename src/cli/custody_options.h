// What is said of an acquisition on the command line, and how it compared.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/arguments.h"
#include "cli/console.h"
#include "exhibit/casefile.h"

namespace exhibit::cli {

using Manifests = std::vector<casefile::ManifestChecked>;
using ChangedAfter = std::vector<std::pair<std::string, std::string>>;

/// The flags that go with what is acquired, and with nothing else.
inline constexpr std::array<std::string_view, 10> kAcquiringFlags{
    "role",           "authority",    "place",  "medium",   "write-blocker",
    "exhibit-number", "source-clock", "digest", "manifest", "hash-after"};

/// The flags --role, --authority and so on.
[[nodiscard]] casefile::Circumstances circumstances(const Arguments& arguments);
/// Reads the manifests that are named. Errors are said and turned into `status`; then nullopt.
[[nodiscard]] std::optional<casefile::SealOptions> seal_options(const Arguments& arguments,
                                                                const Console& console,
                                                                int& status);
/// How manifests and files compared; nothing where nothing was asked.
void append_compared(std::string& out, const Console& console, const Manifests& manifests,
                     const ChangedAfter& changed);
/// `status`, or exit_no when something differs.
[[nodiscard]] int compared_status(int status, const Manifests& manifests,
                                  const ChangedAfter& changed);

/// That a marking is none of TLP 2.0; returns exit_usage.
int say_no_tlp(const Console& console, std::string_view given);

}  // namespace exhibit::cli
