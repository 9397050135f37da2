// A disclosure bundle as it is read and checked (docs/formats/disclosure.md). Its parts are in
// bundle_form.cpp (files and JSON), bundle_logs.cpp, bundle_seen.cpp and bundle_sources.cpp.
#pragma once

#include "verify/core/commitment.h"
#include "verify/core/entry.h"
#include "verify/core/json.h"
#include "verify/core/trust.h"

namespace exhibit::verify::core {

inline constexpr std::size_t kBundleLogsMax = 2;
inline constexpr std::size_t kBundleSourcesMax = 16'384;
inline constexpr std::uint8_t kOpened = 1;  // tag of an opened slot; withheld: a Reason
inline constexpr std::uint8_t kReasonMin = 2, kReasonMax = 7;
/// The name of a reason by its tag; empty for none.
[[nodiscard]] std::string_view reason_name(std::uint8_t tag);

struct BundleFile {
  std::string_view name, content;
};

struct BundleRun {
  std::uint64_t from = 0, to = 0;
  std::uint8_t reason = 0;
};
struct BundleRange {
  Pseudonym source{};
  std::uint8_t stream = 0;
  std::uint64_t from = 0, to = 0;
  std::span<const BundleRun> withheld;
};
struct BundleFinding {
  Pseudonym source{};
  std::uint8_t stream = 0;
  std::uint64_t record = 0;
  std::string_view rule;   // hexadecimal
  bool disclosed = false;  // the record is; found while it is checked
};

/// One slot of a statement: opened, or its commitment.
struct StatementSlot {
  bool opened = false;
  Salt salt{};
  std::uint8_t type = 0;
  std::string_view value;
  Digest commitment{};
};
struct BundleEntry {
  std::uint64_t index = 0;
  std::string_view envelope;
  Pseudonym nonce{};
  std::span<const Digest> path;
  std::span<const StatementSlot> slots;
  // Found while it is checked.
  Entry entry;
  bool formed = false;                      // `entry` could be read
  bool opened = false;                      // the slots are what it committed to
  std::span<const std::string_view> names;  // of all fields, opened or not
  std::span<const OpenedField> fields;
  [[nodiscard]] bool hides(std::string_view name) const;  // has the field, and withholds it
};
struct BundleSeen {
  std::string_view note_text;
  std::span<const Digest> path;
  // Found while it is checked.
  Note note;
  Checkpoint checkpoint;
  bool formed = false;
  bool holds = false;
};
struct BundleLog {
  std::string_view party, checkpoint_text;
  std::span<BundleEntry> entries;
  std::span<BundleSeen> seen;
  std::span<const BundleFile> stamped;  // names below stamped/
  // Found while it is checked.
  Note note;
  Checkpoint checkpoint;
  bool formed = false;  // note and checkpoint could be read
  bool opened = false;  // the open statement holds, and names the keys:
  bool is_signed = false;
  bool trusted = false;
  std::string_view origin;
  VerifierKey log_key, entry_key, cosign_key;
  bool cosigns = false;
};
struct BundleTree {  // of one stream of a source, as an acquire statement names it
  Pseudonym source{};
  std::uint8_t stream = 0;
  Digest root{};
  std::uint64_t size = 0;
};

class BundleCheck {
 public:
  BundleCheck(std::string_view bytes, const Brought& brought, Arena& arena, Listener& listener)
      : bytes_(bytes), brought_(brought), arena_(arena), listener_(listener) {}
  Verdict check();

 private:
  friend class BundleSources;

  // What is said.
  void say(std::string_view id, std::string_view subject, Verdict verdict, Why why,
           std::string_view detail = {}, bool counts = true);
  void judge(std::string_view id, std::string_view subject, Why why, std::string_view detail = {}) {
    say(id, subject, verdict_of(why), why, detail);
  }
  void undecidable(std::string_view id, std::string_view subject, Why why,
                   std::string_view detail = {}) {
    say(id, subject, Verdict::undecidable, why, detail);
  }
  /// `a` or `a/b`, in the arena.
  std::string_view subject(std::string_view a, std::uint64_t b);
  std::string_view command();

  // bundle_form.cpp
  Why read_files();
  Why read_layout();
  Why read_log(std::size_t& at);
  Why read_json();
  Why read_ranges(const Json& json);
  Why read_findings(const Json& json);
  Why read_entries(std::string_view text, BundleLog& log);
  Why read_slots(const Json& json, BundleEntry& entry);
  Why read_seen(std::string_view text, BundleLog& log);
  void check_members();

  // bundle_logs.cpp
  void check_log(BundleLog& log);
  void open_log(BundleLog& log);
  void check_entry(BundleLog& log, BundleEntry& entry);
  Why open_statement(BundleEntry& entry);
  Why asked_for(const BundleLog& log, const BundleEntry& entry);
  Why check_kind(const BundleLog& log, const BundleEntry& entry);
  Why take_acquire(const BundleEntry& entry);
  void check_disclosure(const BundleLog& log);
  [[nodiscard]] bool is_discloser(const BundleLog& log) const { return log.party == party_; }
  [[nodiscard]] bool is_sealer(const BundleLog& log) const {
    return logs_.size() == 1 || !is_discloser(log);
  }

  // bundle_seen.cpp
  void check_seen(BundleLog& log);
  void check_cosignatures(const BundleLog& log, const Note& note, std::uint64_t size);
  void check_cosignature(const Note& note, const VerifierKey& key, std::string_view who,
                         std::string_view subject, bool trusted);
  void check_policy_of(const BundleLog& log);
  void check_stamped(const BundleLog& log);

  // bundle_sources.cpp
  void check_sources();
  void check_findings();
  /// The ranges of a source; they stand in its order.
  [[nodiscard]] std::span<const BundleRange> ranges_of(const Pseudonym& source) const;
  [[nodiscard]] std::span<BundleFinding> findings_of(const Pseudonym& source);
  [[nodiscard]] const BundleTree* tree_of(const Pseudonym& source, std::uint8_t stream) const;

  std::string_view bytes_;
  const Brought& brought_;
  Arena& arena_;
  Listener& listener_;
  Verdict worst_ = Verdict::valid;
  Trust trust_;

  List<BundleFile> files_;
  std::string_view bundle_json_;
  std::string_view case_, party_, tlp_, to_;
  const Json* members_ = nullptr;
  const Json* rules_ = nullptr;
  List<BundleLog> logs_;
  std::size_t sources_begin_ = 0;  // in files_: sources/ and criteria/
  List<BundleRange> ranges_;
  std::size_t sources_ = 0;  // that ranges are about
  List<BundleFinding> findings_;
  List<BundleTree> trees_;
};

/// The value of an opened field; nullopt where it is withheld or not there.
[[nodiscard]] std::optional<std::string_view> field_of(std::span<const OpenedField> fields,
                                                       std::string_view name);

}  // namespace exhibit::verify::core
