// The EVTX layout: offsets, signatures, tokens, and the limits of the reader.
//
// Source:  the container is not published by its maker; its fields are as libyal's "Windows XML
//          Event Log (EVTX) format" describes them. BinXML is [MS-EVEN6] 2.2.12; its tokens are
//          2.2.12.2, value types 2.2.12.3 (type system 3.1.4.7.3).
// Offsets: of a chunk's content count from the start of the chunk.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "exhibit/error.h"

namespace exhibit::evidence::evtx {

inline constexpr std::uint32_t kFileHeaderSizeBytes = 4096;
inline constexpr std::uint32_t kChunkSizeBytes = 65536;
inline constexpr std::uint32_t kChunkHeaderSizeBytes = 512;
inline constexpr std::uint32_t kChunksPerBatch = 16;  // 1 MiB: event::kBatchSizeBytes

// File header.
inline constexpr std::size_t kFileMinorVersionAt = 36;
inline constexpr std::size_t kFileMajorVersionAt = 38;
inline constexpr std::size_t kFileChunkCountAt = 42;       // u16: wraps, and stale in dirty files
inline constexpr std::size_t kFileChecksummedBytes = 120;  // the CRC covers what stands before
inline constexpr std::size_t kFileFlagsAt = 120;
inline constexpr std::size_t kFileChecksumAt = 124;

// Chunk header.
inline constexpr char kChunkSignature[8] = {'E', 'l', 'f', 'C', 'h', 'n', 'k', '\0'};
inline constexpr std::size_t kChunkFreeSpaceAt = 48;
inline constexpr std::size_t kChunkDataChecksumAt = 52;
inline constexpr std::size_t kChunkFlagsAt = 120;
inline constexpr std::size_t kChunkHeaderChecksumAt = 124;
inline constexpr std::size_t kChunkTablesAt = 128;  // string and template tables, up to 512

inline constexpr std::uint32_t kFlagNoChecksums = 4;  // in file and chunk flags

// Record: signature, size, identifier, FILETIME, BinXML, size again.
inline constexpr std::uint32_t kRecordSignature = 0x00002a2a;
inline constexpr std::uint32_t kRecordHeaderSizeBytes = 24;
inline constexpr std::uint32_t kRecordSizeBytesMin = 28;

// Name: next offset (u32), hash (u16), characters (u16), UTF-16, NUL.
inline constexpr std::uint32_t kNameHeaderSizeBytes = 8;
// Template definition: next offset (u32), GUID, size of the data (u32), data.
inline constexpr std::uint32_t kDefinitionGuidAt = 4;
inline constexpr std::uint32_t kDefinitionSizeAt = 20;
inline constexpr std::uint32_t kDefinitionHeaderSizeBytes = 24;
// Template instance: token, version (u8), identifier (u32), offset of the definition (u32).
inline constexpr std::uint32_t kInstanceHeaderSizeBytes = 10;
inline constexpr std::uint32_t kDescriptorSizeBytes = 4;  // size (u16), type (u8), padding

// Tokens ([MS-EVEN6] 2.2.12.2); kTokenMore says that more of the same kind follow.
inline constexpr std::uint8_t kTokenMore = 0x40;
inline constexpr std::uint8_t kTokenEnd = 0x00;
inline constexpr std::uint8_t kTokenOpenElement = 0x01;
inline constexpr std::uint8_t kTokenCloseStart = 0x02;
inline constexpr std::uint8_t kTokenCloseEmpty = 0x03;
inline constexpr std::uint8_t kTokenEndElement = 0x04;
inline constexpr std::uint8_t kTokenText = 0x05;
inline constexpr std::uint8_t kTokenAttribute = 0x06;
inline constexpr std::uint8_t kTokenCdata = 0x07;
inline constexpr std::uint8_t kTokenCharRef = 0x08;
inline constexpr std::uint8_t kTokenEntityRef = 0x09;
inline constexpr std::uint8_t kTokenPiTarget = 0x0a;
inline constexpr std::uint8_t kTokenPiData = 0x0b;
inline constexpr std::uint8_t kTokenInstance = 0x0c;
inline constexpr std::uint8_t kTokenSubstitution = 0x0d;
inline constexpr std::uint8_t kTokenOptional = 0x0e;
inline constexpr std::uint8_t kTokenFragment = 0x0f;
inline constexpr std::uint32_t kFragmentHeaderSizeBytes = 4;

inline constexpr std::uint8_t kTypeString = 0x01;
inline constexpr std::uint8_t kTypeBinXml = 0x21;
inline constexpr std::uint8_t kTypesEnd = 0x40;  // event::ValueType goes on with types of its own
inline constexpr std::uint8_t kTypeArray = 0x80;

// Limits. What lies beyond one is damage of kind `limit` or `nesting_too_deep`, never a crash.
inline constexpr std::uint32_t kElementDepthMax = 64;  // open elements in one fragment
inline constexpr std::uint32_t kInstanceDepthMax = 8;  // fragments within values of fragments
inline constexpr std::uint32_t kNameCharsMax = 1024;   // of an element or attribute
inline constexpr std::uint32_t kTokensMax = 32768;     // in one fragment
inline constexpr std::uint32_t kTokenTextBytesMax = 256 * 1024;      // names and text of a fragment
inline constexpr std::uint32_t kPathBytesMax = 4096;                 // one path
inline constexpr std::uint32_t kPathsMax = 65536;                    // in one worker's table
inline constexpr std::uint32_t kProgramsMax = 4096;                  // compiled, in one worker
inline constexpr std::uint32_t kProgramBytesMax = 64 * 1024 * 1024;  // of all of these
inline constexpr std::uint32_t kDefinitionsPerChunkMax = 512;
// Definitions can overlap and values can be named many times over, so that a chunk of 64 KiB could
// stand for any amount of work; these are what one chunk may cost.
inline constexpr std::uint32_t kChunkTokensMax = 262'144;
inline constexpr std::uint32_t kChunkFieldsMax = 131'072;
inline constexpr std::uint32_t kChunkStepsMax = 1'048'576;
inline constexpr std::uint32_t kChunkTextBytesMax = 4 * 1024 * 1024;    // joined and constant
inline constexpr std::uint32_t kChunkValueBytesMax = 16 * 1024 * 1024;  // a value counts each time
// And what one event is shown as in XML, where an array repeats its element.
inline constexpr std::size_t kXmlBytesMax = 4 * 1024 * 1024;

/// Reads a little-endian integer; false when it is not wholly inside.
template <std::unsigned_integral T>
[[nodiscard]] inline bool load(Bytes bytes, std::size_t at, T& out) {
  if (at > bytes.size() || bytes.size() - at < sizeof(T)) [[unlikely]]
    return false;
  std::memcpy(&out, bytes.data() + at, sizeof(T));
  if constexpr (std::endian::native == std::endian::big) out = std::byteswap(out);
  return true;
}
/// The integer, or 0 when it is not wholly inside.
template <std::unsigned_integral T>
[[nodiscard]] inline T load_or_zero(Bytes bytes, std::size_t at) {
  T value = 0;
  return load(bytes, at, value) ? value : T{0};
}
/// True when all bytes are zero: the first is, and each is as the one before.
[[nodiscard]] inline bool all_zero(Bytes bytes) {
  return bytes.empty() || (bytes[0] == std::byte{0} &&
                           std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}
[[nodiscard]] inline std::uint8_t byte_at(Bytes bytes, std::size_t at) {
  return std::to_integer<std::uint8_t>(bytes[at]);
}

}  // namespace exhibit::evidence::evtx
