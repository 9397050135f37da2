// What the verifier's policy asks for: that enough of its witnesses have seen each log, and how
// far.
#include <algorithm>

#include "casefile/check.h"
#include "casefile/cosign.h"
#include "casefile/files.h"
#include "casefile/layout.h"

namespace exhibit::casefile {
namespace {

class LogJudge {
 public:
  LogJudge(CheckContext& context, CheckedLog& log) : c_(context), log_(log) {}

  void judge() {
    const std::string checkpoint = layout::ledger_folder(log_.party) + "checkpoint";
    auto sizes = list_cosigned(c_.directory, log_.party);
    if (!sizes) return c_.failed("policy.quorum", checkpoint, sizes.error());
    take(checkpoint, log_.checkpoint.size, log_.note);
    std::ranges::reverse(*sizes);
    for (const std::uint64_t size : *sizes) {
      // What cannot be read or is not this log's history has a check of its own (`cosignature`).
      const std::string subject = layout::cosigned_path(log_.party, size);
      const auto text = files::read(c_.path(subject), seal::kNoteSizeMax);
      const auto note = text ? read_cosigned(*text, size, log_.leaves, log_.open->log_key)
                             : Result<seal::Note>(std::unexpected(text.error()));
      if (note) take(subject, size, *note);
    }
    conclude(checkpoint);
  }

 private:
  // Sizes come in descending order, but for the present checkpoint's bare note before its cosigned
  // one: the first that the policy accepts reaches furthest.
  void take(const std::string& subject, std::uint64_t size, const seal::Note& note) {
    const verify::PolicyReport report =
        verify::check_policy(note, *c_.options.policy, c_.options.latest_unix_s);
    for (const verify::Check& check : report.checks)
      if (check.verdict == verify::Verdict::invalid)
        c_.invalid(check.id, subject, check.subject + ": " + check.why);
    if (report.verdict() == verify::Verdict::valid && !accepted_) {
      accepted_ = size;
      time_ = report.quorum_time_unix_s;
    }
    if (size < log_.checkpoint.size || accepted_) return;
    why_.clear();
    for (const verify::Check& check : report.checks)
      if (check.verdict != verify::Verdict::valid) why_ += (why_.empty() ? "" : "; ") + check.why;
  }

  void conclude(const std::string& subject) {
    if (!accepted_) return c_.undecidable("policy.quorum", subject, why_);
    if (time_)
      log_.report.seen.push_back({.party = "the policy's quorum",
                                  .time = time_text(*time_),
                                  .tree_size = *accepted_,
                                  .trusted = true});
    const std::string all = std::to_string(log_.checkpoint.size);
    const std::string by = time_ ? "had been seen by the policy's quorum by " + time_text(*time_) +
                                       ", on its witnesses' word"
                                 : "are signed by a log of the policy, which asks for no witness";
    if (*accepted_ == log_.checkpoint.size)
      return c_.valid("policy.quorum", subject, "its " + all + " entries " + by);
    c_.undecidable("policy.quorum", subject,
                   "the first " + std::to_string(*accepted_) + " of its " + all + " entries " + by +
                       "; those after them not yet");
  }

  CheckContext& c_;
  CheckedLog& log_;
  std::optional<std::uint64_t> accepted_, time_;
  std::string why_;
};

}  // namespace

void check_policy(CheckContext& c) {
  if (c.options.policy == nullptr) return;
  for (CheckedLog& log : c.logs) {
    if (!log.is_signed || !log.rooted) continue;
    const std::size_t first = c.report.checks.size();
    LogJudge(c, log).judge();
    log.report.verdict =
        std::max(log.report.verdict, verify::overall(std::span(c.report.checks).subspan(first)));
  }
}

}  // namespace exhibit::casefile
