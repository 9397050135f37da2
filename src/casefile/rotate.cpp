// New keys below a log's, and keys that are no longer to be trusted.
#include "base/text.h"
#include "casefile/home.h"
#include "casefile/impl.h"
#include "exhibit/rotation.h"

namespace exhibit::casefile {
namespace {

Result<void> check_text(const Case::Impl& impl, std::string_view text) {
  if (!impl.case_key) return fail(ErrorCode::usage, "the case is open for reading only");
  if (text.size() > kSayingSizeBytesMax || !base::is_utf8(text))
    return fail(ErrorCode::usage, "a text is UTF-8, at most 256 KiB");
  return {};
}

Result<std::uint64_t> append(Case::Impl& impl, const KeysFacts& facts) {
  const std::uint64_t index = impl.ledger.entries.size();
  std::vector<verify::Statement> statements;
  statements.push_back(impl.statement(0, "keys", keys_fields(facts, impl.custody())));
  EXHIBIT_CHECK(impl.commit(std::move(statements)));
  return index;
}

}  // namespace

Result<Rotated> rotate_keys(Case& into, std::string_view text) {
  Case::Impl& impl = into.impl();
  EXHIBIT_CHECK(check_text(impl, text));
  EXHIBIT_TRY(seal::SigningKey entry, seal::SigningKey::generate());
  EXHIBIT_TRY(seal::SigningKey cosign, seal::SigningKey::generate());
  Rotated out;
  out.entry = {.name = verify::entry_key_name(impl.origin), .key = entry.public_key()};
  out.cosign = {.name = verify::cosign_key_name(impl.origin),
                .key = cosign.public_key(),
                .role = seal::KeyRole::cosigner};
  // On disk before the log names them: what is named can always be signed with.
  EXHIBIT_CHECK(keep_signing_key(impl.home, impl.party, entry));
  EXHIBIT_CHECK(keep_signing_key(impl.home, impl.party, cosign));
  KeysFacts facts;
  facts.entry_key = out.entry;
  facts.cosign_key = out.cosign;
  facts.text = text;
  EXHIBIT_TRY(out.index, append(impl, facts));
  impl.keys->entry = std::move(entry);
  impl.keys->cosign = std::move(cosign);
  return out;
}

Result<std::uint64_t> revoke_key(Case& into, std::string_view key, std::uint64_t from,
                                 std::string_view text) {
  Case::Impl& impl = into.impl();
  EXHIBIT_CHECK(check_text(impl, text));
  const KeyHistory::Known* known = impl.history.find(key);
  if (known == nullptr)
    return fail(ErrorCode::not_found, "the party's log never named this key below its own");
  const seal::VerifierKey* cosign = impl.history.present_cosign_key();
  if (&impl.history.present_entry_key() == &known->key || cosign == &known->key)
    return fail(ErrorCode::usage, "this is the present key: `exhibit party rotate` first");
  if (from > impl.ledger.entries.size())
    return fail(ErrorCode::usage, "the log is shorter than the entry from which on it is revoked");
  KeysFacts facts;
  facts.revoked.push_back({.key = known->key, .from = from});
  facts.text = text;
  return append(impl, facts);
}

}  // namespace exhibit::casefile
