// A source of JSON, framed (json_framer.h).
#pragma once

#include <memory>

#include "evidence/byte_stream.h"
#include "exhibit/evidence.h"

namespace exhibit::evidence {

[[nodiscard]] std::unique_ptr<Source> make_json_source(SourceInfo info,
                                                       std::unique_ptr<ByteStream> stream);

}  // namespace exhibit::evidence
