// Writes EVTX files as Windows does: file header, 64 KiB chunks with string and template tables,
// BinXML templates that are defined once in a chunk and referenced by later records.
//
// Everything that tests, fuzz seeds and samples read as EVTX comes from here; damage is done
// afterwards, by evtx_damage.h. Byte layout: [MS-EVEN6] 2.2.12 for BinXML; for file and chunk, what
// Windows writes.
//
// Threads:    an EvtxWriter belongs to one thread.
// Determinism: equal calls give equal bytes; a template's GUID is derived from its definition.
// Errors:     std::length_error for a record that no chunk can hold.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "support/evtx_value.h"

namespace exhibit::test {

inline constexpr std::size_t kEvtxFileHeaderSizeBytes = 4096;
inline constexpr std::size_t kEvtxChunkSizeBytes = 65536;
inline constexpr std::size_t kEvtxChunkHeaderSizeBytes = 512;
inline constexpr std::size_t kEvtxRecordHeaderSizeBytes = 24;

struct EvtxAttribute;
struct EvtxInstance;

/// A piece of an event's XML. Values become substitutions of the record's template; all else is
/// part of the template.
struct EvtxNode {
  enum class Kind : std::uint8_t {
    element,
    text,
    value,
    fragment,  // value of type 0x21: `children` hold one element, written as a template instance
    bare,      // value of type 0x21 whose element is written out, without a template
    cdata,
    char_ref,    // `code`
    entity_ref,  // `name`
    instruction  // processing instruction: `name`, `text`
  };
  Kind kind = Kind::element;
  std::string name;
  std::string text;
  std::uint16_t code = 0;
  EvtxValue value;
  bool optional = true;  // a NULL value takes its element or attribute with it (token 0x0e)
  std::vector<EvtxAttribute> attributes;
  std::vector<EvtxNode> children;
};

struct EvtxAttribute {
  std::string name;
  std::vector<EvtxNode> content;
};

[[nodiscard]] EvtxNode xml_element(std::string name, std::vector<EvtxNode> children = {},
                                   std::vector<EvtxAttribute> attributes = {});
[[nodiscard]] EvtxNode xml_text(std::string text);
[[nodiscard]] EvtxNode xml_value(EvtxValue value, bool optional = true);
[[nodiscard]] EvtxNode xml_fragment(EvtxNode element, bool bare = false);
[[nodiscard]] EvtxNode xml_cdata(std::string text);
[[nodiscard]] EvtxNode xml_char_ref(std::uint16_t code);
[[nodiscard]] EvtxNode xml_entity_ref(std::string name);
[[nodiscard]] EvtxNode xml_instruction(std::string target, std::string text);

struct EvtxOptions {
  std::uint16_t minor_version = 1;  // 3.1; newer Windows writes 3.2
  bool dirty = false;               // flag 1, and a header that no longer tells the chunk count
  bool full = false;                // flag 2
  bool no_checksums = false;        // flag 4: every CRC field is zero
  std::uint64_t first_record_id = 1;
  std::size_t preallocated_chunks = 0;  // all-zero chunks at the end
};

class EvtxWriter {
 public:
  explicit EvtxWriter(EvtxOptions options = {});

  /// Adds a record as a template instance of `root` and returns its record id.
  std::uint64_t add(const EvtxNode& root, std::int64_t ticks);
  /// Adds a record without template, as forwarded and rendered events are stored: elements have no
  /// dependency id and every value is a string.
  std::uint64_t add_without_template(const EvtxNode& root, std::int64_t ticks);
  /// The same from prepared templates (evtx_shape.h): the same bytes, many times as fast.
  std::uint64_t add(const EvtxInstance& root, std::int64_t ticks);
  /// The record id that the next add() will give.
  [[nodiscard]] std::uint64_t next_record_id() const { return next_id_; }

  /// Takes the last `count` records of the current chunk out of its allocated part: their bytes
  /// stay behind the free space offset, as a deleted record's do.
  void delete_last(std::size_t count);
  /// Ends the current chunk, so that the next record opens a new one.
  void end_chunk();

  /// The file. The writer is spent.
  [[nodiscard]] std::string finish();

  /// Moves out the chunks that are complete, checksums included, so that a log of any size can be
  /// written in bounded memory: chunks as they come, then end_chunk() and take_chunks(), and
  /// evtx_file_header() in front.
  [[nodiscard]] std::string take_chunks();

 private:
  friend class BinXmlEncoder;
  struct Tables {
    std::map<std::string, std::uint32_t, std::less<>> names;
    std::map<std::string, std::uint32_t, std::less<>> templates;  // by definition without offsets
    std::array<std::uint32_t, 64> name_buckets{};
    std::array<std::uint32_t, 32> template_buckets{};
  };
  struct Placed {
    std::size_t offset;
    std::uint64_t id;
  };

  template <class Put>
  std::uint64_t add_record(std::int64_t ticks, bool may_define, const Put& put);
  template <class Put>
  bool try_add(std::int64_t ticks, bool may_define, const Put& put);
  [[nodiscard]] bool knows(const EvtxInstance& root) const;

  EvtxOptions options_;
  std::uint64_t next_id_;
  std::vector<std::string> chunks_;
  std::string chunk_;  // the open chunk, from its header on; empty when none is open
  Tables tables_;
  std::vector<Placed> records_;  // of the open chunk
  std::size_t deleted_ = 0;      // of those, how many at the end are deleted
};

/// The header of a file of so many chunks. Its count of chunks has 16 bits and wraps.
[[nodiscard]] std::string evtx_file_header(const EvtxOptions& options, std::size_t chunks,
                                           std::uint64_t next_record_id);

/// CRC-32 (IEEE 802.3), as EVTX uses it.
[[nodiscard]] std::uint32_t crc32(std::string_view bytes, std::uint32_t crc = 0);

}  // namespace exhibit::test
