// Events as people know them, by the format that their record is in.
#include "evidence/evtx.h"
#include "evidence/json_text.h"
#include "evidence/json_utf16.h"

namespace exhibit::evidence {

void append_event_json(std::string& out, const event::Batch& batch, const event::Event& event,
                       const event::PathTable& paths) {
  if (is_evtx_record(batch, event)) {
    append_evtx_json(out, batch, event, paths);
  } else {
    const Bytes record = batch.record_bytes(event);
    const JsonEncoding encoding = encoding_of_record(record);
    if (encoding == JsonEncoding::utf8) return append_compact_json(out, as_text(record));
    std::string json;
    append_json_as_utf8(json, encoding, record);
    append_compact_json(out, json);
  }
}

void append_event_xml(std::string& out, const event::Batch& batch, const event::Event& event,
                      const event::PathTable& paths) {
  if (is_evtx_record(batch, event)) append_evtx_xml(out, batch, event, paths);
}

}  // namespace exhibit::evidence
