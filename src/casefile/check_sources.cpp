// The sources of a case: their bytes, their record trees, their damage.
#include <algorithm>

#include "base/text.h"
#include "casefile/check.h"
#include "casefile/files.h"
#include "casefile/layout.h"
#include "casefile/rederive.h"
#include "casefile/sink.h"

namespace exhibit::casefile {
namespace {

Result<std::string> hash_file(const std::string& path) {
  seal::Sha256 hash;
  EXHIBIT_CHECK(files::read_pieces(path, [&](Bytes bytes) -> Result<void> {
    hash.update(bytes);
    return {};
  }));
  return base::to_hex(hash.finish());
}

// K_source: handed over beside the source, or derived from a K_case that the verifier holds.
std::optional<seal::Key> find_key(CheckContext& c, const SourceFacts& facts,
                                  const std::optional<seal::Key>& case_key) {
  const std::string subject = layout::source_folder(facts.source.sha256) + "key";
  std::optional<seal::Key> key;
  if (files::exists(c.path(subject))) {
    c.sealed.insert(subject);
    const auto text = files::read(c.path(subject));
    const auto handed =
        text ? layout::parse_source_key(*text) : Result<seal::Key>(std::unexpected(text.error()));
    if (!handed) {
      c.failed("source.key", subject, handed.error());
      return std::nullopt;
    }
    key = *handed;
  } else if (case_key) {
    key = seal::derive_source_key(*case_key, facts.pseudonym);
  } else {
    return std::nullopt;
  }
  if (layout::source_key_commitment(*key) != facts.key_commitment) {
    c.invalid("source.key", subject, "not the key that the source was sealed with");
    return std::nullopt;
  }
  return key;
}

void check_damage(CheckContext& c, const SourceFacts& facts) {
  const std::string subject = layout::source_folder(facts.source.sha256) + "damage.jsonl";
  if (facts.source.damage_count == 0) return;
  c.sealed.insert(subject);
  const auto hash = hash_file(c.path(subject));
  if (!hash) {
    c.failed("source.damage", subject, hash.error());
  } else if (*hash != facts.damage_sha256) {
    c.invalid("source.damage", subject, "not the damage that was sealed");
  } else {
    c.valid("source.damage", subject, std::to_string(facts.source.damage_count) + " rows");
  }
}

void check_reference(CheckContext& c, const SourceFacts& facts) {
  if (!facts.source.by_reference) return;
  const std::string subject = layout::source_folder(facts.source.sha256) + "reference.json";
  c.sealed.insert(subject);
  const auto text = files::read(c.path(subject));
  if (!text) {
    c.failed("source.reference", subject, text.error());
  } else if (*text != layout::reference_json(facts.source.info)) {
    c.invalid("source.reference", subject, "leads elsewhere than where the source was sealed");
  } else {
    c.valid("source.reference", subject, "sealed in place at " + facts.source.info.display());
  }
}

// The tree from its own lowest tiles: that they belong together and make the sealed root.
void check_tiles(CheckContext& c, const std::string& id, const std::string& folder,
                 const TreeFacts& facts, bool derived) {
  c.trees[folder] = {.size = facts.size, .entries = false};
  if (derived) return;
  const auto leaves = read_leaves(c.path(folder), facts.size);
  if (!leaves) return c.failed(id, folder, leaves.error());
  TreeChecker tiles(c.path(folder));
  tiles.append(*leaves);
  tiles.finish();
  for (const std::string& tile : tiles.missing())
    c.undecidable(id, folder + tile, "the tile is missing");
  for (const std::string& tile : tiles.differing())
    c.invalid(id, folder + tile, "the tile does not follow from those below it");
  if (tiles.root() != facts.root) {
    c.invalid(id, folder, "the tiles do not make the sealed root");
  } else {
    c.undecidable(id, folder,
                  "the tiles make the sealed root; that they are this source's records needs its "
                  "bytes and K_source");
  }
}

void check_derived(CheckContext& c, const SourceFacts& facts, const Rederived& derived) {
  const std::string folder = layout::source_folder(facts.source.sha256);
  const std::string data = where_is(facts.source).display();
  const std::string subject =
      data.starts_with(c.directory + "/") ? data.substr(c.directory.size() + 1) : data;
  const bool same =
      derived.sha256 == facts.source.sha256 && derived.size_bytes == facts.source.size_bytes;
  if (same) {
    c.valid("source.bytes", subject,
            std::to_string(derived.size_bytes) + " bytes hash to its name");
  } else {
    c.invalid("source.bytes", subject, "the bytes hash to " + derived.sha256);
  }
  for (const std::string& tile : derived.missing)
    c.undecidable("source.records", folder + tile, "the tile is missing");
  for (const std::string& tile : derived.differing)
    c.invalid("source.records", folder + tile,
              same ? "the tile is not that of the source's records"
                   : "the tile is not that of the records of these bytes");
  const auto compare = [&](const char* id, const TreeFacts& sealed, const TreeFacts& now) {
    if (now.root == sealed.root && now.size == sealed.size) {
      c.valid(id, folder,
              std::to_string(now.size) + " records, derived again, make the sealed root");
    } else {
      c.invalid(id, folder,
                std::to_string(now.size) + " records make another root than the sealed one of " +
                    std::to_string(sealed.size));
    }
  };
  compare("source.records", facts.records, derived.records);
  if (facts.slack) compare("source.slack", *facts.slack, derived.slack);
}

void check_bytes_only(CheckContext& c, const SourceFacts& facts) {
  const std::string subject = layout::source_folder(facts.source.sha256) + "data";
  if (facts.source.by_reference && !files::exists(c.path(subject))) {
    if (!facts.source.info.members.empty())
      return c.undecidable("source.bytes", facts.source.info.display(),
                           "a member that was sealed in place is read with its K_source only");
    const auto hash = hash_file(facts.source.data_path);
    if (!hash) return c.failed("source.bytes", facts.source.data_path, hash.error());
    if (*hash == facts.source.sha256)
      return c.valid("source.bytes", facts.source.data_path, "hashes to its name");
    return c.invalid("source.bytes", facts.source.data_path, "the bytes hash to " + *hash);
  }
  const auto hash = hash_file(c.path(subject));
  if (!hash) {
    c.failed("source.bytes", subject, hash.error());
  } else if (*hash != facts.source.sha256) {
    c.invalid("source.bytes", subject, "the bytes hash to " + *hash);
  } else {
    c.valid("source.bytes", subject, "hashes to its name");
  }
}

}  // namespace

void check_sources(CheckContext& c) {
  std::optional<seal::Key> case_key;
  if (c.options.home != nullptr && c.open)
    if (const auto held = load_case_key(*c.options.home, c.open->case_id)) case_key = *held;

  RederiveSink sink;
  std::vector<const CaseSource*> derivable;
  bool slack = false;
  for (auto& [sha256, facts] : c.sources) {
    const std::string folder = layout::source_folder(sha256);
    const bool own_copy = !facts.source.by_reference || files::exists(c.path(folder + "data"));
    facts.source.data_path = own_copy ? c.path(folder + "data") : facts.source.info.path;
    if (own_copy) c.sealed.insert(folder + "data");
    const auto key = find_key(c, facts, case_key);
    if (!key) continue;
    c.keys.emplace(sha256, *key);
    // An archive's own copy has no records; its members are sources of their own.
    if (facts.source.container && own_copy) continue;
    sink.expect(facts, *key, c.path(folder));
    derivable.push_back(&facts.source);
    slack |= facts.slack.has_value();
  }
  hunt::HuntOptions options;
  options.threads = c.options.threads;
  options.slack = slack;
  options.stop = c.options.stop;
  options.progress = c.options.progress;
  options.seal = &sink;
  if (!derivable.empty())
    if (const auto hunted = hunt::hunt(listing_of(derivable), sigma::RulePack{}, options); !hunted)
      c.undecidable("source.records", "sources", hunted.error().what.c_str());

  for (const auto& [sha256, facts] : c.sources) {
    const std::string folder = layout::source_folder(sha256);
    check_damage(c, facts);
    check_reference(c, facts);
    const auto derived = sink.done.find(sha256);
    const bool is_derived = derived != sink.done.end();
    if (is_derived) {
      check_derived(c, facts, derived->second);
    } else {
      check_bytes_only(c, facts);
    }
    if (facts.records.size != 0 || (!facts.source.container && !is_derived))
      check_tiles(c, "source.records", folder, facts.records, is_derived);
    if (facts.slack) check_tiles(c, "source.slack", folder + "slack/", *facts.slack, is_derived);
  }
}

}  // namespace exhibit::casefile
