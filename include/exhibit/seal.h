// The seal: hashes, Merkle trees, tiles, signed notes, keys, and the commitments to records and
// statements. Floor 1.
//
// docs/formats/ specifies every byte; this header is how to make and check them. Standard
// primitives only.
//
// Threads:  pure functions are safe from any thread; objects belong to one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exhibit/error.h"
#include "exhibit/export.h"

namespace exhibit::seal {

using Digest = std::array<std::byte, 32>;  // SHA-256

// ---- hashing
// --------------------------------------------------------------------------------------------------------

[[nodiscard]] EXHIBIT_EXPORT Digest sha256(Bytes message);

/// SHA-256 of a stream.
class EXHIBIT_EXPORT Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void update(Bytes bytes);
  [[nodiscard]] Digest finish();  // and starts again

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// SHA-256 of many messages at once, by the fastest kernel that the processor has, or the one that
/// EXHIBIT_SHA256 names (avx512, shani, avx2, openssl). A name that is unknown, or not for this
/// processor, is ignored: kernel_name() tells which one runs. Allocates nothing after warm-up.
///
/// Shapes:  out.size() == messages.size().
class EXHIBIT_EXPORT ManyHasher {
 public:
  ManyHasher();
  ~ManyHasher();
  void hash(std::span<const Bytes> messages, std::span<Digest> out);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};
[[nodiscard]] EXHIBIT_EXPORT std::string_view kernel_name();

// ---- Merkle trees (RFC 6962 2.1)
// ------------------------------------------------------------------------------------

/// Where an entry sits in a log. Named fields: two integers side by side get swapped.
struct LeafPosition {
  std::uint64_t index;      // 0-based
  std::uint64_t tree_size;  // entries in the tree; index < tree_size
};

/// Hash of one log entry: SHA-256(0x00 || entry). Source: RFC 6962 2.1.
[[nodiscard]] EXHIBIT_EXPORT Digest leaf_hash(Bytes entry);
[[nodiscard]] EXHIBIT_EXPORT Digest node_hash(const Digest& left, const Digest& right);
/// Merkle Tree Hash over leaf hashes; the empty tree hashes to SHA-256 of nothing. Source: RFC
/// 6962 2.1.
[[nodiscard]] EXHIBIT_EXPORT Digest tree_root(std::span<const Digest> leaves);

/// The root of a tree that grows; keeps one digest per level.
class EXHIBIT_EXPORT TreeHasher {
 public:
  void append(const Digest& leaf);
  [[nodiscard]] Digest root() const;
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  std::vector<Digest> stack_;
  std::uint64_t size_ = 0;
};

[[nodiscard]] EXHIBIT_EXPORT std::vector<Digest> inclusion_proof(std::span<const Digest> leaves,
                                                                 std::uint64_t index);
/// Proves that the tree of the first `old_size` leaves is a prefix of the tree of all. Source: RFC
/// 6962 2.1.2.
[[nodiscard]] EXHIBIT_EXPORT std::vector<Digest> consistency_proof(std::span<const Digest> leaves,
                                                                   std::uint64_t old_size);

/// Proves that `leaf` is in the tree whose root is `root`.
///
/// Units:   `position` counts entries; digests are raw bytes, never hex.
/// Errors:  malformed (index >= tree_size, wrong proof length); proof_mismatch (the recomputed root
/// differs). Cost:    one SHA-256 per proof node; safe from any thread. Source:  RFC 9162 2.1.3.2;
/// hashing as RFC 6962 2.1.
[[nodiscard]] EXHIBIT_EXPORT Result<void> verify_inclusion(const Digest& leaf,
                                                           LeafPosition position,
                                                           std::span<const Digest> proof,
                                                           const Digest& root);
/// Source: RFC 9162 2.1.4.2. Errors as verify_inclusion.
[[nodiscard]] EXHIBIT_EXPORT Result<void> verify_consistency(std::uint64_t old_size,
                                                             const Digest& old_root,
                                                             std::uint64_t new_size,
                                                             const Digest& new_root,
                                                             std::span<const Digest> proof);

// ---- tiles (C2SP tlog-tiles)
// ----------------------------------------------------------------------------------------

inline constexpr std::uint32_t kTileWidth = 256;

/// `tile/<L>/<N>[.p/<W>]` for a hash tile; width 256 is a full tile.
[[nodiscard]] EXHIBIT_EXPORT std::string tile_path(unsigned level, std::uint64_t index,
                                                   std::uint32_t width = kTileWidth);
/// `tile/entries/<N>[.p/<W>]`.
[[nodiscard]] EXHIBIT_EXPORT std::string entry_bundle_path(std::uint64_t index,
                                                           std::uint32_t width = kTileWidth);

/// A file of a tree: its path below the tree's folder, and its bytes.
struct TreeFile {
  std::string path;
  std::string bytes;
};
/// Cuts a growing tree of leaf hashes into hash tiles, and knows its root. Full tiles are handed
/// out as they fill; partial() hands out those of the present size. Keeps one tile per level.
class EXHIBIT_EXPORT TileWriter {
 public:
  /// Appends a leaf; tiles that became full are added to `out`.
  void append(const Digest& leaf, std::vector<TreeFile>& out);
  void partial(std::vector<TreeFile>& out) const;
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] Digest root() const;

