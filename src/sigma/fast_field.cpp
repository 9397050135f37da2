#include "sigma/fast_field.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "sigma/value.h"

namespace exhibit::sigma::fast {
namespace {

constexpr std::uint32_t kCheckBit = 0x8000'0000;
constexpr std::size_t kIpTextSizeMax = 64;  // longer than any address is written

// Literals that end or begin a value are found by one hash, and such values repeat: looking them
// up is as fast as a filter.
std::optional<LiteralFilter> filter_of(const std::vector<Literal>& literals) {
  std::vector<std::string_view> texts;
  for (const Literal& literal : literals) {
    if (literal.anchor != Literal::Anchor::anywhere) return std::nullopt;
    texts.push_back(literal.text);
  }
  return LiteralFilter::make(texts);
}

}  // namespace

// Literals of the matcher, with what is to be done when one is found.
struct FieldPlan::Literals {
  struct Entry {
    Literal literal;
    std::uint32_t action = 0;
  };
  std::vector<Entry> entries;

  void add(Literal literal, std::uint32_t action) {
    entries.push_back({std::move(literal), action});
  }
  /// Moves each literal out once, and its actions to `actions` from `first`.
  std::vector<Literal> take(std::vector<std::uint32_t>& first,
                            std::vector<std::uint32_t>& actions) {
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      return std::tie(a.literal.anchor, a.literal.text, a.action) <
             std::tie(b.literal.anchor, b.literal.text, b.action);
    });
    std::vector<Literal> out;
    for (Entry& entry : entries) {
      if (out.empty() || out.back().anchor != entry.literal.anchor ||
          out.back().text != entry.literal.text) {
        first.push_back(static_cast<std::uint32_t>(actions.size()));
        out.push_back(std::move(entry.literal));
      }
      actions.push_back(entry.action);
    }
    first.push_back(static_cast<std::uint32_t>(actions.size()));
    return out;
  }
};

FieldPlan::FieldPlan(const RulePack& pack, std::span<const Question> questions,
                     std::vector<AtomIndex> atoms, RegexPool& regexes)
    : question_count_(questions.size()), atoms_(std::move(atoms)) {
  using Op = Predicate::Op;
  Literals literals;
  for (const Question& question : questions) {
    const Predicate& predicate = pack.predicates[question.predicate];
    const Range of{question.first, question.count};
    switch (predicate.op) {
      case Op::text:
        add_text(predicate, of, literals);
        break;
      case Op::regex:
        add_regex(question.predicate, of, regexes, literals);
        break;
      case Op::number:
        add_number(predicate, of, literals);
        break;
      case Op::less:
      case Op::less_equal:
      case Op::greater:
      case Op::greater_equal:
        compare_.push_back({predicate.number, &predicate, of});
        break;
      case Op::time_part:
        times_.push_back({predicate.number, &predicate, of});
        break;
      case Op::cidr:
        if (const auto network = parse_network(predicate.text)) networks_.push_back({*network, of});
        break;
      case Op::is_null:
      case Op::exists:
      case Op::field_text:
        break;  // asked of the event, not of a value
    }
  }
  std::sort(equal_.begin(), equal_.end(), [](const Numeric& a, const Numeric& b) {
    return std::pair(a.number, a.atoms.first) < std::pair(b.number, b.atoms.first);
  });
  std::vector<Literal> all = literals.take(literal_first_, actions_);
  if (only_literals_decide()) filter_ = filter_of(all);
  matcher_ = Matcher(std::move(all));
}

bool FieldPlan::only_literals_decide() const {
  return unguarded_.empty() && everything_.empty() && equal_.empty() && compare_.empty() &&
         times_.empty() && networks_.empty();
}

void FieldPlan::add_text(const Predicate& predicate, Range atoms, Literals& literals) {
  const bool is_normal = is_normalised(predicate.pattern);
  const Pattern other = is_normal ? Pattern() : normalised(predicate.pattern);
  const Pattern& pattern = is_normal ? predicate.pattern : other;
  PatternShape shape = shape_of(pattern);
  if (shape.kind == PatternShape::Kind::everything) {
    everything_.push_back(atoms);
    return;
  }
  if (shape.kind == PatternShape::Kind::literal && !predicate.cased) {
    direct_.push_back(atoms);
    literals.add(std::move(shape.literal), static_cast<std::uint32_t>(direct_.size() - 1));
    return;
  }
  // A cased literal's folded form must be in the folded text, wherever it stands; but that is only
  // so when the literal is UTF-8, because folding replaces what is not.
  const bool guarded =
      shape.kind != PatternShape::Kind::ungated &&
      (!predicate.cased || (base::is_utf8(shape.literal.text) && !shape.literal.text.empty()));
  const auto number = static_cast<std::uint32_t>(checks_.size());
  checks_.push_back({.kind = predicate.cased ? Check::Kind::cased_glob : Check::Kind::glob,
                     .pattern = pattern,
                     .regex = nullptr,
                     .atoms = atoms});
  if (!guarded) {
    unguarded_.push_back(number);
    return;
  }
  if (predicate.cased) shape.literal.text = base::folded(shape.literal.text);
  literals.add(std::move(shape.literal), kCheckBit | number);
}

