#include "support/evtx_binxml.h"

#include <stdexcept>

#include "support/little_endian.h"

namespace exhibit::test {
namespace {

// [MS-EVEN6] 2.2.12, token types.
constexpr std::uint8_t kEndOfFragment = 0x00;
constexpr std::uint8_t kOpenStartElement = 0x01;
constexpr std::uint8_t kCloseStartElement = 0x02;
constexpr std::uint8_t kCloseEmptyElement = 0x03;
constexpr std::uint8_t kEndElement = 0x04;
constexpr std::uint8_t kText = 0x05;
constexpr std::uint8_t kAttribute = 0x06;
constexpr std::uint8_t kCdata = 0x07;
constexpr std::uint8_t kCharRef = 0x08;
constexpr std::uint8_t kEntityRef = 0x09;
constexpr std::uint8_t kInstructionTarget = 0x0a;
constexpr std::uint8_t kInstructionData = 0x0b;
constexpr std::uint8_t kTemplateInstance = 0x0c;
constexpr std::uint8_t kSubstitution = 0x0d;
constexpr std::uint8_t kOptionalSubstitution = 0x0e;
constexpr std::uint8_t kFragmentHeader = 0x0f;
constexpr std::uint8_t kMore = 0x40;
constexpr std::uint16_t kNoDependency = 0xffff;

using Kind = EvtxNode::Kind;

bool is_value(const EvtxNode& node) {
  return node.kind == Kind::value || node.kind == Kind::fragment || node.kind == Kind::bare;
}

// Everything about a tree that its template says, so that records of one shape share a template;
// the values in the order of their substitution ids.
void describe(const EvtxNode& node, std::string& key, std::vector<const EvtxNode*>& values) {
  key += static_cast<char>('a' + static_cast<int>(node.kind));
  if (is_value(node)) {
    key += std::to_string(node.kind == Kind::value ? node.value.declared_type : 0x21);
    key += node.optional ? '?' : '!';
    values.push_back(&node);
    return;
  }
  for (const std::string* part : {&node.name, &node.text}) {
    key += std::to_string(part->size()) + ':' + *part;
  }
  key += std::to_string(node.code) + '(';
  for (const EvtxAttribute& attribute : node.attributes) {
    key += '@' + std::to_string(attribute.name.size()) + ':' + attribute.name + '=';
    for (const EvtxNode& part : attribute.content) describe(part, key, values);
  }
  key += '|';
  for (const EvtxNode& child : node.children) describe(child, key, values);
  key += ')';
}

// A GUID that depends on the definition only (FNV-1a, two halves): no clock, no randomness.
std::string guid_of(const std::string& key) {
  std::string guid;
  for (const std::uint64_t basis : {0xcbf29ce484222325u, 0x84222325cbf29ce4u}) {
    std::uint64_t hash = basis;
    for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    put_u64(guid, hash);
  }
  return guid;
}

// The hash that the string table's buckets go by.
std::uint16_t name_hash(const std::string& characters) {
  std::uint32_t hash = 0;
  for (std::size_t i = 0; i < characters.size(); i += 2) {
    hash = hash * 65599 + get_le<std::uint16_t>(characters, i);
  }
  return static_cast<std::uint16_t>(hash);
}

bool is_character_data(const EvtxNode& node) {
  return node.kind == Kind::text || node.kind == Kind::cdata || node.kind == Kind::char_ref ||
         node.kind == Kind::entity_ref || is_value(node);
}

}  // namespace

EvtxShape::EvtxShape(EvtxNode tree) : tree_(std::move(tree)) {
  std::vector<const EvtxNode*> values;
  describe(tree_, key_, values);
  id_ = get_le<std::uint32_t>(guid_of(key_), 0);
  for (const EvtxNode* value : values) {
    if (value->kind == Kind::bare) throw std::invalid_argument("a shape has no bare elements");
    is_fragment_.push_back(value->kind == Kind::fragment);
  }
}

void BinXmlEncoder::put_record(const EvtxNode& root, bool with_template) {
  put_fragment_header();
  if (with_template) {
    put_instance(root);
  } else {
    put_element(root);
  }
  put_u8(out_, kEndOfFragment);
}

void BinXmlEncoder::put_fragment_header() {
  put_u8(out_, kFragmentHeader);
  put_u8(out_, 1);  // major version, minor version, flags
  put_u8(out_, 1);
  put_u8(out_, 0);
}

void BinXmlEncoder::put_record(const EvtxInstance& root) {
  put_fragment_header();
  put_instance(root);
  put_u8(out_, kEndOfFragment);
}

void BinXmlEncoder::put_instance(const EvtxNode& root) {
  std::string key;
  std::vector<const EvtxNode*> values;
  describe(root, key, values);
  put_template(root, key, get_le<std::uint32_t>(guid_of(key), 0));
  put_values(values);
}

void BinXmlEncoder::put_instance(const EvtxInstance& instance) {
  const EvtxShape& shape = *instance.shape;
  put_template(shape.tree_, shape.key_, shape.id_);
  const std::size_t count = shape.is_fragment_.size();
  put_u32(out_, static_cast<std::uint32_t>(count));
  const std::size_t descriptors_at = out_.size();
  out_.resize(out_.size() + 4 * count);
  std::size_t next = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t start = out_.size();
    auto type = EvtxType::binxml;
    if (shape.is_fragment_[i]) {
      put_fragment_header();
      put_instance(*instance.fragment);
    } else {
      const EvtxSlot& slot = instance.slots[next++];
      type = slot.type;
      out_ += slot.bytes;
    }
    const std::size_t size = out_.size() - start;
    if (size > 0xffff) throw std::length_error("a value has a 16-bit size");
    set_le(out_, descriptors_at + 4 * i, static_cast<std::uint16_t>(size));
    set_le(out_, descriptors_at + 4 * i + 2, static_cast<std::uint16_t>(type));
  }
}

