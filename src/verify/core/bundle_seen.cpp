// Who else saw the logs of a bundle, and when: earlier checkpoints, cosignatures, the verifier's
// policy, time stamps.
#include <algorithm>

#include "verify/core/bundle.h"
#include "verify/core/imprint.h"
#include "verify/core/sha2.h"

namespace exhibit::verify::core {
namespace {

constexpr std::string_view kAt = " entries, at ";
constexpr std::string_view kSeconds = " s after 1970-01-01T00:00:00Z";

// "<64 hexadecimal digits>.<kind>": whether the digits are those of the content.
bool is_named_by_hash(std::string_view name, std::string_view content) {
  const std::size_t dot = name.find('.');
  const auto digest = hex_array<32>(name.substr(0, dot));
  return digest && *digest == sha256(content);
}

}  // namespace

void BundleCheck::check_seen(BundleLog& log) {
  const bool sound = log.formed && log.opened && log.is_signed;
  std::optional<std::uint64_t> last;
  for (BundleSeen& seen : log.seen) {
    Why why = parse_note(arena_, seen.note_text, seen.note);
    if (why.empty()) why = parse_checkpoint(arena_, seen.note.text, seen.checkpoint);
    seen.formed = why.empty();
    const std::string_view name = subject(log.party, seen.checkpoint.size);
    if (!seen.formed) {
      judge("seen", name, why);
      continue;
    }
    if (!sound) {
      undecidable("seen", name, "the checkpoint does not hold, so this cannot be judged");
      continue;
    }
    if (last && seen.checkpoint.size <= *last) {
      why = "the earlier checkpoints are not in the order of their sizes";
    } else if (seen.checkpoint.origin != log.origin) {
      why = "the checkpoint is of another log";
    } else if (core::is_signed(seen.note, log.log_key) != Signed::yes) {
      why = "not signed with the key that the log was opened with";
    } else if (seen.checkpoint.size == 0) {
      why = "no log of a case has this checkpoint";
    } else {
      why = verify_consistency(seen.checkpoint.size, seen.checkpoint.root, log.checkpoint.size,
                               log.checkpoint.root, seen.path);
    }
    last = seen.checkpoint.size;
    seen.holds = why.empty();
    judge("seen", name, why);
    if (seen.holds) check_cosignatures(log, seen.note, seen.checkpoint.size);
  }
  if (sound) check_cosignatures(log, log.note, log.checkpoint.size);
  if (sound && trust_.has_policy) check_policy_of(log);
  if (sound) check_stamped(log);
  if (!sound && log.stamped.size() != 0)
    undecidable("timestamp.stamped", log.party,
                "the checkpoint does not hold, so this cannot be judged");
}

void BundleCheck::check_cosignatures(const BundleLog& log, const Note& note, std::uint64_t size) {
  const std::string_view name = subject(log.party, size);
  if (trust_.has_policy)
    for (const PolicyWitness& witness : trust_.policy.witnesses)
      if (witness.key.checked) check_cosignature(note, witness.key, witness.name, name, true);
  for (const TrustedKey& key : trust_.keys)
    if (key.key.checked && key.key.role == kCosignerRole)
      check_cosignature(note, key.key, key.name, name, true);
  // Those that another log of the bundle vouches for count as far as that log's signer does.
  for (const BundleLog& other : logs_.items())
    if (&other != &log && other.cosigns && other.is_signed)
      check_cosignature(note, other.cosign_key, other.party, name, other.trusted);
}

void BundleCheck::check_cosignature(const Note& note, const VerifierKey& key, std::string_view who,
                                    std::string_view name, bool trusted) {
  if (!has_line_of(note, key)) return;
  std::uint64_t time = 0;
  if (is_cosigned(note, key, time) != Signed::yes)
    return say("cosignature", name, Verdict::invalid, "the cosignature is wrong", who);
  if (time == 0 || time > brought_.latest_unix_s)
    return say("cosignature", name, Verdict::invalid,
               "the cosignature names no time, or one of the future", who);
  const std::size_t slash = name.rfind('/');
  listener_.cosigned({.party = name.substr(0, slash),
                      .tree_size = parse_decimal(name.substr(slash + 1)).value_or(0),
                      .who = who,
                      .time_unix_s = time,
                      .trusted = trusted});
  Writer detail(arena_, who.size() + name.size() + 80);
  detail.text(who).text(": ").text(name.substr(slash + 1)).text(kAt).number(time).text(kSeconds);
  if (trusted) return say("cosignature", name, Verdict::valid, kHolds, detail.view());
  undecidable("cosignature", name, "none of the keys that you trust", detail.view());
}

// As for a log of a case (docs/formats/verification.md, "A policy"): how far the policy's quorum
// has seen it, from the newest checkpoint down.
void BundleCheck::check_policy_of(const BundleLog& log) {
  std::optional<std::uint64_t> accepted;
  PolicyVerdict newest, reached;
  const auto take = [&](const Note& note, std::uint64_t size) {
    const PolicyVerdict verdict = check_policy(arena_, note, trust_.policy, brought_.latest_unix_s);
    if (verdict.verdict == Verdict::invalid)
      say(verdict.check, subject(log.party, size), Verdict::invalid, verdict.why, verdict.who);
    if (size == log.checkpoint.size && newest.verdict >= verdict.verdict) newest = verdict;
    if (verdict.verdict != Verdict::valid || accepted) return;
    accepted = size;
    reached = verdict;
  };
  newest.verdict = Verdict::invalid;
  take(log.note, log.checkpoint.size);
  for (std::size_t i = log.seen.size(); i-- > 0;)
    if (log.seen[i].holds) take(log.seen[i].note, log.seen[i].checkpoint.size);
  if (!accepted) return undecidable("policy.quorum", log.party, newest.why, newest.who);
  Writer detail(arena_, 128);
  detail.number(*accepted).text(" of ").number(log.checkpoint.size).text(" entries");
  if (reached.quorum) {
    detail.text(", by ").number(reached.time).text(kSeconds);
    listener_.cosigned({.party = log.party,
                        .tree_size = *accepted,
                        .who = "the policy's quorum",
                        .time_unix_s = reached.time,
                        .trusted = true});
  }
  if (*accepted == log.checkpoint.size)
    return say("policy.quorum", log.party, Verdict::valid, kHolds, detail.view());
  undecidable("policy.quorum", log.party, "the policy's quorum has seen only the first entries",
              detail.view());
}

void BundleCheck::check_stamped(const BundleLog& log) {
  Digest stamped{};
  bool known = false;
  for (const BundleFile& file : log.stamped) {
    const std::size_t slash = file.name.find('/');
    const std::string_view base = file.name.substr(slash + 1);
    Writer out(arena_, log.party.size() + 24);
    const std::string_view name =
        out.text(log.party).byte('/').text(file.name.substr(0, slash)).view();
    if (base == "checkpoint") {
      stamped = sha256(file.content);
      known = false;
      Note note;
      Checkpoint checkpoint;
      Why why = parse_note(arena_, file.content, note);
      if (why.empty()) why = parse_checkpoint(arena_, note.text, checkpoint);
      if (why.empty()) {
        known = note.text == log.note.text;
        for (const BundleSeen& seen : log.seen)
          known = known || (seen.holds && note.text == seen.note.text);
        if (!known || parse_decimal(file.name.substr(0, slash)) != checkpoint.size)
          why = "what was stamped is no checkpoint of this log";
        known = why.empty();
      }
      judge("timestamp.stamped", name, why);
      continue;
    }
    if (!is_named_by_hash(base, file.content)) {
      say("timestamp", name, Verdict::invalid, "the file is not the one that its name says", base);
      continue;
    }
    if (!base.ends_with(".tsr")) continue;
    const auto imprint = read_imprint(file.content);
    if (!imprint) {
      say("timestamp", name, Verdict::invalid, "the file is no time stamp", base);
      continue;
    }
    const bool over_this = imprint->algorithm == kSha256Oid && imprint->hash == view(stamped);
    // Whoever names no authority sees that it is said to be stamped, and no other verdict.
    if (over_this && known)
      say("timestamp", name, Verdict::undecidable,
          "it stamps these bytes; whose stamp it is takes the authority's certificate",
          imprint->time, false);
    else
      say("timestamp", name, Verdict::undecidable,
          "it stamps something else, or by another hash: older stamps, perhaps", base, false);
  }
}

}  // namespace exhibit::verify::core
