// JSON framer and parser on any bytes: batches tile the source, records and damage lie inside, in
// order, and every value can be read.
#include <algorithm>
#include <cstdint>
#include <cstring>

#include "evidence/json_framer.h"
#include "evidence/json_parser.h"
#include "evidence/json_source.h"
#include "fuzz/memory_stream.h"

namespace {

using namespace exhibit;
using fuzz::require;

void check_batch(const event::Batch& batch, const event::PathTable& paths) {
  std::uint64_t end = batch.source_offset;
  std::string text;
  for (const event::Event& e : batch.events) {
    require(e.offset >= end);
    end = e.offset + e.length;
    require(end <= batch.source_offset + batch.size);
    for (const event::Field& field : batch.event_fields(e)) {
      text = paths.path(field.path);
      event::append_text(text, field.value);
    }
    event::append_text(text, e.channel);
    event::append_text(text, e.computer);
  }
}

void read_all(std::string_view bytes) {
  const event::FieldNames names;
  event::PathTable paths(names);
  const auto parser = evidence::make_json_parser(paths);
  const auto source = evidence::make_json_source({}, std::make_unique<fuzz::MemoryStream>(bytes));
  static event::Batch batch;  // its megabyte costs more than an input
  fuzz::Tiling tiling;
  while (source->next(batch)) {
    const std::string_view rest = bytes.substr(tiling.size());
    require(batch.size <= rest.size());
    require(std::memcmp(batch.buffer.data(), rest.data(), batch.size) == 0);
    tiling.take(batch);
    const std::uint64_t size = tiling.size();
    for (const event::Damage& d : batch.damage) require(d.offset + d.length <= size);
    parser->parse(batch);
    check_batch(batch, paths);
    for (const event::Damage& d : batch.damage) require(d.offset + d.length <= size);
  }
  require(tiling.size() == bytes.size());
}

// The framer alone, over windows that grow by `step`.
void frame_all(std::string_view bytes, std::size_t step) {
  evidence::JsonFramer framer;
  static event::Batch batch;  // its megabyte costs more than an input
  std::size_t at = 0;
  std::size_t size = std::min(step, bytes.size());
  while (at < bytes.size()) {
    batch.clear();
    const bool at_end = at + size == bytes.size();
    const std::size_t taken = framer.frame(bytes.substr(at, size), at_end, batch);
    require(taken <= size && (taken > 0 || !at_end));
    for (const event::Event& e : batch.events)
      require(e.offset >= at && e.offset + e.length <= at + taken);
    at += taken;
    size = std::min(size - taken + step, bytes.size() - at);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read_all(bytes);
  frame_all(bytes, 1 + data[0] % 97);
  return 0;
}
