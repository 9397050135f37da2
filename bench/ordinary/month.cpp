#include "ordinary/month.h"

#include <algorithm>

#include "base/time.h"
#include "ordinary/activity.h"

namespace exhibit::ordinary {
namespace {

constexpr std::size_t kDays = 30;
constexpr std::size_t kMinutesPerDay = 1440;
constexpr std::size_t kWorkstationsMax = 100;
constexpr std::uint64_t kBytesPerHost = 20'000'000;

bool is_working_day(std::size_t day) { return day % 7 != 0 && day % 7 != 6; }  // day 0 is a Sunday

/// People at work in this hour, of a hundred.
unsigned presence(std::size_t day, std::size_t hour) {
  if (!is_working_day(day)) return 1;
  constexpr std::array<unsigned, 24> kHours = {0,  0,  0,  0,  0,  1,  8,  45, 85, 100, 100, 95,
                                               60, 85, 95, 90, 75, 40, 12, 5,  2,  1,   0,   0};
  return kHours[hour];
}

// How much happens in a minute, machines included: nights have their backups and scans.
std::uint64_t activity(std::size_t day, std::size_t hour) {
  const unsigned jobs = hour == 1 || hour == 2 ? 14 : hour == 22 ? 9 : 6;
  return presence(day, hour) + jobs;
}

}  // namespace

Summary write_month(const Options& options) {
  const std::size_t workstations = static_cast<std::size_t>(
      std::clamp<std::uint64_t>(options.size_bytes / kBytesPerHost, 1, kWorkstationsMax));
  World world(workstations);
  Random random(options.seed);
  Logs logs(options);
  Activities activities(world, logs, random);
  Weighted minutes;
  for (std::size_t minute = 0; minute < kDays * kMinutesPerDay; ++minute) {
    minutes.add(activity(minute / kMinutesPerDay, minute / 60 % 24));
  }
  const std::int64_t begin = base::ticks_from_civil(
      {.year = 2026, .month = 3, .day = 1, .hour = 0, .minute = 0, .second = 0, .tick = 0});
  // The clock is what share of the output is written, bent by how much happens when.
  const double scale =
      static_cast<double>(minutes.total()) / static_cast<double>(options.size_bytes);
  while (logs.size_bytes() < options.size_bytes) {
    const auto position =
        std::min(static_cast<std::uint64_t>(static_cast<double>(logs.size_bytes()) * scale),
                 minutes.total() - 1);
    const std::size_t minute = minutes.at(position);
    const std::int64_t ticks = begin + (static_cast<std::int64_t>(minute) * 60'000 +
                                        static_cast<std::int64_t>(random.below(60'000))) *
                                           (base::kTicksPerSecond / 1000);
    const std::size_t hour = minute / 60 % 24;
    const unsigned at_work = presence(minute / kMinutesPerDay, hour);
    // Servers work all the time, desks when somebody sits there.
    const std::uint64_t server_share = at_work > 20 ? 18 : 45;
    if (random.below(100) < server_share) {
      activities.anything(world.hosts[random.below(2)], ticks, Presence::away);
    } else {
      const std::size_t desk = random.below(workstations);
      const bool is_there = desk * 100 < at_work * workstations;
      activities.anything(world.hosts[2 + desk], ticks,
                          is_there                 ? Presence::at_work
                          : hour < 6 || hour >= 15 ? Presence::gone
                                                   : Presence::away);
    }
  }
  logs.finish();
  return {.records = logs.records(), .hosts = world.hosts.size()};
}

}  // namespace exhibit::ordinary