 private:
  std::uint64_t size_ = 0;
  std::vector<std::vector<Digest>> levels_;  // the open tile of each level
  std::vector<std::uint64_t> tile_index_;
};

// ---- keys and signed notes (C2SP signed-note, tlog-checkpoint)
// ------------------------------------------------------

using PublicKey = std::array<std::byte, 32>;  // Ed25519, RFC 8032
using Signature = std::array<std::byte, 64>;

class EXHIBIT_EXPORT SigningKey {
 public:
  [[nodiscard]] static Result<SigningKey> generate();
  /// Unencrypted PKCS#8 PEM (RFC 8410).
  [[nodiscard]] static Result<SigningKey> from_pem(std::string_view pem);
  [[nodiscard]] std::string to_pem() const;
  [[nodiscard]] PublicKey public_key() const;
  [[nodiscard]] Signature sign(Bytes message) const;
  ~SigningKey();
  SigningKey(SigningKey&&) noexcept;
  SigningKey& operator=(SigningKey&&) noexcept;

 private:
  struct Impl;
  explicit SigningKey(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};
/// As RFC 8032, with a key of small order refused: it would let its owner exchange what he signed.
[[nodiscard]] EXHIBIT_EXPORT bool verify_signature(const PublicKey& key, Bytes message,
                                                   const Signature& signature);

/// What a key signs: two roles never share a key, because a cosignature does not name its signer.
enum class KeyRole : std::uint8_t {
  note = 0x01,      // logs and entries: Ed25519 over the text
  cosigner = 0x04,  // cosignature/v1: Ed25519 over time and text
};
/// A verifier key of a signed note: `<name>+<hex key id>+<base64(role || public key)>`.
struct VerifierKey {
  std::string name;
  PublicKey key{};
  KeyRole role = KeyRole::note;
  [[nodiscard]] EXHIBIT_EXPORT std::uint32_t key_id() const;
  /// `<name>+<hex key id>`: how an envelope names its key, and the start of to_string().
  [[nodiscard]] EXHIBIT_EXPORT std::string fingerprint() const;
  [[nodiscard]] EXHIBIT_EXPORT std::string to_string() const;
  /// Errors: malformed; proof_mismatch (the key id is not that of name and key); unsupported
  /// (another algorithm).
  [[nodiscard]] EXHIBIT_EXPORT static Result<VerifierKey> parse(std::string_view text);
};

inline constexpr std::size_t kNoteSizeMax = 1 << 20;
inline constexpr std::size_t kNoteSignaturesMax = 64;  // C2SP asks for at least 16
inline constexpr std::size_t kNoteNameSizeMax = 1024;  // of a key's name, bytes

struct NoteSignature {
  std::string name;
  std::uint32_t key_id;
  std::string blob;  // after the key id
};
struct Note {
  std::string text;  // ends with a newline
  std::vector<NoteSignature> signatures;
};
/// Errors: malformed; limit (kNoteSizeMax, kNoteSignaturesMax). Source: C2SP signed-note.
[[nodiscard]] EXHIBIT_EXPORT Result<Note> parse_note(std::string_view note);
/// The whole note with one signature. `text` must end with a newline and hold what a note may.
[[nodiscard]] EXHIBIT_EXPORT std::string sign_note(std::string_view text, std::string_view name,
                                                   const SigningKey& key);
/// Errors: undecidable (not signed by `key`); bad_signature (signed under its id, but wrong).
[[nodiscard]] EXHIBIT_EXPORT Result<void> verify_note(const Note& note, const VerifierKey& key);

/// The line, with its newline, that says that the cosigner saw a checkpoint with this text. Units:
/// time is seconds since 1970. Source: C2SP tlog-cosignature, cosignature/v1.
[[nodiscard]] EXHIBIT_EXPORT std::string cosign_note(std::string_view text, std::string_view name,
                                                     const SigningKey& key,
                                                     std::uint64_t time_unix_s);
/// When `key`, a cosigner's, first cosigned, on its owner's word. Errors as verify_note; where one
/// of several cosignatures is wrong, that is the answer.
[[nodiscard]] EXHIBIT_EXPORT Result<std::uint64_t> verify_cosignature(const Note& note,
                                                                      const VerifierKey& key);

struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  Digest root{};
  [[nodiscard]] EXHIBIT_EXPORT std::string to_text() const;  // the note's text
  [[nodiscard]] EXHIBIT_EXPORT static Result<Checkpoint> parse(std::string_view note_text);
  /// The same, but an empty tree may have any root: what a witness must tell from a bad form.
  [[nodiscard]] EXHIBIT_EXPORT static Result<Checkpoint> parse_form(std::string_view note_text);
};

