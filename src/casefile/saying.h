// What a party says, as the fields of a statement. docs/formats/case.md lists them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "casefile/facts.h"

namespace exhibit::casefile {

/// An entry that a statement is about, by place and leaf hash.
struct EntryTarget {
  EntryRef entry;
  seal::Digest leaf{};
};
namespace fields {
class Reader;
}
/// `<name>.party`, `.entry` and `.sha256`.
void put_target(Fields& out, const std::string& name, const EntryTarget& target);
[[nodiscard]] std::optional<EntryTarget> read_target(fields::Reader& in, const std::string& name);

struct SayingFacts {
  Saying saying;
  std::optional<EntryTarget> about;  // saying.about, found
  std::optional<EntryTarget> run;    // whose findings saying.finding is one of
};
[[nodiscard]] Fields saying_fields(const SayingFacts& facts, const Custody& custody);
/// Errors: malformed; unsupported (no kind of saying).
[[nodiscard]] Result<SayingFacts> read_saying(const verify::Statement& statement);
[[nodiscard]] std::optional<Saying::Kind> parse_saying_kind(std::string_view kind);

}  // namespace exhibit::casefile
