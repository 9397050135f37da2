#include <algorithm>
#include <array>

#include "exhibit/sigma.h"

namespace exhibit::sigma {
namespace {

using Kind = PatternToken::Kind;

// The pattern as a rule would write it, without the wildcards that a verb already says.
std::string as_written(const Pattern& pattern, std::size_t first, std::size_t last) {
  std::string out = "'";
  for (std::size_t i = first; i < last; ++i) {
    if (pattern[i].kind == Kind::any_one) out += '?';
    if (pattern[i].kind == Kind::any_many) out += '*';
    for (const char c : pattern[i].text) {
      if (c == '*' || c == '?') out += '\\';
      out += c;
    }
  }
  return out + "'";
}

std::string text_question(const Predicate& p) {
  const auto is_many = [](const PatternToken& t) { return t.kind == Kind::any_many; };
  const std::size_t size = p.pattern.size();
  const bool front = size > 0 && is_many(p.pattern.front());
  const bool back = size > 0 && is_many(p.pattern.back());
  if (size == 1 && front) return "has any value";
  const std::size_t first = front ? 1 : 0, last = back ? size - 1 : size;
  const char* verb = front && back ? "contains "
                     : front       ? "ends with "
                     : back        ? "starts with "
                                   : "is ";
  return verb + as_written(p.pattern, first, last) + (p.cased ? " (case-sensitive)" : "");
}

std::string number_text(double number) {
  const auto whole = static_cast<long long>(number);
  return std::to_string(whole);
}

}  // namespace

std::string describe(const Predicate& p) {
  constexpr std::array<const char*, 6> kParts{"minute", "hour", "day", "week", "month", "year"};
  constexpr std::array<const char*, 4> kReferences{"is the value of ", "starts with the value of ",
                                                   "ends with the value of ",
                                                   "contains the value of "};
  const std::string field = p.field.empty() ? "any value" : p.field;
  const auto with = [&](std::string_view verb, std::string_view rest) {
    std::string out = field;
    out += ' ';
    out += verb;
    out += rest;
    return out;
  };
  switch (p.op) {
    case Predicate::Op::text:
      return with(text_question(p), "");
    case Predicate::Op::regex:
      return with("matches /", p.text + "/");
    case Predicate::Op::cidr:
      return with("is an address in ", p.text);
    case Predicate::Op::less:
      return with("< ", p.text);
    case Predicate::Op::less_equal:
      return with("<= ", p.text);
    case Predicate::Op::greater:
      return with("> ", p.text);
    case Predicate::Op::greater_equal:
      return with(">= ", p.text);
    case Predicate::Op::number:
      return with("is ", p.text);
    case Predicate::Op::is_null:
      return with("has no value", "");
    case Predicate::Op::exists:
      return with(p.number == 1 ? "exists" : "does not exist", "");
    case Predicate::Op::field_text:
      return with(kReferences[static_cast<std::size_t>(p.reference)], p.text);
    case Predicate::Op::time_part:
      return with("falls in ", std::string(kParts[static_cast<std::size_t>(p.part)]) + " " +
                                   number_text(p.number));
  }
  return field;
}

}  // namespace exhibit::sigma
