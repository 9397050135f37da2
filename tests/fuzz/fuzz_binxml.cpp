// Any bytes as the BinXML of a record in an otherwise sound chunk: sizes and checksums are right
// whatever the bytes are, so that every change is a change of BinXML. The record is one event,
// whatever is in it; what is wrong is damage of that record; the fields that the compiled programs
// read are those of the tree of elements; and a program that was kept reads what the first reading
// read.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/inflate.h"
#include "evidence/evtx.h"
#include "evidence/evtx_format.h"
#include "support/evtx_reading.h"
#include "support/little_endian.h"

namespace {

using namespace exhibit;
namespace evtx = evidence::evtx;

constexpr std::uint64_t kFirstChunk = evtx::kFileHeaderSizeBytes;
constexpr std::size_t kRoomBytes =
    evtx::kChunkSizeBytes - evtx::kChunkHeaderSizeBytes - evtx::kRecordSizeBytesMin;

void require(bool holds) {
  if (!holds) std::abort();
}

// A chunk of one record, the first there is: offsets in it count from the chunk.
void fill_chunk(std::string& chunk, std::string_view binxml) {
  chunk.assign(evtx::kChunkSizeBytes, '\0');
  std::memcpy(chunk.data(), evtx::kChunkSignature, sizeof evtx::kChunkSignature);
  const std::uint32_t at = evtx::kChunkHeaderSizeBytes;
  const auto size = static_cast<std::uint32_t>(evtx::kRecordSizeBytesMin + binxml.size());
  test::set_le(chunk, at, evtx::kRecordSignature);
  test::set_le(chunk, at + 4, size);
  test::set_le(chunk, at + 8, std::uint64_t{1});
  test::set_le(chunk, at + 16, std::uint64_t{134'000'000'000'000'000});
  std::ranges::copy(binxml, chunk.begin() + at + evtx::kRecordHeaderSizeBytes);
  test::set_le(chunk, at + size - 4, size);
  test::set_le(chunk, evtx::kChunkFreeSpaceAt, at + size);
  const Bytes bytes = as_bytes(chunk);
  test::set_le(chunk, evtx::kChunkDataChecksumAt, base::crc32(0, bytes.subspan(at, size)));
  test::set_le(chunk, evtx::kChunkHeaderChecksumAt,
               base::crc32(base::crc32(0, bytes.first(evtx::kChunkFlagsAt)),
                           bytes.subspan(evtx::kChunkTablesAt,
                                         evtx::kChunkHeaderSizeBytes - evtx::kChunkTablesAt)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string chunk;
  fill_chunk(chunk, {reinterpret_cast<const char*>(data), std::min(size, kRoomBytes)});
  const event::FieldNames names;
  event::PathTable paths(names);
  const auto parser = evidence::make_evtx_parser(paths, {.slack = true});
  event::Batch batch;
  batch.source_offset = kFirstChunk;
  batch.resize(chunk.size());
  std::memcpy(batch.buffer.data(), chunk.data(), chunk.size());
  std::vector<std::string> first;
  for (int pass = 0; pass < 2; ++pass) {  // the second meets the programs that the first compiled
    batch.damage.clear();
    parser->parse(batch);
    require(batch.events.size() == 1);
    const event::Event& event = batch.events.front();
    require(batch.damage.size() <= 1);
    for (const event::Damage& damage : batch.damage)
      require(damage.offset == event.offset && damage.length == event.length);
    const test::EvtxReadEvent read = test::read_event(batch, event, paths, {});
    if (batch.damage.empty() && evtx::document_of(batch, event).complete)
      require(read.fields == read.tree);
    if (pass == 1) require(read.fields == first);
    first = read.fields;
    require(read.json.starts_with('{') && read.json.ends_with('}'));
  }
  return 0;
}
