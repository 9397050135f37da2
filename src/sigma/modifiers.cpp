#include "sigma/modifiers.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/text.h"
#include "sigma/cidr.h"
#include "sigma/modifier_chain.h"
#include "sigma/regex.h"

namespace exhibit::sigma {
namespace {

using Class = Chain::Class;
using yaml::Kind;
using yaml::Node;

// Lowers the values of one item, one after the other.
class Lowering {
 public:
  Lowering(const ModifierContext& context, const Chain& chain) : c_(context), chain_(chain) {}

  std::optional<Formula> value(const Node& node) {
    if (node.kind == Kind::mapping || node.kind == Kind::sequence)
      return refuse("S121", node,
                    "a value must be text, a number, a boolean or null, not " +
                        std::string(to_string(node.kind)));
    switch (chain_.what) {
      case Class::text:
        return text(node);
      case Class::regex:
        return regex(node);
      case Class::cidr:
        return cidr(node);
      case Class::compare:
        return compare(node);
      case Class::time_part:
        return time_part(node);
      case Class::fieldref:
        return fieldref(node);
      case Class::exists:
        return exists(node);
    }
    return std::nullopt;
  }

 private:
  std::optional<Formula> refuse(std::string_view code, const Node& node, std::string reason,
                                std::string hint = {}) {
    c_.diagnostics.error(code, node.mark, std::move(reason), std::move(hint));
    return std::nullopt;
  }

  [[nodiscard]] Predicate predicate(Predicate::Op op) const {
    Predicate p;
    p.field = chain_.field;
    p.op = op;
    return p;
  }

  [[nodiscard]] bool changes_text() const {
    return !chain_.steps.empty() || chain_.starts || chain_.ends || chain_.contains ||
           chain_.cased || chain_.expand;
  }

  std::optional<Formula> text(const Node& node) {
    if (node.kind == Kind::null) return null(node);
    const bool number = node.kind == Kind::integer || node.kind == Kind::real;
    if (const auto value = number_of(node);
        number && value && !changes_text() && !chain_.field.empty()) {
      Predicate p = predicate(Predicate::Op::number);
      p.text = node.text;
      p.number = *value;
      return leaf(c_.predicates.intern(std::move(p)));
    }
    std::vector<Pattern> patterns;
    if (chain_.expand) {
      std::vector<std::string> texts;
      if (!expand(node, texts)) return std::nullopt;
      for (const std::string& t : texts) patterns.push_back(parse_pattern(t));
    } else {
      patterns.push_back(parse_pattern(node.text));
    }
    for (const Modifier step : chain_.steps)
      if (!apply(step, node, patterns)) return std::nullopt;
    std::vector<Formula> parts;
    parts.reserve(patterns.size());
    for (Pattern& pattern : patterns) {
      const bool keyword = chain_.field.empty() && !chain_.starts && !chain_.ends;
      if (chain_.contains || chain_.ends || keyword) open_front(pattern);
      if (chain_.contains || chain_.starts || keyword) open_back(pattern);
      Predicate p = predicate(Predicate::Op::text);
      p.cased = chain_.cased;
      p.pattern = chain_.cased ? std::move(pattern) : folded(std::move(pattern));
      parts.push_back(leaf(c_.predicates.intern(std::move(p))));
    }
    return any_of(std::move(parts));
  }

  std::optional<Formula> null(const Node& node) {
    if (chain_.field.empty())
      return refuse("S122", node, "null cannot be searched for as a keyword",
                    "quote it ('null') if the word is meant");
    if (changes_text())
      return refuse("S122", node, "null takes no modifier but 'neq'",
                    "quote it if the text is meant, or write '' for an empty value");
    return leaf(c_.predicates.intern(predicate(Predicate::Op::is_null)));
  }

  // Source: Sigma 2.1, "Placeholders": `%name%` is one, `\%` a plain percent sign.
  bool expand(const Node& node, std::vector<std::string>& out) {
    out.assign(1, {});
    const std::string_view text = node.text;
    for (std::size_t at = 0; at < text.size(); ++at) {
      std::string_view piece = text.substr(at, 1);
      if (text[at] == '\\' && at + 1 < text.size()) {
        piece = text[at + 1] == '%' ? text.substr(at + 1, 1) : text.substr(at, 2);
        ++at;
      } else if (text[at] == '%') {
        const std::size_t end = text.find('%', at + 1);
        const std::string_view name =
            end == std::string_view::npos ? std::string_view{} : text.substr(at + 1, end - at - 1);
        if (is_name(name)) {
          if (!substitute(node, at, name, out)) return false;
          at = end;
          continue;
        }
      }
      for (std::string& t : out) t += piece;
    }
    return true;
  }

  static bool is_name(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '_' || c == '-' || c == '.';
    });
  }

