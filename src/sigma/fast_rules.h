// What the workers of the fast engine share: the groups, built when the first event of their kind
// comes.
//
// Threads:  group() and channel_class() may be called from any thread; a group is built once, under
//           its own lock, and is const from then on.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "exhibit/sigma.h"
#include "sigma/fast_group.h"
#include "sigma/fast_regexes.h"
#include "sigma/fast_routes.h"

namespace exhibit::sigma::fast {

/// Groups with conditions. Rules and not evidence decide how many kinds of event there are, but a
/// pack that names thousands of event ids could make evidence build thousands of groups. Events of
/// kinds beyond this go to one group of all variants that asks for the route of each.
inline constexpr std::size_t kGroupsMax = 2048;
inline constexpr std::size_t kGroupKeysMax = std::size_t{1} << 16;

/// Which of the channels that routes name an event's channel is. Channels that no route names are
/// one class, so hostile channel names make no groups.
using ChannelClass = std::uint32_t;

/// What an event is to the rules. Events of one key are admitted to the same variants.
struct GroupKey {
  enum class Id : std::uint8_t {
    named,    // `event_id` is one that rules name
    unnamed,  // some other
    none,     // the event has none
  };
  event::Product product = event::Product::unknown;
  ChannelClass channel = 0;
  Id id = Id::none;
  std::uint32_t event_id = 0;      // when named
  bool event_id_resolved = false;  // the field EventID is known to be the id
  friend auto operator<=>(const GroupKey&, const GroupKey&) = default;
};

}  // namespace exhibit::sigma::fast

namespace exhibit::sigma {

struct CompiledRules::Impl {
  explicit Impl(const RulePack& rules, std::size_t groups_max = fast::kGroupsMax);

  [[nodiscard]] fast::ChannelClass channel_class(std::string_view channel);
  /// The key of an event; `resolved` when its field EventID is known to be `event_id`.
  [[nodiscard]] fast::GroupKey key(event::Product product, fast::ChannelClass channel,
                                   std::uint32_t event_id, bool resolved) const;
  /// `channel` and `event_id` are those of an event with `key`.
  [[nodiscard]] const fast::Group& group(const fast::GroupKey& key, std::string_view channel,
                                         std::uint32_t event_id);
  /// The group of events that no variant is admitted for.
  [[nodiscard]] const fast::Group& nothing() const { return empty_; }
  [[nodiscard]] std::size_t group_count();

  const RulePack& pack;
  /// The field EventID, where some predicate asks for it.
  std::optional<event::FieldIndex> event_id_field;
  const fast::RouteTable routes;

 private:
  struct Lazy {
    std::once_flag once;
    std::unique_ptr<const fast::Group> group;
  };
  const fast::Group& generic();
  /// Finds or enters the key; null for a group without conditions. Not known: there is no room.
  std::shared_ptr<Lazy> lazy_group(const fast::GroupKey& key, bool is_empty, bool& is_known);

  std::size_t groups_max_;
  std::vector<std::uint32_t> event_ids_;  // that routes and predicates name, ascending
  fast::RegexPool regexes_;
  const fast::Group empty_;
  Lazy generic_;
  std::mutex mutex_;  // of what follows
  std::map<std::vector<std::uint32_t>, fast::ChannelClass> classes_;
  std::map<fast::GroupKey, std::shared_ptr<Lazy>> groups_;
  std::size_t groups_built_ = 0;
};

}  // namespace exhibit::sigma
