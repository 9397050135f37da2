// The batch's memory, and a worker's table of paths.
#include <algorithm>
#include <cstring>
#include <deque>
#include <unordered_map>

#include "exhibit/event.h"

namespace exhibit::event {
namespace {

constexpr std::size_t kArenaBlockBytes = 64 * 1024;

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

}  // namespace

std::string_view to_string(DamageKind kind) {
  switch (kind) {
    case DamageKind::bad_file_header:
      return "bad file header";
    case DamageKind::bad_chunk_signature:
      return "bad chunk signature";
    case DamageKind::empty_chunk_in_use:
      return "empty chunk in use";
    case DamageKind::chunk_header_checksum:
      return "chunk header checksum";
    case DamageKind::chunk_data_checksum:
      return "chunk data checksum";
    case DamageKind::bad_record:
      return "bad record";
    case DamageKind::bad_binxml:
      return "bad BinXML";
    case DamageKind::truncated:
      return "truncated";
    case DamageKind::bad_json:
      return "bad JSON";
    case DamageKind::invalid_utf8:
      return "invalid UTF-8";
    case DamageKind::record_too_large:
      return "record too large";
    case DamageKind::nesting_too_deep:
      return "nesting too deep";
    case DamageKind::decompression:
      return "decompression failed";
    case DamageKind::limit:
      return "limit reached";
    case DamageKind::changed_while_reading:
      return "changed while reading";
    case DamageKind::io:
      return "read error";
    case DamageKind::encrypted:
      return "encrypted";
    case DamageKind::unresolved_template:
      return "unresolved template";
  }
  return "unknown damage";
}

Arena::Arena() = default;
Arena::~Arena() = default;
Arena::Arena(Arena&&) noexcept = default;
Arena& Arena::operator=(Arena&&) noexcept = default;

std::byte* Arena::allocate(std::size_t size) {
  while (block_ < blocks_.size() && blocks_[block_].size - used_ < size) {
    ++block_;
    used_ = 0;
  }
  if (block_ == blocks_.size()) {
    const std::size_t block_size = std::max(size, kArenaBlockBytes);
    blocks_.push_back({std::make_unique_for_overwrite<std::byte[]>(block_size), block_size});
    used_ = 0;
  }
  std::byte* at = blocks_[block_].data.get() + used_;
  used_ += size;
  return at;
}

std::string_view Arena::store(std::string_view text) {
  if (text.empty()) return {};
  std::byte* at = allocate(text.size());
  std::memcpy(at, text.data(), text.size());
  return {reinterpret_cast<const char*>(at), text.size()};
}

void Arena::clear() {
  // One oversized record must not keep its memory for the rest of the run.
  std::erase_if(blocks_, [](const Block& block) { return block.size > kArenaBlockBytes; });
  block_ = 0;
  used_ = 0;
}

void Batch::resize(std::size_t new_size) {
  if (buffer.size() < new_size + kBatchPaddingBytes) buffer.resize(new_size + kBatchPaddingBytes);
  size = new_size;
  std::memset(buffer.data() + size, 0, kBatchPaddingBytes);
}

void Batch::clear() {
  sequence = 0;
  source_offset = 0;
  size = 0;
  events.clear();
  fields.clear();
  damage.clear();
  arena.clear();
  system_error = 0;
}

struct PathTable::Impl {
  struct Entry {
    std::string path;
    std::vector<FieldIndex> fields;
    SystemField system;
  };
  const FieldNames& names;
  std::deque<Entry> entries;  // stable addresses: `by_path` keys view into them
  std::unordered_map<std::string_view, PathId, TextHash, std::equal_to<>> by_path;
  std::uint64_t generation = 0;
};

PathTable::PathTable(const FieldNames& names)
    : impl_(std::make_unique<Impl>(
          Impl{.names = names, .entries = {}, .by_path = {}, .generation = 0})) {}
PathTable::~PathTable() = default;

PathId PathTable::intern(std::string_view path) {
  if (const auto found = impl_->by_path.find(path); found != impl_->by_path.end())
    return found->second;
  const auto id = static_cast<PathId>(impl_->entries.size());
  Impl::Entry& entry =
      impl_->entries.emplace_back(std::string(path), std::vector<FieldIndex>{}, system_field(path));
  for (const std::string& name : sigma_names(path))
    if (const auto field = impl_->names.find(name);
        field && std::ranges::find(entry.fields, *field) == entry.fields.end())
      entry.fields.push_back(*field);
  impl_->by_path.emplace(entry.path, id);
  return id;
}

std::string_view PathTable::path(PathId id) const { return impl_->entries[id].path; }
std::span<const FieldIndex> PathTable::fields(PathId id) const { return impl_->entries[id].fields; }
SystemField PathTable::system(PathId id) const { return impl_->entries[id].system; }
std::size_t PathTable::size() const { return impl_->entries.size(); }
std::uint64_t PathTable::generation() const { return impl_->generation; }

void PathTable::clear() {
  impl_->by_path.clear();
  impl_->entries.clear();
  ++impl_->generation;
}

}  // namespace exhibit::event
