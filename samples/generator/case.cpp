#include "generator/case.h"

#include <algorithm>
#include <map>
#include <string_view>

namespace exhibit::samples {
namespace {

std::string machine_of(const EvtxEvent& event) {
  return event.computer.substr(0, event.computer.find('.'));
}

// HLROAM01 is read through a collector, which keeps rendered events without templates.
bool is_forwarded(const EvtxEvent& event) { return machine_of(event) == kHlr.name; }

std::string log_of(const EvtxEvent& event) {
  if (is_forwarded(event)) return "Forwarded";
  const std::string& channel = event.channel;
  if (channel.find('/') == std::string::npos) return channel;
  for (const char* name : {"Sysmon", "PowerShell", "TaskScheduler", "Defender", "WMI-Activity"}) {
    if (channel.find(name) != std::string::npos) return name;
  }
  return "Other";
}

struct Log {
  std::vector<std::pair<const EvtxEvent*, std::uint64_t>> records;  // with record id
  std::size_t first_kept = 0;                                       // after the log was cleared
};

}  // namespace

std::vector<SampleFile> make_samples() {
  Events events;
  add_noise(events);
  add_intrusion(events);
  std::ranges::stable_sort(events, {}, &EvtxEvent::ticks);

  std::map<std::string, Log> logs;
  std::string json;
  std::uint64_t base = 0;
  for (const EvtxEvent& event : events) {
    const std::string path = "case/" + machine_of(event) + "-" + log_of(event) + ".evtx";
    auto [log, is_new] = logs.try_emplace(path);
    // Logs do not begin with the case: each starts somewhere in its own numbering.
    if (is_new) log->second.records.reserve(512), base += 7'919;
    const std::uint64_t id = is_new ? base : log->second.records.back().second + 1;
    if (event.event_id == 1102) log->second.first_kept = log->second.records.size();
    log->second.records.emplace_back(&event, id);
    json += test::to_nxlog_json(event, id);
    json += '\n';
  }

  std::vector<SampleFile> files;
  for (const auto& [path, log] : logs) {
    test::EvtxWriter writer({.first_record_id = log.records[log.first_kept].second});
    std::vector<std::string> lines;
    for (std::size_t i = log.first_kept; i < log.records.size(); ++i) {
      const auto& [event, id] = log.records[i];
      add_event(writer, *event, !is_forwarded(*event));
      if (!is_forwarded(*event)) lines.push_back(to_evtx_dump_json(*event, id));
    }
    files.push_back({.path = path, .bytes = writer.finish(), .json = std::move(lines)});
  }
  files.push_back({.path = "json/northlight.jsonl", .bytes = std::move(json), .json = {}});
  return files;
}

}  // namespace exhibit::samples
