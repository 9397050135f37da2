// The logs of a case archive.
#include <algorithm>

#include "verify/core/case.h"

namespace exhibit::verify::core {
namespace {

constexpr std::uint64_t kEntriesMax = 1 << 20;  // of one log, in an archive that a page opens
constexpr std::uint64_t kTileWidth = 256;
constexpr std::string_view kSeconds = " s after 1970-01-01T00:00:00Z";

// What an entry and its statement must both say.
Digest meta_of(std::string_view kind, std::string_view log, std::string_view party,
               std::string_view time, const Digest& commitment) {
  Sha256 hash;
  for (const std::string_view text : {kind, log, party, time}) {
    std::array<std::uint8_t, 4> size;
    store_big_endian(size.data(), static_cast<std::uint32_t>(text.size()));
    hash.update(view(size));
    hash.update(text);
  }
  hash.update(view(commitment));
  return hash.finish();
}

}  // namespace

// docs/formats/case.md, "exhibit.toml": the bytes up to `[display]` are exactly these.
void CaseReader::take_toml(std::string_view text) {
  constexpr std::string_view kHead = "format = \"exhibit/v1\"\ncase = \"",
                             kTail = "\"\n\n[display]\n";
  if (text.starts_with(kHead)) {
    const std::string_view rest = text.substr(kHead.size());
    case_ = rest.substr(0, rest.find('"'));
    if (!case_.empty() && rest.substr(case_.size()).starts_with(kTail) && case_ == root_) {
      listener_.fact({.subject = "archive", .name = "case", .value = case_});
      return judge("exhibit.toml", name_, kHolds);
    }
  }
  case_ = {};
  say("exhibit.toml", name_, Verdict::invalid, "the head is not as it is written, for this case");
}

void CaseReader::take_checkpoint(std::string_view text) {
  Log& log = logs_[log_];
  Why why = parse_note(arena_, text, log.note);
  if (why.empty()) why = parse_checkpoint(arena_, log.note.text, log.checkpoint);
  if (why.empty() &&
      (log.checkpoint.extended || log.checkpoint.size == 0 || log.checkpoint.size > kEntriesMax))
    why = "no log of a case has this checkpoint";
  if (why.empty() && !log.entries.reserve(arena_, static_cast<std::size_t>(log.checkpoint.size)))
    why = kNoMemory;
  log.formed = why.empty();
  judge("checkpoint.form", name_, why);
  if (!log.formed) return;
  Writer size(arena_, 24);
  listener_.fact({.subject = log.party, .name = "origin", .value = log.checkpoint.origin});
  listener_.fact(
      {.subject = log.party, .name = "size", .value = size.number(log.checkpoint.size).view()});
  listener_.fact({.subject = log.party, .name = "root", .value = view(log.checkpoint.root)});
}

// Read before its entry, for the keys; that it is the entry's statement is checked in its turn.
void CaseReader::take_open(std::string_view text) {
  Log& log = logs_[log_];
  Statement open;
  Why why = open_statement(arena_, text, open);
  if (why.empty()) {
    const auto case_id = open.get("case"), party = open.get("party"), origin = open.get("origin"),
               log_key = open.get("log_key"), entry_key = open.get("entry_key"),
               cosign_key = open.get("cosign_key");
    if (!case_id || !party || !origin || !log_key || !entry_key || *party != log.party ||
        (!case_.empty() && *case_id != case_) || *origin != name_of(*case_id, "/", log.party) ||
        !parse_verifier_key(arena_, *log_key, log.log_key).empty() || !log.log_key.checked ||
        log.log_key.role != kNoteRole || log.log_key.name != *origin ||
        !parse_verifier_key(arena_, *entry_key, log.entry_key).empty() || !log.entry_key.checked ||
        log.entry_key.role != kNoteRole || log.entry_key.name != name_of(*origin, "/entries") ||
        open.kind != "open") {
      why = "the log was opened for another case or party, or with other keys";
    } else {
      log.origin = *origin;
      log.opened = true;
      log.cosigns = cosign_key && parse_verifier_key(arena_, *cosign_key, log.cosign_key).empty() &&
                    log.cosign_key.checked && log.cosign_key.role == kCosignerRole;
      listener_.fact({.subject = log.party, .name = "log_key", .value = *log_key});
      const Digest fingerprint = sha256(view(log.log_key.key));
      listener_.fact({.subject = log.party, .name = "fingerprint", .value = view(fingerprint)});
    }
  }
  judge("ledger.open", name_, why);
  if (!log.opened) return;
  if (log.checkpoint.origin != log.origin) {
    say("checkpoint.signature", log.party, Verdict::invalid, "the checkpoint is of another log");
  } else {
    log.is_signed = core::is_signed(log.note, log.log_key) == Signed::yes;
    judge("checkpoint.signature", log.party,
          log.is_signed ? kHolds : Why("not signed with the key that the log was opened with"));
  }
  log.trusted = trusts(trust_, log.origin, log.log_key.key);
  if (log.trusted)
    say("signer", log.party, Verdict::valid, kHolds, "a key that you trust");
  else
    say("signer", log.party, Verdict::undecidable,
        trust_.keys.empty() && !trust_.has_policy
            ? "whose key this is must be known from elsewhere: bring it"
            : "none of the keys that you trust",
        *open.get("log_key"));
}

// Big-endian 16-bit length, then the entry (C2SP tlog-tiles, "Log Entries").
void CaseReader::take_bundle(std::string_view text) {
  Log& log = logs_[log_];
  const std::uint64_t last = std::min<std::uint64_t>(log.checkpoint.size, step_ * kTileWidth);
  while (!text.empty() && log.entries.size() < last) {
    if (text.size() < 2) break;
    const auto size =
        load_big_endian<std::uint16_t>(reinterpret_cast<const std::uint8_t*>(text.data()));
    if (text.size() - 2 < size) break;
    const std::string_view bytes = text.substr(2, size);
    text.remove_prefix(2 + bytes.size());
    const Scratch scratch(arena_);
    Writer name(arena_, log.party.size() + 24);
    name.text(log.party).byte('/').number(log.entries.size());
    log.tree.append(leaf_hash(bytes));
    Entry entry;
    Logged logged;
    const Why why = parse_entry(arena_, bytes, entry);
    if (why.empty()) {
      logged = {.meta = meta_of(entry.kind, entry.log, entry.party, entry.time, entry.commitment),
                .formed = true};
      if (!log.opened) {
      } else if (entry.log != log.origin || entry.party != log.party) {
        say("entry.signature", name.view(), Verdict::invalid,
            "the entry is of another log or party");
      } else if (is_signed(arena_, entry, log.entry_key) != Signed::yes) {
        say("entry.signature", name.view(), Verdict::invalid,
            "not signed with the key that the log names for its entries");
      } else {
        ++log.signatures;
      }
    } else {
      judge("entry.form", name.view(), why);
    }
    (void)log.entries.push(arena_, logged);  // there is room for as many as the log has
  }
  if (!text.empty() || log.entries.size() != last)
    say("ledger.entries", name_, Verdict::invalid, "the file holds other entries than it should");
  if (log.entries.size() != log.checkpoint.size) return;
  log.rooted = log.tree.root() == log.checkpoint.root;
  judge("ledger.root", log.party,
        log.rooted ? kHolds : Why("the entries do not make the signed root"));
}

void CaseReader::take_statement(std::string_view text) {
  Log& log = logs_[log_];
  const std::uint64_t index = step_ - 1;
  Statement statement;
  Why why = open_statement(arena_, text, statement);
  const Logged& logged = log.entries[static_cast<std::size_t>(index)];
  if (why.empty() && (statement.index != index || !logged.formed ||
                      logged.meta != meta_of(statement.kind, statement.log, statement.party,
                                             statement.time, statement.commitment)))
    why = "the statement stands beside another entry";
  if (why.empty() && (index == 0) != (statement.kind == "open"))
    why = "a log has one open statement, its first";
  if (!why.empty()) return judge("statement", name_, why);
  ++log.statements;
  Writer name(arena_, log.party.size() + 24);
  name.text(log.party).byte('/').number(index);
  listener_.fact({.subject = name.view(), .name = "time", .value = statement.time});
  listener_.statement(name.view(), statement.kind, statement.fields);
  take_facts(statement);
}

void CaseReader::take_facts(const Statement& statement) {
  const auto tree = [&](std::string_view root, std::string_view size, Tree& out) {
    const auto digest = statement.digest(root);
    const auto number = statement.number(size);
    if (digest) out.root = *digest;
    if (number) out.size = *number;
    return digest && number;
  };
  constexpr Why kLacks = "the statement lacks a field that its kind has";
  if (statement.kind == "acquire" && statement.get("part") != "slack") {
    Acquired out;
    out.log = log_;
    const auto digest = statement.digest("sha256"), damage = statement.digest("damage.sha256");
    const auto size = statement.number("size_bytes"), count = statement.number("damage.count");
    if (!digest || !size || !count || !tree("record_tree.root", "record_tree.size", out.records))
      return judge("statement", name_, kLacks);
    out.sha256 = *digest;
    out.size = *size;
    out.damage = *count;
    if (damage) out.damage_sha256 = *damage;
    arena_.release(mark_);
    (void)acquired_.push(arena_, out);
    mark_ = arena_.used();
  } else if (statement.kind == "run") {
    Run out;
    out.log = log_;
    out.entry = step_ - 1;
    const auto number = statement.number("run");
    const auto criteria = statement.digest("criteria"), pack = statement.digest("pack_sha256"),
               routing = statement.digest("routing_sha256"),
               mapping = statement.digest("mapping_sha256");
    if (!number || !criteria || !pack || !routing || !mapping ||
        !tree("inputs.root", "inputs.size", out.inputs) ||
        !tree("findings.root", "findings.size", out.findings) ||
        !tree("coverage.root", "coverage.size", out.coverage))
      return judge("statement", name_, kLacks);
    out.number = *number;
    out.criteria = *criteria;
    out.pack = *pack;
    out.routing = *routing;
    out.mapping = *mapping;
    arena_.release(mark_);
    (void)runs_.push(arena_, out);
    mark_ = arena_.used();
  }
}

void CaseReader::take_cosigned(std::string_view text) {
  Log& log = logs_[log_];
  if (!log.is_signed || !log.rooted) return;
  Note note;
  Checkpoint seen;
  Why why = parse_note(arena_, text, note);
  if (why.empty()) why = parse_checkpoint(arena_, note.text, seen);
  if (why.empty() && (seen.origin != log.origin || is_signed(note, log.log_key) != Signed::yes))
    why = "not signed with the key that the log was opened with";
  if (why.empty() && parse_decimal(name_.substr(name_.rfind('/') + 1)) != seen.size)
    why = "the checkpoint is of another size than its name says";
  // An earlier root needs the leaves again, which are not kept; the newest one is at hand.
  if (why.empty() && seen.size == log.checkpoint.size && seen.root != log.checkpoint.root)
    why = "the checkpoint that was cosigned is of another history";
  if (!why.empty()) return judge("cosignature", name_, why);
  if (seen.size != log.checkpoint.size)
    return say("cosignature", name_, Verdict::undecidable,
               "an earlier checkpoint: that it is part of this history takes the command");
  const auto check = [&](const VerifierKey& key, std::string_view who, bool trusted) {
    std::uint64_t time = 0;
    if (!has_line_of(note, key)) return;
    if (is_cosigned(note, key, time) != Signed::yes)
      return say("cosignature", name_, Verdict::invalid, "the cosignature is wrong", who);
    Writer detail(arena_, who.size() + 64);
    detail.text(who).text(": ").number(time).text(kSeconds);
    if (trusted)
      say("cosignature", name_, Verdict::valid, kHolds, detail.view());
    else
      say("cosignature", name_, Verdict::undecidable, "none of the keys that you trust",
          detail.view(), false);
  };
  for (const Log& other : logs_.items())
    if (&other != &log && other.cosigns && other.is_signed)
      check(other.cosign_key, other.party, other.trusted);
  for (const TrustedKey& key : trust_.keys)
    if (key.key.checked && key.key.role == kCosignerRole) check(key.key, key.name, true);
  if (trust_.has_policy) check_policy_of(note, seen.size);
}

void CaseReader::check_policy_of(const Note& note, std::uint64_t size) {
  Log& log = logs_[log_];
  PolicyVerdict verdict = check_policy(arena_, note, trust_.policy, brought_.latest_unix_s);
  if (verdict.who == log.origin) verdict.who = log.origin;  // the note's own goes with the note
  if (verdict.verdict == Verdict::invalid)
    say(verdict.check, log.party, Verdict::invalid, verdict.why, verdict.who);
  if (log.policy_size == 0) log.policy = verdict;
  if (verdict.verdict != Verdict::valid) return;
  log.policy = verdict;
  log.policy_size = size;
}

void CaseReader::conclude_log() {
  Log& log = logs_[log_];
  if (!log.formed) return;
  if (log.entries.size() != log.checkpoint.size)
    say("ledger.root", log.party, Verdict::undecidable, "not all of the entries are here");
  Writer detail(arena_, 64), opened(arena_, 64);
  detail.number(log.signatures).text(" of ").number(log.checkpoint.size);
  opened.number(log.statements).text(" of ").number(log.checkpoint.size);
  if (!log.opened)
    say("entry.signature", log.party, Verdict::undecidable,
        "the open statement does not hold, so the key is not known");
  else if (log.signatures == log.checkpoint.size)
    say("entry.signature", log.party, Verdict::valid, kHolds, detail.view());
  if (log.statements == log.checkpoint.size)
    say("statement", log.party, Verdict::valid, kHolds, opened.view());
  if (!trust_.has_policy || !log.is_signed || !log.rooted) return;
  if (log.policy_size == 0) check_policy_of(log.note, log.checkpoint.size);
  Writer reached(arena_, 128);
  reached.number(log.policy_size).text(" of ").number(log.checkpoint.size);
  if (log.policy.quorum) reached.text(", by ").number(log.policy.time).text(kSeconds);
  if (log.policy_size == log.checkpoint.size)
    say("policy.quorum", log.party, Verdict::valid, kHolds, reached.view());
  else
    say("policy.quorum", log.party, Verdict::undecidable, log.policy.why, log.policy.who);
}

// Several logs may have acquire statements; one is looked at: the first whose signer is trusted,
// else the first.
void CaseReader::choose_sealer() {
  std::optional<std::size_t> first;
  const auto take = [&](std::size_t log) {
    if (!first || (logs_[log].trusted && !logs_[*first].trusted)) first = log;
  };
  for (const Acquired& source : acquired_.items()) take(source.log);
  for (const Run& run : runs_.items()) take(run.log);
  chosen_ = true;
  no_sealer_ = !first;
  if (first) sealer_ = *first;
  for (std::size_t i = 0; i < logs_.size(); ++i) {
    const auto of_this = [&](const auto& x) { return x.log == i; };
    const auto acquired = acquired_.items();
    const auto runs = runs_.items();
    if (first && i != sealer_ &&
        (std::any_of(acquired.begin(), acquired.end(), of_this) ||
         std::any_of(runs.begin(), runs.end(), of_this)))
      say("statement", logs_[i].party, Verdict::undecidable,
          "what this log acquired or found is not looked at: another one seals the sources");
  }
}

}  // namespace exhibit::verify::core
