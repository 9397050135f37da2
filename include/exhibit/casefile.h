// The case on disk: keys outside it, ledger, sealing during a hunt, verification, handover.
// Floor 4.
//
// docs/formats/case.md specifies every file. A Case is opened for writing by one process at a time
// (a lock on the case folder). Whatever kills a writer, the case still verifies, and the next
// writer sweeps what was left unfinished: nothing counts before the checkpoint that names it.
//
// Threads:   one thread at a time per Case and Home; hunts run their own workers inside.
// Secrets:   live in Home only; no error text and no file of a case or handover holds one, but for
//            the K_source of the sources that a handover hands over.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exhibit/acquisition.h"
#include "exhibit/error.h"
#include "exhibit/event.h"
#include "exhibit/evidence.h"
#include "exhibit/export.h"
#include "exhibit/hunt.h"
#include "exhibit/seal.h"
#include "exhibit/sigma.h"
#include "exhibit/timestamp.h"
#include "exhibit/verify.h"

namespace exhibit::casefile {

inline constexpr std::string_view kFormat = "exhibit/v1";
inline constexpr std::string_view kDefaultParty = "collector";

// ---- the user's key folder

/// A party's keys as others may know them.
struct PartyKeys {
  std::string party;
  seal::VerifierKey log;    // named by party; for a case, the same key under the name of its origin
  seal::VerifierKey entry;  // signs ledger entries; vouched for by the log's `open` entry
  seal::VerifierKey cosign;  // says that the party saw another's log; vouched for likewise
  std::string fingerprint;   // of the log key: what one hands over by another way
};

/// `$EXHIBIT_HOME`, else `$XDG_DATA_HOME/exhibit`, else `~/.local/share/exhibit`. Folders 0700,
/// files 0600; a folder that others can read is refused, not mended silently.
class EXHIBIT_EXPORT Home {
 public:
  /// From the environment. Errors: usage (no HOME), io, refused (others can read it).
  [[nodiscard]] static Result<Home> open();
  [[nodiscard]] static Result<Home> open_at(std::string path);

  [[nodiscard]] const std::string& path() const { return path_; }
  /// Every party's keys, by party name.
  [[nodiscard]] Result<std::vector<PartyKeys>> list_keys() const;
  /// Errors: exists, usage (a name that is not [A-Za-z0-9][A-Za-z0-9._-]{0,63}).
  Result<PartyKeys> create_keys(std::string_view party);
  /// The verifier keys of the cases that this home writes, under their origins:
  /// `<case id>/<party>+…`.
  [[nodiscard]] Result<std::vector<seal::VerifierKey>> list_case_keys() const;

