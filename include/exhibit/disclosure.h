// Disclosure: chosen records and fields of a case, opened, in a bundle that proves them and
// accounts for what is withheld. Floor 4.
//
// docs/formats/disclosure.md specifies every byte of a bundle and lists what one gives away.
//
// Threads:  one thread at a time per Case.
// Secrets:  a bundle holds the salts of what it opens, and K_shape where a record's whole list of
//           paths is opened; no key above these.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exhibit/casefile.h"

namespace exhibit::casefile {

/// Traffic Light Protocol 2.0, from the widest to the narrowest circle.
enum class Tlp : std::uint8_t { clear, green, amber, amber_strict, red };
[[nodiscard]] EXHIBIT_EXPORT std::string_view to_string(Tlp tlp);  // `AMBER+STRICT`
/// With or without `TLP:` in front, in any case.
[[nodiscard]] EXHIBIT_EXPORT std::optional<Tlp> parse_tlp(std::string_view text);

/// Why something is withheld. The numbers stand in bundles: never renumber.
enum class Withheld : std::uint8_t {
  scope = 2,  // outside of what the disclosure is about
  operational = 3,
  personal_data = 4,
  privilege = 5,
  source_protection = 6,
  other_law = 7,
};
[[nodiscard]] EXHIBIT_EXPORT std::string_view to_string(Withheld reason);  // `personal-data`
[[nodiscard]] EXHIBIT_EXPORT std::optional<Withheld> parse_withheld(std::string_view text);

/// Records of a source by their numbers.
struct RecordRange {
  std::string source;  // its SHA-256, or the beginning of it
  bool slack = false;
  std::uint64_t from = 0, to = 0;  // `to` is one past the last
};
/// `SOURCE/NUMBER` or `SOURCE/FIRST-LAST`; `SOURCE/slack/…` for deleted records. Errors: malformed.
[[nodiscard]] EXHIBIT_EXPORT Result<RecordRange> parse_record_range(std::string_view text);

/// What is disclosed: the union of the findings, of the records named, and of those that pass
/// `filters` and on which a rule of `query` speaks.
struct Selection {
  std::vector<std::string> findings;       // ids, or unambiguous beginnings of at least 4 digits
  bool all_findings = false;               // of the latest run
  std::vector<RecordRange> records;        //
  hunt::Filters filters;                   //
  std::vector<std::string> sources;        // filters and query look at these; none: at all. SHA-256
                                           // or the beginning of it, or the path as acquired
  const sigma::RulePack* query = nullptr;  // must outlive what is done with it
};

/// Fields that are withheld although they would be opened.
struct Redaction {
  std::string field;  // a name that rules know it by, or its whole path; without case
  Withheld reason = Withheld::personal_data;
};

struct DiscloseOptions {
  Selection select;
  /// Of records that no finding chose: only these fields; none: all of them.
  std::vector<std::string> fields;
  bool whole = false;  // of all records: their bytes and place as well
  /// Names that look like a person's data, and values that do (docs/disclosure.md), are withheld.
  bool redact_personal_data = false;
  std::vector<std::string> keep;  // fields that are no person's data, whatever they look like
  std::vector<Redaction> redactions;
  Withheld reason = Withheld::scope;  // of all else that is withheld
  Tlp tlp = Tlp::amber;
  std::string to;  // to whom, in words; UTF-8
  const std::atomic<bool>* stop = nullptr;
};
inline constexpr std::size_t kRecipientSizeBytesMax = 1024;
inline constexpr std::uint64_t kBundleSizeBytesMax = std::uint64_t{1} << 30;

/// A field of a record that is disclosed.
struct DisclosedField {
  std::string path, text;            // the value as rules see it
  std::optional<Withheld> withheld;  // none: it is opened
  bool personal = false;             // withheld as a person's data
};
struct DisclosedRecord {
  std::string source;  // SHA-256: for the discloser's eyes, never in the bundle
  std::uint64_t index = 0, offset = 0;
  bool slack = false;
  event::Ticks time = event::kNoTime;
  std::vector<DisclosedField> fields;
  bool whole = false;                 // bytes and place are opened
  bool paths = false;                 // the whole list of its paths is
  std::vector<std::string> findings;  // ids
  /// Findings that cannot be shown, because a field that they need is redacted.
  std::vector<std::string> undecidable;
};
struct Disclosed {
  std::uint64_t records = 0, findings = 0;
  std::uint64_t fields_opened = 0, fields_withheld = 0;
  std::uint64_t records_accounted = 0;  // in all ranges, disclosed ones among them
  std::uint64_t size_bytes = 0;         // of the bundle
  EntryRef entry;                       // that says on the ledger what was disclosed
};

/// What `disclose` would open, record by record, in the order of the bundle; nothing is written.
/// Errors: not_found, usage (nothing selected; a beginning that is ambiguous), limit,
/// proof_mismatch (a source no longer gives what was sealed), undecidable (no K_source of it here),
/// refused (`tlp` is wider than that of a source), io, interrupted.
[[nodiscard]] EXHIBIT_EXPORT Result<Disclosed> plan_disclosure(
    const Home& home, const Case& from, const DiscloseOptions& options,
    const std::function<void(const DisclosedRecord&)>& take);
/// Writes the bundle to `out`, once it is on the ledger of the case's party what was disclosed.
/// Errors: those of plan_disclosure; exists (`out`), and after an error nothing is at `out`.
[[nodiscard]] EXHIBIT_EXPORT Result<Disclosed> disclose(const Home& home, Case& into,
                                                        const std::string& out,
                                                        const DiscloseOptions& options);

// ---- checking a bundle

struct BundleVerifyOptions {
  std::vector<verify::TrustedKey> trust;  // beside the keys in `home`
  std::string policy;                     // text of a C2SP tlog-policy; empty: none
  std::uint64_t latest_unix_s = 0;        // a cosignature of a later time is of the future
  timestamp::Trust authorities;           // as VerifyOptions has them
  bool strict = false;         // what no bundle can decide counts for the verdict as well
  const Home* home = nullptr;  // own keys; nullptr: none
};
/// What a bundle shows, whether or not it holds: look at the checks.
struct BundleReport {
  std::string case_id, party, to, tlp;
  std::vector<verify::Check> checks;  // docs/formats/disclosure.md lists them
  verify::Verdict overall = verify::Verdict::valid;
  /// Checks that no bundle can decide, and that do not count for `overall`.
  std::vector<verify::Check> beyond;
  std::vector<Report::Log> logs;  // by party, as far as a bundle tells