// ---- envelopes (DSSE v1)
// ------------------------------------------------------------------------------------------------

inline constexpr std::size_t kEnvelopeSizeMax = 65'535;  // a ledger entry fits a C2SP entry bundle

/// A payload, what it is, and one signature over both. Its text is canonical JSON:
/// `{"payload":"…","payloadType":"…","signatures":[{"keyid":"<name>+<hex key id>","sig":"…"}]}`.
struct Envelope {
  std::string payload_type;
  std::string payload;  // bytes
  std::string key_name;
  std::uint32_t key_id = 0;
  Signature signature{};
};
/// The bytes that are signed. Source: DSSE v1 protocol, "PAE".
[[nodiscard]] EXHIBIT_EXPORT std::string envelope_preimage(std::string_view payload_type,
                                                           std::string_view payload);
/// `payload_type` and `name` must be UTF-8. The text is longer than the payload by a third and some
/// 250 bytes; whoever makes entries keeps it within kEnvelopeSizeMax.
[[nodiscard]] EXHIBIT_EXPORT std::string sign_envelope(std::string_view payload_type,
                                                       std::string_view payload,
                                                       std::string_view name,
                                                       const SigningKey& key);
/// Errors: malformed (anything but the one form); limit (kEnvelopeSizeMax).
[[nodiscard]] EXHIBIT_EXPORT Result<Envelope> parse_envelope(std::string_view text);
/// Errors: undecidable (not signed by `key`); bad_signature.
[[nodiscard]] EXHIBIT_EXPORT Result<void> verify_envelope(const Envelope& envelope,
                                                          const VerifierKey& key);

// ---- commitments (docs/formats/commitments.md)
// ----------------------------------------------------------------------

