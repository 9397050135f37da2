// Sources that hold no records that this version reads: their bytes are handed out all the same, so
// that they are hashed and sealed.
#pragma once

#include <memory>
#include <optional>

#include "evidence/byte_stream.h"
#include "exhibit/evidence.h"

namespace exhibit::evidence {

/// `unread`, where given, is reported over all the bytes: why nobody looked for records in them.
[[nodiscard]] std::unique_ptr<Source> make_raw_source(
    SourceInfo info, std::unique_ptr<ByteStream> stream,
    std::optional<event::DamageKind> unread = std::nullopt);

/// A stream that fails at once: the content of a member that cannot be opened.
[[nodiscard]] std::unique_ptr<ByteStream> make_failed_stream(const Error& error);

}  // namespace exhibit::evidence
