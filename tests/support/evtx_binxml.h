// BinXML of one record, appended to an open EVTX chunk. Private to the EVTX writer.
//
// Invariant:  `chunk` holds the chunk from its first byte, so its size is the chunk-relative offset
//             of whatever is appended next: names and templates refer to each other by it.
#pragma once

#include "support/evtx_shape.h"

namespace exhibit::test {

class BinXmlEncoder {
 public:
  BinXmlEncoder(std::string& chunk, EvtxWriter::Tables& tables) : out_(chunk), tables_(tables) {}

  void put_record(const EvtxNode& root, bool with_template);
  void put_record(const EvtxInstance& root);

 private:
  void put_fragment_header();
  void put_instance(const EvtxNode& root);
  void put_instance(const EvtxInstance& instance);
  void put_template(const EvtxNode& root, const std::string& key, std::uint32_t id);
  void put_definition(const EvtxNode& root, const std::string& key);
  void put_values(const std::vector<const EvtxNode*>& values);
  void put_value(const EvtxNode& node);
  void put_element(const EvtxNode& node);
  void put_attributes(const std::vector<EvtxAttribute>& attributes);
  void put_content(const std::vector<EvtxNode>& content);
  void put_name(const std::string& name);
  void put_characters(const std::string& utf8);

  std::string& out_;
  EvtxWriter::Tables& tables_;
  bool in_template_ = false;
  std::uint16_t next_substitution_ = 0;
};

}  // namespace exhibit::test
