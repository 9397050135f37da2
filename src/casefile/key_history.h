// The keys of a party's log as its entries change them. docs/formats/case.md, `keys`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "casefile/facts.h"

namespace exhibit::casefile {

inline constexpr std::size_t kRevokedMax = 64;  // in one entry

struct KeysFacts {
  std::optional<seal::VerifierKey> entry_key, cosign_key;  // new ones
  struct Revoked {
    seal::VerifierKey key;
    std::uint64_t from = 0;
  };
  std::vector<Revoked> revoked;
  std::string text;
};
[[nodiscard]] Fields keys_fields(const KeysFacts& facts, const Custody& custody);
/// Errors: malformed (also: a key of another log).
[[nodiscard]] Result<KeysFacts> read_keys(const verify::Statement& statement);

class KeyHistory {
 public:
  struct Known {
    seal::VerifierKey key;
    std::uint64_t since = 0;  // signs entries from here on
    std::optional<std::uint64_t> revoked_from;
  };

  KeyHistory() = default;
  explicit KeyHistory(const OpenFacts& open);

  /// The key that signs entry `index`. There is one: the log was opened with it.
  [[nodiscard]] const seal::VerifierKey& entry_key(std::uint64_t index) const;
  [[nodiscard]] const seal::VerifierKey& present_entry_key() const { return entry_.back().key; }
  /// nullptr: the log never named one.
  [[nodiscard]] const seal::VerifierKey* present_cosign_key() const;
  /// The cosigning key, present or past, that a signature names; nullptr: none.
  [[nodiscard]] const Known* find_cosign(const seal::NoteSignature& signature) const;
  /// The revocation that entry `index` falls under; nullptr: none.
  [[nodiscard]] const Known* revoked(std::uint64_t index) const;
  /// A key of this log by its verifier key or its id in hexadecimal; nullptr: none.
  [[nodiscard]] const Known* find(std::string_view key) const;

  /// A key was replaced.
  [[nodiscard]] bool changed() const { return entry_.size() > 1 || cosign_.size() > 1; }
  /// What entry `index` changes. A revoked key that the log never named changes nothing.
  void apply(std::uint64_t index, const KeysFacts& facts);

 private:
  std::vector<Known> entry_, cosign_;  // in order of `since`
};

/// Applies the `keys` entries of a log, each signed with the key before it. Errors: those of
/// reading them, bad_signature.
Result<void> read_key_history(KeyHistory& history, const std::string& directory,
                              std::string_view party, std::span<const std::string> entries);

}  // namespace exhibit::casefile
