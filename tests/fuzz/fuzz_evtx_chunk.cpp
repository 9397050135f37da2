// Any bytes as the chunks of an EVTX file: parsed with slack, every event rendered, and what was
// read checked against what the batch promises.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "evidence/evtx.h"
#include "exhibit/evidence.h"

namespace {

using namespace exhibit;

void require(bool holds) {
  if (!holds) std::abort();
}

bool inside(const event::Damage& damage, const event::Batch& batch) {
  return damage.offset >= batch.source_offset &&
         damage.offset + damage.length <= batch.source_offset + batch.size;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint64_t kFirstChunk = 4096;
  const event::FieldNames names;
  event::PathTable paths(names);
  const auto parser = evidence::make_evtx_parser(paths, {.slack = true});
  event::Batch batch;
  batch.source_offset = kFirstChunk;
  batch.resize(size);
  if (size > 0) std::memcpy(batch.buffer.data(), data, size);
  std::size_t events = 0;
  std::string text;
  for (int pass = 0; pass < 2; ++pass) {  // the second meets the programs that the first compiled
    batch.damage.clear();
    parser->parse(batch);
    require(pass == 0 || events == batch.events.size());
    events = batch.events.size();
    for (const event::Event& event : batch.events) {
      require(!batch.record_bytes(event).empty());
      for (const event::Field& field : batch.event_fields(event)) {
        text = paths.path(field.path);
        event::append_text(text, field.value);
      }
      if (pass != 0) continue;
      text.clear();
      evidence::append_event_json(text, batch, event, paths);
      require(text.starts_with('{') && text.ends_with('}'));
      text.clear();
      evidence::append_event_xml(text, batch, event, paths);
    }
    for (const event::Damage& damage : batch.damage) require(inside(damage, batch));
  }
  return 0;
}
