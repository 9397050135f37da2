#include "support/evtx_writer.h"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "support/evtx_binxml.h"
#include "support/evtx_damage.h"
#include "support/evtx_shape.h"
#include "support/little_endian.h"

namespace exhibit::test {
namespace {

constexpr std::string_view kFileSignature{"ElfFile\0", 8};
constexpr std::string_view kChunkSignature{"ElfChnk\0", 8};
constexpr std::uint32_t kRecordSignature = 0x00002a2a;
constexpr std::uint32_t kFlagDirty = 1, kFlagFull = 2, kFlagNoChecksums = 4;

// The whole names and values of an event as text: what a template-less record says.
void put_node_text(std::vector<EvtxNode>& out, const EvtxNode& node) {
  if (node.kind == EvtxNode::Kind::value) {
    if (!node.value.is_null()) out.push_back(xml_text(node.value.text));
  } else {
    out.push_back(node);
  }
}

EvtxNode without_values(const EvtxNode& node);

void append_without_values(std::vector<EvtxNode>& out, const EvtxNode& node) {
  if (node.kind == EvtxNode::Kind::fragment || node.kind == EvtxNode::Kind::bare) {
    out.push_back(without_values(node.children.at(0)));
    return;
  }
  if (node.kind != EvtxNode::Kind::element) {
    put_node_text(out, node);
    return;
  }
  // An array repeats its element, once for each item.
  if (node.children.size() == 1 && node.children[0].kind == EvtxNode::Kind::value &&
      node.children[0].value.is_array()) {
    for (const std::string& item : node.children[0].value.items) {
      EvtxNode one = node;
      one.children = {xml_text(item)};
      out.push_back(std::move(one));
    }
    return;
  }
  out.push_back(without_values(node));
}

EvtxNode without_values(const EvtxNode& node) {
  EvtxNode out = node;
  out.children.clear();
  out.attributes.clear();
  for (const EvtxAttribute& attribute : node.attributes) {
    EvtxAttribute plain{.name = attribute.name, .content = {}};
    for (const EvtxNode& part : attribute.content) put_node_text(plain.content, part);
    if (!plain.content.empty()) out.attributes.push_back(std::move(plain));
  }
  for (const EvtxNode& child : node.children) append_without_values(out.children, child);
  return out;
}

}  // namespace

EvtxNode xml_element(std::string name, std::vector<EvtxNode> children,
                     std::vector<EvtxAttribute> attributes) {
  EvtxNode node;
  node.name = std::move(name);
  node.children = std::move(children);
  node.attributes = std::move(attributes);
  return node;
}

EvtxNode xml_text(std::string text) {
  EvtxNode node;
  node.kind = EvtxNode::Kind::text;
  node.text = std::move(text);
  return node;
}

EvtxNode xml_value(EvtxValue value, bool optional) {
  EvtxNode node;
  node.kind = EvtxNode::Kind::value;
  node.value = std::move(value);
  node.optional = optional;
  return node;
}

EvtxNode xml_fragment(EvtxNode element, bool bare) {
  EvtxNode node;
  node.kind = bare ? EvtxNode::Kind::bare : EvtxNode::Kind::fragment;
  node.children.push_back(std::move(element));
  return node;
}

EvtxNode xml_cdata(std::string text) {
  EvtxNode node = xml_text(std::move(text));
  node.kind = EvtxNode::Kind::cdata;
  return node;
}

EvtxNode xml_char_ref(std::uint16_t code) {
  EvtxNode node;
  node.kind = EvtxNode::Kind::char_ref;
  node.code = code;
  return node;
}

EvtxNode xml_entity_ref(std::string name) {
  EvtxNode node = xml_element(std::move(name));
  node.kind = EvtxNode::Kind::entity_ref;
  return node;
}

EvtxNode xml_instruction(std::string target, std::string text) {
  EvtxNode node = xml_text(std::move(text));
  node.kind = EvtxNode::Kind::instruction;
  node.name = std::move(target);
  return node;
}

EvtxWriter::EvtxWriter(EvtxOptions options)
    : options_(options), next_id_(options.first_record_id) {}

std::uint64_t EvtxWriter::add(const EvtxNode& root, std::int64_t ticks) {
  return add_record(ticks, true, [&](BinXmlEncoder& encoder) { encoder.put_record(root, true); });
}

std::uint64_t EvtxWriter::add_without_template(const EvtxNode& root, std::int64_t ticks) {
  const EvtxNode plain = without_values(root);
  return add_record(ticks, true, [&](BinXmlEncoder& encoder) { encoder.put_record(plain, false); });
}

std::uint64_t EvtxWriter::add(const EvtxInstance& root, std::int64_t ticks) {
  return add_record(ticks, !knows(root), [&](BinXmlEncoder& encoder) { encoder.put_record(root); });
}

bool EvtxWriter::knows(const EvtxInstance& root) const {
  return tables_.templates.contains(root.shape->key_) &&
         (root.fragment == nullptr || knows(*root.fragment));
}

template <class Put>
std::uint64_t EvtxWriter::add_record(std::int64_t ticks, bool may_define, const Put& put) {
  // What follows a deleted record would be written over it, so the chunk is ended first.
  if (deleted_ > 0) end_chunk();
  if (!try_add(ticks, may_define, put)) {
    end_chunk();
    if (!try_add(ticks, true, put)) throw std::length_error("record is larger than a chunk");
  }
  return next_id_++;
}

// `may_define`: the record may add names or templates, which a record that does not fit takes back.
template <class Put>
bool EvtxWriter::try_add(std::int64_t ticks, bool may_define, const Put& put) {
  if (chunk_.empty()) {
    chunk_.reserve(kEvtxChunkSizeBytes);
    chunk_.assign(kEvtxChunkHeaderSizeBytes, '\0');
  }
  const std::size_t start = chunk_.size();
  std::optional<Tables> before;
  if (may_define) before = tables_;
  put_u32(chunk_, kRecordSignature);
  put_u32(chunk_, 0);  // size, below
  put_u64(chunk_, next_id_);
  put_u64(chunk_, static_cast<std::uint64_t>(ticks));
  BinXmlEncoder encoder(chunk_, tables_);
  put(encoder);
  // Windows aligns records to 8 bytes; the size copy is part of the record.
  while ((chunk_.size() + 4) % 8 != 0) put_u8(chunk_, 0);
  const auto size = static_cast<std::uint32_t>(chunk_.size() + 4 - start);
  put_u32(chunk_, size);
  set_le(chunk_, start + 4, size);
  if (chunk_.size() > kEvtxChunkSizeBytes) {
    chunk_.resize(start);
    if (before) tables_ = std::move(*before);
    return false;
  }
  records_.push_back({.offset = start, .id = next_id_});
  return true;
}

void EvtxWriter::delete_last(std::size_t count) {
  deleted_ = std::min(records_.size(), deleted_ + count);
}

void EvtxWriter::end_chunk() {
  if (records_.empty()) return;
  const std::size_t kept = records_.size() - deleted_;
  const std::size_t free_offset = deleted_ > 0 ? records_[kept].offset : chunk_.size();
  chunk_.resize(kEvtxChunkSizeBytes);
  chunk_.replace(0, kChunkSignature.size(), kChunkSignature);
  // A chunk without records says -1 for its first and last numbers.
  const std::uint64_t first = kept > 0 ? records_[0].id : ~std::uint64_t{0};
  const std::uint64_t last = kept > 0 ? records_[kept - 1].id : ~std::uint64_t{0};
  set_le(chunk_, 8, first);
  set_le(chunk_, 16, last);
  set_le(chunk_, 24, first);
  set_le(chunk_, 32, last);
  set_le(chunk_, 40, std::uint32_t{128});
  set_le(chunk_, 44, static_cast<std::uint32_t>(kept > 0 ? records_[kept - 1].offset : 0));
  set_le(chunk_, 48, static_cast<std::uint32_t>(free_offset));
  set_le(chunk_, 120, options_.no_checksums ? kFlagNoChecksums : std::uint32_t{1});
  for (std::size_t i = 0; i < tables_.name_buckets.size(); ++i) {
    set_le(chunk_, 128 + 4 * i, tables_.name_buckets[i]);
  }
  for (std::size_t i = 0; i < tables_.template_buckets.size(); ++i) {
    set_le(chunk_, 384 + 4 * i, tables_.template_buckets[i]);
  }
  chunks_.push_back(std::move(chunk_));
  chunk_.clear();
  tables_ = {};
  records_.clear();
  deleted_ = 0;
}

std::string EvtxWriter::take_chunks() {
  std::string out;
  out.reserve(chunks_.size() * kEvtxChunkSizeBytes);
  for (const std::string& chunk : chunks_) {
    out += chunk;
    evtx_fix_chunk_checksums(out, out.size() - kEvtxChunkSizeBytes);
  }
  chunks_.clear();
  return out;
}

std::string evtx_file_header(const EvtxOptions& options, std::size_t chunks,
                             std::uint64_t next_record_id) {
  std::string file(kEvtxFileHeaderSizeBytes, '\0');
  file.replace(0, kFileSignature.size(), kFileSignature);
  // A dirty header is the one that was written when the log was opened.
  const std::size_t known = options.dirty ? std::min<std::size_t>(chunks, 1) : chunks;
  set_le(file, 8, std::uint64_t{0});
  set_le(file, 16, std::uint64_t{known > 0 ? known - 1 : 0});
  set_le(file, 24, options.dirty ? options.first_record_id : next_record_id);
  set_le(file, 32, std::uint32_t{128});
  set_le(file, 36, options.minor_version);
  set_le(file, 38, std::uint16_t{3});
  set_le(file, 40, static_cast<std::uint16_t>(kEvtxFileHeaderSizeBytes));
  set_le(file, 42, static_cast<std::uint16_t>(known));
  set_le(file, 120,
         (options.dirty ? kFlagDirty : 0) | (options.full ? kFlagFull : 0) |
             (options.no_checksums ? kFlagNoChecksums : 0));
  if (!options.no_checksums) evtx_fix_checksums(file);
  return file;
}

std::string EvtxWriter::finish() {
  end_chunk();
  std::string file = evtx_file_header(options_, chunks_.size(), next_id_);
  for (const std::string& chunk : chunks_) file += chunk;
  file.resize(file.size() + options_.preallocated_chunks * kEvtxChunkSizeBytes);
  if (!options_.no_checksums) evtx_fix_checksums(file);
  return file;
}

std::uint32_t crc32(std::string_view bytes, std::uint32_t crc) {
  static constexpr std::array<std::uint32_t, 256> kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
      std::uint32_t value = byte;
      for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0xedb88320u : 0);
      table[byte] = value;
    }
    return table;
  }();
  crc = ~crc;
  for (const char byte : bytes) {
    crc = (crc >> 8) ^ kTable[(crc ^ static_cast<unsigned char>(byte)) & 0xff];
  }
  return ~crc;
}

}  // namespace exhibit::test
