#include "casefile/home.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "base/text.h"
#include "casefile/files.h"

namespace exhibit::casefile {
namespace {

constexpr unsigned kSecretFolder = 0700;
constexpr unsigned kSecretFile = 0600;
constexpr std::uint64_t kSecretSizeMax = 64 << 10;

// Something that group or others can touch is refused: mending it silently would hide that it was
// open.
Result<void> check_private(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return {};  // not there: the caller finds out
  if ((info.st_mode & 077) != 0)
    return fail(ErrorCode::refused,
                "the key folder is open to others: chmod go= it, and consider its keys known");
  if (info.st_uid != ::geteuid())
    return fail(ErrorCode::refused, "the key folder belongs to another user");
  return {};
}

Result<std::string> read_secret(const std::string& path) {
  EXHIBIT_CHECK(check_private(path));
  return files::read(path, kSecretSizeMax);
}

Result<void> write_secret(const std::string& path, std::string_view bytes) {
  return files::replace(path, bytes, kSecretFile);
}

std::string key_folder(const Home& home, std::string_view party) {
  return home.path() + "/keys/" + std::string(party);
}

Result<void> make_key_folder(const std::string& path) {
  const auto made = files::make_folders(path, kSecretFolder);
  if (made) return {};
  return fail(made.error().code,
              "the key folder cannot be made or written to; EXHIBIT_HOME names another", kNoOffset,
              made.error().detail);
}

std::string seen_path(const Home& home, std::string_view origin, std::string_view fingerprint) {
  return home.path() + "/seen/" + std::string(fingerprint) + "-" +
         base::to_hex(seal::sha256(as_bytes(origin)));
}

std::string witness_mark(const Home& home, std::string_view party) {
  return key_folder(home, party) + "/witness";
}

std::string case_folder(const Home& home, std::string_view case_id) {
  return home.path() + "/cases/" + std::string(case_id);
}

// The party has a log in the case that was seen from here.
Result<bool> has_log(const Home& home, std::string_view case_id, std::string_view party) {
  EXHIBIT_TRY(const SigningKeys keys, load_signing_keys(home, party));
  const std::string origin = std::string(case_id) + "/" + std::string(party);
  EXHIBIT_TRY(const auto seen, last_seen(home, origin, verify::fingerprint(keys.log.public_key())));
  return seen.has_value();
}

// A cosigner keeps one memory of what he saw of each log; a witness's is not the case's.
Result<void> check_no_witness(const Home& home, std::string_view party) {
  if (!files::exists(witness_mark(home, party))) return {};
  return fail(ErrorCode::refused, "these keys are a witness's: name another party with --as");
}

Result<seal::Key> new_case_key(const Home& home, std::string_view case_id, std::string_view party) {
  if (is_destroyed(home, case_id))
    return fail(ErrorCode::refused, "this key folder's keys of the case were destroyed");
  EXHIBIT_CHECK(make_key_folder(case_folder(home, case_id)));
  seal::Key key;
  seal::random_bytes(key);
  EXHIBIT_CHECK(write_secret(case_folder(home, case_id) + "/party", std::string(party) + "\n"));
  EXHIBIT_CHECK(write_secret(case_folder(home, case_id) + "/key", base::to_hex(key) + "\n"));
  return key;
}

PartyKeys public_part(std::string_view party, const SigningKeys& keys) {
  PartyKeys out;
  out.party = party;
  out.log = {.name = out.party, .key = keys.log.public_key()};
  out.entry = {.name = out.party, .key = keys.entry.public_key()};
  out.cosign = {
      .name = out.party, .key = keys.cosign.public_key(), .role = seal::KeyRole::cosigner};
  out.fingerprint = verify::fingerprint(out.log.key);
  return out;
}

}  // namespace

bool is_plain_name(std::string_view name) {
  const auto alnum = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return !name.empty() && name.size() <= 64 && alnum(name.front()) &&
         std::ranges::all_of(name,
                             [&](char c) { return alnum(c) || c == '.' || c == '_' || c == '-'; });
}

std::vector<std::string> parties_of_case(const Home& home, std::string_view case_id) {
  const auto text = files::read(case_folder(home, case_id) + "/party", kSecretSizeMax);
  std::vector<std::string> out;
  for (std::string_view rest = text ? *text : std::string_view(); !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (is_plain_name(line)) out.emplace_back(line);
  }
  return out;
}

Result<Home> Home::open() {
  const auto variable = [](const char* name) -> std::string {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
  };
  if (const std::string named = variable("EXHIBIT_HOME"); !named.empty()) return open_at(named);
  // XDG Base Directory Specification: a relative path is to be ignored.
  if (const std::string data = variable("XDG_DATA_HOME"); data.starts_with('/'))
    return open_at(data + "/exhibit");
  const std::string home = variable("HOME");
  if (home.empty())
    return fail(ErrorCode::usage, "neither EXHIBIT_HOME nor HOME says where keys are kept");
  return open_at(home + "/.local/share/exhibit");
}

Result<Home> Home::open_at(std::string path) {
  EXHIBIT_CHECK(check_private(path));
  return Home(std::move(path));
}

Result<std::vector<PartyKeys>> Home::list_keys() const {
  EXHIBIT_TRY(const std::vector<files::Item> items, files::list(path_ + "/keys"));
  std::vector<PartyKeys> out;
  for (const files::Item& item : items) {
    // A folder without its second key was left by a killed creation, and is none.
    if (!item.folder || !is_plain_name(item.name) ||
        !files::exists(key_folder(*this, item.name) + "/log.pem"))
      continue;
    EXHIBIT_TRY(const SigningKeys keys, load_signing_keys(*this, item.name));
    out.push_back(public_part(item.name, keys));
  }
  return out;
}

Result<PartyKeys> Home::create_keys(std::string_view party) {
  if (!is_plain_name(party))
    return fail(ErrorCode::usage,
                "a party's name is letters, digits, '.', '_' and '-', at most 64");
  const std::string folder = key_folder(*this, party);
  if (files::exists(folder + "/log.pem"))
    return fail(ErrorCode::exists, "the party has keys already");
  EXHIBIT_TRY(seal::SigningKey log, seal::SigningKey::generate());
  EXHIBIT_TRY(seal::SigningKey entry, seal::SigningKey::generate());
  EXHIBIT_TRY(seal::SigningKey cosign, seal::SigningKey::generate());
  EXHIBIT_CHECK(make_key_folder(folder));
  // The log key last: with it all are there.
  EXHIBIT_CHECK(write_secret(folder + "/cosign.pem", cosign.to_pem()));
  EXHIBIT_CHECK(write_secret(folder + "/entry.pem", entry.to_pem()));
  EXHIBIT_CHECK(write_secret(folder + "/log.pem", log.to_pem()));
  return public_part(
      party, {.log = std::move(log), .entry = std::move(entry), .cosign = std::move(cosign)});
}

Result<std::vector<seal::VerifierKey>> Home::list_case_keys() const {
  EXHIBIT_TRY(const std::vector<files::Item> items, files::list(path_ + "/cases"));
  std::vector<seal::VerifierKey> out;
  for (const files::Item& item : items) {
    for (const std::string& party : parties_of_case(*this, item.name))
      if (const auto keys = load_signing_keys(*this, party))
        out.push_back({.name = item.name + "/" + party, .key = keys->log.public_key()});
  }
  return out;
}

Result<SigningKeys> load_signing_keys(const Home& home, std::string_view party) {
  const std::string folder = key_folder(home, party);
  const auto load = [&](const char* name) -> Result<seal::SigningKey> {
    EXHIBIT_TRY(const std::string pem, read_secret(folder + name));
    return seal::SigningKey::from_pem(pem);
  };
  EXHIBIT_TRY(seal::SigningKey log, load("/log.pem"));
  EXHIBIT_TRY(seal::SigningKey entry, load("/entry.pem"));
  EXHIBIT_TRY(seal::SigningKey cosign, load("/cosign.pem"));
  return SigningKeys{.log = std::move(log), .entry = std::move(entry), .cosign = std::move(cosign)};
}

namespace {
std::string rotated_path(const Home& home, std::string_view party, const seal::PublicKey& key) {
  return key_folder(home, party) + "/rotated-" + verify::fingerprint(key) + ".pem";
}
}  // namespace

Result<void> keep_signing_key(const Home& home, std::string_view party,
                              const seal::SigningKey& key) {
  return write_secret(rotated_path(home, party, key.public_key()), key.to_pem());
}

Result<void> find_present_keys(const Home& home, std::string_view party, const KeyHistory& history,
                               SigningKeys& keys) {
  const auto put = [&](seal::SigningKey& key, const seal::VerifierKey* wanted) -> Result<void> {
    if (wanted == nullptr || wanted->key == key.public_key()) return {};
    const auto pem = read_secret(rotated_path(home, party, wanted->key));
    auto found = pem ? seal::SigningKey::from_pem(*pem)
                     : Result<seal::SigningKey>(std::unexpected(pem.error()));
    if (!found || found->public_key() != wanted->key)
      return fail(ErrorCode::refused,
                  "the key folder lacks the keys that the party's log names now: they were rotated "
                  "elsewhere");
    key = *std::move(found);
    return {};
  };
  EXHIBIT_CHECK(put(keys.entry, &history.present_entry_key()));
  return put(keys.cosign, history.present_cosign_key());
}

Result<seal::Key> load_case_key(const Home& home, std::string_view case_id) {
  EXHIBIT_TRY(const std::string text, read_secret(case_folder(home, case_id) + "/key"));
  const auto bytes = base::from_hex(std::string_view(text).substr(0, 64));
  seal::Key key;
  if (!bytes || bytes->size() != key.size())
    return fail(ErrorCode::malformed, "a case key is 64 hexadecimal digits");
  std::ranges::copy(as_bytes(*bytes), key.begin());
  return key;
}

Result<seal::Key> create_case_key(const Home& home, std::string_view case_id,
                                  std::string_view party) {
  EXHIBIT_CHECK(check_no_witness(home, party));
  if (!files::exists(case_folder(home, case_id) + "/key"))
    return new_case_key(home, case_id, party);
  // Left by a creation that was killed before the case was there; else it is in use.
  for (const std::string& known : parties_of_case(home, case_id)) {
    EXHIBIT_TRY(const bool in_use, has_log(home, case_id, known));
    if (in_use) return fail(ErrorCode::exists, "the key folder has a case of this id already");
  }
  return load_case_key(home, case_id);
}

Result<seal::Key> join_case_key(const Home& home, std::string_view case_id,
                                std::string_view party) {
  EXHIBIT_CHECK(check_no_witness(home, party));
  if (!files::exists(case_folder(home, case_id) + "/key"))
    return new_case_key(home, case_id, party);
  EXHIBIT_TRY(const bool in_use, has_log(home, case_id, party));
  if (in_use) return fail(ErrorCode::exists, "the party has a log in a case of this id already");
  std::vector<std::string> parties = parties_of_case(home, case_id);
  if (std::ranges::find(parties, party) == parties.end()) {
    std::string text;
    for (const std::string& known : parties) text += known + "\n";
    EXHIBIT_CHECK(
        write_secret(case_folder(home, case_id) + "/party", text + std::string(party) + "\n"));
  }
  return load_case_key(home, case_id);
}

Result<void> make_witness(const Home& home, std::string_view party) {
  EXHIBIT_TRY(const std::vector<seal::VerifierKey> cases, home.list_case_keys());
  for (const seal::VerifierKey& log : cases)
    if (log.name.ends_with("/" + std::string(party)))
      return fail(ErrorCode::refused,
                  "this party writes cases; a witness has keys of its own: name another with --as");
  if (files::exists(witness_mark(home, party))) return {};
  return write_secret(witness_mark(home, party), "");
}

Result<std::optional<std::string>> last_seen(const Home& home, std::string_view origin,
                                             std::string_view fingerprint) {
  auto text = files::read(seen_path(home, origin, fingerprint), kSecretSizeMax);
  if (!text && text.error().code == ErrorCode::not_found) return std::optional<std::string>{};
  if (!text) return std::unexpected(text.error());
  return std::optional<std::string>(*std::move(text));
}

Result<Continues> compare_last_seen(const Home& home, std::string_view origin,
                                    std::string_view fingerprint,
                                    std::span<const seal::Digest> leaves) {
  EXHIBIT_TRY(const auto seen, last_seen(home, origin, fingerprint));
  if (!seen) return Continues::first_seen;
  EXHIBIT_TRY(const seal::Note note, seal::parse_note(*seen));
  EXHIBIT_TRY(const seal::Checkpoint newest, seal::Checkpoint::parse(note.text));
  if (newest.size > leaves.size()) return Continues::is_older;
  return seal::tree_root(leaves.first(newest.size)) == newest.root ? Continues::goes_on
                                                                   : Continues::is_another;
}

Result<void> set_last_seen(const Home& home, std::string_view origin, std::string_view fingerprint,
                           std::string_view note) {
  EXHIBIT_CHECK(make_key_folder(home.path() + "/seen"));
  const auto written = files::replace(seen_path(home, origin, fingerprint), note, kSecretFile);
  if (written) return {};
  return fail(written.error().code, "the key folder does not take what was seen of the case",
              kNoOffset, written.error().detail);
}

Result<std::vector<verify::TrustedKey>> parse_trust(std::string_view argument) {
  if (auto key = verify::parse_trusted_key(argument)) return std::vector{*std::move(key)};
  auto text = files::read(std::string(argument), kSecretSizeMax);
  if (!text && text.error().code == ErrorCode::not_found)
    return fail(ErrorCode::not_found,
                "expected a verifier key (name+hash+key), a fingerprint, or a file of them");
  if (!text) return std::unexpected(text.error());
  std::vector<verify::TrustedKey> out;
  for (std::string_view rest = *text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    while (line.ends_with(' ') || line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    EXHIBIT_TRY(verify::TrustedKey key, verify::parse_trusted_key(line));
    out.push_back(std::move(key));
  }
  if (out.empty()) return fail(ErrorCode::malformed, "the file names no key to trust");
  return out;
}

}  // namespace exhibit::casefile
