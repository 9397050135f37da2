// Containers: the sources in an archive, and in the archives in it.
#pragma once

#include <memory>

#include "evidence/byte_stream.h"
#include "evidence/sniff.h"
#include "exhibit/evidence.h"

namespace exhibit::evidence {

/// `info` is the container's own.
[[nodiscard]] std::unique_ptr<SourceStream> make_container_stream(
    SourceInfo info, std::unique_ptr<ByteStream> stream, Content content);

}  // namespace exhibit::evidence
