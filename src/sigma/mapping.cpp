#include "sigma/mapping.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "sigma/modifiers.h"
#include "sigma/pattern.h"
#include "sigma/regex.h"

namespace exhibit::sigma {
namespace {

using Op = Predicate::Op;
using TokenKind = PatternToken::Kind;

bool same(std::string_view a, std::string_view b) { return base::ascii_iequals(a, b); }

bool is_listed(std::span<const std::string_view> names, std::string_view name) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view n) { return same(n, name); });
}

const FieldMapping* find(const BuiltinEvent& event, std::string_view field) {
  for (const FieldMapping& mapping : event.mappings)
    if (same(mapping.from, field)) return &mapping;
  return nullptr;
}

// A pattern for `left\right`, cut at every place where that backslash can stand.
std::vector<std::pair<Pattern, Pattern>> cuts(const Pattern& pattern) {
  std::vector<std::pair<Pattern, Pattern>> out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const PatternToken& token = pattern[i];
    const auto at = pattern.begin() + static_cast<std::ptrdiff_t>(i);
    Pattern left(pattern.begin(), at), right(at + 1, pattern.end());
    if (token.kind == TokenKind::any_one) {
      out.emplace_back(std::move(left), std::move(right));
    } else if (token.kind == TokenKind::any_many) {
      left.push_back(token);
      right.insert(right.begin(), token);
      out.emplace_back(std::move(left), std::move(right));
    } else {
      for (std::size_t slash = token.text.find('\\'); slash != std::string::npos;
           slash = token.text.find('\\', slash + 1)) {
        Pattern l = left, r = right;
        if (slash > 0) l.push_back({TokenKind::literal, token.text.substr(0, slash)});
        if (slash + 1 < token.text.size())
          r.insert(r.begin(), PatternToken{TokenKind::literal, token.text.substr(slash + 1)});
        out.emplace_back(std::move(l), std::move(r));
      }
    }
  }
  return out;
}

// The literal that a pattern begins with, or with `*` before it; nullptr when there is none.
PatternToken* leading_literal(Pattern& pattern) {
  if (pattern.empty()) return nullptr;
  const std::size_t first = pattern[0].kind == TokenKind::any_many ? 1 : 0;
  return first < pattern.size() && pattern[first].kind == TokenKind::literal ? &pattern[first]
                                                                             : nullptr;
}

struct Replacement {
  std::string_view from;
  Pattern to;
};

Pattern hive(std::string_view text) { return literal_pattern(text); }

// Sysmon's abbreviations, and the long forms that some rules use.
const std::vector<Replacement>& hives() {
  static const std::vector<Replacement> all = [] {
    Pattern any_user = hive("\\REGISTRY\\USER\\");
    any_user.push_back({TokenKind::any_many, {}});
    any_user.push_back({TokenKind::literal, "\\"});
    const Pattern machine = hive("\\REGISTRY\\MACHINE\\"), users = hive("\\REGISTRY\\USER\\"),
                  classes = hive("\\REGISTRY\\MACHINE\\SOFTWARE\\Classes\\");
    return std::vector<Replacement>{{"HKLM\\", machine},  {"HKEY_LOCAL_MACHINE\\", machine},
                                    {"HKU\\", users},     {"HKEY_USERS\\", users},
                                    {"HKCU\\", any_user}, {"HKEY_CURRENT_USER\\", any_user},
                                    {"HKCR\\", classes},  {"HKEY_CLASSES_ROOT\\", classes}};
  }();
  return all;
}

bool starts_with_folded(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && same(text.substr(0, prefix.size()), prefix);
}

// Puts `tokens` in place of the first `size` bytes of the literal at `index`.
Pattern with_front(const Pattern& pattern, std::size_t index, std::size_t size,
                   const Pattern& tokens) {
  Pattern out(pattern.begin(), pattern.begin() + static_cast<std::ptrdiff_t>(index));
  const auto push = [&](const PatternToken& token) {
    if (token.kind == TokenKind::literal && token.text.empty()) return;
    if (!out.empty() && token.kind == TokenKind::literal && out.back().kind == TokenKind::literal)
      out.back().text += token.text;
    else
      out.push_back(token);
  };
  for (const PatternToken& token : tokens) push(token);
  push({TokenKind::literal, pattern[index].text.substr(size)});
  for (std::size_t i = index + 1; i < pattern.size(); ++i) push(pattern[i]);
  return out;
}

