// What a rule asks of one record: fixed by the rule, the field mapping and the routing, not by what
// an engine happened to look at.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exhibit/evidence.h"
#include "exhibit/sigma.h"

namespace exhibit::casefile {

struct ReadSet {
  bool everything = false;         // a keyword asks for every value
  std::vector<std::string> names;  // of fields, in lower case, sorted, each once
  /// A condition can turn false by more being known: then it takes the whole list of paths.
  bool needs_paths = false;
  bool spoken_for = false;  // a variant of the rule is put to such a record at all
};
/// Of rule number `rule` of the pack, for a record with this head.
[[nodiscard]] ReadSet read_set(const sigma::RulePack& pack, std::uint32_t rule,
                               const event::Event& event);

/// The names that a path answers to, in lower case.
[[nodiscard]] std::vector<std::string> lower_names(std::string_view path);

/// What a rule needs of a record's fields.
struct Needed {
  std::vector<bool> fields;  // by place: asked for, by name or for the routing
  bool whole_list = false;   // of paths: a name is absent, or a condition asks for absence
};
/// `paths` are the record's, in order.
[[nodiscard]] Needed needed_fields(const ReadSet& read, evidence::Format format,
                                   const std::vector<std::string_view>& paths);

}  // namespace exhibit::casefile
