// The bytes of a source of a case, wherever they are: its own copy, the file that it was sealed in
// place at, or a member of an archive there.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "exhibit/casefile.h"

namespace exhibit::casefile {

/// A source, opened, with the archive that it is in.
struct OpenedSource {
  std::unique_ptr<evidence::SourceStream> stream;
  std::unique_ptr<evidence::Source> source;
};
/// Errors: not_found (the file is gone, or the member is not in it), io.
[[nodiscard]] Result<OpenedSource> open_source(const CaseSource& source);

/// Hands out all bytes, and checks at the end that they are those that were sealed.
/// Errors: proof_mismatch (they have changed); those of open_source and of `take`.
Result<void> read_source(const CaseSource& source, const std::function<Result<void>(Bytes)>& take);

}  // namespace exhibit::casefile
