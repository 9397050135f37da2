// The modifiers of one field, read and checked before any value is looked at.
#pragma once

#include <optional>
#include <string>

#include "sigma/diagnostics.h"
#include "sigma/pattern.h"
#include "sigma/yaml.h"

namespace exhibit::sigma {

enum class Modifier : std::uint8_t {
  contains,
  startswith,
  endswith,
  all,
  re,
  i,
  m,
  s,
  windash,
  cidr,
  expand,
  base64,
  base64offset,
  wide,
  utf16,
  utf16le,
  utf16be,
  fieldref,
  exists,
  cased,
  neq,
  gt,
  gte,
  lt,
  lte,
  minute,
  hour,
  day,
  week,
  month,
  year,
};

/// What a chain asks of the values.
struct Chain {
  enum class Class : std::uint8_t { text, regex, cidr, compare, time_part, fieldref, exists };

  std::string field;  // empty: keyword
  Class what = Class::text;
  std::vector<Modifier> steps;  // text: those that change the value, in order, then edges
  bool all = false, neq = false, cased = false, expand = false;
  bool starts = false, ends = false, contains = false;
  std::string flags;  // of re: letters of "ims", sorted
  std::optional<Modifier> comparison;
  TimePart part = TimePart::minute;
};

/// Splits `key` at `|`. nullopt: an unknown modifier or a chain that means nothing; the reason is
/// in the diagnostics, under the modifier.
[[nodiscard]] std::optional<Chain> parse_chain(const yaml::Node& key, Diagnostics& diagnostics);

}  // namespace exhibit::sigma
