#include "cli/hunt_request.h"

#include <algorithm>

#include "cli/interrupt.h"
#include "cli/safe_text.h"
#include "cli/time_argument.h"

namespace exhibit::cli {

namespace {

constexpr std::uint64_t kThreadsMax = 1024;

bool take_event_ids(const Arguments& arguments, const Console& console,
                    std::vector<std::uint32_t>& out) {
  for (const auto& list : arguments.values("event-id")) {
    std::string_view rest = list;
    for (;;) {
      const auto comma = std::min(rest.find(','), rest.size());
      const auto id = parse_number(rest.substr(0, comma), 0, event::kNoEventId - 1);
      if (!id) {
        console.error("--event-id takes numbers, such as 4624 or 4624,4625, not `" +
                      safe_text(list) + "`");
        return false;
      }
      out.push_back(static_cast<std::uint32_t>(*id));
      if (comma == rest.size()) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return true;
}

bool take_time(const Arguments& arguments, const Console& console, std::string_view flag,
               base::Ticks now, std::optional<event::Ticks>& out) {
  if (!arguments.has(flag)) return true;
  out = parse_time_argument(arguments.value(flag), now);
  if (out) return true;
  console.error("--" + std::string(flag) +
                " takes a time such as 2026-03-01, 2026-03-01T08:00:00Z or 7d, not `" +
                safe_text(arguments.value(flag)) + "`");
  return false;
}

}  // namespace

std::optional<unsigned> threads_asked(const Arguments& arguments, const Console& console) {
  if (!arguments.has("threads")) return 0;
  const auto number = parse_number(arguments.value("threads"), 1, kThreadsMax);
  if (number) return static_cast<unsigned>(*number);
  console.error("--threads takes a number from 1 to " + std::to_string(kThreadsMax) + ", not `" +
                safe_text(arguments.value("threads")) + "`");
  return std::nullopt;
}

std::optional<hunt::Filters> filters_asked(const Arguments& arguments, const Console& console,
                                           std::string_view until) {
  hunt::Filters filters;
  filters.channels = arguments.values("channel");
  filters.hosts = arguments.values("host");
  const base::Ticks now = clock_now();
  if (!take_event_ids(arguments, console, filters.event_ids) ||
      !take_time(arguments, console, "from", now, filters.from) ||
      !take_time(arguments, console, until, now, filters.to))
    return std::nullopt;
  if (filters.from && filters.to && *filters.from >= *filters.to) {
    console.error("--from must be before --" + std::string(until));
    return std::nullopt;
  }
  return filters;
}

std::optional<hunt::HuntOptions> hunt_options(const Arguments& arguments, const Console& console) {
  hunt::HuntOptions options;
  const auto threads = threads_asked(arguments, console);
  if (!threads) return std::nullopt;
  options.threads = *threads;
  options.reference_engine = arguments.value("engine") == "reference";
  options.slack = arguments.has("slack");
  options.full_events = arguments.has("full");
  auto filters = filters_asked(arguments, console, "to");
  if (!filters) return std::nullopt;
  options.filters = *std::move(filters);
  options.stop = &stop_flag();
  return options;
}

std::optional<evidence::Listing> list_asked(const std::vector<std::string>& paths,
                                            const Console& console) {
  auto listing = evidence::list_inputs(paths);
  bool named_missing = false;
  for (const auto& skipped : listing.skipped) {
    if (std::ranges::find(paths, skipped.path) == paths.end()) continue;
    console.error(safe_text(skipped.path) + ": " + describe(skipped.error));
    named_missing = true;
  }
  if (!listing.inputs.empty()) return listing;
  if (!named_missing) {
    std::string list;
    for (const auto& path : paths) list += (list.empty() ? "" : ", ") + safe_text(path);
    console.error("there is no file to read in " + list);
  }
  return std::nullopt;
}

bool is_unread(const hunt::SourceReport& source) {
  return !source.container && source.info.format == evidence::Format::unknown &&
         source.size_bytes != 0;
}

int hunt_status(const hunt::HuntResult& result) {
  if (stop_flag().load()) return exit_interrupted;
  const bool damaged = std::ranges::any_of(result.sources, [](const hunt::SourceReport& source) {
    return source.damage_count != 0 || !source.complete || is_unread(source);
  });
  return damaged || !result.skipped.empty() ? exit_damaged : exit_done;
}

}  // namespace exhibit::cli
