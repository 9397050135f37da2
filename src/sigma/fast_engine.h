// One worker of the fast engine: event in, rules out.
//
// Ownership:  `rules` and `paths` must outlive it.
// Threads:    one worker's.
// Cost:       no allocation for an event whose kind, paths and values were met before.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "exhibit/sigma.h"
#include "sigma/fast_field.h"
#include "sigma/fast_rival.h"
#include "sigma/fast_rules.h"
#include "sigma/text_references.h"
#include "sigma/value_cache.h"

namespace exhibit::sigma::fast {

class FastEngine final : public Engine {
 public:
  /// `cache` is given by tests that want small limits.
  FastEngine(CompiledRules::Impl& rules, const event::PathTable& paths, ValueCache cache = {});
  ~FastEngine() override;
  void match(const event::Batch& batch, const event::Event& event,
             std::vector<std::uint32_t>& matches) override;

 private:
  // This worker's marks for one group. Something is marked when its stamp is the current epoch.
  struct State {
    State(const Group& of, std::uint32_t first_field);
    const Group* group;
    std::uint32_t first_field;              // of the group's slots in the value cache
    std::vector<std::uint32_t> atoms;       // holds
    std::vector<std::uint32_t> present;     // by slot: has a value
    std::vector<std::uint32_t> valued;      // by slot: has a value that is not null
    std::vector<std::uint32_t> candidates;  // condition is called
    Rival rival;
  };
  // The rule fields that a path answers to.
  struct PathFields {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    bool known = false;
    bool is_event_id = false;
  };

  // A value that the cache is asked for.
  struct Asked {
    const event::Value* value = nullptr;
    FieldSlot slot = 0;
    ValueCache::Key key;
  };

  void judge(State* state, const event::Event& event, std::span<const event::Field> fields,
             std::vector<std::uint32_t>& matches);
  void judge_by_both(State& state, const event::Batch& batch, const event::Event& event,
                     std::vector<std::uint32_t>& matches);
  Engine& reference();
  State& state_for(const event::Event& event, bool event_id_resolved);
  void next_epoch();
  const PathFields& fields_of(event::PathId path);
  /// False when the event's field EventID is not just its event id, so that a group which takes it
  /// for known must not be used.
  bool read_fields(State& state, std::span<const event::Field> fields, std::uint32_t event_id);
  void read_value(State& state, FieldSlot slot, const event::Value& value);
  void look_up(State& state);
  void fire(State& state, std::span<const std::uint32_t> atoms);
  void decide(State& state, std::uint32_t condition, const event::Event& event,
              std::span<const event::Field> fields, std::vector<std::uint32_t>& matches);
  bool holds(const State& state, const Test& test, std::span<const event::Field> fields);
  bool field_text_holds(const Predicate& predicate, const Group::Reference& reference,
                        std::span<const event::Field> fields);

  CompiledRules::Impl& rules_;
  const event::PathTable& paths_;
  std::uint64_t paths_generation_ = 0;
  std::vector<PathFields> path_fields_;    // by PathId
  std::vector<event::FieldIndex> fields_;  // PathFields point here
  std::unordered_map<const Group*, std::unique_ptr<State>> states_;
  std::unordered_map<std::uint64_t, State*> by_key_;
  std::uint64_t last_key_ = ~std::uint64_t{0};
  State* last_state_ = nullptr;
  ValueCache channels_;  // channel → its class
  std::string channel_text_;
  std::uint32_t next_field_ = 0;
  std::uint32_t epoch_ = 0;
  ValueCache cache_;
  std::vector<Asked> asked_;  // of the event at hand
  FieldScratch scratch_;
  std::vector<std::uint32_t> candidates_;
  ValueText referring_;
  TextReferences references_;
  std::unique_ptr<Engine> reference_;  // made when a group first needs it
};

}  // namespace exhibit::sigma::fast
