// The criteria of a run as a case keeps them: everything that a replay needs, named by its hash.
//
//   criteria/<SHA-256 of manifest.json>/manifest.json rules.yml [routing.yml]
//
// rules.yml is one YAML stream of all rules, in the order of their hashes; the manifest says where
// each begins and ends, because a rule's identity is its exact bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exhibit/casefile.h"

namespace exhibit::casefile {

struct PackFiles {
  std::string sha256;    // of the manifest: the pack's name
  std::string manifest;  // canonical JSON and a newline
  std::string rules;
  std::optional<std::string> routing;  // the user's own, where it is not the compiled-in one
};

/// What a manifest says.
struct Manifest {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> rules;  // offset and length in rules.yml
  std::vector<std::string> rule_hashes;
  std::string rules_sha256;
  std::optional<std::string> routing_sha256;
  sigma::LoadOptions load;
};
/// Errors: malformed, truncated, limit.
[[nodiscard]] Result<Manifest> parse_manifest(std::string_view text);

/// Errors: those of reading the routing file.
[[nodiscard]] Result<PackFiles> make_pack(const sigma::RulePack& pack,
                                          const sigma::LoadOptions& load);
Result<void> write_pack(const PackFiles& pack, const std::string& folder);

/// Whether the files below `folder` are what `sha256` names: their names, if so. Errors:
/// proof_mismatch, malformed, not_found, io.
[[nodiscard]] Result<std::vector<std::string>> check_pack(const std::string& folder,
                                                          std::string_view sha256);
/// Loads the rules below `folder` (ends with '/') as the run had them. Errors as check_pack.
[[nodiscard]] Result<sigma::RulePack> load_pack(const std::string& folder, std::string_view sha256);

}  // namespace exhibit::casefile
