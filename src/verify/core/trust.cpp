#include "verify/core/trust.h"

#include "verify/core/sha2.h"

namespace exhibit::verify::core {
namespace {

std::string_view trimmed(std::string_view line) {
  constexpr std::string_view kSpace = " \t\r";
  const std::size_t first = line.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(kSpace) - first + 1);
}

Why parse_key(Arena& arena, std::string_view text, TrustedKey& out) {
  if (text.find('+') != std::string_view::npos) {
    EXHIBIT_WHY(parse_verifier_key(arena, text, out.key));
    if (!out.key.checked) return "only Ed25519 verifier keys are checked here";
    out.name = out.key.name;
    out.fingerprint = sha256(view(out.key.key));
    return kHolds;
  }
  constexpr std::string_view kPrefix = "sha256:";
  if (text.starts_with(kPrefix)) text.remove_prefix(kPrefix.size());
  if (!from_hex(text, out.fingerprint))
    return "a trusted key is a verifier key (name+hash+key) or a fingerprint of 64 hex digits";
  return kHolds;
}

}  // namespace

Verdict read_trust(Arena& arena, const Brought& brought, Listener& listener, Trust& out) {
  Verdict worst = Verdict::valid;
  const auto say = [&](std::string_view id, std::size_t line, Why why) {
    const Scratch scratch(arena);
    Writer subject(arena, 32);
    subject.text("line ").number(line);
    worst = Verdict::undecidable;
    listener.check(
        {.id = id, .subject = subject.view(), .verdict = worst, .why = why, .detail = {}});
  };
  List<TrustedKey> keys;
  std::string_view rest = brought.keys;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = trimmed(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.empty() || line.starts_with('#')) continue;
    TrustedKey key;
    Why why = parse_key(arena, line, key);
    if (why.empty() && !keys.push(arena, key)) why = kNoMemory;
    if (!why.empty()) say("trust", number, why);
  }
  out.keys = keys.items();
  if (brought.policy.empty()) return worst;
  std::size_t line = 0;
  if (const Why why = parse_policy(arena, brought.policy, out.policy, line); why.empty()) {
    out.has_policy = true;
  } else {
    say("policy", line, why);
  }
  return worst;
}

bool trusts(const Trust& trust, std::string_view origin, const PublicKey& key) {
  const Digest wanted = sha256(view(key));
  const std::string_view party = origin.substr(origin.rfind('/') + 1);
  for (const TrustedKey& t : trust.keys) {
    if (t.key.checked && t.key.role != kNoteRole) continue;  // a cosigner's key signs no log
    if (t.fingerprint == wanted && (t.name.empty() || t.name == origin || t.name == party))
      return true;
  }
  if (trust.has_policy)
    for (const VerifierKey& log : trust.policy.logs)
      if (log.checked && log.name == origin && log.key == key) return true;
  return false;
}

}  // namespace exhibit::verify::core