void FieldPlan::add_regex(std::uint32_t predicate, Range atoms, RegexPool& regexes,
                          Literals& literals) {
  const RegexPool::Entry& entry = regexes.get(predicate);
  if (!entry.regex) return;
  const auto number = static_cast<std::uint32_t>(checks_.size());
  checks_.push_back(
      {.kind = Check::Kind::regex, .pattern = {}, .regex = &*entry.regex, .atoms = atoms});
  for (const std::string& literal : entry.literals)
    literals.add({Literal::Anchor::anywhere, literal}, kCheckBit | number);
  if (entry.literals.empty()) unguarded_.push_back(number);
}

// As sigma/value.h: the value's text is the rule's, or the value is that number.
void FieldPlan::add_number(const Predicate& predicate, Range atoms, Literals& literals) {
  direct_.push_back(atoms);
  literals.add({Literal::Anchor::whole, base::folded(predicate.text)},
               static_cast<std::uint32_t>(direct_.size() - 1));
  equal_.push_back({predicate.number, &predicate, atoms});
}

void FieldPlan::hold(Range range, HitSet& atoms) const {
  for (std::uint32_t i = 0; i < range.count; ++i) atoms.add(atoms_[range.first + i]);
}

bool FieldPlan::holds(const Check& check, ValueText& text) const {
  switch (check.kind) {
    case Check::Kind::glob:
      return match_glob(check.pattern, text.folded().view());
    case Check::Kind::cased_glob:
      return match_glob(check.pattern, text.text());
    case Check::Kind::regex:
      return check.regex->matches(text.text());
  }
  return false;
}

void FieldPlan::evaluate(const event::Value& value, std::size_t atom_count,
                         FieldScratch& scratch) const {
  HitSet& atoms = scratch.atoms;
  atoms.begin(atom_count);
  scratch.text.read(value);
  const PaddedText folded = scratch.text.folded();
  scratch.literals.begin(matcher_.size());
  scratch.checks.begin(checks_.size());
  matcher_.scan(folded, scratch.literals);
  scratch.work += folded.size * matcher_.extra_work();
  const auto check = [&](std::uint32_t number) {
    if (!scratch.checks.add(number)) return;
    scratch.work += folded.size;
    if (holds(checks_[number], scratch.text)) hold(checks_[number].atoms, atoms);
  };
  for (const std::uint32_t literal : scratch.literals.members()) {
    for (std::uint32_t i = literal_first_[literal]; i < literal_first_[literal + 1]; ++i) {
      if ((actions_[i] & kCheckBit) != 0)
        check(actions_[i] & ~kCheckBit);
      else
        hold(direct_[actions_[i]], atoms);
    }
  }
  for (const std::uint32_t number : unguarded_) check(number);
  for (const Range range : everything_) hold(range, atoms);
  evaluate_numbers(value, atoms);
  if (!networks_.empty() && folded.size <= kIpTextSizeMax) {
    if (const auto ip = parse_ip(scratch.text.text())) {
      for (const Cidr& cidr : networks_)
        if (cidr.network.contains(*ip)) hold(cidr.atoms, atoms);
    }
  }
  std::sort(atoms.sortable().begin(), atoms.sortable().end());
}

void FieldPlan::evaluate_numbers(const event::Value& value, HitSet& atoms) const {
  for (const Numeric& time : times_)
    if (time_part_equals(*time.predicate, value)) hold(time.atoms, atoms);
  if (equal_.empty() && compare_.empty()) return;
  const auto number = numeric(value);
  if (!number) return;
  for (auto at =
           std::lower_bound(equal_.begin(), equal_.end(), *number,
                            [](const Numeric& n, double wanted) { return n.number < wanted; });
       at != equal_.end() && at->number == *number; ++at)
    if (number_equals(*at->predicate, value)) hold(at->atoms, atoms);
  for (const Numeric& one : compare_)
    if (compares(*one.predicate, value)) hold(one.atoms, atoms);
}

}  // namespace exhibit::sigma::fast
