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

struct Attribute {
  std::string name;
  std::vector<event::Value> parts;
};

struct Element;

/// A piece of an element's content, in document order: a value, the items of an array, an element,
/// or a processing instruction.
struct Content {
  enum class Kind : std::uint8_t { value, array, element, instruction };
  Kind kind = Kind::value;
  std::vector<event::Value> values;  // value: one; array: its items
  std::vector<Element> element;      // element: one
  std::string target, data;          // instruction
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

/// The text of a value that has several parts.
void append_parts(std::string& out, const std::vector<event::Value>& parts);

}  // namespace exhibit::evidence::evtx
