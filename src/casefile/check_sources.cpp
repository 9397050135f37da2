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
  const auto hash = files::sha256(c.path(subject));
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

std::string plural(std::uint64_t count, const char* of_one, const char* of_many) {
  return std::to_string(count) + (count == 1 ? of_one : of_many);
}

// Without the source's bytes or its key: that the leaves make the sealed root.
void check_leaves(CheckContext& c, const char* id, const std::string& subject,
                  const TreeFacts& facts) {
  const auto leaves = read_leaves(c.path(subject), facts.size);
  if (!leaves) return c.failed(id, subject, leaves.error());
  if (seal::tree_root(*leaves) != facts.root)
    return c.invalid(id, subject, "the leaves do not make the sealed root");
  c.undecidable(id, subject,
                "the leaves make the sealed root; that they are this source's records needs its "
                "bytes and K_source");
}

// `now`: of the same bytes, in this reading; a hash that this machine does not offer is not there.
void check_digests(CheckContext& c, const SourceFacts& facts, const Digests& now) {
  if (facts.acquisition.digests.empty()) return;
  const std::string subject = layout::source_folder(facts.source.sha256) + "data";
  std::string same;
  for (const auto& [hash, hex] : facts.acquisition.digests) {
    const std::string name(seal::to_string(hash));
    const std::string* found = now.find(hash);
    if (found == nullptr) {
      c.undecidable("source.digests", subject, name + ": this machine's OpenSSL does not offer it");
    } else if (*found != hex) {
      c.invalid("source.digests", subject, name + " was sealed as " + hex + ", and is " + *found);
    } else {
      same += (same.empty() ? "" : ", ") + name;
    }
  }
  if (!same.empty()) c.valid("source.digests", subject, same + " are those that were sealed");
}

// Derived again from the source's bytes.
void check_tree(CheckContext& c, const char* id, const std::string& folder,
                const std::string& leaves, const TreeFacts& sealed, const TreeFacts& now,
                const Rederived::OnDisk& on_disk) {
  if (on_disk.missing) c.undecidable(id, folder + leaves, "missing");
  if (on_disk.differing != 0)
    c.invalid(id, folder + leaves,
              plural(on_disk.differing, " leaf is", " leaves are") +
                  " not of the records of these bytes, the first that of record " +
                  std::to_string(on_disk.first_differing));
  if (now.root == sealed.root && now.size == sealed.size) {
    c.valid(id, folder,
            plural(now.size, " record, derived again, makes", " records, derived again, make") +
                " the sealed root");
  } else {
    c.invalid(id, folder,
              std::to_string(now.size) + " records make another root than the sealed one of " +
                  std::to_string(sealed.size));
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
  if (same) check_digests(c, facts, {.sha256 = derived.sha256, .others = derived.digests});
  check_tree(c, "source.records", folder, layout::kLeaves, facts.records, derived.records,
             derived.record_leaves);
  if (facts.slack)
    check_tree(c, "source.slack", folder, layout::kSlackLeaves, *facts.slack, derived.slack,
               derived.slack_leaves);
}

Result<Digests> digests_of_file(const std::string& path, const SourceFacts& facts) {
  std::vector<seal::OtherHasher> hashers;
  for (const auto& [hash, hex] : facts.acquisition.digests)
    if (auto hasher = seal::OtherHasher::create(hash)) hashers.push_back(*std::move(hasher));
  seal::Sha256 hash;
  EXHIBIT_CHECK(files::read_pieces(path, [&](Bytes bytes) -> Result<void> {
    hash.update(bytes);
    for (seal::OtherHasher& hasher : hashers) hasher.update(bytes);
    return {};
  }));
  Digests out{.sha256 = base::to_hex(hash.finish()), .others = {}};
  for (seal::OtherHasher& hasher : hashers) out.others.emplace_back(hasher.hash(), hasher.finish());
  return out;
}

void check_file(CheckContext& c, const std::string& subject, const std::string& path,
                const SourceFacts& facts) {
  const auto now = digests_of_file(path, facts);
  if (!now) return c.failed("source.bytes", subject, now.error());
  if (now->sha256 != facts.source.sha256)
    return c.invalid("source.bytes", subject, "the bytes hash to " + now->sha256);
  c.valid("source.bytes", subject, "hashes to its name");
  check_digests(c, facts, *now);
}

void check_bytes_only(CheckContext& c, const SourceFacts& facts) {
  const std::string subject = layout::source_folder(facts.source.sha256) + "data";
  if (facts.source.by_reference && !files::exists(c.path(subject))) {
    if (!facts.source.info.members.empty())
      return c.undecidable("source.bytes", facts.source.info.display(),
                           "a member that was sealed in place is read with its K_source only");
    return check_file(c, facts.source.data_path, facts.source.data_path, facts);
  }
  check_file(c, subject, c.path(subject), facts);
}

}  // namespace

void check_sources(CheckContext& c) {
  std::optional<seal::Key> case_key;
  if (c.options.home != nullptr && !c.report.case_id.empty())
    if (const auto held = load_case_key(*c.options.home, c.report.case_id)) case_key = *held;

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
    if (facts.records.size != 0) c.sealed.insert(folder + layout::kLeaves);
    if (facts.slack && facts.slack->size != 0) c.sealed.insert(folder + layout::kSlackLeaves);
    if (const auto derived = sink.done.find(sha256); derived != sink.done.end()) {
      check_derived(c, facts, derived->second);
      continue;
    }
    check_bytes_only(c, facts);
    if (facts.records.size != 0 || !facts.source.container)
      check_leaves(c, "source.records", folder + layout::kLeaves, facts.records);
    if (facts.slack) check_leaves(c, "source.slack", folder + layout::kSlackLeaves, *facts.slack);
  }
}

}  // namespace exhibit::casefile
