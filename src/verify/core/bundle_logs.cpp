// The logs of a bundle: checkpoints, entries and statements.
#include <algorithm>

#include "verify/core/bundle.h"
#include "verify/core/sha2.h"
#include "verify/core/statement.h"

namespace exhibit::verify::core {
namespace {

constexpr Why kCheckpointFails = "the checkpoint does not hold, so this cannot be judged";
constexpr Why kOpenFails = "the open statement does not hold, so the key is not known";

}  // namespace

void BundleCheck::check_log(BundleLog& log) {
  Why why = parse_note(arena_, log.checkpoint_text, log.note);
  if (why.empty()) why = parse_checkpoint(arena_, log.note.text, log.checkpoint);
  if (why.empty() && (log.checkpoint.extended || log.checkpoint.size == 0))
    why = "no log of a case has this checkpoint";
  log.formed = why.empty();
  judge("checkpoint.form", log.party, why);
  for (BundleEntry& entry : log.entries) {
    const std::string_view name = subject(log.party, entry.index);
    const Why form = parse_entry(arena_, entry.envelope, entry.entry);
    entry.formed = form.empty();
    if (entry.index == 0) open_log(log);
    if (entry.index == 0 && log.formed) {
      Writer size(arena_, 24);
      listener_.fact({.subject = log.party, .name = "origin", .value = log.checkpoint.origin});
      listener_.fact(
          {.subject = log.party, .name = "size", .value = size.number(log.checkpoint.size).view()});
      listener_.fact({.subject = log.party, .name = "root", .value = view(log.checkpoint.root)});
    }
    judge("entry.form", name, !form.empty() ? form : asked_for(log, entry));
    check_entry(log, entry);
  }
}

// The first entry vouches for the keys of all: it is the log's, and the log key signs the tree.
void BundleCheck::open_log(BundleLog& log) {
  BundleEntry& first = log.entries.front();
  Why why = first.formed ? open_statement(first) : kCheckpointFails;
  if (first.formed && why.empty()) {
    const auto case_id = field_of(first.fields, "case"), party = field_of(first.fields, "party"),
               origin = field_of(first.fields, "origin"),
               log_key = field_of(first.fields, "log_key"),
               entry_key = field_of(first.fields, "entry_key"),
               cosign_key = field_of(first.fields, "cosign_key");
    Writer expected(arena_, case_.size() + log.party.size() + 16);
    expected.text(case_).byte('/').text(log.party);
    const std::size_t origin_size = expected.view().size();
    expected.text("/entries");
    if (!case_id || !party || !origin || !log_key || !entry_key) {
      why = "a field that the open statement must show is withheld";
    } else if (*case_id != case_ || *party != log.party ||
               *origin != expected.view().substr(0, origin_size) || first.entry.kind != "open") {
      why = "the log was opened for another case or party";
    } else if (!parse_verifier_key(arena_, *log_key, log.log_key).empty() ||
               !parse_verifier_key(arena_, *entry_key, log.entry_key).empty() ||
               !log.log_key.checked || !log.entry_key.checked || log.log_key.role != kNoteRole ||
               log.entry_key.role != kNoteRole || log.log_key.name != *origin ||
               log.entry_key.name != expected.view()) {
      why = "the open statement's keys are not those of this log";
    } else {
      log.origin = *origin;
      log.opened = true;
    }
    if (why.empty() && cosign_key)
      log.cosigns = parse_verifier_key(arena_, *cosign_key, log.cosign_key).empty() &&
                    log.cosign_key.checked && log.cosign_key.role == kCosignerRole;
  }
  if (!log.opened) {
    undecidable("checkpoint.signature", log.party, kOpenFails);
    undecidable("signer", log.party, kOpenFails);
    return;
  }
  if (!log.formed) {
    undecidable("checkpoint.signature", log.party, kCheckpointFails);
  } else if (log.checkpoint.origin != log.origin) {
    say("checkpoint.signature", log.party, Verdict::invalid, "the checkpoint is of another log");
  } else {
    log.is_signed = core::is_signed(log.note, log.log_key) == Signed::yes;
    judge("checkpoint.signature", log.party,
          log.is_signed ? kHolds : Why("not signed with the key that the log was opened with"));
  }
  const auto key_text = field_of(first.fields, "log_key");
  listener_.fact({.subject = log.party, .name = "log_key", .value = *key_text});
  const Digest fingerprint = sha256(view(log.log_key.key));
  listener_.fact({.subject = log.party, .name = "fingerprint", .value = view(fingerprint)});
  log.trusted = trusts(trust_, log.origin, log.log_key.key);
  if (log.trusted) {
    say("signer", log.party, Verdict::valid, kHolds, "a key that you trust");
  } else {
    undecidable("signer", log.party,
                trust_.keys.empty() && !trust_.has_policy
                    ? "whose key this is must be known from elsewhere: bring it"
                    : "none of the keys that you trust",
                *key_text);
  }
}

void BundleCheck::check_entry(BundleLog& log, BundleEntry& entry) {
  const std::string_view name = subject(log.party, entry.index);
  if (!log.formed) {
    undecidable("entry.inclusion", name, kCheckpointFails);
  } else {
    std::array<Step, kProofHashesMax> steps;
    const Digest leaf = leaf_hash(entry.envelope);
    const Why why = verify_inclusion(leaf, entry.index, log.checkpoint.size, entry.path,
                                     log.checkpoint.root, steps);
    judge("entry.inclusion", name, why);
    listener_.path({.subject = name,
                    .index = entry.index,
                    .tree_size = log.checkpoint.size,
                    .leaf = leaf,
                    .steps = why.empty() ? std::span<const Step>(steps).first(entry.path.size())
                                         : std::span<const Step>()});
  }
  if (!entry.formed) {
    undecidable("entry.signature", name, "the entry cannot be read");
    undecidable("statement", name, "the entry cannot be read");
    return;
  }
  if (!log.opened) {
    undecidable("entry.signature", name, kOpenFails);
  } else if (entry.entry.log != log.origin || entry.entry.party != log.party) {
    say("entry.signature", name, Verdict::invalid, "the entry is of another log or party");
  } else {
    judge("entry.signature", name,
          core::is_signed(arena_, entry.entry, log.entry_key) == Signed::yes
              ? kHolds
              : Why("not signed with the key that the log names for its entries"));
  }
  Why why = entry.index == 0 && entry.opened ? kHolds : open_statement(entry);
  if (why.empty()) why = check_kind(log, entry);
  judge("statement", name, why);
  listener_.fact({.subject = name, .name = "time", .value = entry.entry.time});
  if (entry.opened) listener_.statement(name, entry.entry.kind, entry.fields);
}

// docs/formats/commitments.md, "Statement": the slots, their names, the commitment.
Why BundleCheck::open_statement(BundleEntry& entry) {
  constexpr Why kOther = "the opened slots are not what the entry committed to";
  const StatementSlot& own = entry.slots.front();
  if (!own.opened || own.type != kNamesType) return "the names of the statement are not opened";
  std::span<const std::string_view> names;
  EXHIBIT_WHY(parse_names(arena_, own.value, names));
  if (entry.slots.size() != std::min(bucket(names.size() + 1), kSlotsMax))
    return "the statement has another number of slots than its names take";
  List<Digest> slots;
  List<OpenedField> fields;
  for (std::size_t f = 0; f < entry.slots.size(); ++f) {
    const StatementSlot& slot = entry.slots[f];
    if (!slots.push(arena_, slot.commitment)) return kNoMemory;
    if (!slot.opened || f == 0) continue;
    if (f > names.size()) return "a slot is opened that has no name";
    if (slot.type != kTextType && slot.type != kNumberType)
      return "a field of a statement is text or a number";
    if (!fields.push(arena_, {.slot = static_cast<std::uint32_t>(f),
                              .path = names[f - 1],
                              .type = slot.type,
                              .value = slot.value}))
      return kNoMemory;
  }
  if (statement_commitment(entry.nonce, slots.items()) != entry.entry.commitment) return kOther;
  entry.names = names;
  entry.fields = fields.items();
  entry.opened = true;
  return kHolds;
}

// Whether an entry of this kind belongs into this log of a bundle.
Why BundleCheck::asked_for(const BundleLog& log, const BundleEntry& entry) {
  const std::string_view kind = entry.entry.kind;
  if (entry.index == 0) return kind == "open" ? kHolds : Why("the first entry opens no log");
  if (kind == "acquire" && is_sealer(log)) return kHolds;
  if (kind == "disclose" && is_discloser(log)) return kHolds;
  return "the entry is not one of those that a bundle has";
}

// The fields that a statement of its kind must show.
Why BundleCheck::check_kind(const BundleLog& log, const BundleEntry& entry) {
  if (entry.index == 0) {
    if (!log.opened) return "the open statement's keys are not those of this log";
    if (entry.hides("cosign_key")) return "a field that the open statement must show is withheld";
    return kHolds;
  }
  return entry.entry.kind == "acquire" ? take_acquire(entry) : kHolds;
}

Why BundleCheck::take_acquire(const BundleEntry& entry) {
  constexpr Why kHidden = "a field that the acquire statement must show is withheld";
  const auto pseudonym_text = field_of(entry.fields, "pseudonym");
  const auto pseudonym = pseudonym_text ? hex_array<16>(*pseudonym_text) : std::nullopt;
  if (!pseudonym) return kHidden;
  if (ranges_of(*pseudonym).empty()) return "the statement is of a source that no range is about";
  bool shown = false;
  const auto take = [&](std::string_view root_name, std::string_view size_name,
                        std::uint8_t stream) -> Why {
    const auto root_text = field_of(entry.fields, root_name);
    const auto size_text = field_of(entry.fields, size_name);
    if (!root_text && !size_text) return kHolds;
    const auto root = root_text ? hex_array<32>(*root_text) : std::nullopt;
    const auto size = size_text ? parse_decimal(*size_text) : std::nullopt;
    if (!root || !size) return kHidden;
    if (tree_of(*pseudonym, stream) != nullptr) return "two statements seal the same records";
    shown = true;
    return trees_.push(arena_,
                       {.source = *pseudonym, .stream = stream, .root = *root, .size = *size})
               ? kHolds
               : kNoMemory;
  };
  EXHIBIT_WHY(take("record_tree.root", "record_tree.size", 0));
  if (shown && !field_of(entry.fields, "format")) return kHidden;
  EXHIBIT_WHY(take("slack_tree.root", "slack_tree.size", 1));
  return shown && !entry.hides("part") ? kHolds : kHidden;
}

void BundleCheck::check_disclosure(const BundleLog& log) {
  const BundleEntry* found = nullptr;
  for (const BundleEntry& entry : log.entries) {
    if (!entry.formed || entry.entry.kind != "disclose") continue;
    if (found != nullptr)
      return say("disclosure", "bundle.json", Verdict::invalid,
                 "the log has more than one entry for this disclosure");
    found = &entry;
  }
  if (found == nullptr || !found->opened)
    return undecidable("disclosure", "bundle.json",
                       "the entry of the discloser for this bundle is not there or does not hold");
  const auto digest_text = field_of(found->fields, "bundle_sha256");
  const auto digest = digest_text ? hex_array<32>(*digest_text) : std::nullopt;
  if (digest != sha256(bundle_json_))
    return say("disclosure", "bundle.json", Verdict::invalid,
               "the discloser's entry is about another bundle.json");
  if (field_of(found->fields, "tlp") != tlp_ || field_of(found->fields, "to") != to_)
    return say("disclosure", "bundle.json", Verdict::invalid,
               "the discloser's entry names another marking or recipient");
  judge("disclosure", "bundle.json", kHolds);
}

}  // namespace exhibit::verify::core
