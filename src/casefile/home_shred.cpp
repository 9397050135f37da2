// Keys that go: overwritten, then removed. What this reaches is this file on this disk; copies,
// backups, and what a flash memory keeps of old blocks it does not.
#include <algorithm>

#include "base/text.h"
#include "casefile/files.h"
#include "casefile/home.h"

namespace exhibit::casefile {
namespace {

constexpr unsigned kSecretFile = 0600;
constexpr std::uint64_t kSecretSizeMax = 64 << 10;

std::string case_folder(const Home& home, std::string_view case_id) {
  return home.path() + "/cases/" + std::string(case_id);
}
std::string key_folder(const Home& home, std::string_view party) {
  return home.path() + "/keys/" + std::string(party);
}
std::string mark(const Home& home, std::string_view case_id) {
  return case_folder(home, case_id) + "/destroyed";
}

// Of the log key, by which a party's keys are told from others that were made under his name later.
std::optional<std::string> fingerprint_of(const Home& home, std::string_view party) {
  const auto pem = files::read(key_folder(home, party) + "/log.pem", kSecretSizeMax);
  const auto key = pem ? seal::SigningKey::from_pem(*pem)
                       : Result<seal::SigningKey>(std::unexpected(pem.error()));
  if (!key) return std::nullopt;
  return verify::fingerprint(key->public_key());
}

// `<party> <fingerprint>` a line: what is to go, written before anything goes.
Result<std::string> plan(const Home& home, std::string_view case_id) {
  std::string out;
  for (const std::string& party : parties_of_case(home, case_id)) {
    EXHIBIT_TRY(const bool goes, signs_no_other_case(home, case_id, party));
    const auto fingerprint = fingerprint_of(home, party);
    if (goes && fingerprint) out += party + " " + *fingerprint + "\n";
  }
  return out;
}

// The log key last: as long as it is there, the rest of this party's keys are known to be his.
Result<void> shred_keys(const Home& home, const std::string& party) {
  EXHIBIT_TRY(const std::vector<files::Item> items, files::list(key_folder(home, party)));
  for (const files::Item& item : items)
    if (!item.folder && item.name != "log.pem")
      EXHIBIT_CHECK(files::shred(key_folder(home, party) + "/" + item.name));
  EXHIBIT_CHECK(files::shred(key_folder(home, party) + "/log.pem"));
  return files::remove_all(key_folder(home, party));
}

}  // namespace

bool is_destroyed(const Home& home, std::string_view case_id) {
  return files::exists(mark(home, case_id));
}

Result<bool> signs_no_other_case(const Home& home, std::string_view case_id,
                                 std::string_view party) {
  EXHIBIT_TRY(const std::vector<files::Item> items, files::list(home.path() + "/cases"));
  for (const files::Item& item : items) {
    if (!item.folder || item.name == case_id || is_destroyed(home, item.name)) continue;
    const std::vector<std::string> parties = parties_of_case(home, item.name);
    if (std::ranges::find(parties, party) != parties.end()) return false;
  }
  return true;
}

Result<ShreddedKeys> shred_case_keys(const Home& home, std::string_view case_id) {
  if (!is_destroyed(home, case_id)) {
    EXHIBIT_TRY(const std::string planned, plan(home, case_id));
    EXHIBIT_CHECK(files::replace(mark(home, case_id), planned, kSecretFile));
  }
  EXHIBIT_TRY(const std::string planned, files::read(mark(home, case_id), kSecretSizeMax));
  EXHIBIT_CHECK(files::shred(case_folder(home, case_id) + "/key"));
  ShreddedKeys out;
  for (std::string_view rest = planned; !rest.empty();) {
    const auto line = base::take_line(rest);
    if (!line) break;
    const std::string party(line->substr(0, line->find(' ')));
    if (!is_plain_name(party)) continue;
    // One that is half overwritten is nobody's any more.
    const auto fingerprint = fingerprint_of(home, party);
    if (!fingerprint || *fingerprint == line->substr(party.size() + 1))
      EXHIBIT_CHECK(shred_keys(home, party));
    out.destroyed.push_back(party);
  }
  for (const std::string& party : parties_of_case(home, case_id))
    if (std::ranges::find(out.destroyed, party) == out.destroyed.end()) out.kept.push_back(party);
  return out;
}

}  // namespace exhibit::casefile
