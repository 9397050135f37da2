// What the EVTX reader offers to the openers of this module (docs/formats/evtx-reading.md).
//
// Not here:  sniffing, files and archives (the openers); the parts of the reader (evtx_*.h).
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "evidence/byte_stream.h"
#include "exhibit/evidence.h"

namespace exhibit::evidence {

/// What an EVTX file begins with, for sniffing ([MS-EVEN6] does not describe the file; the eight
/// bytes are `ElfFile` and a zero).
inline constexpr char kEvtxFileSignature[8] = {'E', 'l', 'f', 'F', 'i', 'l', 'e', '\0'};

/// Cuts the stream into batches: the first holds the file header and the chunks after it, each of
/// the others whole chunks; a truncated tail belongs to the last. `info.format` should be evtx.
[[nodiscard]] std::unique_ptr<Source> make_evtx_source(SourceInfo info,
                                                       std::unique_ptr<ByteStream> stream);
/// `paths` must outlive the parser.
[[nodiscard]] std::unique_ptr<Parser> make_evtx_parser(event::PathTable& paths,
                                                       ParseOptions options);

/// True when the event's record is an EVTX record (its bytes begin with the record signature).
[[nodiscard]] bool is_evtx_record(const event::Batch& batch, const event::Event& event);
void append_evtx_json(std::string& out, const event::Batch& batch, const event::Event& event,
                      const event::PathTable& paths);
void append_evtx_xml(std::string& out, const event::Batch& batch, const event::Event& event,
                     const event::PathTable& paths);

}  // namespace exhibit::evidence
