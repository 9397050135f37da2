#include "casefile/compare_acquired.h"

#include <algorithm>

#include "base/text.h"
#include "casefile/fields.h"

namespace exhibit::casefile {
namespace {

// Of all names in one statement: the rest of it must find room as well.
constexpr std::size_t kNamesSizeBytesMax = 256 << 10;
constexpr std::size_t kDifferingKept = 128;

Result<std::string> hash_again(const std::string& path) {
  if (path == "-")
    return fail(ErrorCode::unsupported, "what came through standard input cannot be read again");
  // As evidence is opened: something else in its place, such as a pipe, must not hold us.
  EXHIBIT_TRY(const auto source, evidence::open_plain(path, {.path = path, .members = {}}));
  seal::Sha256 hash;
  event::Batch batch;
  bool failed = false;
  while (source->next(batch)) {
    hash.update(batch.bytes());
    for (const event::Damage& damage : batch.damage) failed |= is_read_error(damage.kind);
  }
  if (failed) return fail(ErrorCode::io, "the file could not be read to its end once more");
  return base::to_hex(hash.finish());
}

std::string own_name(const evidence::SourceInfo& info) {
  return info.members.empty() ? info.path : info.members.back();
}

const evidence::SourceInfo* info_of(const Case::Impl& impl, const CaseSink& sink,
                                    const std::string& sha256) {
  if (const auto taken = sink.taken.find(sha256); taken != sink.taken.end())
    return &taken->second.source.info;
  const auto known = impl.facts.find(sha256);
  return known == impl.facts.end() ? nullptr : &known->second.source.info;
}

std::string utf8(const std::string& text) {
  return base::is_utf8(text) ? text : "(a name that is no UTF-8)";
}

}  // namespace

void add_needed_digests(SealOptions& seal) {
  for (const HashManifest& manifest : seal.manifests)
    for (const HashManifest::Line& line : manifest.lines) {
      if (!line.digests.sha256.empty()) continue;
      for (const auto& [hash, hex] : line.digests.others)
        if (std::ranges::find(seal.digests, hash) == seal.digests.end())
          seal.digests.push_back(hash);
    }
  std::ranges::sort(seal.digests);
  const auto twice = std::ranges::unique(seal.digests);
  seal.digests.erase(twice.begin(), twice.end());
}

std::vector<std::pair<std::string, std::string>> hash_after(CaseSink& sink) {
  std::map<std::string, Result<std::string>> by_path;
  std::map<std::string, std::string> changed;
  for (auto& [sha256, facts] : sink.taken) {
    const std::string& path = facts.source.info.path;
    auto found = by_path.find(path);
    if (found == by_path.end()) found = by_path.emplace(path, hash_again(path)).first;
    const Result<std::string>& now = found->second;
    const std::string& then =
        facts.source.info.members.empty() ? sha256 : facts.source.container_sha256;
    HashAfter after;
    if (now) {
      after.sha256 = *now;
      after.same = *now == then;
    } else {
      after.failed = now.error().what.c_str();
    }
    if (!after.same) changed.emplace(path, now ? "hashes to " + *now + " now" : after.failed);
    facts.acquisition.after = std::move(after);
  }
  return {changed.begin(), changed.end()};
}

std::vector<ManifestChecked> compare_manifests(const Case::Impl& impl,
                                               const std::vector<HashManifest>& manifests,
                                               CaseSink& sink) {
  std::vector<ManifestChecked> out;
  if (manifests.empty()) return out;
  std::vector<ListedSource> sources;
  for (const auto& [sha256, digests] : sink.digests) {
    const evidence::SourceInfo* info = info_of(impl, sink, sha256);
    sources.push_back(
        {.path = info == nullptr ? std::string() : own_name(*info), .digests = digests});
  }
  for (const HashManifest& manifest : manifests) {
    const ManifestResult result = compare_manifest(manifest, sources);
    ManifestChecked checked{.name = manifest.name,
                            .sha256 = manifest.sha256,
                            .lines = manifest.lines.size(),
                            .lines_unread = manifest.lines_unread,
                            .matched = result.matched,
                            .differs = result.differs,
                            .not_listed = result.not_listed,
                            .not_found = result.not_found.size(),
                            .not_found_paths = {},
                            .differing = {}};
    std::size_t names = 0;
    for (const std::string& path : result.not_found) {
      names += path.size();
      if (checked.not_found_paths.size() == kManifestNamesKept || names > kNamesSizeBytesMax) break;
      checked.not_found_paths.push_back(utf8(path));
    }
    for (std::size_t i = 0; i < sources.size(); ++i) {
      const ManifestResult::Source& found = result.sources[i];
      if (found.as == ListedAs::differs && checked.differing.size() < kDifferingKept)
        checked.differing.emplace_back(sources[i].digests.sha256, utf8(found.path));
      const auto taken = sink.taken.find(sources[i].digests.sha256);
      if (taken != sink.taken.end())
        taken->second.acquisition.listed.push_back(
            {.manifest_sha256 = manifest.sha256, .as = found.as, .path = utf8(found.path)});
    }
    out.push_back(std::move(checked));
  }
  return out;
}

Fields manifest_fields(const HashManifest& manifest, const ManifestChecked& checked,
                       const Custody& custody) {
  Fields out;
  fields::text(out, "name", utf8(checked.name));
  fields::text(out, "sha256", checked.sha256);
  fields::number(out, "size_bytes", manifest.size_bytes);
  fields::text(out, "form", to_string(manifest.form));
  fields::number(out, "lines", checked.lines);
  fields::number(out, "lines_unread", checked.lines_unread);
  fields::number(out, "matched", checked.matched);
  fields::number(out, "differs", checked.differs);
  fields::number(out, "not_listed", checked.not_listed);
  fields::number(out, "not_found", checked.not_found);
  for (const auto& [sha256, path] : checked.differing) {
    fields::text(out, "differing.sha256", sha256);
    fields::text(out, "differing.path", path);
  }
  for (const std::string& path : checked.not_found_paths) fields::text(out, "not_found.path", path);
  fields::custody(out, custody);
  return out;
}

Result<ManifestChecked> read_manifest_statement(const verify::Statement& statement) {
  fields::Reader in(statement);
  ManifestChecked out;
  out.name = in.text("name");
  out.sha256 = in.sha256("sha256");
  out.lines = in.number<std::uint64_t>("lines");
  out.lines_unread = in.number<std::uint64_t>("lines_unread");
  out.matched = in.number<std::uint64_t>("matched");
  out.differs = in.number<std::uint64_t>("differs");
  out.not_listed = in.number<std::uint64_t>("not_listed");
  out.not_found = in.number<std::uint64_t>("not_found");
  out.not_found_paths = in.texts("not_found.path");
  const auto hashes = in.texts("differing.sha256");
  const auto paths = in.texts("differing.path");
  in.fail_if(hashes.size() != paths.size());
  for (std::size_t i = 0; i < std::min(hashes.size(), paths.size()); ++i)
    out.differing.emplace_back(hashes[i], paths[i]);
  EXHIBIT_CHECK(
      in.end("a manifest statement lacks a field, or has one that is not what it should be"));
  return out;
}

}  // namespace exhibit::casefile
