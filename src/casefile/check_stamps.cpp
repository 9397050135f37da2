// Time stamps of a case: that what was stamped is this log's history, and what its tokens say.
#include <algorithm>

#include "base/time.h"
#include "casefile/check.h"
#include "casefile/cosign.h"
#include "casefile/files.h"
#include "casefile/layout.h"
#include "casefile/stamp.h"

namespace exhibit::casefile {
namespace {

using timestamp::TokenReport;

verify::Verdict verdict_of(timestamp::Verdict verdict) {
  switch (verdict) {
    case timestamp::Verdict::valid:
      return verify::Verdict::valid;
    case timestamp::Verdict::undecidable:
      return verify::Verdict::undecidable;
    case timestamp::Verdict::invalid:
      break;
  }
  return verify::Verdict::invalid;
}

// The first of the worst checks, in words.
std::string worst_of(const TokenReport& report) {
  for (const timestamp::Check& check : report.checks)
    if (check.verdict == report.verdict()) return check.id + ": " + check.why;
  return {};
}

void check_token(CheckContext& c, CheckedLog& log, std::uint64_t size, const std::string& subject,
                 const Result<TokenReport>& report) {
  if (!report) return c.failed("timestamp", subject, report.error());
  Report::Log::Stamp stamp = stamp_line(*report, size);
  const std::string says = std::to_string(size) + " entries existed by " + stamp.time;
  if (stamp.verdict == verify::Verdict::valid) {
    c.valid("timestamp", subject, stamp.authority + ": " + says);
  } else if (stamp.verdict == verify::Verdict::invalid) {
    c.invalid("timestamp", subject, stamp.why);
  } else if (!c.options.authorities.anchors_pem.empty()) {
    // A verifier who names no authority has not asked; it then counts for nothing, and is listed.
    c.undecidable("timestamp", subject, stamp.why);
  }
  log.report.stamps.push_back(std::move(stamp));
}

void check_stamped(CheckContext& c, CheckedLog& log, std::uint64_t size) {
  const std::string folder = layout::stamped_path(log.party, size);
  const std::string subject = folder + "checkpoint";
  c.sealed.insert(subject);
  const auto bytes = files::read(c.path(subject), seal::kNoteSizeMax);
  if (!bytes) return c.failed("timestamp.stamped", subject, bytes.error());
  if (const auto note = read_cosigned(*bytes, size, log.leaves, log.open->log_key); !note)
    return c.invalid("timestamp.stamped", subject, note.error().what.c_str());
  const auto held = read_stamp_folder(c.path(folder));
  if (!held) return c.failed("timestamp.stamped", folder, held.error());
  c.valid("timestamp.stamped", subject, "the stamped bytes are this log's checkpoint");
  for (const std::string& name : held->names) c.sealed.insert(folder + name);
  for (std::size_t i = 0; i < held->tokens.size(); ++i)
    check_token(c, log, size, folder + held->token_names[i],
                judge_stamp(*held, *bytes, held->tokens[i], c.options.authorities));
}

}  // namespace

Result<TokenReport> judge_stamp(const StampFolder& folder, const std::string& stamped,
                                const std::string& token, const timestamp::Trust& trust) {
  std::string certificates;
  for (const std::string& pem : folder.certificates) certificates += pem + "\n";
  timestamp::Evidence evidence{.stamped = as_bytes(stamped), .token = as_bytes(token)};
  evidence.certificates_pem = certificates;
  evidence.crls = folder.crls;
  evidence.ocsp_responses = folder.ocsp_responses;
  for (const std::string& request : folder.requests) {
    evidence.request = as_bytes(request);
    EXHIBIT_TRY(TokenReport report, timestamp::verify_token(evidence, trust));
    const auto nonce = std::ranges::find(report.checks, "timestamp.nonce", &timestamp::Check::id);
    if (nonce != report.checks.end() && nonce->verdict == timestamp::Verdict::valid) return report;
  }
  evidence.request = {};
  return timestamp::verify_token(evidence, trust);
}

Report::Log::Stamp stamp_line(const TokenReport& report, std::uint64_t tree_size) {
  Report::Log::Stamp out{.authority = report.authority,
                         .time = {},
                         .renew_before = {},
                         .tree_size = tree_size,
                         .verdict = verdict_of(report.verdict()),
                         .why = worst_of(report)};
  if (report.time) out.time = base::to_rfc3339(report.time->not_after);
  if (report.renew_before) out.renew_before = base::to_rfc3339(*report.renew_before);
  return out;
}

void check_stamps(CheckContext& c) {
  for (CheckedLog& log : c.logs) {
    if (!log.is_signed || !log.rooted) continue;
    const std::size_t first = c.report.checks.size();
    if (const auto sizes = list_stamped(c.directory, log.party))
      for (const std::uint64_t size : *sizes) check_stamped(c, log, size);
    log.report.verdict =
        std::max(log.report.verdict, verify::overall(std::span(c.report.checks).subspan(first)));
  }
}

}  // namespace exhibit::casefile
