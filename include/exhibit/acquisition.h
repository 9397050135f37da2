// What is put on record when evidence is acquired, beside its bytes: who, by what right, where, on
// which machine with which clock, and what other tools wrote down of it. Floor 4.
//
// Guidance: RFC 3227, NIST SP 800-86 section 3, ISO/IEC 27037 section 5.4. Each of these is a field
// of the statement (docs/formats/case.md), so each can be opened or withheld by itself. Not here:
// sealing (exhibit/casefile.h), hand-overs and the chain (exhibit/custody.h).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exhibit/error.h"
#include "exhibit/export.h"
#include "exhibit/other_hash.h"

namespace exhibit::casefile {

inline constexpr std::size_t kCircumstanceSizeBytesMax = 4096;  // of each

/// What the operator says; empty: not said.
struct Circumstances {
  std::string role{};            // in which he does it
  std::string authority{};       // warrant, mandate, order
  std::string place{};           // where it is done
  std::string medium{};          // what the evidence lies on: maker, serial number
  std::string write_blocker{};   // between medium and machine
  std::string exhibit_number{};  // under which the evidence is filed
  std::string source_clock{};    // how the clock of the machine it comes from stood to true time
  std::string
      tlp{};  // marking under which it was received (to_string(Tlp)): what goes out keeps it
  friend bool operator==(const Circumstances&, const Circumstances&) = default;
};
/// Errors: usage (above kCircumstanceSizeBytesMax, or not UTF-8).
[[nodiscard]] EXHIBIT_EXPORT Result<void> check_circumstances(const Circumstances& said);

/// The machine and its clock, as its kernel says.
struct Machine {
  enum class Ntp : std::uint8_t { unknown, synchronised, unsynchronised };
  std::string name, system, account;  // host name; kernel and its release; the login's name
  std::string folder;                 // where the program was started: paths may start from it
  std::string clock_source;           // the kernel's: tsc, kvm-clock, ...
  Ntp ntp = Ntp::unknown;
  /// What is left to correct, and what the error is thought to be at most; 0 where it is not known.
  std::int64_t offset_ns = 0, estimated_error_ns = 0, maximum_error_ns = 0;
  std::int64_t zone_offset_s = 0;  // of local time from UTC
};
[[nodiscard]] EXHIBIT_EXPORT Machine this_machine();
[[nodiscard]] EXHIBIT_EXPORT std::string_view to_string(Machine::Ntp ntp);

// ---- hash manifests of other tools

inline constexpr std::size_t kManifestSizeBytesMax = 256 << 20;
inline constexpr std::size_t kManifestLinesMax = 4'000'000;
inline constexpr std::size_t kManifestPathSizeMax = 4096;
inline constexpr std::size_t kManifestsMax = 64;        // at one acquisition
inline constexpr std::size_t kManifestNamesKept = 256;  // of those that a statement names

/// The digests of some bytes: SHA-256 and others, as far as they are known.
struct Digests {
  std::string sha256;  // empty: not known
  std::vector<std::pair<seal::OtherHash, std::string>> others;
  [[nodiscard]] EXHIBIT_EXPORT const std::string* find(seal::OtherHash hash) const;
};
enum class ManifestForm : std::uint8_t { hashdeep, checksums, velociraptor_json, velociraptor_csv };
[[nodiscard]] EXHIBIT_EXPORT std::string_view to_string(ManifestForm form);

/// What another tool wrote down of files.
struct HashManifest {
  struct Line {
    std::string path;  // as it stands there
    Digests digests;   // at least one
  };
  std::string name;    // of the file
  std::string sha256;  // of its bytes
  std::uint64_t size_bytes = 0;
  ManifestForm form = ManifestForm::checksums;
  std::vector<Line> lines;
  std::uint64_t lines_unread = 0;  // neither comments nor what this form has
};
/// Reads hashdeep's and md5deep's output, `md5sum` and its like (GNU with escaped names, BSD's tag
/// form), and listings of Velociraptor's uploads as JSON or CSV. The form is told from the text.
/// Errors: malformed (not a line of it is understood), limit.
[[nodiscard]] EXHIBIT_EXPORT Result<HashManifest> parse_manifest(std::string_view text,
                                                                 std::string_view name);

/// A source as manifests are compared with it.
struct ListedSource {
  std::string path;  // its own name: a member's within its archive
  Digests digests;
};
enum class ListedAs : std::uint8_t { matched, differs, not_listed };
[[nodiscard]] EXHIBIT_EXPORT std::string_view to_string(ListedAs as);
struct ManifestResult {
  struct Source {
    ListedAs as = ListedAs::not_listed;
    std::string path;  // as listed; empty when it is not
  };
  std::vector<Source> sources;         // in the order given
  std::vector<std::string> not_found;  // paths that are listed, and no source is
  std::uint64_t matched = 0, differs = 0, not_listed = 0;
};
/// Bytes decide: a source is matched by a line whose digests are all its own, whatever it is
/// called. One that none matches differs from the line that has its path, or the end of it.
[[nodiscard]] EXHIBIT_EXPORT ManifestResult compare_manifest(const HashManifest& manifest,
                                                             std::span<const ListedSource> sources);

}  // namespace exhibit::casefile
