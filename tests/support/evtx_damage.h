// What goes wrong with EVTX files, done on purpose to the bytes of a whole file.
//
// Each function breaks the one thing that it is named after: checksums that the change would
// invalidate are made right again, unless they are what is to be broken.
// Errors:  std::out_of_range for a chunk or record that is not there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::test {

struct EvtxRecordPlace {
  std::size_t chunk;   // 0-based
  std::size_t offset;  // in the file
  std::size_t size_bytes;
  std::uint64_t id;
};
/// The allocated records of every chunk, by a plain walk.
[[nodiscard]] std::vector<EvtxRecordPlace> evtx_records(std::string_view file);
[[nodiscard]] std::size_t evtx_chunk_count(std::string_view file);
/// The 64 KiB of one chunk, cut after its last used byte: a small input for a chunk parser.
[[nodiscard]] std::string evtx_chunk(std::string_view file, std::size_t chunk);

/// Recomputes all CRCs, except where a chunk or the file is without them or a chunk is empty.
void evtx_fix_checksums(std::string& file);
/// The same for the one chunk at byte `at`.
void evtx_fix_chunk_checksums(std::string& file, std::size_t at);

void evtx_break_file_signature(std::string& file);
void evtx_break_file_checksum(std::string& file);
void evtx_break_chunk_signature(std::string& file, std::size_t chunk);
void evtx_break_header_checksum(std::string& file, std::size_t chunk);
void evtx_break_data_checksum(std::string& file, std::size_t chunk);
/// Overwrites a whole chunk with zeros, as a crash before the first flush leaves it.
void evtx_zero_chunk(std::string& file, std::size_t chunk);
void evtx_break_record_signature(std::string& file, std::size_t record);
/// Makes the size at the record's start differ from the copy at its end.
void evtx_break_record_size(std::string& file, std::size_t record);
/// Overwrites the first BinXML bytes of the record with `byte`.
void evtx_break_record_content(std::string& file, std::size_t record, char byte = '\x7f');
/// Cuts the file in the middle of a record.
void evtx_truncate_in_record(std::string& file, std::size_t record);

}  // namespace exhibit::test