  bool substitute(const Node& node, std::size_t at, std::string_view name,
                  std::vector<std::string>& out) {
    const auto found = c_.placeholders.find(std::string(name));
    if (found == c_.placeholders.end() || found->second.empty()) {
      c_.diagnostics.error("S141", c_.diagnostics.within(node, at, name.size() + 2),
                           "placeholder '%" + std::string(name) + "%' has no values",
                           "give it a list of values (--placeholders FILE); a rule with an open "
                           "placeholder cannot be applied");
      return false;
    }
    if (out.size() * found->second.size() > kMaxRuleNodes) {
      c_.diagnostics.error("S123", node.mark, "the placeholders expand to too many values");
      return false;
    }
    std::vector<std::string> next;
    next.reserve(out.size() * found->second.size());
    for (const std::string& before : out)
      for (const std::string& value : found->second) next.push_back(before + value);
    out = std::move(next);
    return true;
  }

  bool apply(Modifier step, const Node& node, std::vector<Pattern>& patterns) {
    std::vector<Pattern> out;
    for (const Pattern& pattern : patterns) {
      if (step == Modifier::windash) {
        auto variants = windash(pattern);
        if (!variants || out.size() + variants->size() > kMaxRuleNodes) {
          (void)refuse("S123", node,
                       "'windash' makes more than " + std::to_string(kMaxWindashVariants) +
                           " combinations of this value",
                       "split the value at its options");
          return false;
        }
        std::move(variants->begin(), variants->end(), std::back_inserter(out));
        continue;
      }
      const auto plain = literal_text(pattern);
      if (!plain) {
        (void)refuse("S124", node, "wildcards cannot be encoded",
                     "escape them with a backslash if they are meant literally");
        return false;
      }
      if (!encode(step, *plain, node, out)) return false;
    }
    patterns = std::move(out);
    return true;
  }

  bool encode(Modifier step, const std::string& plain, const Node& node,
              std::vector<Pattern>& out) {
    switch (step) {
      case Modifier::base64:
        out.push_back(literal_pattern(base::to_base64(as_bytes(plain))));
        return true;
      case Modifier::base64offset: {
        const auto forms = base64_offsets(plain);
        if (forms.size() < 3) {
          (void)refuse("S124", node,
                       "too short for 'base64offset': nothing of it is the same in "
                       "every position");
          return false;
        }
        for (const std::string& form : forms) out.push_back(literal_pattern(form));
        return true;
      }
      default:
        break;
    }
    const Utf16 form = step == Modifier::utf16be ? Utf16::big
                       : step == Modifier::utf16 ? Utf16::marked
                                                 : Utf16::little;
    const auto units = to_utf16(plain, form);
    const bool last = chain_.steps.back() == step;
    if (!units || (last && !base::is_utf8(*units))) {
      (void)refuse("S124", node, "these UTF-16 bytes cannot occur in a text",
                   "follow the encoding with 'base64' or 'base64offset'");
      return false;
    }
    out.push_back(literal_pattern(*units));
    return true;
  }

  std::optional<Formula> regex(const Node& node) {
    if (node.kind == Kind::null) return refuse("S122", node, "a regular expression cannot be null");
    Predicate p = predicate(Predicate::Op::regex);
    p.text = node.text;
    // `contains` changes nothing: a regular expression is not anchored.
    if (!chain_.contains && (chain_.starts || chain_.ends))
      p.text = (chain_.starts ? "\\A(?:" : "(?:") + p.text + (chain_.ends ? ")\\z" : ")");
    if (!chain_.flags.empty()) p.text = "(?" + chain_.flags + ")" + p.text;
    std::string reason;
    // First as written, so that a stray parenthesis cannot close the group that is put around it.
    if (!Regex::compile(node.text, reason) ||
        (p.text != node.text && !Regex::compile(p.text, reason)))
      return refuse("S142", node, "not a regular expression that RE2 takes: " + reason,
                    "back-references and look-around are not supported");
    return leaf(c_.predicates.intern(std::move(p)));
  }

  std::optional<Formula> cidr(const Node& node) {
    if (!parse_network(node.text))
      return refuse("S143", node, "not an IP network", "write it as 10.0.0.0/8 or fe80::/10");
    Predicate p = predicate(Predicate::Op::cidr);
    p.text = node.text;
    return leaf(c_.predicates.intern(std::move(p)));
  }

