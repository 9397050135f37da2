// Events as text for people: EVTX records from their BinXML, records of JSON sources as they are.
#include "evidence/evtx.h"
#include "exhibit/evidence.h"

namespace exhibit::evidence {
namespace {

// Drops white space outside strings, so that a record is one line; nothing else is changed.
void append_compacted(std::string& out, std::string_view json) {
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      out += c;
      if (c == '\\' && i + 1 < json.size()) {
        out += json[++i];
      } else if (c == '"') {
        in_string = false;
      }
    } else if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
      out += c;
      in_string = c == '"';
    }
  }
}

}  // namespace

void append_event_json(std::string& out, const event::Batch& batch, const event::Event& event,
                       const event::PathTable& paths) {
  if (is_evtx_record(batch, event)) {
    append_evtx_json(out, batch, event, paths);
  } else {
    append_compacted(out, as_text(batch.record_bytes(event)));
  }
}

void append_event_xml(std::string& out, const event::Batch& batch, const event::Event& event,
                      const event::PathTable& paths) {
  if (is_evtx_record(batch, event)) append_evtx_xml(out, batch, event, paths);
}

}  // namespace exhibit::evidence
