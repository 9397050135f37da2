#include "casefile/member.h"

#include "base/text.h"
#include "casefile/files.h"
#include "casefile/sink.h"

namespace exhibit::casefile {

Result<OpenedSource> open_source(const CaseSource& source) {
  const evidence::SourceInfo where = where_is(source);
  EXHIBIT_TRY(const std::uint64_t size, files::size(where.path));
  OpenedSource out;
  EXHIBIT_TRY(out.stream, evidence::open_input({.path = where.path, .size_bytes = size}));
  const std::string place = place_of(where);
  for (;;) {
    out.source.reset();
    auto next = out.stream->next();
    if (!next) continue;  // concerns another member; the stream ends when nothing more can be read
    if (*next == nullptr)
      return fail(ErrorCode::not_found, "the member is no longer in its archive");
    out.source = *std::move(next);
    if (place_of(out.source->info()) == place) return out;
  }
}

Result<void> read_source(const CaseSource& source, const std::function<Result<void>(Bytes)>& take) {
  seal::Sha256 hash;
  const auto both = [&](Bytes bytes) {
    hash.update(bytes);
    return take(bytes);
  };
  const evidence::SourceInfo where = where_is(source);
  if (where.members.empty()) {
    EXHIBIT_CHECK(files::read_pieces(where.path, both));
  } else {
    EXHIBIT_TRY(const OpenedSource opened, open_source(source));
    event::Batch batch;
    while (opened.source->next(batch)) EXHIBIT_CHECK(both(batch.bytes()));
  }
  if (base::to_hex(hash.finish()) != source.sha256)
    return fail(ErrorCode::proof_mismatch, "a source no longer has the bytes that were sealed");
  return {};
}

}  // namespace exhibit::casefile
