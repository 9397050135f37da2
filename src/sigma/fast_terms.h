// A variant's condition, made ready for one group: constants resolved, `not` pushed down to the
// leaves, nested `and`s and `or`s flattened, and alternatives over one field made one atom.
//
// `Image|endswith: [a, b, c]` is three predicates but one question of a value: does any of them
// hold? That question is the atom. A missing field makes every such atom false, so its negation is
// true, as Sigma has it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "exhibit/sigma.h"

namespace exhibit::sigma::fast {

/// Number of a field in one group.
using FieldSlot = std::uint32_t;
/// Number of an atom in one group.
using AtomIndex = std::uint32_t;

struct Term {
  enum class Kind : std::uint8_t {
    never,
    always,
    values,      // some value of the field satisfies one of `predicates`
    null,        // the field is missing, or has null values only
    present,     // the field has a value, if only null
    field_text,  // `predicates` is one fieldref, decided on the event
    and_,
    or_,
  };
  Kind kind = Kind::never;
  bool negated = false;  // of leaves only
  FieldSlot field = 0;
  AtomIndex atom = 0;                     // values: its number
  std::vector<std::uint32_t> predicates;  // into RulePack::predicates, ascending, distinct
  std::vector<Term> children;
};

/// The fields that one group's variants ask for, in order of first use.
class FieldSlots {
 public:
  explicit FieldSlots(const event::FieldNames& names) : names_(names) {}
  /// `name` empty: the keyword slot, to which every value of an event belongs.
  FieldSlot slot(std::string_view name);
  /// The slot of a name that slot() was asked for before.
  [[nodiscard]] FieldSlot known(std::string_view name) const { return by_name_.at(name); }
  [[nodiscard]] std::size_t size() const { return fields_.size(); }
  /// nullopt: the keyword slot, or a field that the pack does not list, which is never present.
  [[nodiscard]] std::optional<event::FieldIndex> field(FieldSlot slot) const {
    return fields_[slot];
  }
  [[nodiscard]] std::optional<FieldSlot> keyword() const { return keyword_; }

 private:
  const event::FieldNames& names_;
  std::unordered_map<std::string_view, FieldSlot> by_name_;  // as spelled
  std::unordered_map<event::FieldIndex, FieldSlot> by_field_;
  std::vector<std::optional<event::FieldIndex>> fields_;
  std::optional<FieldSlot> keyword_;
};

/// The event id that every event of the group has as the one value of its field EventID.
struct KnownEventId {
  bool known = false;  // false: predicates on EventID are asked of each event
  /// nullopt: an id that no rule names.
  std::optional<std::uint32_t> id;
};

class Simplifier {
 public:
  Simplifier(const RulePack& pack, KnownEventId event_id, FieldSlots& slots)
      : pack_(pack), event_id_(event_id), slots_(slots) {}
  [[nodiscard]] Term simplify(const Expression& condition);

 private:
  Term visit(const Expression& condition, std::uint32_t node, bool negated);
  Term leaf(std::uint32_t predicate, bool negated);
  Term join(const Expression& condition, std::uint32_t node, bool negated);
  [[nodiscard]] std::optional<bool> constant(const Predicate& predicate) const;

  const RulePack& pack_;
  KnownEventId event_id_;
  FieldSlots& slots_;
};

/// The event ids that `predicate` names in a way that a KnownEventId resolves.
[[nodiscard]] std::optional<std::uint32_t> named_event_id(const Predicate& predicate);

/// Gives each distinct set of predicates its number.
class AtomTable {
 public:
  void number(Term& term);  // and its children
  [[nodiscard]] std::size_t size() const { return sets_.size(); }
  [[nodiscard]] const std::vector<std::uint32_t>& predicates(AtomIndex atom) const {
    return *sets_[atom];
  }

 private:
  std::map<std::vector<std::uint32_t>, AtomIndex> index_;
  std::vector<const std::vector<std::uint32_t>*> sets_;
};

}  // namespace exhibit::sigma::fast
