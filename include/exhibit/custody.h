// Hand-overs, the end of a case's keys, and the chain of custody with its gaps. Floor 4.
//
// A hand-over is two entries in two logs: the giver's `transfer` and the receiver's `receive`,
// which names the first by its leaf hash. Each is signed by who says it, and neither can be made
// for him.
//
// Threads:   one thread at a time per Case and Home.
// Formats:   docs/formats/case.md has every field, and every gap by its id.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exhibit/casefile.h"

namespace exhibit::casefile {

inline constexpr std::size_t kTransferSourcesMax = 512;  // named one by one

/// What is handed over, and to whom.
struct Transfer {
  std::string to;                      // party
  std::string to_fingerprint{};        // of his log key: then only its holder can receive it
  std::vector<std::string> sources{};  // SHA-256, or at least 8 digits of it; empty: the whole case
  std::string text{};
  Circumstances said{};
};
/// Appends it to the log of the case's party. Returns its place. Errors: usage (names; oneself),
/// not_found (a source), limit, io.
[[nodiscard]] EXHIBIT_EXPORT Result<std::uint64_t> transfer(Case& into, const Transfer& given);

struct Receipt {
  std::string from;                    // party
  std::optional<EntryRef> transfer{};  // empty: the latest to this party that it has not received
  std::string text{};
  Circumstances said{};
};
struct Received {
  std::uint64_t index = 0;  // of the entry
  EntryRef transfer;
  bool complete = false;  // everything that was handed over is here, and hashes to its name
  Report report;
};
/// Verifies the case as `options` say, and records the verdict and what was missing. An invalid
/// case is received as invalid: that it arrived so is what the chain must show. Errors: not_found
/// (no such transfer), refused (it is to another party or key, or received already), usage, io, and
/// those of verify_case.
[[nodiscard]] EXHIBIT_EXPORT Result<Received> receive(Case& into, const Receipt& receipt,
                                                      const VerifyOptions& options);

// ---- destruction

struct Destroyed {
  std::string case_id;
  std::vector<EntryRef> entries;            // that close the logs, made now or before
  std::vector<std::string> keys_destroyed;  // parties whose signing keys are gone
  std::vector<std::string> keys_kept;       // parties that sign other cases with theirs
  bool was_closed = false;                  // every log had been closed before: this finished it
};
/// Closes the log of every party of `home` in the case with a `destroy` entry, then overwrites and
/// removes K_case, and signing keys that no other case of this home needs. What is killed on the
/// way is finished by calling it again. Errors: not_found (no log of this home's parties), refused,
/// io.
[[nodiscard]] EXHIBIT_EXPORT Result<Destroyed> destroy(const Home& home,
                                                       const std::string& directory,
                                                       const CaseOptions& options,
                                                       std::string_view reason,
                                                       const Circumstances& said);

// ---- the chain

/// An entry of the chain.
struct Step {
  EntryRef entry;
  std::string kind, time;  // RFC 3339, on the party's own word
  std::string operator_name, tool_name, tool_version, tool_sha256, command_line;
  Circumstances said;
  std::optional<Machine> machine;
  /// The statement opens the entry, and the entry and the log's checkpoint are signed with the keys
  /// that the log was opened with. Whose keys those are, `verify --trust` says.
  bool is_signed = false;
};
struct CustodyReport {
  struct Source {
    Step acquired;
    CaseSource source;
    Digests digests;
    std::string began, ended;  // of reading
    std::int64_t modified_unix_ns = 0, changed_unix_ns = 0;
    std::optional<std::int64_t> accessed_unix_ns, born_unix_ns;
    std::string file_system;
    std::uint64_t time_resolution_ns = 0, read_errors = 0;
    std::optional<bool> same_after;  // hashed after; false also where it could not be
    std::vector<std::pair<std::string, ListedAs>> listed;  // manifest's SHA-256
  };
  struct HandOver {
    Step given;
    std::string to;
    bool whole = false;
    std::vector<std::string> sources;  // when it is not the whole
    std::string text;
    struct Arrival {
      Step received;
      std::string verdict;  // as the receiver recorded it
      bool complete = false;
      std::string text;
    };
    std::vector<Arrival> arrivals;
  };
  struct Act {  // runs, manifests, destruction
    Step step;
    std::string gist;
  };
  struct Gap {
    std::string id;                 // stable
    std::vector<EntryRef> entries;  // the first kGapEntriesKept
    std::uint64_t count = 0;        // of all of them
    std::string sentence;
  };
  std::string case_id, sealer;
  std::vector<Report::Log> logs;     // by party: who saw them, and time stamps
  std::vector<Source> sources;       // by SHA-256
  std::vector<HandOver> hand_overs;  // by time
  std::vector<Act> acts;             // by time
  std::vector<Gap> gaps;             // by id
};
inline constexpr std::size_t kGapEntriesKept = 16;

/// Reads the chain of a case, a handover folder or a handover .tar. The logs are checked as
/// verify_case checks them; the bytes of sources are not looked at. Errors: those of verify_case.
[[nodiscard]] EXHIBIT_EXPORT Result<CustodyReport> read_custody(const std::string& path,
                                                                const VerifyOptions& options);

}  // namespace exhibit::casefile