void BinXmlEncoder::put_template(const EvtxNode& root, const std::string& key, std::uint32_t id) {
  put_u8(out_, kTemplateInstance);
  put_u8(out_, 1);
  const auto known = tables_.templates.find(key);
  const auto offset = known != tables_.templates.end()
                          ? known->second
                          : static_cast<std::uint32_t>(out_.size() + 8);
  put_u32(out_, id);
  put_u32(out_, offset);
  if (known == tables_.templates.end()) put_definition(root, key);
}

void BinXmlEncoder::put_definition(const EvtxNode& root, const std::string& key) {
  const std::string guid = guid_of(key);
  const auto offset = static_cast<std::uint32_t>(out_.size());
  // How Windows picks the bucket is not documented; readers follow the chains of all 32.
  std::uint32_t& bucket = tables_.template_buckets[get_le<std::uint32_t>(guid, 0) % 32];
  tables_.templates.emplace(key, offset);
  put_u32(out_, bucket);
  bucket = offset;
  out_ += guid;
  const std::size_t size_at = out_.size();
  put_u32(out_, 0);
  const bool outer = in_template_;
  const std::uint16_t outer_substitution = next_substitution_;
  in_template_ = true;
  next_substitution_ = 0;
  put_fragment_header();
  put_element(root);
  put_u8(out_, kEndOfFragment);
  in_template_ = outer;
  next_substitution_ = outer_substitution;
  set_le(out_, size_at, static_cast<std::uint32_t>(out_.size() - size_at - 4));
}

void BinXmlEncoder::put_values(const std::vector<const EvtxNode*>& values) {
  put_u32(out_, static_cast<std::uint32_t>(values.size()));
  const std::size_t descriptors_at = out_.size();
  out_.resize(out_.size() + 4 * values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t start = out_.size();
    put_value(*values[i]);
    const std::size_t size = out_.size() - start;
    if (size > 0xffff) throw std::length_error("a value has a 16-bit size");
    set_le(out_, descriptors_at + 4 * i, static_cast<std::uint16_t>(size));
    const auto type = values[i]->kind == Kind::value ? values[i]->value.type
                                                     : static_cast<std::uint8_t>(EvtxType::binxml);
    set_le(out_, descriptors_at + 4 * i + 2, type);
  }
}

void BinXmlEncoder::put_value(const EvtxNode& node) {
  if (node.kind == Kind::value) {
    out_ += node.value.bytes;
    return;
  }
  put_fragment_header();
  if (node.kind == Kind::fragment) {
    put_instance(node.children.at(0));
  } else {
    put_element(node.children.at(0));
  }
}

