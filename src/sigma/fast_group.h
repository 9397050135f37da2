// Everything that is put to the events of one kind (product, channel, event id), compiled.
//
// Threads:    const after construction and shared by all workers.
// Invariant:  a rule is reported for an event exactly when one of its admitted variants holds;
//             witnesses, atoms and constants decide only how little is looked at.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "exhibit/sigma.h"
#include "sigma/fast_field.h"
#include "sigma/fast_program.h"
#include "sigma/fast_regexes.h"
#include "sigma/fast_terms.h"

namespace exhibit::sigma::fast {

/// How many rules have, among `variants`, one that is not false whatever the event holds.
[[nodiscard]] std::uint32_t count_rules(const RulePack& pack,
                                        std::span<const std::uint32_t> variants,
                                        KnownEventId event_id);

struct GroupOptions {
  KnownEventId event_id;
  /// The variants are not all admitted for every event: ask admits() before a condition is run.
  bool check_routes = false;
};

class Group {
 public:
  /// One variant's condition.
  struct Condition {
    std::uint32_t rule = 0;
    std::uint32_t variant = 0;
    std::uint32_t entry = 0;  // into the program
  };

  /// The two fields of a field_text predicate; nullopt: the pack does not list it.
  struct Reference {
    std::optional<event::FieldIndex> left, right;
  };

  /// `variants` ascending.
  Group(const RulePack& pack, std::span<const std::uint32_t> variants, const GroupOptions& options,
        RegexPool& regexes);

  [[nodiscard]] bool empty() const { return conditions_.empty(); }
  [[nodiscard]] bool check_routes() const { return options_.check_routes; }
  [[nodiscard]] std::optional<FieldSlot> slot(event::FieldIndex field) const {
    const std::uint32_t plus_one = slot_plus_one_[field];
    return plus_one == 0 ? std::nullopt : std::optional<FieldSlot>(plus_one - 1);
  }
  [[nodiscard]] std::optional<FieldSlot> keyword_slot() const { return keyword_; }
  [[nodiscard]] std::size_t slot_count() const { return plans_.size(); }
  [[nodiscard]] const FieldPlan& plan(FieldSlot slot) const { return plans_[slot]; }

  [[nodiscard]] std::size_t atom_count() const { return atom_count_; }
  /// Atoms below this are witnesses.
  [[nodiscard]] AtomIndex witness_count() const { return witness_count_; }
  /// The conditions that `witness` calls for.
  [[nodiscard]] std::span<const std::uint32_t> called(AtomIndex witness) const {
    return std::span(called_).subspan(called_first_[witness],
                                      called_first_[witness + 1] - called_first_[witness]);
  }
  /// The conditions that have no witness: put to every event.
  [[nodiscard]] std::span<const std::uint32_t> uncalled() const { return uncalled_; }
  /// By rule, ascending.
  [[nodiscard]] const std::vector<Condition>& conditions() const { return conditions_; }
  [[nodiscard]] const Program& program() const { return program_; }
  [[nodiscard]] const Reference& reference(std::uint32_t predicate) const {
    return references_.at(predicate);
  }

 private:
  void choose_witnesses(const RulePack& pack, std::span<const Term> terms, std::size_t atoms);
  void build_plans(const RulePack& pack, const AtomTable& atoms, const FieldSlots& slots,
                   RegexPool& regexes);

  GroupOptions options_;
  std::vector<std::uint32_t> slot_plus_one_;  // by FieldIndex
  std::optional<FieldSlot> keyword_;
  std::vector<FieldPlan> plans_;  // by slot
  std::size_t atom_count_ = 0;
  AtomIndex witness_count_ = 0;
  std::vector<AtomIndex> numbers_;  // old atom number → new, witnesses first
  std::vector<std::uint32_t> called_first_, called_, uncalled_;
  std::vector<Condition> conditions_;
  Program program_;
  std::map<std::uint32_t, Reference> references_;  // by predicate
};

}  // namespace exhibit::sigma::fast
