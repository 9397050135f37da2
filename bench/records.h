// Reading for benchmarks: records kept, so that only what is done with them is timed, or batch by
// batch, as a hunt does.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>

#include "exhibit/evidence.h"
#include "support/reading.h"

namespace exhibit::bench {

struct Records {
  explicit Records(const event::FieldNames& names) : paths(names) {}
  event::PathTable paths;
  std::deque<event::Batch> batches;
  std::map<evidence::Format, std::unique_ptr<evidence::Parser>> parsers;
  std::int64_t events = 0;
};

/// Calls `on_source` with each source in `path`, a file or folder, and its parser.
template <class OnSource>
void each_source(const std::string& path, Records& records, const OnSource& on_source) {
  test::for_each_source(path, [&](evidence::Source& source) {
    const evidence::Format format = source.info().format;
    auto& parser = records.parsers[format];
    if (parser == nullptr) parser = evidence::make_parser(format, records.paths);
    if (parser != nullptr) on_source(source, *parser);
  });
}

/// Adds what is in `path` until there are so many batches.
inline void read(const std::string& path, Records& out, std::size_t batches_max) {
  each_source(path, out, [&](evidence::Source& source, evidence::Parser& parser) {
    while (out.batches.size() < batches_max) {
      event::Batch& batch = out.batches.emplace_back();
      if (!source.next(batch)) {
        out.batches.pop_back();
        return;
      }
      parser.parse(batch);
      out.events += static_cast<std::int64_t>(batch.events.size());
    }
  });
}

/// Reads all of `path` through one batch.
template <class OnBatch>
void each_batch(const std::string& path, Records& records, const OnBatch& on_batch) {
  event::Batch batch;
  each_source(path, records, [&](evidence::Source& source, evidence::Parser& parser) {
    while (source.next(batch)) {
      parser.parse(batch);
      on_batch(batch);
    }
  });
}

}  // namespace exhibit::bench