using Key = std::array<std::byte, 32>;
using Salt = std::array<std::byte, 16>;
using Pseudonym = std::array<std::byte, 16>;

/// Fills from the system's generator.
EXHIBIT_EXPORT void random_bytes(std::span<std::byte> out);

inline constexpr std::uint8_t kCommitmentVersion = 1;  // exhibit/v1
// Types of the slots that are not fields of the event. Sealed, as event::ValueType is.
inline constexpr std::uint8_t kRawFieldType = 0xff;    // slot 0 of a record: its bytes
inline constexpr std::uint8_t kShapeFieldType = 0xfe;  // slot 1: the commitment to its paths
inline constexpr std::uint8_t kPlaceFieldType = 0xfd;  // slot 2: where it stands in its source
inline constexpr std::uint8_t kNamesFieldType = 0xfc;  // slot 0 of a statement: its fields' names
inline constexpr std::size_t kRecordOwnSlots = 3;
inline constexpr std::size_t kStatementOwnSlots = 1;
/// Slots of one record: its own three and at most 65,532 of its event's fields. Fields beyond that
/// are in the record's shape and in its raw bytes, but cannot be opened one by one.
inline constexpr std::size_t kSlotsMax = 65'535;
inline constexpr std::size_t kEntrySize = 51;  // bytes of a record tree's entry
/// How many slots a record with `slots` of them takes: padded up, so that the number of its fields
/// is not told. Shapes: 1 <= slots <= kSlotsMax.
[[nodiscard]] EXHIBIT_EXPORT std::size_t bucket_slots(std::size_t slots);

/// K_source from K_case and the source's pseudonym (random, drawn when the source is taken in,
/// because its hash is not known before it has been read).
[[nodiscard]] EXHIBIT_EXPORT Key derive_source_key(const Key& case_key, const Pseudonym& source);
/// K_record: opens all of one record, and nothing of another.
[[nodiscard]] EXHIBIT_EXPORT Key derive_record_key(const Key& source_key, std::uint8_t stream,
                                                   std::uint64_t offset);
/// K_statement: opens all of one statement, and nothing of another.
[[nodiscard]] EXHIBIT_EXPORT Key derive_statement_key(const Key& case_key, const Pseudonym& nonce);

/// A field as it is committed. `path` and `value` are borrowed, and below 4 GiB.
struct FieldView {
  std::string_view path;
  std::uint8_t type = 0;
  Bytes value;
};
inline constexpr std::uint8_t kRecordStream = 0;
inline constexpr std::uint8_t kSlackStream = 1;
/// A record as it is committed: position is its byte offset in the source (unique there), plus
/// `stream`, 0 for records and 1 for slack.
struct RecordView {
  std::uint64_t offset = 0;
  std::uint8_t stream = kRecordStream;
  Bytes raw;
  std::span<const FieldView> fields;
};

/// The same, with the paths as numbers: the committer asks for their texts only where it has not
/// met a list of them before.
struct NumberedField {
  std::uint32_t path = 0;
  std::uint8_t type = 0;
  Bytes value;
};
struct NumberedRecord {
  std::uint64_t offset = 0;
  std::uint8_t stream = kRecordStream;
  Bytes raw;
  std::span<const NumberedField> fields;
};
/// What the numbers of paths stand for. One number is one text; two may be the same text.
class EXHIBIT_EXPORT PathTexts {
 public:
  PathTexts() = default;
  PathTexts(const PathTexts&) = delete;
  PathTexts& operator=(const PathTexts&) = delete;
  virtual ~PathTexts();
  [[nodiscard]] virtual std::string_view text(std::uint32_t path) const = 0;
};

