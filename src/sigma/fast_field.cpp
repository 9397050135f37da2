#include "sigma/fast_field.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "base/text.h"
#include "sigma/value.h"

namespace exhibit::sigma::fast {
namespace {

constexpr std::uint32_t kCheckBit = 0x8000'0000;
constexpr std::size_t kIpTextSizeMax = 64;  // longer than any address is written

}  // namespace

// Literals of the matcher, each once, with what is to be done when it is found.
struct FieldPlan::Literals {
  std::map<std::pair<Literal::Anchor, std::string>, std::uint32_t> index;
  std::vector<Literal> literals;
  std::vector<std::vector<std::uint32_t>> actions;

  void add(Literal literal, std::uint32_t action) {
    const auto [at, is_new] =
        index.try_emplace({literal.anchor, literal.text}, static_cast<std::uint32_t>(index.size()));
    if (is_new) {
      literals.push_back(std::move(literal));
      actions.emplace_back();
    }
    actions[at->second].push_back(action);
  }
};

FieldPlan::FieldPlan(const RulePack& pack, std::span<const Question> questions, RegexPool& regexes)
    : question_count_(questions.size()) {
  using Op = Predicate::Op;
  Literals literals;
  for (const Question& question : questions) {
    const Predicate& predicate = pack.predicates[question.predicate];
    const Range atoms{static_cast<std::uint32_t>(atoms_.size()),
                      static_cast<std::uint32_t>(question.atoms.size())};
    atoms_.insert(atoms_.end(), question.atoms.begin(), question.atoms.end());
    switch (predicate.op) {
      case Op::text:
        add_text(predicate, atoms, literals);
        break;
      case Op::regex:
        add_regex(question.predicate, atoms, regexes, literals);
        break;
      case Op::number:
        add_number(predicate, atoms, literals);
        break;
      case Op::less:
      case Op::less_equal:
      case Op::greater:
      case Op::greater_equal:
        compare_.push_back({predicate.number, &predicate, atoms});
        break;
      case Op::time_part:
        times_.push_back({predicate.number, &predicate, atoms});
        break;
      case Op::cidr:
        if (const auto network = parse_network(predicate.text))
          networks_.push_back({*network, atoms});
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
  for (const auto& actions : literals.actions) {
    literal_first_.push_back(static_cast<std::uint32_t>(actions_.size()));
    actions_.insert(actions_.end(), actions.begin(), actions.end());
  }
  literal_first_.push_back(static_cast<std::uint32_t>(actions_.size()));
  matcher_ = Matcher(std::move(literals.literals));
}

void FieldPlan::add_text(const Predicate& predicate, Range atoms, Literals& literals) {
  Pattern pattern = normalised(predicate.pattern);
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
                     .pattern = std::move(pattern),
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
  const auto check = [&](std::uint32_t number) {
    if (scratch.checks.add(number) && holds(checks_[number], scratch.text))
      hold(checks_[number].atoms, atoms);
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
