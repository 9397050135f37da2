// The verification core: checks over bytes that the caller holds. Floor 2.
//
// No I/O, no clock, no trust of its own: what is trusted comes in as keys. The same code is the
// command line's and, later, a page's that a sceptic opens from disk. docs/formats/verification.md
// has the table: check x what one holds x trust root -> verdict.
//
// Threads:  pure functions, safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exhibit/error.h"
#include "exhibit/export.h"
#include "exhibit/seal.h"
#include "exhibit/verify_core.h"

namespace exhibit::verify {

[[nodiscard]] EXHIBIT_EXPORT std::string_view to_string(Verdict verdict);

/// One line of a verification.
struct Check {
  std::string id;       // stable: `checkpoint.signature`; docs/formats/verification.md lists them
  std::string subject;  // path below the case, or what else was checked
  Verdict verdict = Verdict::valid;
  std::string why;  // what was found; for undecidable, what is missing
};
[[nodiscard]] EXHIBIT_EXPORT Verdict overall(std::span<const Check> checks);

/// What a verifier brings: a verifier key, or only the fingerprint of a public key.
struct TrustedKey {
  /// Origin (`<case id>/<party>`), or party alone: then the key is trusted for every case. Empty:
  /// a fingerprint, trusted for every name.
  std::string name;
  std::string fingerprint;  // as fingerprint() gives it
  std::string text{};       // as it was brought; empty: made by this program
};
/// Hex of SHA-256 of the 32 bytes of a public key.
[[nodiscard]] EXHIBIT_EXPORT std::string fingerprint(const seal::PublicKey& key);
/// One verifier key (`name+hash+key`) or fingerprint (64 hex digits, `sha256:` before them
/// allowed). Errors: malformed, proof_mismatch, unsupported as VerifierKey::parse.
[[nodiscard]] EXHIBIT_EXPORT Result<TrustedKey> parse_trusted_key(std::string_view text);
[[nodiscard]] EXHIBIT_EXPORT bool trusts(std::span<const TrustedKey> trusted,
                                         std::string_view origin, const seal::PublicKey& key);

// ---- ledger entries (docs/formats/ledger.md)

inline constexpr std::size_t kEntrySizeBytesMax = 1024;  // payload, and its own limit
inline constexpr std::size_t kStatementSizeBytesMax = 1 << 20;
inline constexpr std::size_t kStatementFieldsMax = 1024;

/// What an entry says in the open. Everything else is behind `commitment`.
struct Entry {
  std::string kind;  // open, acquire, run
  std::string log;   // origin: an entry cannot be moved to another log
  std::string party;
  std::string time;        // RFC 3339, UTC, seven decimals
  std::string commitment;  // to the statement's fields (exhibit/seal.h), 32 bytes
};
/// The canonical payload of an entry, and its DSSE envelope, signed under entry_key_name(log).
[[nodiscard]] EXHIBIT_EXPORT std::string entry_payload(const Entry& entry);
[[nodiscard]] EXHIBIT_EXPORT std::string sign_entry(const Entry& entry,
                                                    const seal::SigningKey& key);

/// `<origin>/entries`: the name under which a log's entries are signed.
[[nodiscard]] EXHIBIT_EXPORT std::string entry_key_name(std::string_view origin);
/// `<origin>/cosigner`: the name under which a log's party cosigns the logs of others.
[[nodiscard]] EXHIBIT_EXPORT std::string cosign_key_name(std::string_view origin);

/// An entry with the envelope that signs it: seal::verify_envelope judges that.
struct SignedEntry {
  Entry entry;
  seal::Envelope envelope;
};
/// Errors: malformed (also: not in canonical form), limit.
[[nodiscard]] EXHIBIT_EXPORT Result<SignedEntry> parse_entry(std::string_view text);

/// Cuts an entry bundle (`u16 length, entry`, repeated; big-endian). Errors: truncated, limit.
[[nodiscard]] EXHIBIT_EXPORT Result<std::vector<std::string>> parse_entry_bundle(Bytes bundle);
EXHIBIT_EXPORT void append_bundle_entry(std::string& out, std::string_view entry);

// ---- statements: the opened content of an entry

struct StatementField {
  std::string name;
  std::string value;
  bool number = false;  // a decimal integer
};
/// A statement as it is written beside its entry: openings of all its fields.
struct Statement {
  std::uint64_t index = 0;  // of the entry in its log
  Entry entry;
  seal::Pseudonym nonce{};
  seal::StatementOpening opening;
  /// The fields by name, without the statement's own (the list of their names).
  [[nodiscard]] EXHIBIT_EXPORT std::vector<StatementField> fields() const;
  /// Text of a field; empty where there is none.
  [[nodiscard]] EXHIBIT_EXPORT std::string_view get(std::string_view name) const;
  /// Decimal value of a field; nullopt where there is none or it is no number.
  [[nodiscard]] EXHIBIT_EXPORT std::optional<std::uint64_t> number(std::string_view name) const;
};
/// Commits to `fields` under a fresh nonce and the key derived from it.
[[nodiscard]] EXHIBIT_EXPORT Statement make_statement(const seal::Key& case_key,
                                                      std::uint64_t index, Entry entry,
                                                      std::span<const StatementField> fields);
[[nodiscard]] EXHIBIT_EXPORT std::string statement_json(const Statement& statement);
/// Errors: malformed (also: not in canonical form), limit.
[[nodiscard]] EXHIBIT_EXPORT Result<Statement> parse_statement(std::string_view json);
/// Proves that the openings are what `entry` committed to, and all of it. Errors: proof_mismatch,
/// malformed.
[[nodiscard]] EXHIBIT_EXPORT Result<void> verify_statement(const Statement& statement,
                                                           const Entry& entry);

// ---- trees of lines (findings, inputs, coverage)

/// Root over the lines of `text`, each with its newline, as RFC 6962 leaves.
struct LinesRoot {
  seal::Digest root{};
  std::uint64_t lines = 0;
};
/// Errors: malformed (the last line has no newline).
[[nodiscard]] EXHIBIT_EXPORT Result<LinesRoot> lines_root(std::string_view text);

// ---- trust policies (C2SP tlog-policy): what a verifier brings

inline constexpr std::size_t kPolicySizeMax = 1 << 20;
inline constexpr std::size_t kPolicyNamesMax = 1024;     // logs, witnesses, groups: of each
inline constexpr std::size_t kPolicyNameSizeMax = 1024;  // of a witness or group, bytes
inline constexpr std::size_t kPolicyMembersMax = 2048;   // of one group
inline constexpr std::uint64_t kCosignatureTimeMax = (std::uint64_t{1} << 63) - 1;

/// A key that a policy names. One of an algorithm that this version does not check (ML-DSA-44, say)
/// is kept: what depends on it is undecidable, not wrong.
struct PolicyKey {
  std::string name;  // of the verifier key: a log's is its origin
  std::uint32_t key_id = 0;
  std::optional<seal::VerifierKey> key;  // none: not an algorithm that is checked here
};
struct PolicyLog {
  PolicyKey key;
  std::string url;  // empty: none
};
struct PolicyWitness {
  std::string name;  // means nothing outside of the policy
  PolicyKey key;
  std::string url;  // empty: none
};
/// A witness or a group, by its place in the policy.
struct PolicyMember {
  bool group = false;
  std::size_t index = 0;
};
struct PolicyGroup {
  std::string name;
  std::size_t threshold = 1;          // of the members, at least so many must have witnessed
  std::vector<PolicyMember> members;  // defined before it
};
struct Policy {
  std::vector<PolicyLog> logs;
  std::vector<PolicyWitness> witnesses;
  std::vector<PolicyGroup> groups;
  std::optional<PolicyMember> quorum;  // none: no cosignature is asked for
};
/// Errors: malformed, unsupported (a key for another role), proof_mismatch (a key hash), limit;
/// `offset` is where the line begins that is wrong, and line_number() turns it into its number.
[[nodiscard]] EXHIBIT_EXPORT Result<Policy> parse_policy(std::string_view text);
/// 1-based; of what stands at `offset`.
[[nodiscard]] EXHIBIT_EXPORT std::size_t line_number(std::string_view text, std::uint64_t offset);

struct PolicyReport {
  /// `policy.checkpoint`, `policy.log`, one `policy.witness` for each witness whose cosignature is
  /// there, `policy.quorum`.
  std::vector<Check> checks;
  std::optional<seal::Checkpoint> checkpoint;
  std::optional<std::size_t> log;  // in Policy::logs: whose key signed
  struct Cosigned {
    std::size_t witness = 0;        // in Policy::witnesses
    std::uint64_t time_unix_s = 0;  // on his word
  };
  std::vector<Cosigned> cosigned;  // those that count, in the policy's order
  /// By when, on its witnesses' word, the quorum had seen the checkpoint. None: no quorum asked
  /// for, or not reached.
  std::optional<std::uint64_t> quorum_time_unix_s;
  [[nodiscard]] Verdict verdict() const { return overall(checks); }
};
/// Whether a checkpoint is what the policy asks for. A signature by a known key that fails, or a
/// cosignature of a time after `latest_unix_s` (the verifier's clock, and what he allows it to be
/// behind), is invalid, also beside good ones; what is missing is undecidable. The log's key must
/// be named as the checkpoint's origin. Source: C2SP tlog-policy, signed-note "Signatures".
[[nodiscard]] EXHIBIT_EXPORT PolicyReport check_policy(const seal::Note& note, const Policy& policy,
                                                       std::uint64_t latest_unix_s);

// ---- proofs (C2SP tlog-proof)

inline constexpr std::size_t kProofExtraSizeMax = 64 << 10;
inline constexpr std::size_t kProofHashesMax = 64;  // an index has 64 bits

/// A proof in C2SP tlog-proof form. `extra` is bytes that nothing authenticates; empty: none.
[[nodiscard]] EXHIBIT_EXPORT std::string tlog_proof(std::uint64_t index,
                                                    std::span<const seal::Digest> path,
                                                    std::string_view checkpoint,
                                                    std::string_view extra = {});
struct TlogProof {
  std::uint64_t index = 0;
  std::vector<seal::Digest> path;  // leaf to root
  std::string extra;               // bytes; nothing authenticates them
  seal::Note note;                 // the checkpoint, signed
  std::string checkpoint;          // the same, as written
};
/// Errors: malformed, truncated, limit.
[[nodiscard]] EXHIBIT_EXPORT Result<TlogProof> parse_tlog_proof(std::string_view text);
/// Whether `entry`, the bytes as logged, is in a log that the policy accepts: the checks of
/// check_policy, and `proof.inclusion`.
[[nodiscard]] EXHIBIT_EXPORT PolicyReport check_tlog_proof(Bytes entry, const TlogProof& proof,
                                                           const Policy& policy,
                                                           std::uint64_t latest_unix_s);

}  // namespace exhibit::verify
