// A witness of other parties' logs, and how one asks a witness: C2SP tlog-witness, without network
// and without clock. Floor 4.
//
// A witness remembers, for each log that it knows, the newest checkpoint that it cosigned, and
// cosigns only what is proven to continue that one. So two parties who both trust a witness are
// shown the same log, and since when. docs/formats/witness.md has the requests, the answers and the
// state folder.
//
// Durability: what is cosigned is on disk before the cosignature is handed out; of two processes on
//             one folder each waits for the other. One key must never have two state folders, nor
//             one that is put back from a copy: it would sign what it must not.
// Threads:    add_checkpoint and latest are safe from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exhibit/casefile.h"
#include "exhibit/error.h"
#include "exhibit/export.h"
#include "exhibit/seal.h"

namespace exhibit::witness {

inline constexpr std::size_t kRequestSizeMax = 256 << 10;  // bytes, of a request or an answer
inline constexpr std::size_t kRequestHashesMax = 63;       // tlog-witness, "add-checkpoint"
inline constexpr std::size_t kLogsMax = 1 << 16;
inline constexpr std::size_t kConflictsMax = 64;  // kept of one log, of each kind
inline constexpr std::string_view kSizeContentType = "text/x.tlog.size";

// ---- requests

struct AddCheckpoint {
  std::uint64_t old_size = 0;
  std::vector<seal::Digest> proof;
  std::string checkpoint;  // the signed note, as written
  seal::Note note;
  seal::Checkpoint parsed;  // of an empty tree the root is not checked yet
};
[[nodiscard]] EXHIBIT_EXPORT std::string add_checkpoint_request(std::uint64_t old_size,
                                                                std::span<const seal::Digest> proof,
                                                                std::string_view checkpoint);
/// Errors: malformed, truncated, limit.
[[nodiscard]] EXHIBIT_EXPORT Result<AddCheckpoint> parse_add_checkpoint(std::string_view body);

// ---- the witness

/// The logs of a file: a C2SP tlog-policy (its witnesses and quorum are of no concern here), or
/// verifier keys, one a line, `#` comments. A key is named as its log's origin; an origin may have
/// several. Errors: as verify::parse_policy; unsupported (an algorithm that is not checked here).
[[nodiscard]] EXHIBIT_EXPORT Result<std::vector<seal::VerifierKey>> parse_logs(
    std::string_view text);

struct Answer {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body{};
  /// For whoever runs the witness: what happened, and to which origin. Holds text of the request.
  std::string remark{};
  bool fork = false;  // the log signed two trees of one size
};

class EXHIBIT_EXPORT Witness {
 public:
  /// `name` is the cosigner's, `folder` where its state is kept, made where there is none. Errors:
  /// usage (a name that no key can have, no logs, a key that is not a log's), limit, io.
  [[nodiscard]] static Result<Witness> open(std::string folder, std::string name,
                                            seal::SigningKey key,
                                            std::span<const seal::VerifierKey> logs);

  /// POST add-checkpoint. `now_unix_s` is when; a clock that went back is not followed. Statuses:
  /// 200, 400, 403, 404, 409, 422 as specified; 500 where the state cannot be read or kept, 503
  /// where another process holds it.
  [[nodiscard]] Answer add_checkpoint(std::string_view body, std::uint64_t now_unix_s);
  /// GET <origin hash>/checkpoint: the newest that was cosigned. `origin_hash` is SHA-256 in lower
  /// case. Statuses: 200, 404, 500.
  [[nodiscard]] Answer latest(std::string_view origin_hash) const;

  [[nodiscard]] seal::VerifierKey verifier_key() const;
  [[nodiscard]] const std::string& folder() const { return folder_; }

 private:
  using Logs = std::map<std::string, std::vector<seal::VerifierKey>, std::less<>>;
  Witness(std::string folder, std::string name, seal::SigningKey key, Logs logs);
  Answer decide(const AddCheckpoint& request, std::string_view log_lines, std::uint64_t now_unix_s);

  std::string folder_, name_;
  seal::SigningKey key_;
  Logs logs_;  // by origin
};

// ---- asking a witness

/// What came back over whatever carries requests.
struct Reply {
  unsigned status = 0;
  std::string content_type, body;
};
using Post = std::function<Result<Reply>(std::string_view body)>;

enum class Outcome : std::uint8_t {
  cosigned,
  ahead,         // it has cosigned a longer log than this one
  inconsistent,  // it says that this log does not continue what it has seen
  unknown_log,
  refused,   // it does not accept the log's signature
  unusable,  // anything else: what it says is in `said`
};
struct Asked {
  Outcome outcome = Outcome::unusable;
  unsigned status = 0;             // of the last answer
  std::string said{};              // its words, or what is wrong with them; not to be trusted
  std::uint64_t witness_size = 0;  // where it named one
  std::string lines{};             // cosigned: the signature lines that verified
  std::uint64_t time_unix_s = 0;   // the earliest of them
};
/// A log, as far as the checkpoint goes that is to be cosigned.
struct LogView {
  std::string_view checkpoint;  // the signed note
  std::span<const seal::Digest> leaves;
};
/// Asks for a cosignature under one of `keys` (cosigners' keys). `known_size` is what the witness
/// is believed to have; where it says another, it is asked again from there. A cosignature of a
/// time after `latest_unix_s` is not taken. Errors: usage (checkpoint and leaves do not belong
/// together, a key that is no cosigner's), and those of `post`.
[[nodiscard]] EXHIBIT_EXPORT Result<Asked> ask(const LogView& log, std::uint64_t known_size,
                                               std::span<const seal::VerifierKey> keys,
                                               std::uint64_t latest_unix_s, const Post& post);
/// The note with those of `lines` behind it that it does not have yet. Errors: as
/// seal::parse_note.
[[nodiscard]] EXHIBIT_EXPORT Result<std::string> with_lines(std::string_view note,
                                                            std::string_view lines);

// ---- with a user's keys and a case

/// The witness whose keys are those of `party` in `home`; made when there are none. Its name is the
/// party's, its state in `folder`, or in the key folder when that is empty. Errors: refused (the
/// party writes cases: a witness has keys of its own), and those of Witness::open.
[[nodiscard]] EXHIBIT_EXPORT Result<Witness> open_witness(casefile::Home& home,
                                                          std::string_view party,
                                                          std::string folder,
                                                          std::span<const seal::VerifierKey> logs);

struct AskedLog {
  std::string party;
  std::uint64_t tree_size = 0;
  bool had_it = false;  // the witness had cosigned this checkpoint before; it was not asked
  Asked asked;
};
/// Asks for the logs of a case, those of `parties` or all where that is empty, one after the other,
/// and keeps what was cosigned in ledger/<party>/cosigned/<size>. Errors: not_found (no case, or no
/// such log), exists (another writer), malformed, io, and those of `post`: then what was cosigned
/// before is kept.
[[nodiscard]] EXHIBIT_EXPORT Result<std::vector<AskedLog>> ask_for_case(
    const std::string& directory, std::span<const std::string> parties,
    std::span<const seal::VerifierKey> keys, std::uint64_t latest_unix_s, const Post& post);

}  // namespace exhibit::witness
