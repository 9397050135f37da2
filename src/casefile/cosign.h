// Cosigned checkpoints: `ledger/<party>/cosigned/<size>` holds the log's checkpoint of that size,
// signed by the log, and a line of each cosigner. Lines are only ever added.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "casefile/ledger.h"

namespace exhibit::casefile {

/// Names in a folder that are sizes of a log, ascending: of files, or of folders.
[[nodiscard]] Result<std::vector<std::uint64_t>> list_sizes(const std::string& folder,
                                                            bool folders);
/// Sizes at which the log was cosigned, ascending; files of other names are none.
[[nodiscard]] Result<std::vector<std::uint64_t>> list_cosigned(const std::string& directory,
                                                               std::string_view party);
/// A cosigned note, when it is the log's own history: of `log`, signed with its key, and at a size
/// that it has. Errors: malformed; undecidable, bad_signature (by the log's key); proof_mismatch
/// (of a longer log, or of another history).
[[nodiscard]] Result<seal::Note> read_cosigned(const std::string& text, std::uint64_t size,
                                               std::span<const seal::Digest> leaves,
                                               const seal::VerifierKey& log_key);
/// Adds signature lines to the note that is kept for this size of the log, made of `note` when
/// there is none. Lines that are there, or beyond what a note holds, are left out. Returns how many
/// were added.
Result<std::uint64_t> add_cosignatures(const std::string& directory, std::string_view party,
                                       std::uint64_t size, const std::string& note,
                                       const std::vector<std::string>& lines);
/// Removes what a killed writer left beside them.
Result<void> sweep_cosigned(const std::string& directory, std::string_view party);
/// The signature lines of a note, as text with their newlines.
[[nodiscard]] std::vector<std::string> signature_lines(const std::string& note);

}  // namespace exhibit::casefile
