// Which records a hunt, or a disclosure, looks at.
#include <algorithm>

#include "base/text.h"
#include "exhibit/hunt.h"

namespace exhibit::hunt {
namespace {

bool is_host(std::string_view host, std::string_view wanted) {
  if (base::folded(host) == base::folded(wanted)) return true;
  const std::size_t dot = host.find('.');
  return dot != std::string_view::npos && base::folded(host.substr(0, dot)) == base::folded(wanted);
}

}  // namespace

bool Filters::empty() const {
  return !from && !to && channels.empty() && event_ids.empty() && hosts.empty();
}

bool Filters::pass(const event::Event& event, std::string_view channel) const {
  if (from && (event.time == event::kNoTime || event.time < *from)) return false;
  if (to && (event.time == event::kNoTime || event.time >= *to)) return false;
  if (!event_ids.empty() && std::ranges::find(event_ids, event.event_id) == event_ids.end())
    return false;
  if (!channels.empty() && std::ranges::none_of(channels, [&](const std::string& wanted) {
        return base::folded(wanted) == base::folded(channel);
      }))
    return false;
  if (hosts.empty()) return true;
  const std::string host = event::to_text(event.computer);
  return std::ranges::any_of(hosts,
                             [&](const std::string& wanted) { return is_host(host, wanted); });
}

}  // namespace exhibit::hunt
