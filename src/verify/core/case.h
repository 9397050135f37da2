// A case archive, `exhibit handover --tar` (docs/formats/case.md), checked without ever being in
// memory as a whole: the reader says which bytes of the file it wants next, and is given them.
//
//   while (const auto at = reader.index_at()) reader.index(<up to kIndexPiece bytes from there>);
//   for (Wanted w; reader.next(w);) { reader.piece(<its bytes>)…; reader.end(); }
//   reader.finish();
//
// What it judges: each log (checkpoint, signer, entries, signatures, statements, cosignatures, the
// verifier's policy), the bytes of each source, its damage and the leaves of its records, and what
// the runs and criteria hash to. What it does not is said to be undecidable, with the command that
// decides: whether leaves are those of the records, and whether rules speak. Files that it did not
// look at are facts.
#pragma once

#include "verify/core/entry.h"
#include "verify/core/sha2.h"
#include "verify/core/statement.h"
#include "verify/core/tar.h"
#include "verify/core/trust.h"

namespace exhibit::verify::core {

inline constexpr std::size_t kIndexPiece = 128 << 10;
inline constexpr std::size_t kCasePartiesMax = 64;

struct Wanted {
  std::uint64_t offset = 0, size = 0;
};

class CaseReader {
 public:
  CaseReader(std::uint64_t file_size, const Brought& brought, Arena& arena, Listener& listener);

  /// Where the next bytes of the index are wanted; nullopt when it is whole, or broken.
  [[nodiscard]] std::optional<std::uint64_t> index_at() const;
  void index(std::string_view piece);
  /// The next file; false when there is none.
  [[nodiscard]] bool next(Wanted& out);
  void piece(std::string_view bytes);
  void end();
  /// Says what was not looked at. Returns the verdict of the whole.
  Verdict finish();

 private:
  struct File {
    std::string_view name;
    std::uint64_t offset = 0, size = 0;
    bool seen = false;
  };
  struct Logged {  // an entry, as far as its statement needs it
    Digest meta{};
    bool formed = false;
  };
  struct Log {
    std::string_view party, origin;
    Note note;
    Checkpoint checkpoint;
    VerifierKey log_key, entry_key, cosign_key;
    bool formed = false, opened = false, is_signed = false, trusted = false, rooted = false;
    bool cosigns = false;
    List<Logged> entries;
    TreeRoot tree;
    std::uint64_t signatures = 0, statements = 0;
    std::uint64_t policy_size = 0;  // the largest that the policy accepts
    PolicyVerdict policy;           // of the newest checkpoint
  };
  struct Tree {
    Digest root{};
    std::uint64_t size = 0;
  };
  struct Acquired {
    std::size_t log = 0;
    Digest sha256{};
    std::uint64_t size = 0, damage = 0;
    Digest damage_sha256{};
    Tree records;
  };
  struct Run {
    std::size_t log = 0;
    std::uint64_t entry = 0, number = 0;
    Digest criteria{}, pack{}, routing{}, mapping{};
    Tree inputs, findings, coverage;
  };
  enum class Stage : std::uint8_t {
    toml,
    checkpoint,
    open,
    bundles,
    statements,
    cosigned,
    sources,
    runs,
    done
  };

  void say(std::string_view id, std::string_view subject, Verdict verdict, Why why,
           std::string_view detail = {}, bool counts = true);
  void judge(std::string_view id, std::string_view subject, Why why, std::string_view detail = {}) {
    say(id, subject, verdict_of(why), why, detail);
  }
  void broken(Why why);
  [[nodiscard]] Why take_file(std::string_view name, std::uint64_t offset, std::uint64_t size);
  [[nodiscard]] File* find(std::string_view name);

  // What comes next, and what is done with it.
  bool advance();
  bool advance_log();
  bool advance_source();
  bool advance_run();
  void next_log();
  void missing();
  std::string_view name_of(std::string_view a, std::string_view b, std::string_view c = {},
                           std::string_view d = {});
  void take_toml(std::string_view text);
  void take_checkpoint(std::string_view text);
  void take_open(std::string_view text);
  void take_bundle(std::string_view text);
  void take_statement(std::string_view text);
  void take_facts(const Statement& statement);
  void take_cosigned(std::string_view text);
  void check_policy_of(const Note& note, std::uint64_t size);
  void conclude_log();
  void choose_sealer();
  void check_hash(std::string_view id, const Digest& expected, std::uint64_t size);
  void check_tree(std::string_view id, const Tree& expected, bool undecided);

  std::uint64_t file_size_;
  const Brought& brought_;
  Arena& arena_;
  Listener& listener_;
  Verdict worst_ = Verdict::valid;
  Trust trust_;

  std::uint64_t at_ = 0;  // of the index
  bool indexed_ = false, broken_ = false;
  std::string_view root_;
  List<File> files_;
  std::string_view case_;

  Stage stage_ = Stage::toml;
  List<Log> logs_;
  std::size_t log_ = 0;
  std::uint64_t step_ = 0;  // within the stage
  std::size_t cosigned_at_ = 0;
  List<Acquired> acquired_;
  List<Run> runs_;
  std::size_t sealer_ = 0;
  bool no_sealer_ = false, chosen_ = false;

  // The file that is being read.
  File* file_ = nullptr;
  std::string_view name_;
  std::size_t mark_ = 0;
  char* whole_ = nullptr;
  std::uint64_t taken_ = 0;
  bool keeps_ = false;  // all of it in memory, at `whole_`
  enum class Streamed : std::uint8_t { hash, leaves, lines } streamed_ = Streamed::hash;
  Sha256 hash_;
  TreeRoot tree_;
  Digest part_{};           // of a leaf
  bool line_open_ = false;  // hash_ is of a line that has begun
};

}  // namespace exhibit::verify::core
