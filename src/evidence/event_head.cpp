// The head of an event from its fields alone, as its format's parser fills it: for those who hold a
// record's fields and not its bytes.
#include "evidence/evtx_head.h"
#include "evidence/json_shape.h"
#include "exhibit/evidence.h"

namespace exhibit::evidence {

bool gives_route(Format format, std::string_view path) {
  const event::SystemField field =
      format == Format::json ? head_role(path).field : event::system_field(path);
  return field == event::SystemField::channel || field == event::SystemField::event_id;
}

void complete_event(Format format, const event::Batch& batch, const event::PathTable& paths,
                    event::Event& event) {
  if (format == Format::json) {
    HeadBuilder head;
    head.clear();
    for (const event::Field& field : batch.event_fields(event))
      head.offer(head_role(paths.path(field.path)), field.value);
    head.finish(event);
    return;
  }
  event.product = event::Product::windows;
  std::string scratch;
  for (const event::Field& field : batch.event_fields(event))
    evtx::note_head(event, paths.system(field.path), field.value, scratch);
}

}  // namespace exhibit::evidence
