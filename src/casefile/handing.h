// `transfer`, `receive` and `destroy` as fields of statements. docs/formats/case.md lists them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "casefile/saying.h"
#include "exhibit/custody.h"

namespace exhibit::casefile {

/// How far a log went.
struct LogState {
  std::string party;
  std::uint64_t size = 0;
  seal::Digest root{};
};
struct TransferFacts {
  Transfer transfer;  // sources: whole hashes
  bool whole = false;
  std::uint64_t sources_count = 0;
  std::vector<LogState> states;  // of every log, before this entry
  std::optional<Machine> machine;
};
struct ReceiptFacts {
  std::string from, text;
  EntryTarget about;
  std::string verdict;
  std::uint64_t valid = 0, undecidable = 0, invalid = 0;
  std::vector<std::string> not_valid;  // the first of the checks that were not, in words
  bool complete = false;
  std::vector<std::string> missing;  // sources that are not here as they were handed over
  Circumstances said;
  std::optional<Machine> machine;
};
struct DestroyFacts {
  std::string reason;
  std::string case_key_sha256;  // layout::case_key_commitment of K_case
  bool signing_keys = false;    // they too
  Circumstances said;
  std::optional<Machine> machine;
};

[[nodiscard]] Fields transfer_fields(const TransferFacts& facts, const Custody& custody);
[[nodiscard]] Fields receipt_fields(const ReceiptFacts& facts, const Custody& custody);
[[nodiscard]] Fields destroy_fields(const DestroyFacts& facts, const Custody& custody);
/// Errors of all: malformed.
[[nodiscard]] Result<TransferFacts> read_transfer(const verify::Statement& statement);
[[nodiscard]] Result<ReceiptFacts> read_receipt(const verify::Statement& statement);
[[nodiscard]] Result<DestroyFacts> read_destroy(const verify::Statement& statement);

}  // namespace exhibit::casefile
