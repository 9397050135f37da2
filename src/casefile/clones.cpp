#include "casefile/clones.h"

#include <sys/stat.h>

#include <algorithm>
#include <iterator>

#include "casefile/files.h"

namespace exhibit::casefile {
namespace {

// A folder for each clone, which keeps the file's own name: a compressed stream's member is named
// by it. Folders sort as the listing does, so that nothing that is ordered by path changes.
std::string clone_folder(std::size_t index) {
  const std::string digits = std::to_string(index);
  return std::string(12 - std::min<std::size_t>(digits.size(), 12), '0') + digits;
}

}  // namespace

Result<Clones> Clones::make(const evidence::Listing& listing, const std::string& folder) {
  Clones out;
  out.listing_ = listing;
  for (std::size_t i = 0; i < listing.inputs.size(); ++i) {
    evidence::Input& input = out.listing_.inputs[i];
    struct stat info{};
    if (input.path == "-" || ::stat(input.path.c_str(), &info) != 0) continue;
    const std::string own = folder + "/" + clone_folder(i);
    EXHIBIT_CHECK(files::make_folders(own));
    const std::string path = own + "/" + input.path.substr(input.path.rfind('/') + 1);
    const auto cloned = files::clone(input.path, path);
    // Unreadable evidence is the hunt's to report.
    if (!cloned && cloned.error().code != ErrorCode::io) continue;
    if (!cloned) return std::unexpected(cloned.error());
    if (!*cloned) break;
    out.originals_.emplace(
        path, Original{.path = input.path,
                       .modified_unix_ns = info.st_mtim.tv_sec * std::int64_t{1'000'000'000} +
                                           info.st_mtim.tv_nsec});
    input.path = path;
  }
  return out;
}

void Clones::restore(evidence::SourceInfo& info) const {
  const auto found = originals_.find(info.path);
  if (found == originals_.end()) return;
  info.path = found->second.path;
  if (info.modified_unix_ns != 0) info.modified_unix_ns = found->second.modified_unix_ns;
}

// A path, or a display path with members behind '!'. No clone's path begins with another's, since
// each has a folder of its own.
void Clones::restore_path(std::string& path) const {
  const auto next = originals_.upper_bound(path);
  if (next == originals_.begin()) return;
  const auto& [clone, original] = *std::prev(next);
  if (path != clone && !path.starts_with(clone + "!")) return;
  path.replace(0, clone.size(), original.path);
}

void Clones::restore(hunt::HuntResult& result) const {
  if (originals_.empty()) return;
  for (hunt::SourceReport& source : result.sources) restore(source.info);
  for (auto& [path, sha256] : result.duplicates) restore_path(path);
  for (evidence::Skipped& skipped : result.skipped) restore_path(skipped.path);
}

}  // namespace exhibit::casefile
