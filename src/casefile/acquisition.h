// The fields of an acquire statement beyond what the seal needs. docs/formats/case.md lists them; a
// case of an earlier version lacks them, and is none the worse for it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "casefile/file_facts.h"
#include "exhibit/acquisition.h"
#include "exhibit/event.h"
#include "exhibit/verify.h"

namespace exhibit::casefile {

namespace fields {
class Reader;
}
using Fields = std::vector<verify::StatementField>;

inline constexpr std::size_t kReadErrorsKept = 64;

/// Bytes that could not be read as they lay there.
struct ReadError {
  event::DamageKind kind = event::DamageKind::io;
  std::uint64_t offset = 0, length = 0;
  std::string why;  // what the system said
};
/// The outermost file, hashed once more after everything was acquired.
struct HashAfter {
  std::string sha256;  // empty: it could not be read again
  bool same = false;
  std::string failed;  // why not
};
struct ListedIn {
  std::string manifest_sha256;
  ListedAs as = ListedAs::not_listed;
  std::string path;
};

struct Acquisition {
  Circumstances said;
  std::optional<Machine> machine;
  std::optional<FileFacts> file;  // the outermost one
  std::string began, ended;       // of reading, RFC 3339
  std::vector<std::pair<seal::OtherHash, std::string>> digests;
  std::uint64_t read_errors_count = 0;
  std::vector<ReadError> read_errors;  // the first kReadErrorsKept
  std::optional<HashAfter> after;
  std::vector<ListedIn> listed;
};

/// Damage that says that bytes could not be had, not that they are odd.
[[nodiscard]] bool is_read_error(event::DamageKind kind);

void put_acquisition(Fields& out, const Acquisition& acquisition);
[[nodiscard]] Acquisition read_acquisition(fields::Reader& in);

void put_circumstances(Fields& out, const Circumstances& said);
[[nodiscard]] Circumstances read_circumstances(fields::Reader& in);
void put_machine(Fields& out, const Machine& machine);
[[nodiscard]] std::optional<Machine> read_machine(fields::Reader& in);

}  // namespace exhibit::casefile
