#include "sigma/zip.h"

#include "base/cursor.h"
#include "base/inflate.h"
#include "sigma/rule_files.h"

namespace exhibit::sigma {
namespace {

constexpr std::size_t kEndSizeBytes = 22;         // without its comment
constexpr std::size_t kMaxCommentBytes = 0xffff;  // 4.3.16: a 16-bit length
constexpr std::uint32_t kEndSignature = 0x06054b50;
constexpr std::uint32_t kEntrySignature = 0x02014b50;
constexpr std::uint32_t kLocalSignature = 0x04034b50;
constexpr std::uint32_t kIn64 = 0xffffffff;  // the value stands in a zip64 field

struct Entry {
  std::uint16_t flags = 0, method = 0;
  std::uint32_t crc = 0, packed_size = 0, size = 0, local_offset = 0;
  std::string name;
};

struct Directory {
  std::uint16_t entries = 0;
  std::uint32_t size = 0, offset = 0;
};

Result<Bytes> slice(std::string_view zip, std::size_t offset, std::size_t size) {
  if (offset > zip.size() || size > zip.size() - offset)
    return fail(ErrorCode::truncated, "the zip ends inside what it promises", offset);
  return as_bytes(zip.substr(offset, size));
}

Result<Directory> find_directory(std::string_view zip) {
  const std::size_t last = zip.size() < kEndSizeBytes ? 0 : zip.size() - kEndSizeBytes;
  const std::size_t first = last > kMaxCommentBytes ? last - kMaxCommentBytes : 0;
  const std::size_t at = zip.rfind("PK\x05\x06", last);
  if (at == std::string_view::npos || at < first)
    return fail(ErrorCode::malformed, "the zip has no end record");
  EXHIBIT_TRY(const Bytes bytes, slice(zip, at, kEndSizeBytes));
  base::Cursor in(bytes, at);
  EXHIBIT_TRY(const auto signature, in.read<std::uint32_t>());
  EXHIBIT_CHECK(in.take(6));  // numbers of disks, entries on this one
  Directory out;
  EXHIBIT_TRY(out.entries, in.read<std::uint16_t>());
  EXHIBIT_TRY(out.size, in.read<std::uint32_t>());
  EXHIBIT_TRY(out.offset, in.read<std::uint32_t>());
  if (signature != kEndSignature) return fail(ErrorCode::malformed, "the zip has no end record");
  if (out.entries == 0xffff || out.size == kIn64 || out.offset == kIn64)
    return fail(ErrorCode::unsupported, "a zip of rules must not need zip64");
  return out;
}

Result<Entry> read_entry(base::Cursor& in) {
  EXHIBIT_TRY(const auto signature, in.read<std::uint32_t>());
  if (signature != kEntrySignature)
    return fail(ErrorCode::malformed, "the zip's directory is broken", in.offset());
  EXHIBIT_CHECK(in.take(4));  // versions
  Entry e;
  EXHIBIT_TRY(e.flags, in.read<std::uint16_t>());
  EXHIBIT_TRY(e.method, in.read<std::uint16_t>());
  EXHIBIT_CHECK(in.take(4));  // time and date
  EXHIBIT_TRY(e.crc, in.read<std::uint32_t>());
  EXHIBIT_TRY(e.packed_size, in.read<std::uint32_t>());
  EXHIBIT_TRY(e.size, in.read<std::uint32_t>());
  EXHIBIT_TRY(const auto name_size, in.read<std::uint16_t>());
  EXHIBIT_TRY(const auto extra_size, in.read<std::uint16_t>());
  EXHIBIT_TRY(const auto comment_size, in.read<std::uint16_t>());
  EXHIBIT_CHECK(in.take(8));  // disk and attributes
  EXHIBIT_TRY(e.local_offset, in.read<std::uint32_t>());
  EXHIBIT_TRY(const Bytes name, in.take(name_size));
  EXHIBIT_CHECK(in.take(std::size_t{extra_size} + comment_size));
  e.name = as_text(name);
  return e;
}

// Raw deflate into exactly `size` bytes.
Result<std::string> inflated(Bytes packed, std::size_t size) {
  std::string out(size, '\0');
  base::Inflater inflater;
  EXHIBIT_CHECK(inflater.reset());
  EXHIBIT_TRY(const auto step, inflater.step(packed, std::as_writable_bytes(std::span(out))));
  if (!step.ended || step.given != size)
    return fail(ErrorCode::malformed, "a member of the zip does not unpack");
  return out;
}

Result<std::string> read_member(std::string_view zip, const Entry& e) {
  if ((e.flags & 1u) != 0)
    return fail(ErrorCode::unsupported, "a zip of rules must not be encrypted");
  if (e.packed_size == kIn64 || e.size == kIn64 || e.local_offset == kIn64)
    return fail(ErrorCode::unsupported, "a zip of rules must not need zip64");
  constexpr std::size_t kLocalSizeBytes = 30;
  EXHIBIT_TRY(const Bytes header, slice(zip, e.local_offset, kLocalSizeBytes));
  base::Cursor in(header, e.local_offset);
  EXHIBIT_TRY(const auto signature, in.read<std::uint32_t>());
  EXHIBIT_CHECK(in.take(22));
  EXHIBIT_TRY(const auto name_size, in.read<std::uint16_t>());
  EXHIBIT_TRY(const auto extra_size, in.read<std::uint16_t>());
  if (signature != kLocalSignature)
    return fail(ErrorCode::malformed, "a member of the zip has no header", e.local_offset);
  const std::size_t start = std::size_t{e.local_offset} + kLocalSizeBytes + name_size + extra_size;
  EXHIBIT_TRY(const Bytes packed, slice(zip, start, e.packed_size));
  std::string content;
  if (e.method == 0) {
    content = as_text(packed);
  } else if (e.method == 8) {
    EXHIBIT_TRY(content, inflated(packed, e.size));
  } else {
    return fail(ErrorCode::unsupported, "a zip of rules must be stored or deflated");
  }
  const std::uint32_t crc = base::crc32(0, as_bytes(content));
  if (content.size() != e.size || crc != e.crc)
    return fail(ErrorCode::malformed, "a member of the zip is damaged", e.local_offset);
  return content;
}

}  // namespace

bool is_zip(std::string_view bytes) {
  return bytes.starts_with("PK\x03\x04") || bytes.starts_with("PK\x05\x06");
}

Result<std::vector<std::pair<std::string, std::string>>> read_zip(
    std::string_view zip, std::size_t member_size_max,
    const std::function<bool(std::string_view)>& wanted) {
  EXHIBIT_TRY(const Directory directory, find_directory(zip));
  EXHIBIT_TRY(const Bytes bytes, slice(zip, directory.offset, directory.size));
  base::Cursor in(bytes, directory.offset);
  std::vector<std::pair<std::string, std::string>> out;
  std::size_t total = 0;
  for (unsigned i = 0; i < directory.entries; ++i) {
    EXHIBIT_TRY(Entry entry, read_entry(in));
    if (entry.name.ends_with('/') || !wanted(entry.name)) continue;
    if (entry.size > member_size_max)
      return fail(ErrorCode::limit, "a rule file in the zip is too large", entry.local_offset);
    total += entry.size;
    if (total > kMaxZipContentBytes)
      return fail(ErrorCode::limit, "the zip of rules holds more than 1 GiB");
    EXHIBIT_TRY(std::string content, read_member(zip, entry));
    out.emplace_back(std::move(entry.name), std::move(content));
  }
  return out;
}

}  // namespace exhibit::sigma