  struct Record {
    std::string source;  // pseudonym
    bool slack = false;
    std::uint64_t index = 0;
    bool holds = false;  // its check is valid
    struct Field {
      std::string path, text;
    };
    std::vector<Field> fields;                      // opened, in the record's order
    std::map<std::string, std::uint64_t> withheld;  // slots, by reason; padding among them
    bool whole_list = false;                        // every path of the record is known
    std::vector<std::string> named;                 // paths whose value is withheld
    std::string raw;                                // its bytes, where they are opened
  };
  std::vector<Record> records;
  struct Range {
    std::string source;
    bool slack = false;
    std::uint64_t from = 0, to = 0;
    std::map<std::string, std::uint64_t> withheld;  // records, by reason
  };
  std::vector<Range> ranges;
  struct Finding {
    std::string source, rule_sha256, title;
    bool slack = false;
    std::uint64_t record = 0;
    verify::Verdict verdict = verify::Verdict::undecidable;  // the rule, run again
  };
  std::vector<Finding> findings;
};
/// True for a file that begins as a bundle does.
[[nodiscard]] EXHIBIT_EXPORT bool is_bundle(const std::string& path);
/// Checks a bundle, and runs the rules of its findings again on what is opened. Errors only for
/// what cannot be read at all (not_found, io, limit); whatever is wrong with a bundle is a check.
[[nodiscard]] EXHIBIT_EXPORT Result<BundleReport> verify_bundle(const std::string& path,
                                                                const BundleVerifyOptions& options);

}  // namespace exhibit::casefile
