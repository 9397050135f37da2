// What a witness keeps on disk of one log.
//
//   logs/<SHA-256 of origin>/checkpoint            the newest that was cosigned, with signatures
//   logs/<SHA-256 of origin>/conflicts/<SHA-256 of text>/seen       what was cosigned by then
//   logs/<SHA-256 of origin>/conflicts/<SHA-256 of text>/submitted  what contradicts it, or does
//   not
//                                                  show that it continues it, as it was sent
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "casefile/files.h"
#include "exhibit/seal.h"
#include "exhibit/witness.h"

namespace exhibit::witness {

struct Latest {
  std::string note;  // as kept
  seal::Checkpoint checkpoint;
  std::optional<std::uint64_t> time_unix_s;  // of the witness's cosignature, if it is by its key
};

/// The one who reads and changes the state of a log, until it is destroyed.
class LogState {
 public:
  /// Waits for whoever has it. Errors: exists (he kept it for too long), io.
  [[nodiscard]] static Result<LogState> lock(const std::string& state_folder,
                                             std::string_view origin);
  /// What was cosigned last; nullopt before the first. Errors: malformed, bad_signature (it is not
  /// what this witness wrote), io.
  [[nodiscard]] Result<std::optional<Latest>> read(const seal::VerifierKey& witness) const;
  /// On disk for good when this returns. Errors: io.
  Result<void> write(std::string_view note) const;
  /// Keeps what the log signed against what was cosigned. False: it is kept already, or there are
  /// kConflictsMax of its kind: anybody can send a checkpoint with a wrong proof, and must not be
  /// able to crowd out a fork. Errors: io.
  [[nodiscard]] Result<bool> keep(std::string_view seen, const AddCheckpoint& submitted,
                                  bool fork) const;

 private:
  LogState(std::string folder, std::string origin, casefile::files::Descriptor lock)
      : folder_(std::move(folder)), origin_(std::move(origin)), lock_(std::move(lock)) {}
  std::string folder_, origin_;
  casefile::files::Descriptor lock_;
};

[[nodiscard]] std::string state_path(const std::string& state_folder, std::string_view origin_hash);

}  // namespace exhibit::witness
