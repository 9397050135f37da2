// From a sniffed stream of bytes to the source of its format.
#pragma once

#include <memory>

#include "evidence/byte_stream.h"
#include "evidence/sniff.h"
#include "exhibit/evidence.h"

namespace exhibit::evidence {

/// `info.format`, where it is known, decides; `content` where it is not. A container's own bytes
/// are a source without records.
[[nodiscard]] std::unique_ptr<Source> make_source(SourceInfo info,
                                                  std::unique_ptr<ByteStream> stream,
                                                  Content content);

}  // namespace exhibit::evidence
