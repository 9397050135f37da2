#include "support/evtx_damage.h"

#include <algorithm>

#include "support/evtx_writer.h"
#include "support/little_endian.h"

namespace exhibit::test {
namespace {

constexpr std::uint32_t kFlagNoChecksums = 4;

std::size_t chunk_at(std::size_t chunk) {
  return kEvtxFileHeaderSizeBytes + chunk * kEvtxChunkSizeBytes;
}

bool is_chunk(std::string_view file, std::size_t at) {
  return file.substr(at, 8) == std::string_view("ElfChnk\0", 8);
}

std::uint32_t header_checksum(std::string_view file, std::size_t at) {
  return crc32(file.substr(at + 128, kEvtxChunkHeaderSizeBytes - 128), crc32(file.substr(at, 120)));
}

void flip(std::string& file, std::size_t at) {
  file.at(at) = static_cast<char>(static_cast<unsigned char>(file.at(at)) ^ 0x5a);
}

EvtxRecordPlace record_at(std::string_view file, std::size_t record) {
  return evtx_records(file).at(record);
}

}  // namespace

std::vector<EvtxRecordPlace> evtx_records(std::string_view file) {
  std::vector<EvtxRecordPlace> out;
  for (std::size_t chunk = 0; chunk < evtx_chunk_count(file); ++chunk) {
    const std::size_t base = chunk_at(chunk);
    if (!is_chunk(file, base)) continue;
    const std::size_t end = base + get_le<std::uint32_t>(file, base + 48);
    for (std::size_t at = base + kEvtxChunkHeaderSizeBytes; at < end;) {
      const std::size_t size = get_le<std::uint32_t>(file, at + 4);
      if (size < kEvtxRecordHeaderSizeBytes) break;
      out.push_back({.chunk = chunk,
                     .offset = at,
                     .size_bytes = size,
                     .id = get_le<std::uint64_t>(file, at + 8)});
      at += size;
    }
  }
  return out;
}

std::size_t evtx_chunk_count(std::string_view file) {
  return (file.size() - std::min(file.size(), kEvtxFileHeaderSizeBytes)) / kEvtxChunkSizeBytes;
}

std::string evtx_chunk(std::string_view file, std::size_t chunk) {
  const std::string_view bytes = file.substr(chunk_at(chunk), kEvtxChunkSizeBytes);
  return std::string(bytes.substr(0, bytes.find_last_not_of('\0') + 1));
}

void evtx_fix_chunk_checksums(std::string& file, std::size_t at) {
  if (!is_chunk(file, at) || (get_le<std::uint32_t>(file, at + 120) & kFlagNoChecksums) != 0) {
    return;
  }
  const std::size_t free_offset = get_le<std::uint32_t>(file, at + 48);
  set_le(file, at + 52,
         crc32(std::string_view(file).substr(at + kEvtxChunkHeaderSizeBytes,
                                             free_offset - kEvtxChunkHeaderSizeBytes)));
  set_le(file, at + 124, header_checksum(file, at));
}

void evtx_fix_checksums(std::string& file) {
  if ((get_le<std::uint32_t>(file, 120) & kFlagNoChecksums) == 0) {
    set_le(file, 124, crc32(std::string_view(file).substr(0, 120)));
  }
  for (std::size_t chunk = 0; chunk < evtx_chunk_count(file); ++chunk) {
    evtx_fix_chunk_checksums(file, chunk_at(chunk));
  }
}

void evtx_break_file_signature(std::string& file) { flip(file, 0); }

void evtx_break_file_checksum(std::string& file) { flip(file, 124); }

void evtx_break_chunk_signature(std::string& file, std::size_t chunk) {
  flip(file, chunk_at(chunk));
}

void evtx_break_header_checksum(std::string& file, std::size_t chunk) {
  flip(file, chunk_at(chunk) + 124);
}

void evtx_break_data_checksum(std::string& file, std::size_t chunk) {
  const std::size_t at = chunk_at(chunk);
  flip(file, at + 52);
  set_le(file, at + 124, header_checksum(file, at));
}

void evtx_zero_chunk(std::string& file, std::size_t chunk) {
  file.replace(chunk_at(chunk), kEvtxChunkSizeBytes, kEvtxChunkSizeBytes, '\0');
}

void evtx_break_record_signature(std::string& file, std::size_t record) {
  flip(file, record_at(file, record).offset);
  evtx_fix_checksums(file);
}

void evtx_break_record_size(std::string& file, std::size_t record) {
  flip(file, record_at(file, record).offset + 4);
  evtx_fix_checksums(file);
}

void evtx_break_record_content(std::string& file, std::size_t record, char byte) {
  const EvtxRecordPlace place = record_at(file, record);
  file.replace(place.offset + kEvtxRecordHeaderSizeBytes, 8, 8, byte);
  evtx_fix_checksums(file);
}

void evtx_truncate_in_record(std::string& file, std::size_t record) {
  const EvtxRecordPlace place = record_at(file, record);
  file.resize(place.offset + place.size_bytes / 2);
}

}  // namespace exhibit::test
