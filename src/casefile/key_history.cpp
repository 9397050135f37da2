#include "casefile/key_history.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "casefile/fields.h"
#include "casefile/party_log.h"

namespace exhibit::casefile {
namespace {

std::string hex_id(const seal::VerifierKey& key) {
  std::array<char, 16> text{};
  (void)std::snprintf(text.data(), text.size(), "%08x", key.key_id());
  return text.data();
}

bool same(const seal::VerifierKey& a, const seal::VerifierKey& b) {
  return a.to_string() == b.to_string();
}

// A key of this log, for entries or for cosignatures.
bool belongs(const seal::VerifierKey& key, const std::string& origin, seal::KeyRole role) {
  return key.role == role &&
         key.name == (role == seal::KeyRole::note ? verify::entry_key_name(origin)
                                                  : verify::cosign_key_name(origin));
}

}  // namespace

Fields keys_fields(const KeysFacts& facts, const Custody& custody) {
  Fields out;
  if (facts.entry_key) fields::text(out, "entry_key", facts.entry_key->to_string());
  if (facts.cosign_key) fields::text(out, "cosign_key", facts.cosign_key->to_string());
  for (const KeysFacts::Revoked& revoked : facts.revoked) {
    fields::text(out, "revoked.key", revoked.key.to_string());
    fields::number(out, "revoked.from", revoked.from);
  }
  if (!facts.text.empty()) fields::text(out, "text", facts.text);
  fields::custody(out, custody);
  return out;
}

Result<KeysFacts> read_keys(const verify::Statement& statement) {
  fields::Reader in(statement);
  const std::string& origin = statement.entry.log;
  KeysFacts out;
  if (in.has("entry_key")) {
    EXHIBIT_TRY(out.entry_key, seal::VerifierKey::parse(in.text("entry_key")));
    in.fail_if(!belongs(*out.entry_key, origin, seal::KeyRole::note));
  }
  if (in.has("cosign_key")) {
    EXHIBIT_TRY(out.cosign_key, seal::VerifierKey::parse(in.text("cosign_key")));
    in.fail_if(!belongs(*out.cosign_key, origin, seal::KeyRole::cosigner));
  }
  const auto keys = in.texts("revoked.key");
  const auto froms = in.numbers("revoked.from");
  in.fail_if(keys.size() != froms.size() || keys.size() > kRevokedMax);
  for (std::size_t i = 0; i < std::min(keys.size(), froms.size()); ++i) {
    EXHIBIT_TRY(seal::VerifierKey key, seal::VerifierKey::parse(keys[i]));
    out.revoked.push_back({.key = std::move(key), .from = froms[i]});
  }
  if (in.has("text")) out.text = in.text("text");
  EXHIBIT_CHECK(in.end("a keys statement lacks a field, or has one that is not what it should be"));
  return out;
}

KeyHistory::KeyHistory(const OpenFacts& open) {
  entry_.push_back({.key = open.entry_key, .since = 0, .revoked_from = {}});
  if (open.cosign_key) cosign_.push_back({.key = *open.cosign_key, .since = 0, .revoked_from = {}});
}

const seal::VerifierKey& KeyHistory::entry_key(std::uint64_t index) const {
  const auto later =
      std::ranges::find_if(entry_, [&](const Known& known) { return known.since > index; });
  return std::prev(later)->key;
}

const seal::VerifierKey* KeyHistory::present_cosign_key() const {
  return cosign_.empty() ? nullptr : &cosign_.back().key;
}

const KeyHistory::Known* KeyHistory::find_cosign(const seal::NoteSignature& signature) const {
  for (const Known& known : cosign_)
    if (known.key.name == signature.name && known.key.key_id() == signature.key_id) return &known;
  return nullptr;
}

const KeyHistory::Known* KeyHistory::revoked(std::uint64_t index) const {
  const auto later =
      std::ranges::find_if(entry_, [&](const Known& known) { return known.since > index; });
  const Known& known = *std::prev(later);
  return known.revoked_from && index >= *known.revoked_from ? &known : nullptr;
}

const KeyHistory::Known* KeyHistory::find(std::string_view key) const {
  for (const auto* keys : {&entry_, &cosign_})
    for (const Known& known : *keys)
      if (known.key.to_string() == key || hex_id(known.key) == key) return &known;
  return nullptr;
}

void KeyHistory::apply(std::uint64_t index, const KeysFacts& facts) {
  if (facts.entry_key)
    entry_.push_back({.key = *facts.entry_key, .since = index + 1, .revoked_from = {}});
  if (facts.cosign_key)
    cosign_.push_back({.key = *facts.cosign_key, .since = index + 1, .revoked_from = {}});
  for (const KeysFacts::Revoked& revoked : facts.revoked)
    for (auto* keys : {&entry_, &cosign_})
      for (Known& known : *keys)
        if (same(known.key, revoked.key))
          known.revoked_from = std::min(known.revoked_from.value_or(revoked.from), revoked.from);
}

Result<void> read_key_history(KeyHistory& history, const std::string& directory,
                              std::string_view party, std::span<const std::string> entries) {
  for (std::uint64_t i = 1; i < entries.size(); ++i) {
    EXHIBIT_TRY(const verify::SignedEntry entry, verify::parse_entry(entries[i]));
    if (entry.entry.kind != "keys") continue;
    EXHIBIT_CHECK(seal::verify_envelope(entry.envelope, history.entry_key(i)));
    EXHIBIT_TRY(const verify::Statement statement, read_statement(directory, party, i));
    EXHIBIT_CHECK(verify::verify_statement(statement, entry.entry));
    EXHIBIT_TRY(const KeysFacts facts, read_keys(statement));
    history.apply(i, facts);
  }
  return {};
}

}  // namespace exhibit::casefile
