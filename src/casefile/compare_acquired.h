// What was acquired, compared: with what other tools wrote down, and with the files once more.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "casefile/sink.h"

namespace exhibit::casefile {

/// Adds to `seal.digests` what its manifests have and SHA-256 alone does not answer.
void add_needed_digests(SealOptions& seal);

/// Hashes every file that something was taken from once more, and notes it in `sink.taken`. Returns
/// those that are not the same, or cannot be read again, with what was found.
std::vector<std::pair<std::string, std::string>> hash_after(CaseSink& sink);

/// Compares each manifest with everything that `sink` met, and notes it in `sink.taken`.
std::vector<ManifestChecked> compare_manifests(const Case::Impl& impl,
                                               const std::vector<HashManifest>& manifests,
                                               CaseSink& sink);
/// Of a `manifest` statement.
[[nodiscard]] Fields manifest_fields(const HashManifest& manifest, const ManifestChecked& checked,
                                     const Custody& custody);
/// Errors: malformed.
[[nodiscard]] Result<ManifestChecked> read_manifest_statement(const verify::Statement& statement);

}  // namespace exhibit::casefile
