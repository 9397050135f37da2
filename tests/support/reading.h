// Reading whole inputs: opens, frames and parses everything, and keeps what tests ask about.
#pragma once

#include <string>
#include <vector>

#include "exhibit/evidence.h"
#include "support/support.h"

namespace exhibit::test {

struct ReadEvent {
  event::Event head;  // its values are void: their texts stand below
  std::string channel;
  std::string provider;
  std::string computer;
  std::vector<std::string> fields;  // `path=value`, in order
};
struct ReadSource {
  evidence::SourceInfo info;
  std::vector<ReadEvent> events;
  std::vector<event::Damage> damage;
  std::string bytes;  // of all batches
  std::uint64_t size_bytes = 0;
  std::size_t batches = 0;
  std::size_t batch_size_bytes_max = 0;
  std::size_t records = 0;
  bool tiled = true;  // every batch began where the one before ended
};
struct ReadInput {
  bool container = false;
  std::vector<ReadSource> sources;
  std::vector<Error> errors;
};
/// What to keep: texts of fields and bytes of big inputs cost more than reading them.
struct Keep {
  bool fields = true;
  bool bytes = true;
};

inline void keep_event(ReadSource& out, const event::Batch& batch, const event::Event& event,
                       const event::PathTable& paths, Keep keep) {
  ++out.records;
  if (!keep.fields) return;
  ReadEvent& read = out.events.emplace_back();
  read.head = event;
  read.channel = event::to_text(event.channel);
  read.provider = event::to_text(event.provider);
  read.computer = event::to_text(event.computer);
  for (const event::Field& field : batch.event_fields(event))
    read.fields.push_back(std::string(paths.path(field.path)) + '=' + event::to_text(field.value));
}

inline ReadSource read_source(evidence::Source& source, Keep keep = {}) {
  ReadSource out;
  out.info = source.info();
  const event::FieldNames names;
  event::PathTable paths(names);
  const auto parser = evidence::make_parser(out.info.format, paths);
  event::Batch batch;
  while (source.next(batch)) {
    out.tiled = out.tiled && batch.sequence == out.batches && batch.source_offset == out.size_bytes;
    ++out.batches;
    out.size_bytes += batch.size;
    out.batch_size_bytes_max = std::max(out.batch_size_bytes_max, batch.size);
    if (keep.bytes) out.bytes += as_text(batch.bytes());
    if (parser != nullptr) parser->parse(batch);
    for (const event::Event& event : batch.events) keep_event(out, batch, event, paths, keep);
    out.damage.insert(out.damage.end(), batch.damage.begin(), batch.damage.end());
  }
  return out;
}

/// Calls `on_source` with each source below `path`, a file or folder, that can be read.
template <class OnSource>
void for_each_source(const std::string& path, const OnSource& on_source) {
  for (const evidence::Input& input : evidence::list_inputs({path}).inputs) {
    const auto stream = evidence::open_input(input);
    if (!stream) continue;
    for (;;) {
      const auto source = (*stream)->next();
      if (!source) continue;
      if (*source == nullptr) break;
      on_source(**source);
    }
  }
}

inline ReadInput read_input(const std::string& path, Keep keep = {}) {
  ReadInput out;
  const auto stream = evidence::open_input({path, 0});
  if (!stream) {
    out.errors.push_back(stream.error());
    return out;
  }
  out.container = (*stream)->is_container();
  for (;;) {
    const auto source = (*stream)->next();
    if (!source) {
      out.errors.push_back(source.error());
    } else if (*source == nullptr) {
      return out;
    } else {
      out.sources.push_back(read_source(**source, keep));
    }
  }
}

/// Writes `bytes` to a file of no telling name and reads that.
inline ReadInput read_bytes(std::string_view bytes, Keep keep = {}) {
  const TempDir folder;
  const auto path = folder.path() / "evidence";
  write_file(path, bytes);
  return read_input(path.string(), keep);
}

}  // namespace exhibit::test