/// Commits to records: for each, the record tree's entry (see docs/formats/commitments.md) and from
/// it the leaf hash. Belongs to one worker and one source at a time; allocates nothing after
/// warm-up.
class EXHIBIT_EXPORT RecordCommitter {
 public:
  /// `paths` must outlive the committer.
  explicit RecordCommitter(const PathTexts& paths);
  ~RecordCommitter();
  void start_source(const Key& source_key, const Pseudonym& source);
  /// The numbers of paths stand for other texts from now on.
  void forget_paths();
  /// Shapes: leaves.size() == records.size(); out is the RFC 6962 leaf hash of each record's entry.
  void commit(std::span<const NumberedRecord> records, std::span<Digest> leaves);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// What opens one slot of a record or statement. Which slot it is follows from its place among the
/// others; `path` is bound by the record's shape or the statement's names, not by field_commitment.
struct FieldOpening {
  Salt salt{};
  std::string path;
  std::uint8_t type = 0;
  std::string value;
};
/// The commitment F_f of a slot. Used by whoever opens one.
[[nodiscard]] EXHIBIT_EXPORT Digest field_commitment(const Salt& salt, std::uint8_t type,
                                                     Bytes value);
/// The tree entry over the commitments of all slots of one record: F_0 … and the padding.
/// Shapes: fields.size() is a bucket, at most kSlotsMax.
[[nodiscard]] EXHIBIT_EXPORT std::string record_entry(const Pseudonym& source,
                                                      std::span<const Digest> fields);

/// K_shape of a record's list of paths: shows the whole list, and nothing of another.
[[nodiscard]] EXHIBIT_EXPORT Key derive_shape_key(const Key& source_key,
                                                  std::span<const std::string_view> paths);
/// The commitment P_i of one path of a shape.
[[nodiscard]] EXHIBIT_EXPORT Digest path_commitment(const Salt& salt, std::string_view path);
/// The commitment over all places of a shape: P_0 … and the padding.
[[nodiscard]] EXHIBIT_EXPORT Digest shape_commitment(std::span<const Digest> paths);
/// Everything that opens one shape.
struct ShapeOpening {
  struct Path {
    Salt salt{};
    std::string path;
  };
  std::vector<Path> paths;
  std::vector<Digest> padding;
  Digest commitment{};
};
/// What a shape commits to, from its key and its paths: whoever has both knows that no other path
/// is in it.
[[nodiscard]] EXHIBIT_EXPORT ShapeOpening open_shape(const Key& shape_key,
                                                     std::span<const std::string_view> paths);

/// Everything that opens one record: salts of all its slots, the padding commitments up to the
/// bucket, and its shape.
struct RecordOpening {
  std::vector<FieldOpening> fields;  // 0: raw bytes, 1: shape, 2: place, 3…: the record's fields
  std::vector<Digest> padding;
  ShapeOpening shape;
  std::string entry;
};
[[nodiscard]] EXHIBIT_EXPORT RecordOpening open_record(const Key& source_key,
                                                       const Pseudonym& source,
                                                       const RecordView& record);

/// Everything that opens one statement of a ledger. Made as a record's is, but the names of its
/// fields are no secret and stand in slot 0.
struct StatementOpening {
  std::vector<FieldOpening> fields;  // 0: names, 1…: the statement's fields
  std::vector<Digest> padding;
  Digest commitment{};
};
/// Commits to a statement's fields. `nonce` is random, drawn for this statement, and public.
[[nodiscard]] EXHIBIT_EXPORT StatementOpening open_statement(const Key& statement_key,
                                                             const Pseudonym& nonce,
                                                             std::span<const FieldView> fields);
/// The value of slot 0. Errors: malformed; truncated.
[[nodiscard]] EXHIBIT_EXPORT Result<std::vector<std::string>> parse_names(std::string_view value);
/// The commitment over the commitments of all slots of one statement. Shapes: as record_entry.
[[nodiscard]] EXHIBIT_EXPORT Digest statement_commitment(const Pseudonym& nonce,
                                                         std::span<const Digest> fields);

}  // namespace exhibit::seal