Pattern with_hive(Pattern pattern) {
  PatternToken* literal = leading_literal(pattern);
  if (literal == nullptr) return pattern;
  const auto index = static_cast<std::size_t>(literal - pattern.data());
  for (const Replacement& r : hives())
    if (starts_with_folded(literal->text, r.from))
      return with_front(pattern, index, r.from.size(), r.to);
  return pattern;
}

// Sysmon writes CurrentControlSet where the kernel, and so 4657, writes ControlSet001.
Pattern with_control_set(const Pattern& pattern) {
  constexpr std::string_view kCurrent = "currentcontrolset\\";
  Pattern out;
  for (const PatternToken& token : pattern) {
    const std::string lower = base::ascii_lower(token.text);
    const std::size_t at = lower.find(kCurrent);
    if (token.kind != TokenKind::literal || at == std::string::npos ||
        (at > 0 && lower[at - 1] != '\\')) {
      out.push_back(token);
      continue;
    }
    out.push_back({TokenKind::literal, token.text.substr(0, at) + "ControlSet00"});
    out.push_back({TokenKind::any_one, {}});
    out.push_back({TokenKind::literal, token.text.substr(at + kCurrent.size() - 1)});
  }
  return out;
}

// What a predicate on a Sysmon field becomes for one kind of event.
class Converter {
 public:
  Converter(const BuiltinEvent& event, PredicateTable& predicates)
      : event_(event), predicates_(predicates) {}

  /// nullopt: unknown. The event does not say what is asked for, whatever happened.
  std::optional<Formula> convert(std::uint32_t id) {
    const Predicate p = predicates_[id];  // a copy: what is made of it goes into the same table
    if (p.field.empty()) return leaf(id);
    const FieldMapping* mapping = find(event_, p.field);
    if (mapping == nullptr) {
      if (!is_native(p.field)) return std::nullopt;
      return p.op == Op::field_text ? reference(p, p.field) : leaf(id);
    }
    if (p.op == Op::is_null || p.op == Op::exists) return renamed(p, mapping->to);
    if (p.op == Op::field_text) {
      if (mapping->conversion != Conversion::none) return std::nullopt;
      return reference(p, mapping->to);
    }
    return by_conversion(p, *mapping);
  }

  Formula text_is(std::string_view field, Pattern pattern, bool cased) {
    Predicate p;
    p.field = field;
    p.op = Op::text;
    p.cased = cased;
    p.pattern = cased ? std::move(pattern) : folded(std::move(pattern));
    return leaf(predicates_.intern(std::move(p)));
  }

 private:
  Formula renamed(Predicate p, std::string_view field) {
    p.field = field;
    return leaf(predicates_.intern(std::move(p)));
  }

  [[nodiscard]] bool is_native(std::string_view field) const {
    return is_listed(event_.fields, field) || is_listed(system_fields(), field);
  }

  std::optional<Formula> reference(Predicate p, std::string_view field) {
    const FieldMapping* other = find(event_, p.text);
    if (other == nullptr ? !is_native(p.text) : other->conversion != Conversion::none)
      return std::nullopt;
    if (other != nullptr) p.text = other->to;
    return renamed(std::move(p), field);
  }

  // nullopt: what is asked cannot be put to the field as it is written there.
  std::optional<Formula> by_conversion(const Predicate& p, const FieldMapping& m) {
    switch (m.conversion) {
      case Conversion::none:
        return renamed(p, m.to);
      case Conversion::hex_id:
        return hex_id(p, m);
      case Conversion::account:
        if (p.op != Op::text) return std::nullopt;
        return both(p, m, p.pattern);
      case Conversion::registry_path:
        return registry_path(p, m);
      case Conversion::registry_data:
        return registry_data(p, m);
      case Conversion::device_path:
        return device_path(p, m);
      case Conversion::named_values:
        return named(p, m);
    }
    return std::nullopt;
  }