 private:
  explicit Home(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

/// What `--trust` takes: a verifier key, a fingerprint, or the path of a file of them (one a line,
/// `#` comments). Errors: malformed, not_found, io.
[[nodiscard]] EXHIBIT_EXPORT Result<std::vector<verify::TrustedKey>> parse_trust(
    std::string_view argument);

/// Parties of this home that write the case at `directory`, by name. Errors: not_found, malformed.
[[nodiscard]] EXHIBIT_EXPORT Result<std::vector<std::string>> own_parties(
    const Home& home, const std::string& directory);

// ---- a case

/// Who does something, with what. Goes into statements.
struct Custody {
  std::string operator_name;
  std::string command_line;  // as typed; secrets are never in argv
  std::string tool_name = "exhibit";
  std::string tool_version;
  std::string tool_sha256;  // of the running program; empty: found by own_program_sha256()
};
/// SHA-256 of the running executable, hex; empty where the system does not say.
[[nodiscard]] EXHIBIT_EXPORT std::string own_program_sha256();

struct CaseOptions {
  std::string party{kDefaultParty};  // its keys are made when it has none
  Custody custody;
  std::function<event::Ticks()> clock;  // empty: the system's
  std::function<Machine()> machine{};   // empty: this_machine()
};

/// A source that the case holds.
struct CaseSource {
  std::string sha256;
  std::uint64_t size_bytes = 0, records = 0, slack_records = 0, damage_count = 0;
  bool container = false, complete = true, by_reference = false, slack_sealed = false;
  evidence::SourceInfo info;        // as acquired
  std::string container_sha256;     // of the outermost file for a member
  std::string data_path;            // where its bytes are: in the case, or as referenced
  std::uint64_t acquire_entry = 0;  // index in the ledger
};
struct CaseRun {
  std::uint32_t number = 0;  // 1-based; runs/<number>/
  std::uint64_t run_entry = 0;
  std::uint64_t findings = 0;
  std::string time;         // RFC 3339
  std::string pack_sha256;  // criteria/<pack_sha256>/
  std::uint64_t rules_rejected = 0;
  hunt::Filters filters;
};

/// What one hands over by another way, and what was done.
struct SealSummary {
  std::string case_id, origin;
  std::uint64_t tree_size = 0;  // entries in the ledger
  seal::Digest root{};          // of the ledger
  std::string fingerprint;      // of the log key
  std::string verifier_key;     // the same key in C2SP form, named by origin
  std::uint64_t entries_added = 0, sources_added = 0, sources_known = 0;
  std::optional<std::uint32_t> run;  // runs/<run>/, when a run was sealed
};

class EXHIBIT_EXPORT Case {
 public:
  /// Makes `directory` (which must not exist, or be empty) a case with its `open` entry. Without
  /// `case_id`, one is made from the folder's name and a random suffix.
  /// Errors: exists, usage, io, refused.
  [[nodiscard]] static Result<Case> create(const Home& home, const std::string& directory,
                                           std::string_view case_id, CaseOptions options);
  /// Opens for writing: locks, sweeps what a killed writer left. Errors: not_found, malformed,
  /// exists (another writer has it), refused (older than what was last seen here, or no keys of
  /// its party in `home`), io.
  [[nodiscard]] static Result<Case> open(const Home& home, const std::string& directory,
                                         CaseOptions options);
  /// Opens `options.party`'s own log in a case that others began; its keys are made when it has
  /// none. Nobody else's log or leave is needed. Errors: exists (it has one), not_found, malformed,
  /// usage, refused, io.
  [[nodiscard]] static Result<Case> join(const Home& home, const std::string& directory,
                                         CaseOptions options);
  /// Opens for reading (list, show, handover): no lock, nothing is written, no keys needed. A
  /// handover's .tar is unpacked into a temporary folder that goes away with the Case. Errors of
  /// that: malformed, unsupported, limit, io, interrupted (by `stop`).
  [[nodiscard]] static Result<Case> open_read_only(const Home& home, const std::string& path,
                                                   const std::atomic<bool>* stop = nullptr);
  /// True when `directory` holds an exhibit.toml.
  [[nodiscard]] static bool is_case(const std::string& directory);

  ~Case();
  Case(Case&&) noexcept;
  Case& operator=(Case&&) noexcept;

  [[nodiscard]] const std::string& directory() const;
  [[nodiscard]] const std::string& id() const;
  [[nodiscard]] const std::vector<CaseSource>& sources() const;  // in order of sha256
  [[nodiscard]] const std::vector<CaseRun>& runs() const;        // in order of number
  [[nodiscard]] SealSummary summary() const;                     // of the present checkpoint

  struct Impl;
  [[nodiscard]] Impl& impl() const { return *impl_; }

 private:
  explicit Case(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

struct SealOptions {
  bool by_reference = false;               // seal in place: keep no copy of the bytes
  Circumstances said{};                    // of the acquisition
  std::vector<seal::OtherHash> digests{};  // beside SHA-256
  std::vector<HashManifest> manifests{};   // of other tools; what digests they need is computed
  bool hash_after = false;                 // hash every file once more when all are acquired
};

/// How a manifest was found to agree.
struct ManifestChecked {
  std::string name, sha256;
  std::uint64_t lines = 0, lines_unread = 0, matched = 0, differs = 0, not_listed = 0,
                not_found = 0;
  std::vector<std::string> not_found_paths;                    // the first kManifestNamesKept
  std::vector<std::pair<std::string, std::string>> differing;  // source, path as listed
};
struct CaseHunt {
  hunt::HuntResult result;
  SealSummary seal;
  std::vector<ManifestChecked> manifests;
  /// Display path of each file that was not the same, or not to be read, when it was hashed after;
  /// and what was found.
  std::vector<std::pair<std::string, std::string>> changed_after;
};
/// Hunts `listing` and seals into the case in the same pass: each new source is acquired, and the
/// run is sealed with its findings and coverage, all under one new checkpoint. An empty listing
/// hunts what the case holds. `load` is what `pack` was loaded with. `options.seal` must be null.
/// An interrupted hunt acquires the sources that were read to their end and seals no run.
/// Errors: those of hunt(); io (disk full, read-only): then the case is as before.
[[nodiscard]] EXHIBIT_EXPORT Result<CaseHunt> hunt_into_case(
    Case& into, const evidence::Listing& listing, const sigma::RulePack& pack,
    const sigma::LoadOptions& load, hunt::HuntOptions options, const SealOptions& seal = {});
/// Takes sources in without putting rules to them. `options` gives threads, slack, stop, progress.
[[nodiscard]] EXHIBIT_EXPORT Result<CaseHunt> add_to_case(Case& into,
                                                          const evidence::Listing& listing,
                                                          hunt::HuntOptions options,
                                                          const SealOptions& seal = {});

// ---- what parties say, and that they saw each other's logs

/// An entry of a log of the case.
struct EntryRef {
  std::string party;
  std::uint64_t index = 0;
};
/// `<party>/<index>`. Errors: malformed.
[[nodiscard]] EXHIBIT_EXPORT Result<EntryRef> parse_entry_ref(std::string_view text);

inline constexpr std::size_t kSayingSizeBytesMax = 256 << 10;  // of its text
inline constexpr std::size_t kSayingFilesMax = 256;

/// What a party puts on record: of the case, or of an entry, finding or field of it.
struct Saying {
  enum class Kind : std::uint8_t { statement, challenge, answer, note, agree };
  Kind kind = Kind::statement;
  std::string text{};               // UTF-8
  std::optional<EntryRef> about{};  // challenge: what is disputed; answer: the challenge
  std::string finding{};            // id, of a run of the case
  std::string field{};              // of that finding's record
  std::string pack_sha256{};        // agree: the rules that the party signs; the first 8 digits do
  /// A file that stays where it is; its hash is on record.
  struct File {
    std::string name, sha256;
    std::uint64_t size_bytes = 0;
  };
  std::vector<File> files{};
};
[[nodiscard]] EXHIBIT_EXPORT std::string_view to_string(Saying::Kind kind);
/// Appends it to the party's log, under a new checkpoint. What it is about is named by hash, so
/// that it cannot come to mean something else. Returns its place in the log. Errors: not_found
/// (what it is about), usage (an answer to what is no challenge; text that is empty or no UTF-8),
/// limit, io.
[[nodiscard]] EXHIBIT_EXPORT Result<std::uint64_t> say(Case& into, const Saying& saying);

/// An entry of a log as it is opened.
struct LedgerLine {
  std::string party;
  std::uint64_t index = 0;
  std::string kind, time;  // RFC 3339, the party's word
  std::string sha256;      // leaf hash of the entry, hex
  bool opened = false;     // its statement is here
  std::vector<verify::StatementField> fields;
};
/// Hands out the entries of every log, party by party. Nothing is verified: verify_case does that.
/// Errors: malformed, io.
[[nodiscard]] EXHIBIT_EXPORT Result<void> for_each_entry(
    const Case& from, const std::function<void(const LedgerLine&)>& take);

struct Cosigned {
  std::string party;  // whose log
  std::uint64_t tree_size = 0;
  bool added = false;              // false: had been cosigned before at this size
  std::optional<Error> refused{};  // why it was not cosigned
};
/// Says, signed and with the time, that the case's party saw the others' logs as they are: each is
/// read whole, its signatures and statements checked, and it must go on where what was last seen
/// here ends; a log that does not is refused, and holds up no other. Returns what was done with
/// each log, by party. Errors: usage (open for reading only), unsupported (the party's own log
/// names no key for cosigning).
[[nodiscard]] EXHIBIT_EXPORT Result<std::vector<Cosigned>> cosign(Case& into);

/// A question to a time-stamping authority (RFC 3161) about the present checkpoint of a log.
struct StampRequest {
  std::string der;  // what is carried or posted to the authority
  std::string party;
  std::uint64_t tree_size = 0;
};
/// Makes it, and keeps it with the exact bytes that are to be stamped. `party`: whose log; empty:
/// the sealer's. `policy`: a dotted OID, or empty. Needs no keys. Errors: not_found (the party has
/// no log), usage (policy), exists (another writer), refused, io.
[[nodiscard]] EXHIBIT_EXPORT Result<StampRequest> request_stamp(const Home& home,
                                                                const std::string& directory,
                                                                std::string_view party,
                                                                std::string_view policy);
/// An authority's answer, and what it takes to judge it later.
struct StampFiles {
  std::string token;                        // TimeStampResp or TimeStampToken
  std::vector<std::string> certificates;    // PEM: those between the authority's and the anchor
  std::vector<std::string> crls;            // DER or PEM
  std::vector<std::string> ocsp_responses;  // DER
};
struct StampAdded {
  std::string party;
  std::uint64_t tree_size = 0;
  std::string authority;               // as the token names it
  event::Ticks time = event::kNoTime;  // not after, as the token says; nothing is trusted yet
  bool added = false;                  // false: the token was here
};
/// Keeps a token with the checkpoint that it stamps. Needs no keys. Errors: malformed (no token),
/// proof_mismatch (it stamps nothing that was requested here), limit, exists, io.
[[nodiscard]] EXHIBIT_EXPORT Result<StampAdded> add_stamp(const Home& home,
                                                          const std::string& directory,
                                                          const StampFiles& given);

/// What merging did with one party's log.
struct Merged {
  enum class What : std::uint8_t { added, extended, same, behind, forked, refused };
  std::string party;
  What what = What::same;
  std::uint64_t entries = 0;       // in the log as it now is
  std::uint64_t added = 0;         // of them new here
  std::uint64_t cosignatures = 0;  // new here
  std::uint64_t stamps = 0;        // files of time stamps, new here
  std::string why;                 // of forked and refused
};
/// Takes in what others have sent: the logs of a copy of this case, a folder or a handover's .tar,
/// with the sources, criteria and runs that they name. A log is taken when it is signed, whole and
/// goes on where the one here ends; what it says need not be agreed to. Two signed histories of one
/// log are kept below `forks/` as the evidence that they are. Needs no keys. Errors: not_found,
/// malformed (`from` is no case), usage (it is another case), exists (another writer), io,
/// interrupted.
[[nodiscard]] EXHIBIT_EXPORT Result<std::vector<Merged>> merge(
    const Home& home, const std::string& directory, const std::string& from,
    const std::atomic<bool>* stop = nullptr);

// ---- verification

struct VerifyOptions {
  std::vector<verify::TrustedKey> trust;  // beside the keys in `home`
  timestamp::Trust authorities;  // whose time stamps are believed; none: they are not judged
  /// What else is asked of each log (docs/formats/witness.md); nullptr: nothing. A cosignature of a
  /// time after `latest_unix_s` is of the future.
  const verify::Policy* policy = nullptr;
  std::uint64_t latest_unix_s = 0;
  bool replay = false;
  const Home* home = nullptr;  // own keys, K_case, last-seen; nullptr: none of them
  unsigned threads = 0;
  const std::atomic<bool>* stop = nullptr;
  std::function<void(const hunt::Progress&)> progress;
};
struct Report {
  std::string case_id;
  std::vector<verify::Check> checks;
  verify::Verdict overall = verify::Verdict::valid;
  /// Files that nothing seals: left by a killed writer, or put there by somebody. They prove
  /// nothing and change no verdict, but are never passed over in silence.
  std::vector<std::string> unsealed_files;
  /// A party's log.
  struct Log {
    std::string party, origin;
    std::string fingerprint;  // of the signer, whether trusted or not
    std::string root;         // base64, of the checkpoint
    std::uint64_t tree_size = 0;
    std::string opened;  // time of the first entry, on the signer's word alone
    /// Others who saw it, each with when he first did and how far the log then went.
    struct Seen {
      std::string party, time;
      std::uint64_t tree_size = 0;
      bool trusted =
          false;  // his key is one that the verifier trusts: else anybody may have said it
    };
    std::vector<Seen> seen;
    /// Time stamps, by how far the log then went.
    struct Stamp {
      std::string authority;     // as the token names it
      std::string time;          // RFC 3339: the log existed not after
      std::string renew_before;  // when the first certificate in its chain ends; empty: not known
      std::uint64_t tree_size = 0;
      verify::Verdict verdict = verify::Verdict::undecidable;
      std::string why;  // of what is not valid
    };
    std::vector<Stamp> stamps;
    verify::Verdict verdict = verify::Verdict::valid;  // of the checks of this log
  };
  std::vector<Log> logs;  // by party
};
/// Verifies a case, a handover folder or a handover .tar. Errors only for what is no case at all
/// (not_found, malformed) and for interrupted; whatever is wrong with a case is a check.
[[nodiscard]] EXHIBIT_EXPORT Result<Report> verify_case(const std::string& path,
                                                        const VerifyOptions& options);

// ---- handover

struct HandoverOptions {
  bool tar = false;    // write one .tar file instead of a folder
  bool force = false;  // overwrite a file; a folder must not exist or be empty
  std::string tlp{};   // marking (to_string(Tlp)) under which it goes out; empty: none
  const std::atomic<bool>* stop = nullptr;
};
struct HandoverSummary {
  std::uint64_t sources = 0, files = 0, bytes = 0;
  std::string fingerprint;  // what the other side must get by another way
  std::string verifier_key;
};
/// Writes what a recipient needs to check and run everything again, and nothing else: sources with
/// their K_source, ledger, statements, packs, runs. Errors: exists, io, undecidable (no K_case in
/// the home), not_found (a referenced source is gone), proof_mismatch (one has changed),
/// interrupted. After an error nothing is left at `out`.
[[nodiscard]] EXHIBIT_EXPORT Result<HandoverSummary> handover(const Home& home, const Case& from,
                                                              const std::string& out,
                                                              const HandoverOptions& options);

// ---- showing findings

/// A finding as a run's list has it.
struct ListedFinding {
  std::string id, title, host;
  sigma::Level level = sigma::Level::informational;
  event::Ticks time = event::kNoTime;
};
/// Hands out the findings of a run in the order of its file, which is read as it is: verify_case
/// says whether it is what was sealed. Errors: not_found (the file), malformed, io.
[[nodiscard]] EXHIBIT_EXPORT Result<void> for_each_finding(
    const Case& from, std::uint32_t run, const std::function<void(const ListedFinding&)>& take);

struct TreePath {
  std::uint64_t index = 0, tree_size = 0;
  seal::Digest leaf{};
  /// From the leaf up: the sibling, whether it stands left, and the node that results.
  struct Step {
    seal::Digest sibling{};
    bool sibling_left = false;
    seal::Digest node{};
  };
  std::vector<Step> steps;
  seal::Digest root{};
};
struct Shown {
  std::uint32_t run = 0;
  std::string finding_id;
  std::string finding_json;  // the line of findings.jsonl, without newline
  sigma::RuleInfo rule;      // with its text
  CaseSource source;
  std::uint64_t record_index = 0, offset = 0;
  bool slack = false;
  std::string raw;                    // the record's bytes
  std::string event_json, event_xml;  // xml: empty for JSON sources
  struct Because {
    std::string predicate;  // in words
    sigma::Reason reason;
  };
  std::vector<Because> because;
  bool builtin_mapping = false;  // the variant that matched put a Sysmon rule to a built-in event

  TreePath record_path;       // record -> record tree's root, which the acquire statement names
  std::string acquire_field;  // the field of the statement that holds the root
  std::uint64_t acquire_entry = 0;
  TreePath acquire_path;  // acquire entry -> ledger root
  TreePath finding_path;  // finding's line -> findings root, which the run statement names
  std::uint64_t run_entry = 0;
  TreePath run_path;          // run entry -> ledger root
  std::string checkpoint;     // the signed note
  std::string signer;         // verifier key
  std::string record_proof;   // C2SP tlog-proof of the acquire entry
  std::string finding_proof;  // C2SP tlog-proof of the run entry
};
/// Finds a finding by its id or an unambiguous prefix of at least 4 digits, latest run first.
/// Errors: not_found, usage (ambiguous or too short), and what reading and parsing yield.
[[nodiscard]] EXHIBIT_EXPORT Result<Shown> show_finding(const Case& from, std::string_view id);

}  // namespace exhibit::casefile
