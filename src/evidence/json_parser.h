// Parses framed JSON records into events (docs/formats/json-reading.md).
//
// Threads:  a parser belongs to one worker.
#pragma once

#include <cstddef>
#include <memory>

#include "exhibit/evidence.h"

namespace exhibit::evidence {

inline constexpr unsigned kJsonDepthMax = 64;  // objects and arrays inside each other
inline constexpr std::size_t kJsonFieldsPerRecordMax = std::size_t{1} << 16;

/// A parser for batches of a JSON source: `batch.events` lists the records' places. A record that
/// is no JSON object becomes damage and is no event. `paths` must outlive the parser.
[[nodiscard]] std::unique_ptr<Parser> make_json_parser(event::PathTable& paths);

}  // namespace exhibit::evidence
