// A party's log on disk: C2SP tlog-tiles below ledger/<party>/.
//
// Order of an append: new tiles and bundles, then (by the caller, after everything else of the
// commit is on disk) the checkpoint. Until the checkpoint is replaced, the new files count for
// nothing.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exhibit/casefile.h"

namespace exhibit::casefile {

inline constexpr std::uint64_t kLedgerEntriesMax = 1 << 26;

struct Ledger {
  std::string folder;  // ends with '/'
  std::string note;    // the checkpoint as signed
  seal::Checkpoint checkpoint;
  std::vector<std::string> entries;
  std::vector<seal::Digest> leaves;
};

/// Reads a log as far as its checkpoint goes. Errors: proof_mismatch (the entries do not make the
/// checkpoint's root), malformed, limit, not_found, io.
[[nodiscard]] Result<Ledger> read_ledger(const std::string& folder);

/// Writes the files that `added` entries bring, and extends `ledger` by them: its checkpoint is
/// then the new one, signed, and not yet on disk.
Result<void> extend_ledger(Ledger& ledger, std::span<const std::string> added,
                           const seal::SigningKey& key);
/// Puts the checkpoint of `ledger` on disk: from here on the new entries count.
Result<void> publish_checkpoint(const Ledger& ledger);
/// Removes tiles and bundles that a log of this size does not have.
Result<void> sweep_ledger(const Ledger& ledger);

}  // namespace exhibit::casefile
