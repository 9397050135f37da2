// The criteria of a run as a case keeps them: everything that a replay needs, named by its hash.
//
//   criteria/<SHA-256 of manifest.json>/manifest.json mapping.json routing.yml
//   criteria/<SHA-256 of rules.yml>/rules.yml
//
// rules.yml holds every file of rules that was given, whole, whatever became of its rules: what was
// rejected is part of what a run says. Runs that differ in anything else share it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exhibit/casefile.h"

namespace exhibit::casefile {

struct Criteria {
  std::string sha256;    // of the manifest: the criteria's name
  std::string manifest;  // canonical JSON and a newline
  std::string mapping, routing;
  std::string pack_sha256;  // of the rules
  std::string rules;
};

/// What a manifest says.
struct Manifest {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> files;  // offset and length in rules.yml
  std::string pack_sha256, mapping_sha256, routing_sha256;
  sigma::LoadOptions load;
};
/// Errors: malformed, truncated, limit.
[[nodiscard]] Result<Manifest> parse_manifest(std::string_view text);

/// Errors: limit (rules of more bytes than a case takes).
[[nodiscard]] Result<Criteria> make_criteria(const sigma::RulePack& pack,
                                             const sigma::LoadOptions& load);
/// Writes what is not there yet, each folder whole. `root` is the case's folder, `temporary` one in
/// it for work; both end with '/'.
Result<void> write_criteria(const Criteria& criteria, const std::string& root,
                            const std::string& temporary);

/// The manifest below `root`, once it and the files beside it are what `sha256` names.
/// Errors: proof_mismatch, malformed, not_found, io.
[[nodiscard]] Result<Manifest> read_criteria(const std::string& root, std::string_view sha256);
/// The rules below `root`. Errors: proof_mismatch, not_found, io.
[[nodiscard]] Result<std::string> read_pack(const std::string& root, std::string_view pack_sha256);
/// Loads the rules below `root` as the run had them. Errors: those of both.
[[nodiscard]] Result<sigma::RulePack> load_criteria(const std::string& root,
                                                    std::string_view sha256);

/// The files of criteria and of a pack, below the case's folder.
[[nodiscard]] std::vector<std::string> criteria_files(std::string_view sha256);
[[nodiscard]] std::string pack_file(std::string_view pack_sha256);

}  // namespace exhibit::casefile
