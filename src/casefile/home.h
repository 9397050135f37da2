// What the key folder keeps for a case: signing keys, K_case, the newest checkpoint seen.
//
//   keys/<party>/log.pem entry.pem cosign.pem   signing keys, PKCS#8 PEM
//   keys/<party>/rotated-<fingerprint>.pem      those that took their place in some case
//   keys/<party>/witness               they are a witness's, and write no case
//   cases/<case id>/key                K_case, 64 hex digits
//   cases/<case id>/destroyed          K_case is gone: whose signing keys went with it
//   cases/<case id>/party              who writes the case from here, a name a line
//   seen/<fingerprint>-<SHA-256 of origin>   the newest checkpoint seen, by signer and origin
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "casefile/key_history.h"
#include "exhibit/casefile.h"

namespace exhibit::casefile {

struct SigningKeys {
  seal::SigningKey log, entry, cosign;
};

/// [A-Za-z0-9][A-Za-z0-9._-]{0,63}: what is safe as a file name, in an origin and in a key name.
[[nodiscard]] bool is_plain_name(std::string_view name);

/// Errors: not_found, refused (others can read them), malformed.
[[nodiscard]] Result<SigningKeys> load_signing_keys(const Home& home, std::string_view party);
/// A key that takes the place of another in one case's log; the party's first ones stay.
Result<void> keep_signing_key(const Home& home, std::string_view party,
                              const seal::SigningKey& key);
/// Puts the keys that a log names now in the place of those that it was opened with. Errors:
/// refused (the key folder lacks them).
Result<void> find_present_keys(const Home& home, std::string_view party, const KeyHistory& history,
                               SigningKeys& keys);
[[nodiscard]] Result<seal::Key> load_case_key(const Home& home, std::string_view case_id);
/// A new K_case; one that no sealed case uses yet is taken again. Errors: exists.
[[nodiscard]] Result<seal::Key> create_case_key(const Home& home, std::string_view case_id,
                                                std::string_view party);
/// The K_case for a party that opens its log in a case that others began: the one that is there,
/// which another party of this home uses, or a new one. Errors: exists (the party has a log in it).
[[nodiscard]] Result<seal::Key> join_case_key(const Home& home, std::string_view case_id,
                                              std::string_view party);

/// Who writes the case from here.
[[nodiscard]] std::vector<std::string> parties_of_case(const Home& home, std::string_view case_id);
/// This home destroyed its keys of the case, or began to.
[[nodiscard]] bool is_destroyed(const Home& home, std::string_view case_id);
/// No other case of this home, whose keys are not destroyed, is written by the party.
[[nodiscard]] Result<bool> signs_no_other_case(const Home& home, std::string_view case_id,
                                               std::string_view party);
/// Parties whose signing keys went, and those whose other cases need them.
struct ShreddedKeys {
  std::vector<std::string> destroyed, kept;
};
/// Overwrites and removes K_case and signing keys that no other case needs. May be called again.
Result<ShreddedKeys> shred_case_keys(const Home& home, std::string_view case_id);

/// From now on the party's keys are a witness's. Errors: refused (the party writes cases).
Result<void> make_witness(const Home& home, std::string_view party);

/// The newest checkpoint note seen; nullopt where none was.
[[nodiscard]] Result<std::optional<std::string>> last_seen(const Home& home,
                                                           std::string_view origin,
                                                           std::string_view fingerprint);
/// How a log stands to the newest checkpoint seen of it here.
enum class Continues : std::uint8_t { first_seen, goes_on, is_older, is_another };
/// `leaves`: of the log's entries. Errors: malformed (what was seen), io.
[[nodiscard]] Result<Continues> compare_last_seen(const Home& home, std::string_view origin,
                                                  std::string_view fingerprint,
                                                  std::span<const seal::Digest> leaves);
Result<void> set_last_seen(const Home& home, std::string_view origin, std::string_view fingerprint,
                           std::string_view note);

}  // namespace exhibit::casefile
