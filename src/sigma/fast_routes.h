// The distinct routes of a pack: thousands of variants share some hundred of them, so which
// variants an event is admitted to is asked of routes.
//
// Threads:  const after construction.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "exhibit/sigma.h"

namespace exhibit::sigma::fast {

class RouteTable {
 public:
  explicit RouteTable(const RulePack& pack);

  /// The variants that these admit, ascending.
  [[nodiscard]] std::vector<std::uint32_t> admitted(std::string_view channel,
                                                    std::uint32_t event_id,
                                                    event::Product product) const;
  /// That routes name, distinct, ascending.
  [[nodiscard]] const std::vector<std::string>& channels() const { return channels_; }
  [[nodiscard]] const std::vector<std::uint32_t>& event_ids() const { return event_ids_; }

 private:
  std::vector<const Route*> routes_;
  std::vector<std::uint32_t> of_variant_;
  std::vector<std::string> channels_;
  std::vector<std::uint32_t> event_ids_;
};

}  // namespace exhibit::sigma::fast
