// Events: the typed fields of records, as slot tables over a batch's bytes. Floor 1.
//
// The batch is the unit of work, of lifetime and of order. A framer (exhibit/evidence.h) fills
// `bytes`; a parser fills the tables; everything that an Event, Field or Value points to dies with
// the batch or with its next clear().
//
// Threads:    a batch and a PathTable belong to one worker; FieldNames is const and shared.
// Invariant:  the bytes of a source's batches, in order of `sequence`, are exactly the source's
// bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exhibit/error.h"
#include "exhibit/export.h"

namespace exhibit::event {

/// 100 ns since 1601-01-01T00:00:00Z, as FILETIME counts them.
using Ticks = std::int64_t;
inline constexpr Ticks kNoTime = std::numeric_limits<Ticks>::min();

/// How a value's bytes are to be read. 0x00-0x23 are BinXML's value types ([MS-EVEN6] 2.2.12); a
/// BinXML array is several fields of the same path. The number is part of what is committed: never
/// renumber.
enum class ValueType : std::uint8_t {
  null = 0x00,   // present, no value
  utf16 = 0x01,  // UTF-16LE, no terminator
  ansi = 0x02,   // Windows-1252, no terminator
  int8 = 0x03,
  uint8 = 0x04,
  int16 = 0x05,
  uint16 = 0x06,
  int32 = 0x07,
  uint32 = 0x08,
  int64 = 0x09,
  uint64 = 0x0a,
  real32 = 0x0b,
  real64 = 0x0c,
  boolean = 0x0d,  // 4 bytes in BinXML, but any size is met; non-zero is true
  binary = 0x0e,
  guid = 0x0f,
  size_type = 0x10,  // 4 or 8 bytes, shown in hexadecimal
  filetime = 0x11,
  systemtime = 0x12,
  sid = 0x13,
  hex32 = 0x14,
  hex64 = 0x15,
  handle = 0x20,
  evt_xml = 0x23,
  utf8 = 0x40,          // UTF-8: JSON strings (unescaped), text joined from several BinXML parts
  json_number = 0x41,   // the token as written
  json_boolean = 0x42,  // the token: true or false
  json_null = 0x43,     // the token: null
};

struct Value {
  const std::byte* data = nullptr;
  std::uint32_t size = 0;  // bytes
  ValueType type = ValueType::null;

  [[nodiscard]] Bytes bytes() const { return {data, size}; }
  [[nodiscard]] bool is_null() const {
    return type == ValueType::null || type == ValueType::json_null;
  }
};

/// The size in bytes that a value of this type must have; 0: any.
[[nodiscard]] EXHIBIT_EXPORT std::uint32_t fixed_size(ValueType type);
/// Appends the text form of `value`: what rules are matched against and what people are shown.
/// UTF-8.
///
/// Integers in decimal; size_type, hex32, hex64, handle as `0x` and unpadded lower-case
/// hexadecimal; GUID as Windows shows it, lower-case in braces; SID as S-1-…; filetime and
/// systemtime as RFC 3339 with seven decimals and Z; boolean true or false; binary in upper-case
/// hexadecimal; null nothing. A value whose size does not fit its type is shown as binary.
EXHIBIT_EXPORT void append_text(std::string& out, const Value& value);
[[nodiscard]] EXHIBIT_EXPORT std::string to_text(const Value& value);
/// The number that `value` is, when it is one of the integer, hex, or boolean types or a
/// json_number or text whose whole is a decimal integer; nullopt otherwise.
[[nodiscard]] EXHIBIT_EXPORT std::optional<std::int64_t> to_integer(const Value& value);
/// The time that `value` is: filetime, systemtime, or text in a form that logs use.
[[nodiscard]] EXHIBIT_EXPORT Ticks to_time(const Value& value);

/// Index of a field name that rules ask for, in a FieldNames.
using FieldIndex = std::uint32_t;
/// Index of a path in one worker's PathTable. Never leaves the worker: two workers number
/// differently.
using PathId = std::uint32_t;

/// The field names that a set of rules asks for. Compared without ASCII case.
class EXHIBIT_EXPORT FieldNames {
 public:
  /// Adds `name` (or finds it) and returns its index.
  FieldIndex add(std::string_view name);
  [[nodiscard]] std::optional<FieldIndex> find(std::string_view name) const;
  [[nodiscard]] const std::string& name(FieldIndex index) const { return names_[index]; }
  [[nodiscard]] std::size_t size() const { return names_.size(); }

 private:
  std::vector<std::string> names_;
  std::vector<std::string> folded_;
  std::vector<std::uint32_t> sorted_;  // indices by folded name
};

/// What a path means to routing and to the reader of a finding.
enum class SystemField : std::uint8_t {
  none,
  event_id,
  channel,
  provider,
  computer,
  time,
  record_id,
  level
};

/// The Sigma field names by which a path is known, most specific first.
///
/// A path is the evtx_dump JSON path of a value, components joined by '.', with '.' and '\' inside
/// a component escaped by '\': `Event.System.EventID`, `Event.System.Provider.#attributes.Name`,
/// `Event.EventData.CommandLine`, `Event.EventData.Data` (unnamed), `Event.UserData.X.Y`,
/// `winlog.event_data.CommandLine`, `Hostname`. `Event.EventData.CommandLine` is known as
/// `CommandLine`; `Event.System.Provider.#attributes.Name` as `Provider_Name`; `Hostname` (NXLog)
/// also as `Computer`. A UserData leaf is known by its last component. Every path is also known by
/// its own full text, unescaped, so that JSON of other products can be matched by dotted names.
[[nodiscard]] EXHIBIT_EXPORT std::vector<std::string> sigma_names(std::string_view path);
[[nodiscard]] EXHIBIT_EXPORT SystemField system_field(std::string_view path);

/// One worker's table of the paths it has met.
class EXHIBIT_EXPORT PathTable {
 public:
  /// `names` must outlive the table.
  explicit PathTable(const FieldNames& names);
  ~PathTable();
  PathTable(const PathTable&) = delete;
  PathTable& operator=(const PathTable&) = delete;

