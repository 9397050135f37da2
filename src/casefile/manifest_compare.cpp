#include <algorithm>
#include <unordered_map>

#include "exhibit/acquisition.h"

namespace exhibit::casefile {
namespace {

// Lines of one name that a source is held against. A manifest of hosts has a few thousand files of
// one name; one made to hold us up has more, and the source then counts as not listed.
constexpr std::size_t kSameNameMax = 4096;
constexpr std::size_t kNone = ~std::size_t{0};

// Components of a path of any system: `C:\a\b`, `/a/b` and `./a/b` end alike.
std::vector<std::string_view> components(std::string_view path) {
  std::vector<std::string_view> out;
  while (!path.empty()) {
    const auto end = std::min(path.find_first_of("/\\"), path.size());
    const std::string_view part = path.substr(0, end);
    if (!part.empty() && part != ".") out.push_back(part);
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return out;
}

// How many components the two have in common at their ends, where one is the end of the other.
std::size_t common_end(std::string_view a, std::string_view b) {
  const auto left = components(a);
  const auto right = components(b);
  const std::size_t most = std::min(left.size(), right.size());
  for (std::size_t i = 1; i <= most; ++i)
    if (left[left.size() - i] != right[right.size() - i]) return 0;
  return most;
}

std::string_view last_component(std::string_view path) {
  const auto parts = components(path);
  return parts.empty() ? std::string_view() : parts.back();
}

enum class Agreement { none, all, some };  // of the digests that both have

Agreement agree(const Digests& listed, const Digests& source) {
  std::size_t same = 0;
  std::size_t both = 0;
  if (!listed.sha256.empty()) {
    ++both;
    same += listed.sha256 == source.sha256 ? 1U : 0U;
  }
  for (const auto& [hash, hex] : listed.others) {
    const std::string* own = source.find(hash);
    if (own == nullptr) continue;
    ++both;
    same += *own == hex ? 1U : 0U;
  }
  if (same == 0) return Agreement::none;
  return same == both ? Agreement::all : Agreement::some;
}

class Comparison {
 public:
  Comparison(const HashManifest& manifest, std::span<const ListedSource> sources)
      : manifest_(manifest), sources_(sources), used_(manifest.lines.size()) {
    for (std::size_t i = 0; i < manifest.lines.size(); ++i) {
      const HashManifest::Line& line = manifest.lines[i];
      if (!line.digests.sha256.empty()) by_digest_[line.digests.sha256].push_back(i);
      for (const auto& [hash, hex] : line.digests.others) by_digest_[hex].push_back(i);
    }
  }

  ManifestResult result() {
    out_.sources.resize(sources_.size());
    for (std::size_t i = 0; i < sources_.size(); ++i) match_by_bytes(i);
    // Lines that some source matched are spoken for: a file of the same name elsewhere is another.
    for (std::size_t i = 0; i < manifest_.lines.size(); ++i)
      if (auto& same = by_name_[last_component(manifest_.lines[i].path)];
          !used_[i] && same.size() < kSameNameMax)
        same.push_back(i);
    for (std::size_t i = 0; i < sources_.size(); ++i)
      if (out_.sources[i].as == ListedAs::not_listed) match_by_name(i);
    for (const ManifestResult::Source& source : out_.sources) {
      out_.matched += source.as == ListedAs::matched ? 1U : 0U;
      out_.differs += source.as == ListedAs::differs ? 1U : 0U;
      out_.not_listed += source.as == ListedAs::not_listed ? 1U : 0U;
    }
    for (std::size_t i = 0; i < manifest_.lines.size(); ++i)
      if (!used_[i]) out_.not_found.push_back(manifest_.lines[i].path);
    return std::move(out_);
  }

 private:
  // Copies of one file are several lines, and one source: all of them are found. The line that is
  // named is the one that the source's own path ends with, else the first.
  void match_by_bytes(std::size_t at) {
    const ListedSource& source = sources_[at];
    std::size_t best = kNone;
    std::size_t contradicted = kNone;
    const auto look = [&](const std::string& hex) {
      const auto lines = by_digest_.find(hex);
      if (hex.empty() || lines == by_digest_.end()) return;
      for (const std::size_t i : lines->second) {
        const HashManifest::Line& line = manifest_.lines[i];
        const Agreement agreement = agree(line.digests, source.digests);
        if (agreement == Agreement::some) contradicted = std::min(contradicted, i);
        if (agreement != Agreement::all) continue;
        used_[i] = true;
        if (best == kNone || common_end(line.path, source.path) >
                                 common_end(manifest_.lines[best].path, source.path))
          best = i;
      }
    };
    look(source.digests.sha256);
    for (const auto& [hash, hex] : source.digests.others) look(hex);
    if (best != kNone) {
      out_.sources[at] = {.as = ListedAs::matched, .path = manifest_.lines[best].path};
    } else if (contradicted != kNone) {
      used_[contradicted] = true;
      out_.sources[at] = {.as = ListedAs::differs, .path = manifest_.lines[contradicted].path};
    }
  }

  void match_by_name(std::size_t at) {
    const ListedSource& source = sources_[at];
    const auto lines = by_name_.find(last_component(source.path));
    if (lines == by_name_.end() || lines->first.empty()) return;
    std::size_t best = kNone;
    std::size_t best_length = 0;
    for (const std::size_t i : lines->second) {
      const std::size_t length = common_end(manifest_.lines[i].path, source.path);
      if (length <= best_length) continue;
      best = i;
      best_length = length;
    }
    if (best == kNone) return;
    used_[best] = true;
    out_.sources[at] = {.as = ListedAs::differs, .path = manifest_.lines[best].path};
  }

  const HashManifest& manifest_;
  std::span<const ListedSource> sources_;
  std::vector<bool> used_;
  std::unordered_map<std::string_view, std::vector<std::size_t>> by_digest_, by_name_;
  ManifestResult out_;
};

}  // namespace

const std::string* Digests::find(seal::OtherHash hash) const {
  for (const auto& [known, hex] : others)
    if (known == hash) return &hex;
  return nullptr;
}

std::string_view to_string(ListedAs as) {
  switch (as) {
    case ListedAs::matched:
      return "matched";
    case ListedAs::differs:
      return "differs";
    case ListedAs::not_listed:
      break;
  }
  return "not listed";
}

ManifestResult compare_manifest(const HashManifest& manifest,
                                std::span<const ListedSource> sources) {
  return Comparison(manifest, sources).result();
}

}  // namespace exhibit::casefile