  std::optional<Formula> hex_id(const Predicate& p, const FieldMapping& m) {
    if (p.op != Op::number && p.op != Op::text) return renamed(p, m.to);
    const std::string digits = p.op == Op::number ? p.text : literal_text(p.pattern).value_or("");
    std::uint64_t id = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size())
      return std::nullopt;
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string hex;
    do hex.insert(hex.begin(), kDigits[id % 16]);
    while (id /= 16);
    std::vector<Formula> forms;
    forms.push_back(renamed(p, m.to));
    forms.push_back(text_is(m.to, literal_pattern("0x" + hex), false));
    return any_of(std::move(forms));
  }

  Formula both(const Predicate& p, const FieldMapping& m, const Pattern& pattern) {
    std::vector<Formula> ways;
    for (auto& [left, right] : cuts(pattern)) {
      std::vector<Formula> halves;
      halves.push_back(text_is(m.to, std::move(left), p.cased));
      halves.push_back(text_is(m.second, std::move(right), p.cased));
      ways.push_back(all_of(std::move(halves)));
    }
    return any_of(std::move(ways));
  }

  std::optional<Formula> registry_path(const Predicate& p, const FieldMapping& m) {
    if (p.op != Op::text) return std::nullopt;
    const Pattern pattern = with_hive(p.pattern);
    std::vector<Formula> ways;
    ways.push_back(both(p, m, pattern));
    const Pattern numbered = with_control_set(pattern);
    if (numbered != pattern) ways.push_back(both(p, m, numbered));
    return any_of(std::move(ways));
  }

  // Sysmon: `DWORD (0x00000001)`, `QWORD (0x00000000-0x00000001)`, `Binary Data`, `(Empty)`.
  std::optional<Formula> registry_data(const Predicate& p, const FieldMapping& m) {
    if (p.op != Op::text) return renamed(p, m.to);
    const auto exact = literal_text(p.pattern);
    std::vector<Formula> ways;
    ways.push_back(renamed(p, m.to));
    if (!exact) return ways[0];
    const std::string lower = base::ascii_lower(*exact);
    if (lower == "binary data")
      ways.push_back(text_is("NewValueType", literal_pattern("%%1875"), false));
    if (lower == "(empty)") ways.push_back(text_is(m.to, {}, false));
    if (const auto number = word_value(lower)) {
      Predicate n;
      n.field = m.to;
      n.op = Op::number;
      n.text = std::to_string(*number);
      n.number = static_cast<double>(*number);
      ways.push_back(leaf(predicates_.intern(std::move(n))));
    }
    return any_of(std::move(ways));
  }

  static std::optional<std::uint64_t> word_value(std::string_view lower) {
    std::string digits;
    if (lower.starts_with("dword (0x") && lower.size() == 18 && lower.ends_with(')')) {
      digits = lower.substr(9, 8);
    } else if (lower.starts_with("qword (0x") && lower.size() == 29 && lower.ends_with(')') &&
               lower.substr(17, 3) == "-0x") {
      digits = std::string(lower.substr(9, 8)) + std::string(lower.substr(20, 8));
    }
    std::uint64_t value = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size())
      return std::nullopt;
    return value;
  }

  // The filter platform names volumes by number, of one or two digits.
  std::optional<Formula> device_path(const Predicate& p, const FieldMapping& m) {
    if (p.op != Op::text) return std::nullopt;
    Pattern pattern = p.pattern;
    const PatternToken* literal = leading_literal(pattern);
    if (literal == nullptr) return renamed(p, m.to);
    const auto index = static_cast<std::size_t>(literal - pattern.data());
    const std::string_view text = literal->text;
    const bool letter = text.size() >= 3 && text.substr(1).starts_with(":\\") &&
                        ((text[0] >= 'a' && text[0] <= 'z') || (text[0] >= 'A' && text[0] <= 'Z'));
    const bool colon = index > 0 && text.starts_with(":\\");
    if (!letter && !colon) return renamed(p, m.to);
    if (index > 0) pattern.erase(pattern.begin());  // nothing stands before a drive letter
    std::vector<Formula> ways;
    Pattern volume = literal_pattern("\\device\\harddiskvolume");
    for (int digits = 1; digits <= 2; ++digits) {
      volume.push_back({TokenKind::any_one, {}});
      ways.push_back(text_is(m.to, with_front(pattern, 0, letter ? 2 : 1, volume), p.cased));
    }
    return any_of(std::move(ways));
  }

  // Which of the words satisfies the predicate decides which codes do; a code itself also may.
  std::optional<Formula> named(const Predicate& p, const FieldMapping& m) {
    std::vector<Formula> ways;
    if (p.op != Op::text && p.op != Op::regex && p.op != Op::number) return std::nullopt;
    std::optional<Regex> regex;
    if (p.op == Op::regex) {
      std::string reason;
      regex = Regex::compile(p.text, reason);
      if (!regex) return std::nullopt;
    }
    for (const NamedValue& value : m.names) {
      const bool holds = p.op == Op::text
                             ? glob_matches(p.pattern, p.cased ? std::string(value.name)
                                                               : base::folded(value.name))
                         : p.op == Op::regex ? regex->matches(value.name)
                                             : false;
      if (holds) ways.push_back(text_is(m.to, literal_pattern(value.code), false));
    }
    ways.push_back(renamed(p, m.to));
    return any_of(std::move(ways));
  }

  const BuiltinEvent& event_;
  PredicateTable& predicates_;
};

}  // namespace

