// What sources and parsers of every format have in common.
#include "evidence/source.h"

#include <optional>

#include "evidence/evtx.h"
#include "evidence/json_parser.h"
#include "evidence/json_source.h"
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

namespace {

// Why nobody looks for records in a source of this content.
std::optional<event::DamageKind> why_unread(Content content) {
  if (content == Content::seven_zip) return event::DamageKind::decompression;
  return std::nullopt;
}

// Compiled templates hold path ids: they are void when the path table starts anew.
class EvtxParser final : public Parser {
 public:
  EvtxParser(event::PathTable& paths, ParseOptions options) : paths_(paths), options_(options) {}
  void parse(event::Batch& batch) override {
    if (parser_ == nullptr || generation_ != paths_.generation()) {
      parser_ = make_evtx_parser(paths_, options_);
      generation_ = paths_.generation();
    }
    parser_->parse(batch);
  }

 private:
  event::PathTable& paths_;
  ParseOptions options_;
  std::unique_ptr<Parser> parser_;
  std::uint64_t generation_ = 0;
};

}  // namespace

std::unique_ptr<Source> make_source(SourceInfo info, std::unique_ptr<ByteStream> stream,
                                    Content content) {
  if (info.format == Format::unknown) {
    if (content == Content::json) info.format = Format::json;
    if (content == Content::evtx) info.format = Format::evtx;
  }
  switch (info.format) {
    case Format::json:
      return make_json_source(std::move(info), std::move(stream));
    case Format::evtx:
      return make_evtx_source(std::move(info), std::move(stream));
    case Format::unknown:
      break;
  }
  return make_raw_source(std::move(info), std::move(stream), why_unread(content));
}

std::unique_ptr<Parser> make_parser(Format format, event::PathTable& paths, ParseOptions options) {
  switch (format) {
    case Format::json:
      return make_json_parser(paths);
    case Format::evtx:
      return std::make_unique<EvtxParser>(paths, options);
    case Format::unknown:
      break;
  }
  return nullptr;
}

}  // namespace exhibit::evidence
