#include "casefile/ledger.h"

#include <algorithm>

#include "casefile/files.h"
#include "casefile/layout.h"

namespace exhibit::casefile {
namespace {

Result<void> write_tile(const std::string& path, std::string_view bytes) {
  EXHIBIT_CHECK(files::make_folders(files::folder_of(path)));
  // A killed append may have left another tile of this name.
  EXHIBIT_CHECK(files::remove_all(path));
  return files::write_new(path, bytes);
}

// Bundles from the one that holds entry `first` on, of the ledger as it now is.
Result<void> write_bundles(const Ledger& ledger, std::uint64_t first) {
  for (std::uint64_t at = first / seal::kTileWidth * seal::kTileWidth; at < ledger.entries.size();
       at += seal::kTileWidth) {
    const auto end = std::min<std::uint64_t>(at + seal::kTileWidth, ledger.entries.size());
    std::string bundle;
    for (std::uint64_t i = at; i < end; ++i) verify::append_bundle_entry(bundle, ledger.entries[i]);
    EXHIBIT_CHECK(write_tile(
        ledger.folder +
            seal::entry_bundle_path(at / seal::kTileWidth, static_cast<std::uint32_t>(end - at)),
        bundle));
  }
  return {};
}

}  // namespace

Result<Ledger> read_ledger(const std::string& folder) {
  Ledger out;
  out.folder = folder;
  EXHIBIT_TRY(out.note, files::read(folder + "checkpoint", seal::kNoteSizeMax));
  EXHIBIT_TRY(const seal::Note note, seal::parse_note(out.note));
  EXHIBIT_TRY(out.checkpoint, seal::Checkpoint::parse(note.text));
  const std::uint64_t size = out.checkpoint.size;
  if (size > kLedgerEntriesMax) return fail(ErrorCode::limit, "the ledger is too long");
  for (std::uint64_t at = 0; at < size; at += seal::kTileWidth) {
    const auto width =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(seal::kTileWidth, size - at));
    EXHIBIT_TRY(const std::string bytes,
                files::read(folder + seal::entry_bundle_path(at / seal::kTileWidth, width)));
    EXHIBIT_TRY(std::vector<std::string> entries, verify::parse_entry_bundle(as_bytes(bytes)));
    if (entries.size() != width)
      return fail(ErrorCode::malformed, "an entry bundle does not hold as many entries as it says");
    for (std::string& entry : entries) {
      out.leaves.push_back(seal::leaf_hash(as_bytes(entry)));
      out.entries.push_back(std::move(entry));
    }
  }
  if (seal::tree_root(out.leaves) != out.checkpoint.root)
    return fail(ErrorCode::proof_mismatch, "the ledger's entries do not make its signed root");
  return out;
}

Result<void> extend_ledger(Ledger& ledger, std::span<const std::string> added,
                           const seal::SigningKey& key) {
  const std::uint64_t first = ledger.entries.size();
  for (const std::string& entry : added) {
    ledger.leaves.push_back(seal::leaf_hash(as_bytes(entry)));
    ledger.entries.push_back(entry);
  }
  seal::TileWriter writer;
  std::vector<seal::TreeFile> tiles;
  for (std::uint64_t i = 0; i < ledger.leaves.size(); ++i) {
    if (i == first) tiles.clear();  // full before: on disk already
    writer.append(ledger.leaves[i], tiles);
  }
  writer.partial(tiles);
  for (const seal::TreeFile& tile : tiles)
    EXHIBIT_CHECK(write_tile(ledger.folder + tile.path, tile.bytes));
  EXHIBIT_CHECK(write_bundles(ledger, first));
  ledger.checkpoint.size = writer.size();
  ledger.checkpoint.root = writer.root();
  ledger.note = seal::sign_note(ledger.checkpoint.to_text(), ledger.checkpoint.origin, key);
  return {};
}

Result<void> publish_checkpoint(const Ledger& ledger) {
  return files::replace(ledger.folder + "checkpoint", ledger.note);
}

Result<void> sweep_ledger(const Ledger& ledger) {
  EXHIBIT_TRY(const std::vector<std::string> present, files::list_files(ledger.folder + "tile"));
  for (const std::string& path : present)
    if (!layout::is_tile("tile/" + path, ledger.checkpoint.size))
      EXHIBIT_CHECK(files::remove_all(ledger.folder + "tile/" + path));
  return files::remove_all(ledger.folder + "checkpoint.new");
}

}  // namespace exhibit::casefile
