// What the statements of this version say, as structs: fields out, fields in.
// docs/formats/case.md lists every field.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "casefile/acquisition.h"
#include "exhibit/casefile.h"

namespace exhibit::casefile {

struct OpenFacts {
  std::string case_id, party, origin;
  seal::VerifierKey log_key, entry_key;         // named origin, and origin + "/entries"
  std::optional<seal::VerifierKey> cosign_key;  // named origin + "/cosigner"; early logs have none
};
struct TreeFacts {
  seal::Digest root{};
  std::uint64_t size = 0;
};
struct SourceFacts {
  CaseSource source;
  seal::Pseudonym pseudonym{};
  std::string key_commitment;  // layout::source_key_commitment of K_source
  TreeFacts records;
  std::optional<TreeFacts> slack;
  std::uint64_t slack_entry = 0;  // the acquire entry that seals the slack tree
  std::string damage_sha256;
  std::int64_t changed_unix_ns = 0;  // ctime of the file on disk
  Acquisition acquisition;
};
struct RunFacts {
  std::uint32_t number = 0;
  std::uint64_t entry = 0;
  std::string time;
  std::uint64_t semantics_version = 0;
  std::string criteria_sha256;  // of the manifest
  std::string pack_sha256;      // of the rules as given
  std::string rules_sha256, routing_sha256, mapping_sha256, placeholders_sha256;
  std::uint64_t rules_rejected = 0;
  bool slack = false, reference_engine = false;
  bool own_limits = true;  // the limits that it was made under are this program's
  hunt::Filters filters;
  std::uint64_t records = 0;
  TreeFacts inputs, findings, coverage;
};

[[nodiscard]] Fields open_fields(const OpenFacts& facts, const Custody& custody);
[[nodiscard]] Fields acquire_fields(const SourceFacts& facts, const Custody& custody);
/// The slack of a source that was acquired without it.
[[nodiscard]] Fields slack_fields(const SourceFacts& facts, const Custody& custody);
[[nodiscard]] Fields run_fields(const RunFacts& facts, const Custody& custody);

/// The format of a source by the name that its statement has; nullopt: none that is known here.
[[nodiscard]] std::optional<evidence::Format> parse_format(std::string_view name);

/// Errors of all: malformed (a field is missing or not what it should be).
[[nodiscard]] Result<OpenFacts> read_open(const verify::Statement& statement);
/// True in `slack_only` when the statement seals the slack of a source acquired before.
[[nodiscard]] Result<SourceFacts> read_acquire(const verify::Statement& statement,
                                               bool& slack_only);
[[nodiscard]] Result<RunFacts> read_run(const verify::Statement& statement);

}  // namespace exhibit::casefile
