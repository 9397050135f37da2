// Cuts JSON into records: JSON lines, or values one after another (one object, concatenated
// objects, an array of objects), whichever the first lines show (docs/formats/json-reading.md).
//
// Threads:    one thread at a time.
// Invariant:  what frame() returns depends on the source's bytes alone, not on how they were read,
//             as long as windows grow as JsonSource grows them.
// Cost:       one memchr for each line; one look at each byte otherwise.
// Not here:   what is in a record (json_parser.h): a record that frames well may still be no JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "exhibit/event.h"

namespace exhibit::evidence {

inline constexpr std::size_t kJsonRecordSizeBytesMax = std::size_t{16} << 20;
/// Bounds the events of one batch: a source of `{}` alone would otherwise make 400,000.
inline constexpr std::size_t kJsonRecordsPerBatchMax = std::size_t{1} << 15;

class JsonFramer {
 public:
  enum class Mode : std::uint8_t { undetected, lines, values };

  JsonFramer() = default;
  /// Frames as `mode` says, whatever the bytes look like; `offset` is that of the first window.
  JsonFramer(Mode mode, std::uint64_t offset) : mode_(mode), offset_(offset) {}

  /// Lists the records at the front of `window` in `batch.events` (offset and length only) and the
  /// damage of framing in `batch.damage`, and returns how many bytes of `window` that settles. 0
  /// says that no record ends in it: call again with a longer window that begins the same.
  ///
  /// `window` begins behind the bytes that earlier calls settled and, when `at_end`, ends with the
  /// source. A window of more than kJsonRecordSizeBytesMax bytes, or the last, always settles
  /// something.
  [[nodiscard]] std::size_t frame(std::string_view window, bool at_end, event::Batch& batch);

 private:
  enum class Place : std::uint8_t { between, in_record, in_garbage };
  static constexpr std::size_t kAnyIndent = std::numeric_limits<std::size_t>::max();

  static Mode detect(std::string_view window);
  std::size_t frame_lines(std::string_view window, bool at_end, event::Batch& batch);
  std::size_t frame_values(std::string_view window, bool at_end, event::Batch& batch);
  std::size_t step_between(std::string_view window, std::size_t at);
  std::size_t step_garbage(std::string_view window, std::size_t at, event::Batch& batch);
  std::size_t step_record(std::string_view window, std::size_t at, event::Batch& batch);
  std::size_t step_string(std::string_view window, std::size_t at);
  void finish_values(std::size_t size, event::Batch& batch);
  void end_record(std::uint64_t end, event::Batch& batch);
  void break_record();
  void add_line(std::string_view window, std::size_t first, std::size_t last, event::Batch& batch);
  void add_record(std::uint64_t start, std::uint64_t length, event::Batch& batch) const;
  std::size_t settle(std::size_t size, std::size_t scanned);

  Mode mode_ = Mode::undetected;
  Place place_ = Place::between;
  bool oversized_ = false;    // the record under way is over the limit, part of it is given out
  std::uint64_t offset_ = 0;  // of the window, bytes from the start of the source
  std::size_t scanned_ = 0;   // bytes of the window already looked at
  std::uint64_t start_ = 0;   // of the record or garbage under way
  // Of the values mode.
  bool in_string_ = false;
  bool escaped_ = false;                    // the next byte of the string is escaped
  bool after_value_ = false;                // a value ended: an object cannot begin here
  bool line_start_ = true;                  // only white space since the last newline
  std::size_t indent_ = 0;                  // bytes of that white space
  std::size_t record_indent_ = kAnyIndent;  // of the line that the record under way began
  std::uint64_t depth_ = 0;
  std::uint64_t open_arrays_ = 0;  // around records
};

}  // namespace exhibit::evidence
