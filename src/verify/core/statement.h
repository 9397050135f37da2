// A statement as it stands in a case, beside its entry (docs/formats/case.md, "Statements").
#pragma once

#include "verify/core/commitment.h"
#include "verify/core/json.h"

namespace exhibit::verify::core {

struct Statement {
  std::uint64_t index = 0;
  std::string_view kind, log, party, time;
  Digest commitment{};
  std::span<const OpenedField> fields;  // without the statement's own
  /// Text of the first field of that name.
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
  [[nodiscard]] std::optional<std::uint64_t> number(std::string_view name) const;
  [[nodiscard]] std::optional<Digest> digest(std::string_view name) const;
};
/// Read, in its one form, and shown to be all that its commitment commits to.
[[nodiscard]] Why open_statement(Arena& arena, std::string_view text, Statement& out);

/// The names in slot 0 of a statement.
[[nodiscard]] Why parse_names(Arena& arena, std::string_view value,
                              std::span<const std::string_view>& out);

}  // namespace exhibit::verify::core
