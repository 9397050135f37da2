// What a value of the System element says of the event itself. The first that says it wins.
#pragma once

#include <string>

#include "base/time.h"
#include "exhibit/event.h"

namespace exhibit::evidence::evtx {

/// `scratch` is for the text of a time, so that records without template need no string each.
inline void note_head(event::Event& event, event::SystemField which, const event::Value& value,
                      std::string& scratch) {
  using event::SystemField;
  switch (which) {
    case SystemField::event_id:
      if (event.event_id == event::kNoEventId)
        if (const auto id = event::to_integer(value); id && *id >= 0 && *id < event::kNoEventId)
          event.event_id = static_cast<std::uint32_t>(*id);
      break;
    case SystemField::channel:
      if (event.channel.is_null()) event.channel = value;
      break;
    case SystemField::provider:
      if (event.provider.is_null()) event.provider = value;
      break;
    case SystemField::computer:
      if (event.computer.is_null()) event.computer = value;
      break;
    case SystemField::time:
      if (event.time != event::kNoTime) break;
      if (value.type == event::ValueType::utf16) {
        scratch.clear();
        event::append_text(scratch, value);
        event.time = base::parse_time(scratch).value_or(event::kNoTime);
      } else {
        event.time = event::to_time(value);
      }
      break;
    case SystemField::record_id:  // the record's own header has it
    case SystemField::level:
    case SystemField::none:
      break;
  }
}

}  // namespace exhibit::evidence::evtx
