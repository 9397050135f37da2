#include <algorithm>
#include "base/text.h"
#include "exhibit/sigma.h"
namespace exhibit::sigma {
Engine::~Engine() = default;
bool admits(const Route& route, std::string_view channel, std::uint32_t id,
            event::Product product) {
  if (route.product != product) return false;
  if (!route.event_ids.empty() &&
      std::find(route.event_ids.begin(), route.event_ids.end(), id) == route.event_ids.end())
    return false;
  if (route.channels.empty()) return true;
  return std::any_of(route.channels.begin(), route.channels.end(),
                     [&](const std::string& c) { return base::ascii_iequals(c, channel); });
}
}  // namespace exhibit::sigma
