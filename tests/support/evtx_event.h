// Windows events as tests and samples describe them, and their EVTX and JSON forms.
//
// Threads:  pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "support/evtx_writer.h"

namespace exhibit::test {

struct EvtxEvent {
  std::string provider;
  std::string guid;          // empty: none
  std::string event_source;  // Provider's EventSourceName; empty: none
  std::uint16_t event_id = 0;
  std::optional<std::uint16_t> qualifiers;  // of classic event sources
  std::uint8_t version = 0;
  std::uint8_t level = 4;
  std::uint16_t task = 0;
  std::uint8_t opcode = 0;
  std::uint64_t keywords = 0x8000000000000000;
  std::int64_t ticks = 0;
  std::uint32_t process_id = 4;
  std::uint32_t thread_id = 8;
  std::string activity;  // GUID; empty: none
  std::string channel;
  std::string computer;
  std::string user_sid;  // empty: none
  /// EventData in order; an empty name is an unnamed Data.
  std::vector<std::pair<std::string, EvtxValue>> data;
  /// UserData instead: the element below it, with its leaves as values.
  std::optional<EvtxNode> user_data;
  /// Where EventData or UserData stands: a nested template instance of its own, as manifest-based
  /// providers write it, or inside the event's one template.
  bool nested = true;
};

/// The event's tree; `record_id` is what System/EventRecordID says.
[[nodiscard]] EvtxNode to_tree(const EvtxEvent& event, std::uint64_t record_id);
/// Adds the event under the writer's next record id and returns that.
std::uint64_t add_event(EvtxWriter& writer, const EvtxEvent& event, bool with_template = true);

/// One line in evtx_dump's JSON form, without newline.
[[nodiscard]] std::string to_evtx_dump_json(const EvtxEvent& event, std::uint64_t record_id);
/// One line as NXLog writes it: flat, `Hostname`, `EventTime` in UTC to the second, numbers as
/// numbers, all values of EventData beside the header fields.
[[nodiscard]] std::string to_nxlog_json(const EvtxEvent& event, std::uint64_t record_id);

}  // namespace exhibit::test
