#include "sigma/fast_rules.h"

#include <algorithm>
#include <numeric>

#include "sigma/fast_engine.h"

namespace exhibit::sigma {

using fast::ChannelClass;
using fast::Group;
using fast::GroupKey;

namespace {

fast::KnownEventId known_id(const GroupKey& key) {
  return {.known = key.event_id_resolved,
          .id = key.id == GroupKey::Id::named ? std::optional(key.event_id) : std::nullopt};
}

}  // namespace

CompiledRules::Impl::Impl(const RulePack& rules, std::size_t groups_max)
    : pack(rules),
      event_id_field(rules.fields.find("EventID")),
      routes(rules),
      groups_max_(groups_max),
      event_ids_(routes.event_ids()),
      regexes_(rules),
      empty_(rules, {}, {}, regexes_) {
  for (const Predicate& predicate : pack.predicates)
    if (const auto id = fast::named_event_id(predicate)) event_ids_.push_back(*id);
  std::sort(event_ids_.begin(), event_ids_.end());
  event_ids_.erase(std::unique(event_ids_.begin(), event_ids_.end()), event_ids_.end());
}

// Asked of admits() itself, so that a class is never coarser than what admits() tells apart.
ChannelClass CompiledRules::Impl::channel_class(std::string_view channel) {
  std::vector<std::uint32_t> named;
  Route route;
  for (std::uint32_t i = 0; i < routes.channels().size(); ++i) {
    route.channels.assign(1, routes.channels()[i]);
    if (admits(route, channel, event::kNoEventId, route.product)) named.push_back(i);
  }
  const std::lock_guard lock(mutex_);
  return classes_.try_emplace(std::move(named), static_cast<ChannelClass>(classes_.size()))
      .first->second;
}

GroupKey CompiledRules::Impl::key(event::Product product, ChannelClass channel,
                                  std::uint32_t event_id, bool resolved) const {
  GroupKey out;
  out.product = product;
  out.channel = channel;
  if (event_id == event::kNoEventId) return out;
  out.event_id_resolved = resolved && event_id_field.has_value();
  if (std::binary_search(event_ids_.begin(), event_ids_.end(), event_id)) {
    out.id = GroupKey::Id::named;
    out.event_id = event_id;
  } else {
    out.id = GroupKey::Id::unnamed;
  }
  return out;
}

const Group& CompiledRules::Impl::generic() {
  std::call_once(generic_.once, [&] {
    std::vector<std::uint32_t> all(pack.variants.size());
    std::iota(all.begin(), all.end(), 0U);
    generic_.group = std::make_unique<const Group>(
        pack, all, fast::GroupOptions{.event_id = {}, .check_routes = true}, regexes_);
  });
  return *generic_.group;
}

std::shared_ptr<CompiledRules::Impl::Lazy> CompiledRules::Impl::lazy_group(const GroupKey& key,
                                                                           bool is_empty,
                                                                           bool& is_known) {
  const std::lock_guard lock(mutex_);
  const auto known = groups_.find(key);
  is_known = known != groups_.end();
  if (is_known) return known->second;
  if (is_empty && groups_.size() < fast::kGroupKeysMax) {
    groups_.emplace(key, nullptr);
    is_known = true;
  } else if (!is_empty && groups_built_ < groups_max_ && groups_.size() < fast::kGroupKeysMax) {
    ++groups_built_;
    is_known = true;
    return groups_.emplace(key, std::make_shared<Lazy>()).first->second;
  }
  return nullptr;
}

const Group& CompiledRules::Impl::group(const GroupKey& key, std::string_view channel,
                                        std::uint32_t event_id) {
  const auto variants = routes.admitted(channel, event_id, key.product);
  bool is_known = false;
  const std::shared_ptr<Lazy> lazy = lazy_group(key, variants.empty(), is_known);
  if (!is_known) return generic();
  if (!lazy) return empty_;
  std::call_once(lazy->once, [&] {
    lazy->group = std::make_unique<const Group>(
        pack, variants, fast::GroupOptions{.event_id = known_id(key), .check_routes = false},
        regexes_);
  });
  return *lazy->group;
}

std::size_t CompiledRules::Impl::group_count() {
  const std::lock_guard lock(mutex_);
  return groups_built_;
}

CompiledRules::CompiledRules(const RulePack& pack) : impl_(std::make_unique<Impl>(pack)) {}
CompiledRules::~CompiledRules() = default;

std::unique_ptr<Engine> CompiledRules::make_engine(const event::PathTable& paths) const {
  return std::make_unique<fast::FastEngine>(*impl_, paths);
}

// Not from a group, so that it neither builds one nor depends on how many there are.
std::uint32_t CompiledRules::rules_on(std::string_view channel, std::uint32_t event_id,
                                      event::Product product) const {
  const GroupKey key = impl_->key(product, impl_->channel_class(channel), event_id, true);
  return fast::count_rules(impl_->pack, impl_->routes.admitted(channel, event_id, product),
                           known_id(key));
}

}  // namespace exhibit::sigma
