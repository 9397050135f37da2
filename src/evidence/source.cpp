// What sources and parsers of every format have in common.
#include "evidence/source.h"

#include "evidence/json_parser.h"
#include "evidence/json_source.h"
#include "evidence/json_text.h"
#include "evidence/raw_source.h"

namespace exhibit::evidence {

Source::~Source() = default;
SourceStream::~SourceStream() = default;
Parser::~Parser() = default;

std::string_view to_string(Format format) {
  switch (format) {
    case Format::unknown:
      return "unknown";
    case Format::evtx:
      return "evtx";
    case Format::json:
      return "json";
  }
  return "unknown";
}

std::string SourceInfo::display() const {
  std::string out = path;
  for (const std::string& member : members) {
    out += '!';
    out += member;
  }
  return out;
}

std::unique_ptr<Source> make_source(SourceInfo info, std::unique_ptr<ByteStream> stream,
                                    Content content) {
  if (info.format == Format::unknown && content == Content::json) info.format = Format::json;
  switch (info.format) {
    case Format::json:
      return make_json_source(std::move(info), std::move(stream));
    default:
      break;
  }
  if (content == Content::json_utf16)
    return make_raw_source(std::move(info), std::move(stream), event::DamageKind::bad_json);
  return make_raw_source(std::move(info), std::move(stream));
}

std::unique_ptr<Parser> make_parser(Format format, event::PathTable& paths, ParseOptions options) {
  static_cast<void>(options);
  switch (format) {
    case Format::json:
      return make_json_parser(paths);
    default:
      return nullptr;
  }
}

void append_event_json(std::string& out, const event::Batch& batch, const event::Event& event,
                       const event::PathTable& paths) {
  static_cast<void>(paths);
  append_compact_json(out, as_text(batch.record_bytes(event)));
}

}  // namespace exhibit::evidence
