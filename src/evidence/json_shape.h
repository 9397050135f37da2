// What the members of a JSON record say about the event itself: its id, channel, host, time. One
// table for every shape in which Windows events are met (docs/formats/json-reading.md).
//
// Threads:  pure functions; a HeadBuilder belongs to one parser.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "exhibit/event.h"

namespace exhibit::evidence {

/// Which part of an event's head a path gives, and how good a witness it is: the least rank wins,
/// the first of equal ranks.
struct HeadRole {
  event::SystemField field = event::SystemField::none;
  std::uint8_t rank = 0;
};
[[nodiscard]] HeadRole head_role(std::string_view path);

/// Collects the best witness for each part of one event's head.
class HeadBuilder {
 public:
  void clear();
  void offer(HeadRole role, const event::Value& value) {
    const auto part = static_cast<std::size_t>(role.field);
    if (role.field == event::SystemField::none || value.is_null() || role.rank >= ranks_[part])
      return;
    ranks_[part] = role.rank;
    values_[part].data = value.data;  // one by one: as a whole it would wait for its own stores
    values_[part].size = value.size;
    values_[part].type = value.type;
  }
  /// Fills event_id, record_id, time, channel, provider, computer and product.
  void finish(event::Event& event) const;

 private:
  static constexpr std::size_t kParts = static_cast<std::size_t>(event::SystemField::level) + 1;
  std::array<std::uint8_t, kParts> ranks_{};
  std::array<event::Value, kParts> values_{};
};

}  // namespace exhibit::evidence
