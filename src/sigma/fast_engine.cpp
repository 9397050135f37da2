#include "sigma/fast_engine.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <utility>

namespace exhibit::sigma::fast {
namespace {

using event::ValueType;

// Channels that a worker remembers at once; real cases have some hundred.
constexpr std::size_t kChannelSlotsMax = std::size_t{1} << 10;
constexpr std::size_t kChannelWordsMax = std::size_t{1} << 17;
// Fields of all groups that the value cache tells apart; those of later groups are not remembered.
constexpr std::uint32_t kCacheFieldsMax = std::uint32_t{1} << 24;
constexpr std::uint32_t kUncached = 0xffff'ffff;

// True when `value` is `id` and its text is the id in canonical decimal form.
bool is_canonical_id(const event::Value& value, std::uint32_t id) {
  switch (value.type) {
    case ValueType::int8:
    case ValueType::uint8:
    case ValueType::int16:
    case ValueType::uint16:
    case ValueType::int32:
    case ValueType::uint32:
    case ValueType::int64:
    case ValueType::uint64:
      return event::to_integer(value) == std::int64_t{id};
    case ValueType::utf8:
    case ValueType::utf16:
    case ValueType::json_number:
      break;
    default:
      return false;
  }
  std::array<char, 10> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), id).ptr;
  const auto count = static_cast<std::size_t>(end - digits.data());
  const std::size_t width = value.type == ValueType::utf16 ? 2 : 1;
  if (value.size != count * width) return false;
  for (std::size_t i = 0; i < count; ++i) {
    if (value.data[i * width] != static_cast<std::byte>(digits[i])) return false;
    if (width == 2 && value.data[2 * i + 1] != std::byte{0}) return false;
  }
  return true;
}

