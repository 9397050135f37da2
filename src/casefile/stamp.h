// Time stamps of checkpoints: `ledger/<party>/stamped/<size>/` holds the exact bytes that were
// stamped (`checkpoint`: the log's signed checkpoint of that size) and, each named by its SHA-256,
// requests (.tsq), tokens (.tsr) and what it takes to judge them (.pem, .crl, .ocsp). Files are
// only ever added.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "casefile/impl.h"

namespace exhibit::casefile {

inline constexpr std::size_t kStampFilesMax = 256;  // beside one checkpoint

/// Sizes at which the log was stamped, ascending; folders of other names are none.
[[nodiscard]] Result<std::vector<std::uint64_t>> list_stamped(const std::string& directory,
                                                              std::string_view party);
/// What lies beside a stamped checkpoint and is what its name says, by kind.
struct StampFolder {
  std::vector<std::string> requests, tokens, certificates, crls, ocsp_responses;
  std::vector<std::string> token_names;  // of `tokens`
  std::vector<std::string> names;        // of all
};
[[nodiscard]] Result<StampFolder> read_stamp_folder(const std::string& folder);
/// What a token of the folder says of `stamped`: with the request that it answers, where that is
/// one of those kept, for else a nonce proves nothing. Errors: those of timestamp::verify_token.
[[nodiscard]] Result<timestamp::TokenReport> judge_stamp(const StampFolder& folder,
                                                         const std::string& stamped,
                                                         const std::string& token,
                                                         const timestamp::Trust& trust);
/// A token's report as a line of a log's own.
[[nodiscard]] Report::Log::Stamp stamp_line(const timestamp::TokenReport& report,
                                            std::uint64_t tree_size);
/// Adds a file of a kind (`.tsr`); false where it is there already. Errors: limit (too many), io.
Result<bool> add_stamp_file(const std::string& folder, std::string_view bytes,
                            std::string_view kind);
/// Removes what a killed writer left beside them.
Result<void> sweep_stamped(const std::string& directory, std::string_view party);
/// A name of a stamp's file: 64 hexadecimal digits and one of its kinds.
[[nodiscard]] bool is_stamp_file(std::string_view name);

}  // namespace exhibit::casefile
