// Reading EVTX bytes from memory through the reader's own door, and the fields that a record has
// by its rendered tree: the slow way, against which tests hold the fast one.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "evidence/evtx.h"
#include "evidence/evtx_dom.h"

namespace exhibit::test {

/// Memory as a stream, `step_bytes` at most in one read.
class MemoryStream final : public evidence::ByteStream {
 public:
  explicit MemoryStream(std::string bytes, std::size_t step_bytes = ~std::size_t{0})
      : bytes_(std::move(bytes)), step_bytes_(step_bytes) {}
  Result<std::size_t> read(std::span<std::byte> into) override {
    const std::size_t size = std::min({into.size(), bytes_.size() - at_, step_bytes_});
    if (size > 0) std::memcpy(into.data(), bytes_.data() + at_, size);
    at_ += size;
    return size;
  }

 private:
  std::string bytes_;
  std::size_t step_bytes_;
  std::size_t at_ = 0;
};

inline std::string field_text(std::string_view path, std::string_view text) {
  return std::string(path) + '=' + std::string(text);
}

/// A field as text: `path=text`, and `path` alone when it is null.
inline std::string field_text(std::string_view path, const event::Value& value) {
  return value.is_null() ? std::string(path) : field_text(path, event::to_text(value));
}

/// The fields as the element tree has them.
class TreeFields {
 public:
  static std::vector<std::string> of(const evidence::evtx::Document& document) {
    TreeFields fields;
    for (const evidence::evtx::Content& content : document.content)
      if (content.kind == evidence::evtx::Content::Kind::element)
        fields.element(content.element.front(), "");
    return std::move(fields.out_);
  }

 private:
  static std::string component(std::string_view name) {
    std::string out;
    for (const char c : name) {
      if (c == '.' || c == '\\') out += '\\';
      out += c;
    }
    return out;
  }

  void element(const evidence::evtx::Element& element, const std::string& parent) {
    const std::size_t before = out_.size();
    const evidence::evtx::Attribute* name_at = evidence::evtx::data_name(element);
    std::string name;
    if (name_at != nullptr) evidence::evtx::append_values(name, name_at->content);
    if (name.empty()) name = element.name;
    const std::string path = (parent.empty() ? "" : parent + '.') + component(name);
    for (const auto& attribute : element.attributes) {
      if (attribute.name == "xmlns" || attribute.name.starts_with("xmlns:")) continue;
      if (&attribute != name_at)
        content(attribute.content, path + ".#attributes." + component(attribute.name));
    }
    if (!element.content.empty()) content(element.content, path);
    if (out_.size() == before) out_.push_back(path);
  }

  // What has no content is null.
  void content(const std::vector<evidence::evtx::Content>& all, const std::string& path) {
    using Kind = evidence::evtx::Content::Kind;
    if (all.empty()) out_.push_back(path);
    for (const evidence::evtx::Content& content : all) {
      if (content.kind == Kind::element) element(content.element.front(), path);
      if (content.kind == Kind::array)
        for (const event::Value& item : content.values) out_.push_back(field_text(path, item));
      if (content.kind != Kind::text) continue;
      std::string text;
      evidence::evtx::append_values(text, content.values);
      out_.push_back(field_text(path, text));
    }
  }

  std::vector<std::string> out_;
};

struct EvtxReadEvent {
  event::Event head;  // its values are void: their texts stand below
  std::string channel, provider, computer;
  std::vector<std::string> fields;  // as field_text writes them, in order
  std::vector<std::string> tree;    // the same by TreeFields
  std::string json, xml;
};
struct EvtxReading {
  std::vector<EvtxReadEvent> events;  // the live ones
  std::vector<EvtxReadEvent> slack;
  std::vector<event::Damage> damage;

  [[nodiscard]] std::size_t count(event::DamageKind kind) const {
    return static_cast<std::size_t>(
        std::ranges::count(damage, kind, [](const event::Damage& d) { return d.kind; }));
  }
};

/// What to keep of each event; the tree and the rendered forms cost more than reading it.
struct EvtxKeep {
  bool tree = true;
  bool rendered = true;
};

inline EvtxReadEvent read_event(const event::Batch& batch, const event::Event& event,
                                const event::PathTable& paths, EvtxKeep keep) {
  EvtxReadEvent out{.head = event,
                    .channel = event::to_text(event.channel),
                    .provider = event::to_text(event.provider),
                    .computer = event::to_text(event.computer),
                    .fields = {},
                    .tree = {},
                    .json = {},
                    .xml = {}};
  if (keep.tree) out.tree = TreeFields::of(evidence::evtx::document_of(batch, event));
  for (const event::Field& field : batch.event_fields(event))
    out.fields.push_back(field_text(paths.path(field.path), field.value));
  if (keep.rendered) {
    evidence::append_evtx_json(out.json, batch, event, paths);
    evidence::append_evtx_xml(out.xml, batch, event, paths);
  }
  return out;
}

/// Reads a whole file with one parser.
inline EvtxReading read_evtx(std::string file, evidence::ParseOptions options = {},
                             EvtxKeep keep = {}) {
  const event::FieldNames names;
  event::PathTable paths(names);
  const auto parser = evidence::make_evtx_parser(paths, options);
  const auto source =
      evidence::make_evtx_source({}, std::make_unique<MemoryStream>(std::move(file)));
  event::Batch batch;
  EvtxReading out;
  while (source->next(batch)) {
    parser->parse(batch);
    for (const event::Event& event : batch.events)
      (event.slack ? out.slack : out.events).push_back(read_event(batch, event, paths, keep));
    out.damage.insert(out.damage.end(), batch.damage.begin(), batch.damage.end());
  }
  return out;
}

}  // namespace exhibit::test