// GroupKey in one word: 32 bits of id, 24 of channel class, the rest.
std::uint64_t packed(const GroupKey& key) {
  return std::uint64_t{key.event_id} | std::uint64_t{key.channel & 0xff'ffffU} << 32 |
         static_cast<std::uint64_t>(key.id) << 56 | static_cast<std::uint64_t>(key.product) << 58 |
         std::uint64_t{key.event_id_resolved} << 63;
}

// Of this thread: others on the processor must not decide which engine is the quicker.
std::int64_t cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

FastEngine::State::State(const Group& of, std::uint32_t first)
    : group(&of),
      first_field(first),
      atoms(of.atom_count()),
      present(of.slot_count()),
      valued(of.slot_count()),
      candidates(of.conditions().size()) {}

FastEngine::FastEngine(CompiledRules::Impl& rules, const event::PathTable& paths, ValueCache cache)
    : rules_(rules),
      paths_(paths),
      channels_(kChannelSlotsMax, kChannelWordsMax),
      cache_(std::move(cache)) {}
FastEngine::~FastEngine() = default;

FastEngine::State& FastEngine::state_for(const event::Event& event, bool event_id_resolved) {
  const ValueCache::Key channel_key = channels_.key(0, event.channel);
  ChannelClass channel = 0;
  if (const auto known = channels_.find(channel_key)) {
    channel = known->front();
  } else {
    channel_text_.clear();
    event::append_text(channel_text_, event.channel);
    channel = rules_.channel_class(channel_text_);
    channels_.insert(channel_key, std::span(&channel, 1));
  }
  const GroupKey key = rules_.key(event.product, channel, event.event_id, event_id_resolved);
  const std::uint64_t word = packed(key);
  if (word == last_key_) return *last_state_;
  if (by_key_.size() > kGroupKeysMax) by_key_.clear();
  State*& state = by_key_[word];
  if (state == nullptr) {
    channel_text_.clear();
    event::append_text(channel_text_, event.channel);
    const Group& group = rules_.group(key, channel_text_, event.event_id);
    std::unique_ptr<State>& owned = states_[&group];
    if (!owned) {
      const bool is_cached = group.slot_count() < kCacheFieldsMax - next_field_;
      owned = std::make_unique<State>(group, is_cached ? next_field_ : kUncached);
      if (is_cached) next_field_ += static_cast<std::uint32_t>(group.slot_count());
    }
    state = owned.get();
  }
  last_key_ = word;
  last_state_ = state;
  return *state;
}

void FastEngine::next_epoch() {
  if (++epoch_ != 0) return;
  for (auto& [group, state] : states_)
    for (auto* stamps : {&state->atoms, &state->present, &state->valued, &state->candidates})
      std::fill(stamps->begin(), stamps->end(), 0U);
  epoch_ = 1;
}

const FastEngine::PathFields& FastEngine::fields_of(event::PathId path) {
  if (path >= path_fields_.size()) path_fields_.resize(paths_.size());
  PathFields& out = path_fields_[path];
  if (!out.known) [[unlikely]] {
    const auto fields = paths_.fields(path);
    out.first = static_cast<std::uint32_t>(fields_.size());
    out.count = static_cast<std::uint32_t>(fields.size());
    out.known = true;
    fields_.insert(fields_.end(), fields.begin(), fields.end());
    out.is_event_id = rules_.event_id_field && std::find(fields.begin(), fields.end(),
                                                         *rules_.event_id_field) != fields.end();
  }
  return out;
}

void FastEngine::match(const event::Batch& batch, const event::Event& event,
                       std::vector<std::uint32_t>& matches) {
  matches.clear();
  if (paths_.generation() != paths_generation_) {
    // The table was cleared (a flood of keys): the numbers of paths mean others now.
    paths_generation_ = paths_.generation();
    path_fields_.clear();
    fields_.clear();
  }
  State& state = state_for(event, true);
  if (state.group == &rules_.nothing()) return;
  switch (state.rival.judge()) {
    case Rival::Judge::fast: {
      scratch_.work = 0;
      judge(&state, event, batch.event_fields(event), matches);
      if (scratch_.work != 0) state.rival.add_work(scratch_.work);
      return;
    }
    case Rival::Judge::both:
      return judge_by_both(state, batch, event, matches);
    case Rival::Judge::reference:
      reference().match(batch, event, matches);
      state.rival.add_event();
      return;
  }
}

Engine& FastEngine::reference() {
  if (!reference_) reference_ = make_reference_engine(rules_.pack, paths_);
  return *reference_;
}

void FastEngine::judge_by_both(State& state, const event::Batch& batch, const event::Event& event,
                               std::vector<std::uint32_t>& matches) {
  Engine& other = reference();
  const std::int64_t begun = cpu_ns();
  other.match(batch, event, matches);
  matches.clear();
  const std::int64_t between = cpu_ns();
  judge(&state, event, batch.event_fields(event), matches);
  state.rival.add_trial(cpu_ns() - between, between - begun);
}

void FastEngine::judge(State* state, const event::Event& event,
                       std::span<const event::Field> fields, std::vector<std::uint32_t>& matches) {
  next_epoch();
  candidates_.clear();
  if (!read_fields(*state, fields, event.event_id)) {
    state = &state_for(event, false);
    next_epoch();
    candidates_.clear();
    read_fields(*state, fields, event.event_id);
  }
  for (const std::uint32_t condition : candidates_)
    decide(*state, condition, event, fields, matches);
  for (const std::uint32_t condition : state->group->uncalled())
    decide(*state, condition, event, fields, matches);
  if (matches.size() > 1) {
    std::sort(matches.begin(), matches.end());
    matches.erase(std::unique(matches.begin(), matches.end()), matches.end());
  }
}

bool FastEngine::read_fields(State& state, std::span<const event::Field> fields,
                             std::uint32_t event_id) {
  const Group& group = *state.group;
  const auto keyword = group.keyword_slot();
  std::size_t ids = 0;
  bool canonical = true;
  asked_.clear();
  for (const event::Field& field : fields) {
    const PathFields& of_path = fields_of(field.path);
    for (std::uint32_t i = 0; i < of_path.count; ++i)
      if (const auto slot = group.slot(fields_[of_path.first + i]))
        read_value(state, *slot, field.value);
    if (of_path.is_event_id) {
      ++ids;
      canonical = canonical && is_canonical_id(field.value, event_id);
    }
    if (keyword) read_value(state, *keyword, field.value);
  }
  look_up(state);
  return ids == 1 && canonical;
}

void FastEngine::read_value(State& state, FieldSlot slot, const event::Value& value) {
  state.present[slot] = epoch_;
  if (value.is_null()) return;
  state.valued[slot] = epoch_;
  const FieldPlan& plan = state.group->plan(slot);
  if (plan.asks_nothing() || plan.rules_out(value)) return;
  if (value.size <= kCachedValueSizeBytesMax && state.first_field != kUncached) {
    // The members one by one: what is built elsewhere and copied waits for its own stores.
    Asked& asked = asked_.emplace_back();
    asked.value = &value;
    asked.slot = slot;
    cache_.set_key(asked.key, state.first_field + slot, value);
    cache_.fetch_slot(asked.key);
    return;
  }
  plan.evaluate(value, state.group->atom_count(), scratch_);
  fire(state, scratch_.atoms.members());
}

// All values of the event together, so that what one has to wait for comes for the others too.
void FastEngine::look_up(State& state) {
  for (const Asked& asked : asked_) cache_.fetch_value(asked.key);
  for (const Asked& asked : asked_) {
    if (const auto known = cache_.find(asked.key)) {
      fire(state, *known);
      continue;
    }
    state.group->plan(asked.slot).evaluate(*asked.value, state.group->atom_count(), scratch_);
    cache_.insert(asked.key, scratch_.atoms.members());
    fire(state, scratch_.atoms.members());
  }
}

void FastEngine::fire(State& state, std::span<const std::uint32_t> atoms) {
  const Group& group = *state.group;
  const AtomIndex witnesses = group.witness_count();
  std::size_t i = 0;
  for (; i < atoms.size() && atoms[i] < witnesses; ++i) {
    std::uint32_t& stamp = state.atoms[atoms[i]];
    if (stamp == epoch_) continue;
    stamp = epoch_;
    for (const std::uint32_t condition : group.called(atoms[i])) {
      if (state.candidates[condition] == epoch_) continue;
      state.candidates[condition] = epoch_;
      candidates_.push_back(condition);
    }
  }
  for (; i < atoms.size(); ++i) state.atoms[atoms[i]] = epoch_;
}

void FastEngine::decide(State& state, std::uint32_t index, const event::Event& event,
                        std::span<const event::Field> fields, std::vector<std::uint32_t>& matches) {
  const Group& group = *state.group;
  const Group::Condition& condition = group.conditions()[index];
  if (!group.program().run(condition.entry,
                           [&](const Test& test) { return holds(state, test, fields); }))
    return;
  if (group.check_routes()) {
    channel_text_.clear();
    event::append_text(channel_text_, event.channel);
    if (!admits(rules_.pack.variants[condition.variant].route, channel_text_, event.event_id,
                event.product))
      return;
  }
  matches.push_back(condition.rule);
}

bool FastEngine::holds(const State& state, const Test& test, std::span<const event::Field> fields) {
  switch (test.kind) {
    case Test::Kind::atom:
      return state.atoms[test.index] == epoch_;
    case Test::Kind::null:
      return state.valued[test.index] != epoch_;
    case Test::Kind::present:
      return state.present[test.index] == epoch_;
    case Test::Kind::field_text:
      return field_text_holds(rules_.pack.predicates[test.index],
                              state.group->reference(test.index), fields);
  }
  return false;
}

bool FastEngine::field_text_holds(const Predicate& predicate, const Group::Reference& reference,
                                  std::span<const event::Field> fields) {
  const auto asks = [&](const event::Field& field, const std::optional<event::FieldIndex>& name) {
    if (!name || field.value.is_null()) return false;
    const PathFields& of_path = path_fields_[field.path];
    const auto names = std::span(fields_).subspan(of_path.first, of_path.count);
    return std::find(names.begin(), names.end(), *name) != names.end();
  };
  const auto text_of = [&](const event::Field& field) -> std::string_view {
    referring_.read(field.value);
    return predicate.cased ? referring_.text() : referring_.folded().view();
  };
  references_.clear(predicate.reference);
  for (const event::Field& field : fields)
    if (asks(field, reference.right)) references_.add(text_of(field));
  if (references_.empty()) return false;
  for (const event::Field& field : fields)
    if (asks(field, reference.left) && references_.hold(text_of(field))) return true;
  return false;
}

}  // namespace exhibit::sigma::fast
