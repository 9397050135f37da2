// The rules that the program brings along: packs/starter, built in.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace exhibit::cli {

/// Every file of packs/starter, rules and their tests: (path below the root of the tree, bytes), in
/// order of path. Made at build time.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> embedded_files();

inline constexpr const char* kStarterName = "packs/starter";
/// Where the public rules are had, in one sentence.
inline constexpr const char* kWhereRulesAre =
    "SigmaHQ publishes its rules as sigma_all_rules.zip on its release page "
    "(github.com/SigmaHQ/sigma/releases); give it with -r";

}  // namespace exhibit::cli