// Inside a template a substitution takes the next id in document order, which is also the order in
// which describe() lists the values.
void BinXmlEncoder::put_element(const EvtxNode& node) {
  put_u8(out_,
         static_cast<std::uint8_t>(kOpenStartElement | (node.attributes.empty() ? 0 : kMore)));
  const std::size_t dependency_at = out_.size();
  if (in_template_) put_u16(out_, kNoDependency);
  const std::size_t size_at = out_.size();
  put_u32(out_, 0);
  put_name(node.name);
  if (!node.attributes.empty()) put_attributes(node.attributes);
  if (in_template_ && node.children.size() == 1 && is_value(node.children[0]) &&
      node.children[0].optional) {
    set_le(out_, dependency_at, next_substitution_);
  }
  if (node.children.empty()) {
    put_u8(out_, kCloseEmptyElement);
  } else {
    put_u8(out_, kCloseStartElement);
    put_content(node.children);
    put_u8(out_, kEndElement);
  }
  set_le(out_, size_at, static_cast<std::uint32_t>(out_.size() - size_at - 4));
}

void BinXmlEncoder::put_attributes(const std::vector<EvtxAttribute>& attributes) {
  const std::size_t size_at = out_.size();
  put_u32(out_, 0);
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    const bool more = i + 1 < attributes.size();
    put_u8(out_, static_cast<std::uint8_t>(kAttribute | (more ? kMore : 0)));
    put_name(attributes[i].name);
    put_content(attributes[i].content);
  }
  set_le(out_, size_at, static_cast<std::uint32_t>(out_.size() - size_at - 4));
}

void BinXmlEncoder::put_content(const std::vector<EvtxNode>& content) {
  for (std::size_t i = 0; i < content.size(); ++i) {
    const EvtxNode& node = content[i];
    const bool joined = i + 1 < content.size() && is_character_data(content[i + 1]);
    const auto token = [&](std::uint8_t code) {
      put_u8(out_, static_cast<std::uint8_t>(code | (joined ? kMore : 0)));
    };
    switch (node.kind) {
      case Kind::element:
        put_element(node);
        break;
      case Kind::text:
        token(kText);
        put_u8(out_, static_cast<std::uint8_t>(EvtxType::utf16));
        put_characters(node.text);
        break;
      case Kind::cdata:
        token(kCdata);
        put_characters(node.text);
        break;
      case Kind::char_ref:
        token(kCharRef);
        put_u16(out_, node.code);
        break;
      case Kind::entity_ref:
        token(kEntityRef);
        put_name(node.name);
        break;
      case Kind::instruction:
        put_u8(out_, kInstructionTarget);
        put_name(node.name);
        put_u8(out_, kInstructionData);
        put_characters(node.text);
        break;
      case Kind::value:
      case Kind::fragment:
      case Kind::bare:
        put_u8(out_, node.optional ? kOptionalSubstitution : kSubstitution);
        put_u16(out_, next_substitution_++);
        put_u8(out_, node.kind == Kind::value ? node.value.declared_type
                                              : static_cast<std::uint8_t>(EvtxType::binxml));
        break;
    }
  }
}

void BinXmlEncoder::put_name(const std::string& name) {
  if (const auto known = tables_.names.find(name); known != tables_.names.end()) {
    put_u32(out_, known->second);
    return;
  }
  const auto offset = static_cast<std::uint32_t>(out_.size() + 4);
  const std::string characters = utf16le(name);
  const std::uint16_t hash = name_hash(characters);
  std::uint32_t& bucket = tables_.name_buckets[hash % tables_.name_buckets.size()];
  put_u32(out_, offset);
  put_u32(out_, bucket);
  put_u16(out_, hash);
  put_u16(out_, static_cast<std::uint16_t>(characters.size() / 2));
  out_ += characters;
  put_u16(out_, 0);
  bucket = offset;
  tables_.names.emplace(name, offset);
}

void BinXmlEncoder::put_characters(const std::string& utf8) {
  const std::string characters = utf16le(utf8);
  put_u16(out_, static_cast<std::uint16_t>(characters.size() / 2));
  out_ += characters;
}

}  // namespace exhibit::test
