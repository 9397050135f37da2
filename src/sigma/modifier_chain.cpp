#include "sigma/modifier_chain.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "sigma/modifiers.h"

namespace exhibit::sigma {
namespace {

// In order of the enumeration.
constexpr std::array<std::string_view, 31> kNames{
    "contains", "startswith", "endswith", "all",    "re",           "i",     "m",     "s",
    "windash",  "cidr",       "expand",   "base64", "base64offset", "wide",  "utf16", "utf16le",
    "utf16be",  "fieldref",   "exists",   "cased",  "neq",          "gt",    "gte",   "lt",
    "lte",      "minute",     "hour",     "day",    "week",         "month", "year"};

std::string_view name_of(Modifier modifier) { return kNames[static_cast<std::size_t>(modifier)]; }

bool is_encoding(Modifier m) {
  return m == Modifier::wide || m == Modifier::utf16 || m == Modifier::utf16le ||
         m == Modifier::utf16be;
}
bool is_base64(Modifier m) { return m == Modifier::base64 || m == Modifier::base64offset; }
bool is_edge(Modifier m) {
  return m == Modifier::contains || m == Modifier::startswith || m == Modifier::endswith;
}
bool is_flag(Modifier m) { return m == Modifier::i || m == Modifier::m || m == Modifier::s; }
bool is_comparison(Modifier m) { return m >= Modifier::gt && m <= Modifier::lte; }
bool is_time(Modifier m) { return m >= Modifier::minute && m <= Modifier::year; }

using Class = Chain::Class;

std::optional<Class> class_of(Modifier m) {
  if (m == Modifier::re) return Class::regex;
  if (m == Modifier::cidr) return Class::cidr;
  if (m == Modifier::fieldref) return Class::fieldref;
  if (m == Modifier::exists) return Class::exists;
  if (is_comparison(m)) return Class::compare;
  if (is_time(m)) return Class::time_part;
  return std::nullopt;
}

struct Step {
  Modifier modifier;
  std::size_t offset;  // bytes into the key
};

// Says why `step` cannot stand where it does, or "" when it can.
std::string objection(const Chain& chain, const std::vector<Step>& before, Modifier m) {
  const auto has = [&](auto test) {
    return std::any_of(before.begin(), before.end(),
                       [&](const Step& s) { return test(s.modifier); });
  };
  const std::string name(name_of(m));
  if (has([&](Modifier o) { return o == m; })) return "'" + name + "' stands twice";
  if (m == Modifier::neq || m == Modifier::all) {
    if (m == Modifier::all && chain.what == Class::exists) return "'exists' takes one value";
    return {};
  }
  if (is_flag(m)) {
    if (before.empty() ||
        !(before.back().modifier == Modifier::re || is_flag(before.back().modifier)))
      return "'" + name + "' is a flag of 're' and must follow it";
    return {};
  }
  if (const auto wanted = class_of(m)) {
    const bool both_time = (chain.what == Class::compare && *wanted == Class::time_part) ||
                           (chain.what == Class::time_part && *wanted == Class::compare);
    if (both_time) return {};
    if (chain.what != Class::text)
      return "'" + name + "' cannot be combined with what stands before it";
    if (!chain.steps.empty() || chain.starts || chain.ends || chain.contains || chain.expand)
      return "'" + name + "' must come before modifiers that change the text";
    if (chain.cased && *wanted != Class::fieldref)
      return "'cased' means nothing for '" + name + "'";
    if (chain.all && *wanted == Class::exists) return "'exists' takes one value";
    return {};
  }
  if (is_edge(m)) {
    if (chain.what == Class::text || chain.what == Class::regex || chain.what == Class::fieldref)
      return {};
    return "'" + name + "' is for text, regular expressions and field references";
  }
  if (m == Modifier::cased) {
    if (chain.what == Class::text || chain.what == Class::fieldref) return {};
    return chain.what == Class::regex ? "regular expressions are case-sensitive already"
                                      : "'cased' is for text";
  }
  if (chain.what != Class::text) return "'" + name + "' is for text";
  const bool edges = chain.starts || chain.ends || chain.contains;
  const bool encoded = has(is_encoding), in_base64 = has(is_base64);
  if (is_encoding(m)) {
    if (edges)
      return "wildcards cannot be encoded: '" + name +
             "' must come before 'contains', 'startswith' and 'endswith'";
    if (encoded || in_base64) return "the value is encoded already";
  }
  if (is_base64(m)) {
    if (edges)
      return "wildcards cannot be encoded: '" + name +
             "' must come before 'contains', 'startswith' and 'endswith'";
    if (in_base64) return "the value is encoded already";
  }
  if ((m == Modifier::windash || m == Modifier::expand) && (encoded || in_base64))
    return "'" + name + "' must come before the encoding";
  return {};
}

void apply(Chain& chain, Modifier m) {
  if (const auto wanted = class_of(m)) {
    if (is_comparison(m)) chain.comparison = m;
    if (is_time(m))
      chain.part = static_cast<TimePart>(static_cast<int>(m) - static_cast<int>(Modifier::minute));
    if (!(chain.what == Class::time_part && *wanted == Class::compare)) chain.what = *wanted;
    return;
  }
  switch (m) {
    case Modifier::contains:
      chain.contains = true;
      break;
    case Modifier::startswith:
      chain.starts = true;
      break;
    case Modifier::endswith:
      chain.ends = true;
      break;
    case Modifier::all:
      chain.all = true;
      break;
    case Modifier::neq:
      chain.neq = true;
      break;
    case Modifier::cased:
      chain.cased = true;
      break;
    case Modifier::expand:
      chain.expand = true;
      break;
    case Modifier::i:
    case Modifier::m:
    case Modifier::s:
      chain.flags += name_of(m);
      std::sort(chain.flags.begin(), chain.flags.end());
      break;
    default:
      chain.steps.push_back(m);
  }
}

std::optional<Modifier> find_modifier(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if (kNames[i] == name) return static_cast<Modifier>(i);
  return std::nullopt;
}

}  // namespace

std::optional<Chain> parse_chain(const yaml::Node& key, Diagnostics& diagnostics) {
  Chain chain;
  const std::string_view text = key.text;
  std::size_t at = text.find('|');
  chain.field = text.substr(0, at);
  std::vector<Step> steps;
  while (at != std::string_view::npos) {
    const std::size_t begin = at + 1;
    at = text.find('|', begin);
    const std::string_view name =
        text.substr(begin, at == std::string_view::npos ? at : at - begin);
    const auto modifier = find_modifier(name);
    if (!modifier) {
      const std::string_view near = nearest(name, {kNames.begin(), kNames.end()});
      diagnostics.error("S131", diagnostics.within(key, begin, name.size()),
                        name.empty() ? "a modifier's name is missing after '|'"
                                     : "unknown modifier '" + std::string(name) + "'",
                        near.empty() ? "" : "did you mean '" + std::string(near) + "'?");
      return std::nullopt;
    }
    std::string reason = objection(chain, steps, *modifier);
    if (steps.size() >= kMaxModifiers) reason = "too many modifiers on one field";
    if (!reason.empty()) {
      diagnostics.error("S132", diagnostics.within(key, begin, name.size()), std::move(reason));
      return std::nullopt;
    }
    apply(chain, *modifier);
    steps.push_back({*modifier, begin});
  }
  const bool needs_field = chain.what == Class::exists || chain.what == Class::fieldref;
  if (chain.field.empty() && needs_field) {
    diagnostics.error("S132", key.mark, "this modifier needs a field before it");
    return std::nullopt;
  }
  if (chain.what == Class::time_part && chain.comparison && chain.part == TimePart::year) {
    diagnostics.error("S132", key.mark, "a year cannot be compared by size",
                      "list the years, or compare the time itself");
    return std::nullopt;
  }
  return chain;
}

}  // namespace exhibit::sigma
