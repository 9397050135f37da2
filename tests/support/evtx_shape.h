// A BinXML template prepared once, so that many records of one form are written quickly: the tree
// is described when the shape is made, and a record brings only the bytes of its values.
//
// Ownership:  a shape owns its tree; slots refer to the caller's bytes.
// Threads:    const, safe from any thread.
// Errors:     std::invalid_argument for an element that is written out as a value (`bare`).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/evtx_writer.h"

namespace exhibit::test {

/// The value of one substitution.
struct EvtxSlot {
  EvtxType type = EvtxType::null;
  std::string_view bytes = {};
};

class EvtxShape {
 public:
  /// `tree` as for EvtxWriter::add. Of its values only the declared types are kept; a fragment is a
  /// place for another shape, and its children are ignored.
  explicit EvtxShape(EvtxNode tree);

 private:
  friend class BinXmlEncoder;
  friend class EvtxWriter;
  EvtxNode tree_;
  std::string key_;                // what templates are known by within a chunk
  std::uint32_t id_ = 0;           // first group of the template's GUID
  std::vector<bool> is_fragment_;  // of each substitution
};

/// A shape with values for its substitutions in document order (an element's attributes before its
/// children), fragments left out; those are all filled with `fragment`.
struct EvtxInstance {
  const EvtxShape* shape = nullptr;
  std::span<const EvtxSlot> slots = {};
  const EvtxInstance* fragment = nullptr;
};

}  // namespace exhibit::test