  PathId intern(std::string_view path);
  [[nodiscard]] std::string_view path(PathId id) const;
  /// The rule fields that this path answers to; often none or one.
  [[nodiscard]] std::span<const FieldIndex> fields(PathId id) const;
  [[nodiscard]] SystemField system(PathId id) const;
  [[nodiscard]] std::size_t size() const;
  /// Forgets every path, which is what bounds the table when evidence brings ever new keys. Only
  /// between batches: every PathId given before is void, so whoever keeps PathIds from batch to
  /// batch compares generation(), which this raises.
  void clear();
  [[nodiscard]] std::uint64_t generation() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// One value of one path. An event's fields stand in document order; equal paths may follow each
/// other (arrays, repeated elements, duplicate JSON keys).
struct Field {
  PathId path;
  Value value;
};

enum class Product : std::uint8_t { unknown, windows };

inline constexpr std::uint32_t kNoEventId = std::numeric_limits<std::uint32_t>::max();

/// One record's event. Views into the batch.
struct Event {
  std::uint32_t field_first = 0;  // into Batch::fields
  std::uint32_t field_count = 0;
  std::uint64_t offset = 0;  // of the record, bytes from the start of the source
  std::uint32_t length = 0;  // bytes of the record in the source
  std::uint32_t event_id = kNoEventId;
  std::uint64_t record_id = 0;  // EVTX record identifier; 0 where the format has none
  Ticks time = kNoTime;
  Value channel;  // null where there is none
  Value provider;
  Value computer;
  Product product = Product::unknown;
  bool slack = false;  // recovered from a chunk's slack: a deleted record
};

/// Why bytes of a source could not be read. Numbers are sealed: never renumber.
enum class DamageKind : std::uint16_t {
  bad_file_header = 1,
  bad_chunk_signature = 2,
  empty_chunk_in_use = 3,     // header says used, content is zero
  chunk_header_checksum = 4,  // reported; the chunk is read all the same
  chunk_data_checksum = 5,    // reported; the chunk is read all the same
  bad_record = 6,             // framing broken: resynchronised after it
  bad_binxml = 7,  // record framed, content unreadable (partly: what could be read is in the event)
  truncated = 8,   // the source ends inside a structure
  bad_json = 9,
  invalid_utf8 = 10,  // read with U+FFFD in place of what is not UTF-8
  record_too_large = 11,
  nesting_too_deep = 12,
  decompression = 13,  // the archive or compressed stream is broken here
  limit = 14,          // a named limit stopped the reader here
  changed_while_reading = 15,
  io = 16,
  encrypted = 17,
  unresolved_template = 18,
};
[[nodiscard]] EXHIBIT_EXPORT std::string_view to_string(DamageKind kind);

/// Bytes that could not be read, or not as they should be.
struct Damage {
  std::uint64_t offset = 0;  // bytes from the start of the source
  std::uint64_t length = 0;
  DamageKind kind = DamageKind::bad_record;
  friend bool operator==(const Damage&, const Damage&) = default;
};

/// Bump allocator for values that are not in the source as such (unescaped strings, joined text).
/// Blocks are kept over clear(), so a warm arena allocates nothing.
class EXHIBIT_EXPORT Arena {
 public:
  Arena();
  ~Arena();
  Arena(Arena&&) noexcept;
  Arena& operator=(Arena&&) noexcept;

  [[nodiscard]] std::byte* allocate(std::size_t size);  // unaligned
  /// The last `size` bytes of the last allocation, which it did not need.
  void give_back(std::size_t size) { used_ -= size; }
  [[nodiscard]] std::string_view store(std::string_view text);
  void clear();

 private:
  struct Block {
    std::unique_ptr<std::byte[]> data;
    std::size_t size;
  };
  std::vector<Block> blocks_;
  std::size_t block_ = 0;
  std::size_t used_ = 0;
};

inline constexpr std::size_t kBatchSizeBytes = 1 << 20;  // a framer aims at this
inline constexpr std::size_t kBatchPaddingBytes =
    64;  // readable zero bytes after `bytes`, for SIMD parsers

/// A piece of a source and what was read from it.
struct Batch {
  std::uint64_t sequence = 0;       // 0-based within the source
  std::uint64_t source_offset = 0;  // of bytes[0]
  std::vector<std::byte>
      buffer;  // `size` bytes of the source, then at least kBatchPaddingBytes of zero
  std::size_t size = 0;
  std::vector<Event> events;  // live ones in order of offset, behind them slack ones likewise
  std::vector<Field> fields;
  std::vector<Damage> damage;  // from framer and parser
  Arena arena;
  std::uint32_t system_error = 0;  // errno of the read error that ended it; 0: none

  [[nodiscard]] Bytes bytes() const { return {buffer.data(), size}; }
  [[nodiscard]] Bytes record_bytes(const Event& e) const {
    return bytes().subspan(e.offset - source_offset, e.length);
  }
  [[nodiscard]] std::span<const Field> event_fields(const Event& e) const EXHIBIT_LIFETIMEBOUND {
    return std::span(fields).subspan(e.field_first, e.field_count);
  }
  /// Makes room for `size` bytes plus padding and zeroes the padding; keeps capacity.
  EXHIBIT_EXPORT void resize(std::size_t size);
  /// Forgets everything, keeps all capacity.
  EXHIBIT_EXPORT void clear();
};

}  // namespace exhibit::event
