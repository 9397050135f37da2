// A witness with the keys of this user, and a case that asks one.
#include <algorithm>

#include "casefile/cosign.h"
#include "casefile/files.h"
#include "casefile/home.h"
#include "casefile/impl.h"
#include "casefile/layout.h"
#include "casefile/party_log.h"
#include "exhibit/witness.h"

namespace exhibit::witness {

namespace files = casefile::files;

namespace {

// How far the witness is known to have come with this log; sizes whose notes are not this log's
// history are no reason to believe anything.
Result<std::uint64_t> known_size(const std::string& directory, const casefile::PartyLog& log,
                                 std::span<const seal::VerifierKey> keys) {
  EXHIBIT_TRY(std::vector<std::uint64_t> sizes, casefile::list_cosigned(directory, log.party));
  std::ranges::reverse(sizes);
  for (const std::uint64_t size : sizes) {
    EXHIBIT_TRY(const std::string text,
                files::read(directory + "/" + casefile::layout::cosigned_path(log.party, size),
                            seal::kNoteSizeMax));
    const auto note = casefile::read_cosigned(text, size, log.ledger.leaves, log.open.log_key);
    if (!note) continue;
    for (const seal::VerifierKey& key : keys)
      if (seal::verify_cosignature(*note, key)) return size;
  }
  return std::uint64_t{0};
}

Result<AskedLog> ask_for(const std::string& directory, const casefile::PartyLog& log,
                         std::span<const seal::VerifierKey> keys, std::uint64_t latest_unix_s,
                         const Post& post) {
  const std::uint64_t size = log.ledger.checkpoint.size;
  AskedLog out{.party = log.party, .tree_size = size, .asked = {}};
  EXHIBIT_TRY(const std::uint64_t known, known_size(directory, log, keys));
  if (known == size) {
    out.had_it = true;
    out.asked.outcome = Outcome::cosigned;
    return out;
  }
  EXHIBIT_TRY(out.asked, ask({.checkpoint = log.ledger.note, .leaves = log.ledger.leaves}, known,
                             keys, latest_unix_s, post));
  if (out.asked.outcome != Outcome::cosigned) return out;
  // Only now: nobody is kept from writing while a witness takes its time. A log only grows, so what
  // was cosigned stays its history.
  EXHIBIT_TRY(const files::Descriptor lock, files::lock_folder(directory));
  EXHIBIT_TRY(const std::uint64_t added,
              casefile::add_cosignatures(directory, log.party, size, log.ledger.note,
                                         casefile::signature_lines("\n\n" + out.asked.lines)));
  if (added == 0)
    return fail(ErrorCode::limit, "as many as a note holds have cosigned this checkpoint");
  return out;
}

}  // namespace

Result<Witness> open_witness(casefile::Home& home, std::string_view party, std::string folder,
                             std::span<const seal::VerifierKey> logs) {
  auto keys = casefile::load_signing_keys(home, party);
  if (!keys && keys.error().code == ErrorCode::not_found) {
    EXHIBIT_CHECK(home.create_keys(party));
    keys = casefile::load_signing_keys(home, party);
  }
  if (!keys) return std::unexpected(keys.error());
  EXHIBIT_CHECK(casefile::make_witness(home, party));
  if (folder.empty()) folder = home.path() + "/witness/" + std::string(party);
  return Witness::open(std::move(folder), std::string(party), std::move(keys->cosign), logs);
}

Result<std::vector<AskedLog>> ask_for_case(const std::string& directory,
                                           std::span<const std::string> parties,
                                           std::span<const seal::VerifierKey> keys,
                                           std::uint64_t latest_unix_s, const Post& post) {
  if (!casefile::Case::is_case(directory))
    return fail(ErrorCode::not_found, "there is no case here");
  EXHIBIT_TRY(const std::string case_id, casefile::read_case_id(directory));
  EXHIBIT_TRY(std::vector<std::string> asked_for, casefile::list_parties(directory));
  for (const std::string& party : parties)
    if (std::ranges::find(asked_for, party) == asked_for.end())
      return fail(ErrorCode::not_found, "this party has no log in the case");
  if (!parties.empty()) asked_for.assign(parties.begin(), parties.end());
  std::vector<AskedLog> out;
  for (const std::string& party : asked_for) {
    EXHIBIT_TRY(const casefile::PartyLog log, casefile::read_party_log(directory, case_id, party));
    EXHIBIT_TRY(AskedLog asked, ask_for(directory, log, keys, latest_unix_s, post));
    out.push_back(std::move(asked));
  }
  return out;
}

}  // namespace exhibit::witness