struct BuiltinMapper::Impl {
  Impl(const BuiltinEvent& builtin, PredicateTable& predicates)
      : event(builtin), converter(builtin, predicates) {}

  std::optional<Formula> map(const Formula& formula) {
    Formula out = walk(formula, true);
    if (out.kind == Formula::Kind::never || node_count(out) > kMaxRuleNodes) return std::nullopt;
    if (event.only_field.empty()) return out;
    std::vector<Formula> values, parts;
    for (const std::string_view value : event.only_values)
      values.push_back(converter.text_is(event.only_field, literal_pattern(value), false));
    parts.push_back(any_of(std::move(values)));
    parts.push_back(std::move(out));
    return all_of(std::move(parts));
  }

  // What is below an even number of `not` can only help the whole to be true by being true itself,
  // what is below an odd number only by being false. So an unknown that must help nothing is false
  // there and true here, and what comes out is true exactly where the three-valued whole is.
  Formula walk(const Formula& f, bool positive) {
    if (f.kind == Formula::Kind::leaf) {
      if (const auto& known = convert(f.predicate)) return *known;
      return positive ? never() : always();
    }
    std::vector<Formula> parts;
    parts.reserve(f.parts.size());
    const bool inner = f.kind == Formula::Kind::not_ ? !positive : positive;
    for (const Formula& part : f.parts) parts.push_back(walk(part, inner));
    switch (f.kind) {
      case Formula::Kind::and_:
        return all_of(std::move(parts));
      case Formula::Kind::or_:
        return any_of(std::move(parts));
      case Formula::Kind::not_:
        return negation(std::move(parts[0]));
      default:
        return f;
    }
  }

  const std::optional<Formula>& convert(std::uint32_t id) {
    const auto [known, is_new] = converted.try_emplace(id);
    if (is_new) known->second = converter.convert(id);
    return known->second;
  }

  const BuiltinEvent& event;
  Converter converter;
  std::unordered_map<std::uint32_t, std::optional<Formula>> converted;  // nullopt: unknown
};

BuiltinMapper::BuiltinMapper(const BuiltinEvent& event, PredicateTable& predicates)
    : impl_(std::make_unique<Impl>(event, predicates)) {}
BuiltinMapper::~BuiltinMapper() = default;
BuiltinMapper::BuiltinMapper(BuiltinMapper&&) noexcept = default;

std::optional<Formula> BuiltinMapper::map(const Formula& formula) { return impl_->map(formula); }

}  // namespace exhibit::sigma
