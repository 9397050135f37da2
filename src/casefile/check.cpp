#include "casefile/check.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "casefile/files.h"
#include "casefile/impl.h"
#include "casefile/layout.h"
#include "casefile/party_log.h"
#include "casefile/replay.h"
#include "casefile/tar.h"

namespace exhibit::casefile {
namespace {

// exhibit.toml holds no trust: it only has to name the case that the ledger was opened for.
std::string check_toml(CheckContext& c) {
  const std::string subject(layout::kToml);
  c.sealed.insert(subject);
  const auto text = files::read(c.path(subject));
  const auto id =
      text ? layout::read_toml(*text) : Result<std::string>(std::unexpected(text.error()));
  if (!id) {
    c.failed("exhibit.toml", subject, id.error());
    return {};
  }
  c.valid("exhibit.toml", subject, "names case " + *id);
  return *id;
}

Result<Report> verify_folder(const std::string& directory, const VerifyOptions& options) {
  CheckContext c(directory, options);
  EXHIBIT_TRY(const std::vector<std::string> parties, list_parties(directory));
  if (parties.empty() && !files::exists(c.path(layout::kToml)))
    return fail(ErrorCode::not_found, "this is no case: it has neither exhibit.toml nor a ledger");
  const std::string case_id = check_toml(c);
  c.report.case_id = case_id;
  if (options.home != nullptr)
    if (const auto own = options.home->list_keys())
      for (const PartyKeys& keys : *own)
        c.own_keys.push_back({.name = keys.party, .fingerprint = keys.fingerprint});
  if (parties.empty()) c.undecidable("checkpoint.form", "ledger", "the case has no ledger");
  c.sealer = choose_sealer(c, case_id, parties);
  for (const bool sealer : {true, false})
    for (const std::string& party : parties)
      if ((party == c.sealer) == sealer) check_ledger(c, party, case_id);
  check_parties(c);
  check_stamps(c);
  check_policy(c);
  check_sources(c);
  check_runs(c);
  if (options.replay) replay_runs(c);
  if (c.stopped()) return fail(ErrorCode::interrupted, "verification was stopped");
  EXHIBIT_TRY(const std::vector<std::string> present, files::list_files(directory));
  for (const std::string& file : present)
    if (!c.is_sealed(file)) c.report.unsealed_files.push_back(file);
  for (CheckedLog& log : c.logs) c.report.logs.push_back(std::move(log.report));
  std::ranges::sort(c.report.logs, {}, &Report::Log::party);
  c.report.overall = verify::overall(c.report.checks);
  return std::move(c.report);
}

}  // namespace

bool CheckContext::is_sealed(const std::string& file) const {
  if (sealed.contains(file)) return true;
  return std::ranges::any_of(ledgers, [&](const LedgerTiles& log) {
    return file.starts_with(log.folder) &&
           layout::is_tile(std::string_view(file).substr(log.folder.size()), log.size);
  });
}

void CheckContext::failed(std::string id, std::string subject, const Error& error) {
  const bool missing = error.code == ErrorCode::not_found || error.code == ErrorCode::io;
  add(std::move(id), std::move(subject),
      missing ? verify::Verdict::undecidable : verify::Verdict::invalid,
      error.code == ErrorCode::not_found ? "missing" : error.what.c_str());
}

Result<Report> verify_case(const std::string& path, const VerifyOptions& options) {
  std::string place = path;
  while (place.size() > 1 && place.ends_with('/')) place.pop_back();
  if (!tar::is_file(place)) return verify_folder(place, options);
  EXHIBIT_TRY(const files::TemporaryFolder unpacked, files::TemporaryFolder::make());
  EXHIBIT_TRY(const std::string folder, tar::unpack(place, unpacked.path(), options.stop));
  return verify_folder(unpacked.path() + "/" + folder, options);
}

}  // namespace exhibit::casefile
