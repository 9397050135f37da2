// Handover: what a recipient needs to check and run everything again, and nothing else.
#include <algorithm>
#include <functional>
#include <map>

#include "casefile/cosign.h"
#include "casefile/impl.h"
#include "casefile/layout.h"
#include "casefile/marking.h"
#include "casefile/member.h"
#include "casefile/pack.h"
#include "casefile/source_key.h"
#include "casefile/stamp.h"
#include "casefile/tar.h"

namespace exhibit::casefile {
namespace {

using Take = std::function<Result<void>(Bytes)>;

/// A file of the handover, written when its turn comes.
struct Part {
  std::uint64_t size_bytes = 0;
  std::function<Result<void>(const Take&)> read;
};
using Parts = std::map<std::string, Part>;  // by path below the case

void add_text(Parts& parts, const std::string& name, std::string text) {
  const std::uint64_t size = text.size();
  parts[name] = {.size_bytes = size, .read = [text = std::move(text)](const Take& take) {
                   return take(as_bytes(text));
                 }};
}

Result<void> add_file(Parts& parts, const Case::Impl& impl, const std::string& name) {
  const std::string path = impl.path(name);
  EXHIBIT_TRY(const std::uint64_t size, files::size(path));
  parts[name] = {.size_bytes = size,
                 .read = [path](const Take& take) { return files::read_pieces(path, take); }};
  return {};
}

Result<void> add_source(Parts& parts, const Case::Impl& impl, const SourceFacts& facts,
                        const seal::Key& key) {
  const std::string folder = layout::source_folder(facts.source.sha256);
  parts[folder + "data"] = {
      .size_bytes = facts.source.size_bytes,
      .read = [&source = facts.source](const Take& take) { return read_source(source, take); }};
  add_text(parts, folder + "key", layout::source_key_text(key));
  if (facts.source.damage_count != 0) EXHIBIT_CHECK(add_file(parts, impl, folder + "damage.jsonl"));
  if (facts.source.by_reference) EXHIBIT_CHECK(add_file(parts, impl, folder + "reference.json"));
  if (facts.records.size != 0) EXHIBIT_CHECK(add_file(parts, impl, folder + layout::kLeaves));
  if (facts.slack && facts.slack->size != 0)
    EXHIBIT_CHECK(add_file(parts, impl, folder + layout::kSlackLeaves));
  return {};
}

// A party's log with its statements, what others cosigned, and what shows that it was forked.
Result<void> add_log(Parts& parts, const Case::Impl& impl, const std::string& party,
                     const Ledger& ledger) {
  const std::string folder = layout::ledger_folder(party);
  add_text(parts, folder + "checkpoint", ledger.note);
  EXHIBIT_CHECK(layout::for_each_tile(ledger.checkpoint.size, [&](const std::string& tile) {
    return add_file(parts, impl, folder + tile);
  }));
  for (std::uint64_t i = 0; i < ledger.checkpoint.size; ++i)
    EXHIBIT_CHECK(add_file(parts, impl, layout::statement_path(party, i)));
  EXHIBIT_TRY(const std::vector<std::uint64_t> sizes, list_cosigned(impl.directory, party));
  for (const std::uint64_t size : sizes)
    EXHIBIT_CHECK(add_file(parts, impl, layout::cosigned_path(party, size)));
  EXHIBIT_TRY(const std::vector<std::uint64_t> stamped, list_stamped(impl.directory, party));
  for (const std::uint64_t size : stamped) {
    const std::string stamp = layout::stamped_path(party, size);
    EXHIBIT_TRY(const StampFolder held, read_stamp_folder(impl.path(stamp)));
    EXHIBIT_CHECK(add_file(parts, impl, stamp + "checkpoint"));
    for (const std::string& name : held.names) EXHIBIT_CHECK(add_file(parts, impl, stamp + name));
  }
  EXHIBIT_TRY(const std::vector<files::Item> forks,
              files::list(impl.path(layout::forks_folder(party))));
  for (const files::Item& fork : forks)
    if (fork.folder && layout::is_sha256(fork.name))
      for (const char* name : {"/checkpoint", "/leaves"})
        EXHIBIT_CHECK(add_file(parts, impl, layout::forks_folder(party) + fork.name + name));
  return {};
}

Result<Parts> collect(const Home& home, const Case::Impl& impl, Tlp tlp) {
  Parts parts;
  add_text(parts, std::string(layout::kToml), layout::toml_head(impl.id));
  EXHIBIT_CHECK(add_log(parts, impl, impl.party, impl.ledger));
  for (const PartyLog& log : impl.others)
    EXHIBIT_CHECK(add_log(parts, impl, log.party, log.ledger));
  EXHIBIT_TRY(const SourceKeys keys, SourceKeys::open(home, impl));
  for (const auto& [sha256, facts] : impl.facts) {
    EXHIBIT_CHECK(check_marking(facts, tlp));
    EXHIBIT_TRY(const seal::Key key, keys.of(facts));
    EXHIBIT_CHECK(add_source(parts, impl, facts, key));
  }
  for (const RunFacts& run : impl.run_facts) {
    EXHIBIT_CHECK(add_file(parts, impl, layout::inputs_path(impl.party, run.entry)));
    for (const char* name : {"run.json", "findings.jsonl", "coverage.json"})
      EXHIBIT_CHECK(add_file(parts, impl, layout::run_folder(run.number) + name));
    EXHIBIT_TRY([[maybe_unused]] const Manifest whole,
                read_criteria(impl.path(""), run.criteria_sha256));
    for (const std::string& name : criteria_files(run.criteria_sha256))
      EXHIBIT_CHECK(add_file(parts, impl, name));
    EXHIBIT_TRY([[maybe_unused]] const std::string rules,
                read_pack(impl.path(""), run.pack_sha256));
    EXHIBIT_CHECK(add_file(parts, impl, pack_file(run.pack_sha256)));
  }
  return parts;
}

// Gives a part's bytes to `take`, unless the user wants to stop.
Result<void> read_part(const Part& part, const std::atomic<bool>* stop, const Take& take) {
  return part.read([&](Bytes bytes) -> Result<void> {
    if (stop != nullptr && stop->load())
      return fail(ErrorCode::interrupted, "the handover was stopped");
    return take(bytes);
  });
}

Result<void> write_tar(const std::string& out, const std::string& root, const Parts& parts,
                       const std::atomic<bool>* stop) {
  EXHIBIT_TRY(tar::Writer writer, tar::Writer::create(out));
  for (const auto& [name, part] : parts) {
    EXHIBIT_CHECK(writer.begin(root + "/" + name, part.size_bytes));
    EXHIBIT_CHECK(read_part(part, stop, [&](Bytes bytes) { return writer.piece(bytes); }));
    EXHIBIT_CHECK(writer.end());
  }
  return writer.finish();
}

Result<void> write_folder(const std::string& out, const Parts& parts,
                          const std::atomic<bool>* stop) {
  for (const auto& [name, part] : parts) {
    const std::string path = out + "/" + name;
    EXHIBIT_CHECK(files::make_folders(path.substr(0, path.rfind('/'))));
    EXHIBIT_TRY(files::Appender file, files::Appender::create(path));
    EXHIBIT_CHECK(read_part(part, stop, [&](Bytes bytes) { return file.append(bytes); }));
    EXHIBIT_CHECK(file.close());
  }
  return {};
}

}  // namespace

Result<HandoverSummary> handover(const Home& home, const Case& from, const std::string& out,
                                 const HandoverOptions& options) {
  const Case::Impl& impl = from.impl();
  std::string place = out;
  while (place.size() > 1 && place.ends_with('/')) place.pop_back();
  if (files::exists(place) && !(options.tar && options.force && tar::is_file(place))) {
    const auto items = files::list(place);
    if (options.tar || !items || !items->empty())
      return fail(ErrorCode::exists, "what the handover would be written to exists already");
  }
  EXHIBIT_TRY(const Parts parts, collect(home, impl, parse_tlp(options.tlp).value_or(Tlp::clear)));
  // Beside its place until it is whole: half a handover is none.
  const std::size_t slash = place.rfind('/');
  const std::string parent = slash == std::string::npos ? "." : place.substr(0, slash + 1);
  const std::string beside = (slash == std::string::npos ? "" : parent) + "." +
                             place.substr(slash + 1) + std::string(layout::kUnborn);
  EXHIBIT_CHECK(files::remove_all(beside));
  auto written = options.tar ? write_tar(beside, impl.id, parts, options.stop)
                             : write_folder(beside, parts, options.stop);
  if (written) written = files::sync_filesystem(parent);
  if (written) written = files::rename(beside, place);
  if (!written) {
    (void)files::remove_all(beside);
    return std::unexpected(written.error());
  }
  HandoverSummary summary;
  summary.sources = impl.facts.size();
  summary.files = parts.size();
  for (const auto& [name, part] : parts) summary.bytes += part.size_bytes;
  summary.fingerprint = verify::fingerprint(impl.open.log_key.key);
  summary.verifier_key = impl.open.log_key.to_string();
  return summary;
}

}  // namespace exhibit::casefile
