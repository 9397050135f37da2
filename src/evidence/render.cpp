// Events as people know them, by the format that their record is in.
#include "evidence/evtx.h"
#include "evidence/json_text.h"

namespace exhibit::evidence {

void append_event_json(std::string& out, const event::Batch& batch, const event::Event& event,
                       const event::PathTable& paths) {
  if (is_evtx_record(batch, event)) {
    append_evtx_json(out, batch, event, paths);
  } else {
    append_compact_json(out, as_text(batch.record_bytes(event)));
  }
}

void append_event_xml(std::string& out, const event::Batch& batch, const event::Event& event,
                      const event::PathTable& paths) {
  if (is_evtx_record(batch, event)) append_evtx_xml(out, batch, event, paths);
}

}  // namespace exhibit::evidence
