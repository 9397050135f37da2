#include "cli/custody_options.h"

#include <algorithm>

#include "cli/case_access.h"
#include "cli/safe_text.h"
#include "cli/small_file.h"
#include "exhibit/disclosure.h"

namespace exhibit::cli {

namespace {

constexpr std::size_t kNamesShown = 20;  // --verbose: all that are sealed

void append_names(std::string& out, const Console& console, std::string_view what,
                  const std::vector<std::string>& names, std::uint64_t all) {
  std::size_t shown = 0;
  for (const std::string& name : names) {
    if (shown == kNamesShown && !console.verbose()) break;
    out += "  " + console.paint(Style::doubtful, what) + ": " + safe_text(name) + "\n";
    ++shown;
  }
  if (shown < all) out += "  and " + grouped(all - shown) + " more\n";
}

}  // namespace

int say_no_tlp(const Console& console, std::string_view given) {
  console.error("--tlp takes CLEAR, GREEN, AMBER, AMBER+STRICT or RED, not `" + safe_text(given) +
                "`");
  return exit_usage;
}

casefile::Circumstances circumstances(const Arguments& arguments) {
  const auto said = [&](std::string_view flag) { return std::string(arguments.value(flag)); };
  const auto tlp = casefile::parse_tlp(arguments.value("tlp"));
  return {.role = said("role"),
          .authority = said("authority"),
          .place = said("place"),
          .medium = said("medium"),
          .write_blocker = said("write-blocker"),
          .exhibit_number = said("exhibit-number"),
          .source_clock = said("source-clock"),
          .tlp = std::string(tlp ? to_string(*tlp) : "")};
}

std::optional<casefile::SealOptions> seal_options(const Arguments& arguments,
                                                  const Console& console, int& status) {
  if (arguments.has("tlp") && !casefile::parse_tlp(arguments.value("tlp"))) {
    status = say_no_tlp(console, arguments.value("tlp"));
    return std::nullopt;
  }
  casefile::SealOptions out;
  out.by_reference = arguments.has("by-reference");
  out.said = circumstances(arguments);
  out.hash_after = arguments.has("hash-after");
  for (const std::string& name : arguments.values("digest"))
    if (const auto hash = seal::parse_other_hash(name)) out.digests.push_back(*hash);
  for (const std::string& path : arguments.values("manifest")) {
    const auto text = read_small_file(path, casefile::kManifestSizeBytesMax);
    auto read = text ? casefile::parse_manifest(*text, path.substr(path.rfind('/') + 1))
                     : Result<casefile::HashManifest>(std::unexpected(text.error()));
    if (!read) {
      console.error("--manifest " + safe_text(path) + ": " + describe(read.error()));
      status = exit_usage;
      return std::nullopt;
    }
    out.manifests.push_back(*std::move(read));
  }
  return out;
}

void append_compared(std::string& out, const Console& console, const Manifests& manifests,
                     const ChangedAfter& changed) {
  for (const auto& manifest : manifests) {
    out +=
        "\n" + console.paint(Style::bold, "Compared with " + safe_text(manifest.name)) +
        "  (SHA-256 " + manifest.sha256 + ")\n  " + counted(manifest.matched, "source") +
        " matched, " +
        (manifest.differs == 0 ? "0 differ"
                               : console.paint(Style::bad, grouped(manifest.differs) + " DIFFER")) +
        ", " + grouped(manifest.not_listed) + " not listed; " +
        counted(manifest.not_found, "listed file") + " not found\n";
    if (manifest.lines_unread != 0)
      out += "  " + console.paint(Style::doubtful, counted(manifest.lines_unread, "line")) +
             " of it could not be understood\n";
    for (const auto& [sha256, path] : manifest.differing)
      out += "  " + console.paint(Style::bad, "differs") + ": " + safe_text(path) + ", now " +
             sha256 + "\n";
    append_names(out, console, "not found", manifest.not_found_paths, manifest.not_found);
  }
  if (!changed.empty())
    out += "\n" + console.paint(Style::bad, "CHANGED") +
           " between being acquired and being hashed once more:\n";
  for (const auto& [path, what] : changed)
    out += "  " + safe_text(path) + "\n    " + safe_text(what) + "\n";
}

int compared_status(int status, const Manifests& manifests, const ChangedAfter& changed) {
  if (status == exit_interrupted) return status;
  const bool differs = std::ranges::any_of(
      manifests, [](const casefile::ManifestChecked& manifest) { return manifest.differs != 0; });
  return differs || !changed.empty() ? static_cast<int>(exit_no) : status;
}

}  // namespace exhibit::cli
