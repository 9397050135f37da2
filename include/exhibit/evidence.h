// Evidence: finding sources, opening them, cutting them into batches, parsing batches into events.
// Floor 2.
//
// Sources are known by content, never by name. Readers never alter what they read and never fail on
// damage: they report it in Batch::damage and go on. Every limit is named here or beside its
// reader.
//
// Threads:  list_inputs, open_input: any thread. A SourceStream, a Source and a Framer: one thread
// at a time. A Parser
//           belongs to one worker and parses batches of any source of its format.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "exhibit/error.h"
#include "exhibit/event.h"
#include "exhibit/export.h"

namespace exhibit::evidence {

enum class Format : std::uint8_t { unknown, evtx, json };
[[nodiscard]] EXHIBIT_EXPORT std::string_view to_string(Format format);

/// Something on the command line or below a folder that could not be taken in, and why.
struct Skipped {
  std::string path;
  Error error;
};

/// A file to open. Order of a listing is by path bytes, whatever order the caller named them in; a
/// file that is named twice is listed once.
struct Input {
  std::string path;  // as found; "-" is standard input
  std::uint64_t size_bytes = 0;
};
struct Listing {
  std::vector<Input> inputs;
  std::vector<Skipped>
      skipped;  // special files, symbolic links below a folder, unreadable folders, missing paths
};
/// Lists regular files below `paths` (folders recursively; symbolic links are followed only when
/// named themselves).
[[nodiscard]] EXHIBIT_EXPORT Listing list_inputs(const std::vector<std::string>& paths);

inline constexpr std::uint64_t kMemberSizeBytesMax = std::uint64_t{1}
                                                     << 40;  // decompressed, one member
inline constexpr std::uint64_t kDecompressionRatioMax =
    1'200;  // above deflate's own bound of 1,032
inline constexpr std::uint64_t kRatioFreeBytes = std::uint64_t{64}
                                                 << 20;  // no ratio check below this output
inline constexpr std::uint32_t kMembersMax = 1'000'000;  // in one archive
inline constexpr std::uint32_t kContainerDepthMax = 3;   // a zip in a tar.gz in a zip

/// Who a source is.
struct SourceInfo {
  std::string path;  // of the file on disk, or "-"
  std::vector<std::string>
      members;  // the way through containers, outermost first; empty for a plain file
  Format format = Format::unknown;
  std::uint64_t size_bytes = 0;       // 0 where not known before reading
  std::int64_t modified_unix_ns = 0;  // of the file on disk
  /// `path`, then each member behind "!": `logs.zip!Security.evtx`.
  [[nodiscard]] EXHIBIT_EXPORT std::string display() const;
};

/// One source, opened: a stream of bytes and its framer.
class EXHIBIT_EXPORT Source {
 public:
  virtual ~Source();
  [[nodiscard]] virtual const SourceInfo& info() const = 0;
  /// Fills `batch` with the next piece (cleared first): sequence, source_offset, bytes, and damage
  /// of framing; for JSON also the places of its records, as events of which only offset and length
  /// are set, for the parser to fill. False at the end. Batches tile the source: nothing is left
  /// out, whatever is damaged. A read error of the system is damage (io) and the end.
  [[nodiscard]] virtual bool next(event::Batch& batch) = 0;
};

/// The sources in one input: one for a plain file, one for each member of an archive.
class EXHIBIT_EXPORT SourceStream {
 public:
  virtual ~SourceStream();
  /// True when the input is a container, whose own bytes are evidence beside its members.
  [[nodiscard]] virtual bool is_container() const = 0;
  /// The next source; nullptr at the end. The one before must have been destroyed. An error
  /// concerns one member or the rest of the archive; after an error next() may be called again and
  /// ends when nothing more can be read.
  [[nodiscard]] virtual Result<std::unique_ptr<Source>> next() = 0;
  /// Of a container: how many of its own bytes have been read for its members.
  [[nodiscard]] virtual std::uint64_t bytes_read() const { return 0; }
};
[[nodiscard]] EXHIBIT_EXPORT Result<std::unique_ptr<SourceStream>> open_input(const Input& input);
/// Opens the plain bytes of `path` as one source with the given display information: a case's own
/// copy.
[[nodiscard]] EXHIBIT_EXPORT Result<std::unique_ptr<Source>> open_plain(const std::string& path,
                                                                        SourceInfo info);

/// What parsers are asked for.
struct ParseOptions {
  bool slack = false;  // EVTX: recover deleted records from chunk slack as well
};

/// One worker's parser for one format: fills events, fields and damage of a batch from its bytes.
class EXHIBIT_EXPORT Parser {
 public:
  virtual ~Parser();
  virtual void parse(event::Batch& batch) = 0;
};
/// `paths` must outlive the parser. nullptr for Format::unknown.
[[nodiscard]] EXHIBIT_EXPORT std::unique_ptr<Parser> make_parser(Format format,
                                                                 event::PathTable& paths,
                                                                 ParseOptions options = {});

/// True when a path, in this format, can give an event's channel or event id, which routing asks
/// for.
[[nodiscard]] EXHIBIT_EXPORT bool gives_route(Format format, std::string_view path);
/// Fills what `event` says of itself (event id, channel, provider, computer, time, product) from
/// its fields, as the parser of `format` does from a record. `event` must say which fields of
/// `batch` are its own. What only a record's header has stays as it is: EVTX record id and, without
/// the field, time.
EXHIBIT_EXPORT void complete_event(Format format, const event::Batch& batch,
                                   const event::PathTable& paths, event::Event& event);

/// An event in evtx_dump's JSON form (one line, no newline) and, for EVTX, as XML. `batch` must
/// hold the event's bytes and have been parsed with `paths`.
EXHIBIT_EXPORT void append_event_json(std::string& out, const event::Batch& batch,
                                      const event::Event& event, const event::PathTable& paths);
EXHIBIT_EXPORT void append_event_xml(std::string& out, const event::Batch& batch,
                                     const event::Event& event, const event::PathTable& paths);

}  // namespace exhibit::evidence
