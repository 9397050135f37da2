// A record's XML as a tree, for people to read: built only for what is shown.
//
// Independent of programs and their cache, so that the fields of the hot path can be tested
// against it.
//
// Ownership:  values point into the chunk and into the document's own arena.
// Limits:     those of a chunk (evtx_format.h), here for one record; what lies beyond is left out
//             and `complete` is false, as it is for a record that is damaged.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "evidence/evtx_tokens.h"
#include "exhibit/event.h"

namespace exhibit::evidence::evtx {

struct Element;

/// A piece of an element's content, in document order: a text, the items of an array, an element,
/// or a processing instruction.
struct Content {
  enum class Kind : std::uint8_t { text, array, element, instruction };
  Kind kind = Kind::text;
  std::vector<event::Value> values;  // text: its parts; array: its items; never none
  std::vector<Element> element;      // element: one
  std::string target, data;          // instruction
};

struct Attribute {
  std::string name;
  std::vector<Content> content;  // texts and arrays; none is null
};

struct Element {
  std::string name;
  std::vector<Attribute> attributes;
  std::vector<Content> content;
};

struct Document {
  std::vector<Content> content;  // usually one element: Event
  event::Arena arena;
  bool complete = true;
};

/// Builds the document of the fragment at [begin, end) of `chunk`.
[[nodiscard]] Document build_document(Bytes chunk, std::uint32_t begin, std::uint32_t end);

/// The document of an event's record; its chunk is looked for in the batch.
[[nodiscard]] Document document_of(const event::Batch& batch, const event::Event& event);

/// The attribute that a Data element is named by: its first Name; null when there is none.
[[nodiscard]] const Attribute* data_name(const Element& element);

/// The texts of values behind each other.
void append_values(std::string& out, const std::vector<event::Value>& values);
void append_values(std::string& out, const std::vector<Content>& content);

}  // namespace exhibit::evidence::evtx
