#include <array>

#include "base/text.h"
#include "exhibit/sigma.h"

namespace exhibit::sigma {
namespace {

constexpr std::array<std::string_view, 5> kLevels{"informational", "low", "medium", "high",
                                                  "critical"};
constexpr std::array<std::string_view, 5> kStatuses{"unsupported", "deprecated", "experimental",
                                                    "test", "stable"};

template <class T, std::size_t N>
std::optional<T> parse(const std::array<std::string_view, N>& names, std::string_view text) {
  for (std::size_t i = 0; i < N; ++i)
    if (base::ascii_iequals(names[i], text)) return static_cast<T>(i);
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Level level) { return kLevels[static_cast<std::size_t>(level)]; }
std::string_view to_string(Status status) { return kStatuses[static_cast<std::size_t>(status)]; }
std::optional<Level> parse_level(std::string_view text) { return parse<Level>(kLevels, text); }
std::optional<Status> parse_status(std::string_view text) { return parse<Status>(kStatuses, text); }

bool admits(const Route& route, std::string_view channel, std::uint32_t event_id,
            event::Product product) {
  if (route.product != product) return false;
  const auto is_channel = [&](const std::string& name) {
    return base::ascii_iequals(name, channel);
  };
  const auto any = [](const auto& list, auto test) {
    for (const auto& item : list)
      if (test(item)) return true;
    return false;
  };
  if (!route.channels.empty() && !any(route.channels, is_channel)) return false;
  return route.event_ids.empty() ||
         any(route.event_ids, [&](std::uint32_t id) { return id == event_id; });
}

}  // namespace exhibit::sigma
