// A chain of tokens, judged from the newest inwards.
#include <algorithm>

#include "base/time.h"
#include "seal/time/checks.h"

namespace exhibit::timestamp {
namespace {

// What serves for a level and all levels within: an attacker who holds an old key cannot hide, by
// putting an old list into a manifest, what a later list says of it.
struct Material {
  std::string certificates_pem;
  std::vector<std::string> crls, ocsp_responses;

  void take(const Stamped& from) {
    for (const std::string& pem : from.certificates) certificates_pem.append(pem).append("\n");
    crls.insert(crls.end(), from.crls.begin(), from.crls.end());
    ocsp_responses.insert(ocsp_responses.end(), from.ocsp_responses.begin(),
                          from.ocsp_responses.end());
  }
};

// An older token cannot be later than the newer one that stamps it.
Finding judge_order(const RestampLevel& level, const std::optional<Ticks>& newer) {
  if (!newer) return undecidable("no valid token is over this one");
  for (const TokenReport& token : level.tokens)
    if (token.time && token.verdict() == Verdict::valid && token.time->not_before > *newer)
      return invalid("a token from " + base::to_rfc3339(token.time->not_before) +
                     " is in what was stamped by " + base::to_rfc3339(*newer));
  return valid("older than " + base::to_rfc3339(*newer));
}

// The newer token came before the older one's certificates ended.
Finding judge_in_time(const RestampLevel& level, const std::optional<Ticks>& newer) {
  if (!newer) return undecidable("no valid token is over this one");
  std::optional<Ticks> ended;
  for (const TokenReport& token : level.tokens) {
    if (token.verdict() != Verdict::valid || !token.renew_before) continue;
    if (*newer <= *token.renew_before)
      return valid("stamped again by " + base::to_rfc3339(*newer) + ", before " +
                   base::to_rfc3339(*token.renew_before));
    ended = std::max(ended.value_or(*token.renew_before), *token.renew_before);
  }
  if (!ended) return undecidable("no token of this level is valid");
  return undecidable("stamped again only by " + base::to_rfc3339(*newer) +
                     "; nobody answered for the older key after " + base::to_rfc3339(*ended));
}

Result<RestampLevel> judge_level(const Stamped& stamped, const Material& material,
                                 const Trust& trust, const RestampLevel* newer) {
  RestampLevel level;
  for (const std::string& token : stamped.tokens) {
    EXHIBIT_TRY(TokenReport report,
                verify_token({.stamped = as_bytes(stamped.bytes),
                              .token = as_bytes(token),
                              .certificates_pem = material.certificates_pem,
                              .crls = material.crls,
                              .ocsp_responses = material.ocsp_responses,
                              .existed_by = newer != nullptr ? newer->proven_by : std::nullopt},
                             trust));
    if (report.time && report.verdict() == Verdict::valid)
      level.proven_by =
          std::min(level.proven_by.value_or(report.time->not_after), report.time->not_after);
    level.tokens.push_back(std::move(report));
  }
  if (newer != nullptr) {
    add(level.checks, "restamp.order", judge_order(level, newer->proven_by));
    add(level.checks, "restamp.in_time", judge_in_time(level, newer->proven_by));
  }
  return level;
}

}  // namespace

Verdict RestampLevel::verdict() const {
  Verdict best = Verdict::invalid;
  for (const TokenReport& token : tokens) best = std::min(best, token.verdict());
  return std::max(best, overall(checks));
}

Verdict RestampReport::verdict() const {
  Verdict worst = levels.empty() ? Verdict::undecidable : Verdict::valid;
  for (const RestampLevel& level : levels) worst = std::max(worst, level.verdict());
  return worst;
}

Result<RestampReport> verify_restamped(const Stamped& newest, const Trust& trust) {
  RestampReport report;
  Material material;
  Stamped stamped = newest;
  while (true) {
    material.take(stamped);
    EXHIBIT_TRY(RestampLevel level,
                judge_level(stamped, material, trust,
                            report.levels.empty() ? nullptr : &report.levels.back()));
    const bool more = is_restamp_manifest(as_bytes(stamped.bytes));
    Result<Stamped> inner = fail(ErrorCode::limit, "more than 8 manifests in one another");
    if (more && report.levels.size() < kRestampDepthMax)
      inner = parse_restamp_manifest(as_bytes(stamped.bytes));
    Finding form = valid(more ? "stamps older tokens" : "stamps what no manifest is");
    if (more && !inner) form = invalid(inner.error().what.c_str());
    level.checks.insert(
        level.checks.begin(),
        {.id = "restamp.form", .verdict = form.verdict, .why = std::move(form.why)});
    report.levels.push_back(std::move(level));
    if (!more || !inner) break;
    stamped = *std::move(inner);
  }
  report.bytes = std::move(stamped.bytes);
  return report;
}

}  // namespace exhibit::timestamp