  // nullopt also for a number beyond what can be held: of that, only the text is compared.
  static std::optional<double> number_of(const Node& node) {
    if (node.kind == Kind::null || node.kind == Kind::boolean) return std::nullopt;
    std::string_view text = node.text;
    if (text.starts_with('+')) text.remove_prefix(1);
    if (text.starts_with("0x")) {
      std::uint64_t hex = 0;
      const auto [end, error] =
          std::from_chars(text.data() + 2, text.data() + text.size(), hex, 16);
      if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
      return static_cast<double>(hex);
    }
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size() ||
        !std::isfinite(number))
      return std::nullopt;
    return number;
  }

  std::optional<Formula> compare(const Node& node) {
    const auto number = number_of(node);
    if (!number) return refuse("S144", node, "a comparison needs a number");
    Predicate p = predicate(op_of(*chain_.comparison));
    p.text = node.text;
    p.number = *number;
    return leaf(c_.predicates.intern(std::move(p)));
  }

  static Predicate::Op op_of(Modifier comparison) {
    switch (comparison) {
      case Modifier::gt:
        return Predicate::Op::greater;
      case Modifier::gte:
        return Predicate::Op::greater_equal;
      case Modifier::lt:
        return Predicate::Op::less;
      default:
        return Predicate::Op::less_equal;
    }
  }

  static std::pair<int, int> range_of(TimePart part) {
    switch (part) {
      case TimePart::minute:
        return {0, 59};
      case TimePart::hour:
        return {0, 23};
      case TimePart::day:
        return {1, 31};
      case TimePart::week:
        return {1, 53};  // ISO 8601; the specification's 52 leaves out the last days of long years
      case TimePart::month:
        return {1, 12};
      case TimePart::year:
        break;
    }
    return {1601, 30827};  // what FILETIME spans
  }

  std::optional<Formula> time_part(const Node& node) {
    const auto [low, high] = range_of(chain_.part);
    const auto number = number_of(node);
    if (!number || *number < low || *number > high || *number != static_cast<int>(*number))
      return refuse("S144", node,
                    "this part of a time is a whole number from " + std::to_string(low) + " to " +
                        std::to_string(high));
    const int wanted = static_cast<int>(*number);
    std::vector<Formula> parts;
    const int first = chain_.comparison ? low : wanted, last = chain_.comparison ? high : wanted;
    for (int n = first; n <= last; ++n) {
      if (chain_.comparison && !holds(*chain_.comparison, n, wanted)) continue;
      Predicate p = predicate(Predicate::Op::time_part);
      p.part = chain_.part;
      p.number = n;
      parts.push_back(leaf(c_.predicates.intern(std::move(p))));
    }
    return any_of(std::move(parts));
  }

  static bool holds(Modifier comparison, int n, int wanted) {
    switch (comparison) {
      case Modifier::gt:
        return n > wanted;
      case Modifier::gte:
        return n >= wanted;
      case Modifier::lt:
        return n < wanted;
      default:
        return n <= wanted;
    }
  }

  std::optional<Formula> fieldref(const Node& node) {
    if (node.kind != Kind::text || node.text.empty())
      return refuse("S145", node, "a field reference must name a field");
    Predicate p = predicate(Predicate::Op::field_text);
    p.text = node.text;
    p.cased = chain_.cased;
    if (chain_.contains || (chain_.starts && chain_.ends))
      p.reference = Predicate::Reference::contains;
    else if (chain_.starts)
      p.reference = Predicate::Reference::starts;
    else if (chain_.ends)
      p.reference = Predicate::Reference::ends;
    return leaf(c_.predicates.intern(std::move(p)));
  }

  std::optional<Formula> exists(const Node& node) {
    if (node.kind != Kind::boolean)
      return refuse("S146", node, "'exists' takes true or false", "write it without quotes");
    Predicate p = predicate(Predicate::Op::exists);
    p.number = base::ascii_lower(node.text) == "true" ? 1 : 0;
    return leaf(c_.predicates.intern(std::move(p)));
  }

  const ModifierContext& c_;
  const Chain& chain_;
};

}  // namespace

std::optional<Formula> lower_item(const ModifierContext& context, const yaml::Node* key,
                                  const yaml::Node& value) {
  Chain chain;
  if (key != nullptr) {
    auto parsed = parse_chain(*key, context.diagnostics);
    if (!parsed) return std::nullopt;
    chain = std::move(*parsed);
  }
  Lowering lowering(context, chain);
  std::vector<Formula> parts;
  if (value.kind == Kind::sequence) {
    if (value.children.empty()) {
      context.diagnostics.error("S121", value.mark, "an empty list of values can never match");
      return std::nullopt;
    }
    for (const yaml::NodeId id : value.children) {
      const Node& node = context.document[id];
      if (node.kind == Kind::null && chain.what == Class::text) {
        context.diagnostics.error("S122", node.mark, "null cannot be part of a list of values",
                                  "make it a search identifier of its own; an empty text is ''");
        return std::nullopt;
      }
      auto part = lowering.value(node);
      if (!part) return std::nullopt;
      parts.push_back(std::move(*part));
    }
  } else {
    auto part = lowering.value(value);
    if (!part) return std::nullopt;
    parts.push_back(std::move(*part));
  }
  if (chain.all && parts.size() < 2)
    context.diagnostics.warning("S133", key->mark, "'all' on a single value says nothing",
                                "leave it out, or give a list of values");
  Formula formula = chain.all ? all_of(std::move(parts)) : any_of(std::move(parts));
  return chain.neq ? negation(std::move(formula)) : std::move(formula);
}

}  // namespace exhibit::sigma
