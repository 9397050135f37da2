// Whether a checkpoint is what a policy asks for.
#include <algorithm>

#include "exhibit/verify.h"

namespace exhibit::verify {
namespace {

bool has_line_of(const seal::Note& note, const PolicyKey& key) {
  return std::ranges::any_of(note.signatures, [&](const seal::NoteSignature& s) {
    return s.name == key.name && s.key_id == key.key_id;
  });
}

// When each member had witnessed; for a group, when its threshold was reached. Groups name only
// what is defined before them, so one pass settles all.
std::optional<std::uint64_t> quorum_time(const Policy& policy,
                                         std::span<const std::optional<std::uint64_t>> witnesses) {
  std::vector<std::optional<std::uint64_t>> groups;
  const auto time_of = [&](const PolicyMember& member) {
    return member.group ? groups[member.index] : witnesses[member.index];
  };
  for (const PolicyGroup& group : policy.groups) {
    std::vector<std::uint64_t> times;
    for (const PolicyMember& member : group.members)
      if (const auto time = time_of(member)) times.push_back(*time);
    std::ranges::sort(times);
    if (times.size() < group.threshold) {
      groups.emplace_back();
    } else {
      groups.emplace_back(times[group.threshold - 1]);
    }
  }
  return time_of(*policy.quorum);
}

class Judge {
 public:
  Judge(const seal::Note& note, const Policy& policy, std::uint64_t latest_unix_s)
      : note_(note), policy_(policy), latest_(std::min(latest_unix_s, kCosignatureTimeMax)) {}

  PolicyReport judge() {
    const auto checkpoint = seal::Checkpoint::parse(note_.text);
    if (!checkpoint) {
      say("policy.checkpoint", "", Verdict::invalid, checkpoint.error().what.c_str());
      return std::move(report_);
    }
    report_.checkpoint = *checkpoint;
    say("policy.checkpoint", checkpoint->origin, Verdict::valid,
        "a checkpoint of size " + std::to_string(checkpoint->size));
    judge_log();
    for (std::size_t i = 0; i < policy_.witnesses.size(); ++i) judge_witness(i);
    judge_quorum();
    return std::move(report_);
  }

 private:
  void say(const char* id, std::string_view subject, Verdict verdict, std::string why) {
    report_.checks.push_back(
        {.id = id, .subject = std::string(subject), .verdict = verdict, .why = std::move(why)});
  }

  void judge_log() {
    const std::string& origin = report_.checkpoint->origin;
    bool unchecked = false;
    for (std::size_t i = 0; i < policy_.logs.size(); ++i) {
      const PolicyKey& key = policy_.logs[i].key;
      if (!has_line_of(note_, key)) continue;
      if (!key.key) {
        unchecked = unchecked || key.name == origin;
        continue;
      }
      // A signature under a known key must hold, whatever the origin (signed-note).
      if (!seal::verify_note(note_, *key.key)) {
        say("policy.log", key.name, Verdict::invalid,
            "its signature under a known log key is wrong");
        return;
      }
      if (key.name == origin && !report_.log) report_.log = i;
    }
    if (report_.log)
      return say("policy.log", origin, Verdict::valid, "signed by a log of the policy");
    say("policy.log", origin, Verdict::undecidable,
        unchecked ? "signed with an algorithm that this version does not check"
                  : "not signed by a log of the policy under this origin");
  }

  void judge_witness(std::size_t index) {
    const PolicyWitness& witness = policy_.witnesses[index];
    if (!has_line_of(note_, witness.key)) return;
    if (!witness.key.key) {
      unchecked_[index] = true;
      return say("policy.witness", witness.name, Verdict::undecidable,
                 "cosigned with an algorithm that this version does not check");
    }
    const auto time = seal::verify_cosignature(note_, *witness.key.key);
    if (!time)
      return say("policy.witness", witness.name, Verdict::invalid, "its cosignature is wrong");
    if (*time == 0)
      return say("policy.witness", witness.name, Verdict::invalid, "its cosignature names no time");
    if (*time > latest_)
      return say("policy.witness", witness.name, Verdict::invalid,
                 "its cosignature is of the future: " + std::to_string(*time) + ", and now is " +
                     std::to_string(latest_) + " (seconds since 1970)");
    times_[index] = *time;
    report_.cosigned.push_back({.witness = index, .time_unix_s = *time});
    say("policy.witness", witness.name, Verdict::valid,
        "had seen it by " + std::to_string(*time) + " (seconds since 1970), on its own word");
  }

  void judge_quorum() {
    if (!policy_.quorum)
      return say("policy.quorum", "none", Verdict::valid, "the policy asks for no cosignature");
    const PolicyMember& quorum = *policy_.quorum;
    const std::string& name =
        quorum.group ? policy_.groups[quorum.index].name : policy_.witnesses[quorum.index].name;
    report_.quorum_time_unix_s = quorum_time(policy_, times_);
    if (report_.quorum_time_unix_s)
      return say("policy.quorum", name, Verdict::valid,
                 "reached by " + std::to_string(*report_.quorum_time_unix_s) +
                     " (seconds since 1970), on its witnesses' word");
    std::vector<std::optional<std::uint64_t>> with_unchecked = times_;
    for (std::size_t i = 0; i < with_unchecked.size(); ++i)
      if (unchecked_[i]) with_unchecked[i] = 0;
    say("policy.quorum", name, Verdict::undecidable,
        quorum_time(policy_, with_unchecked)
            ? "not reached without cosignatures that this version does not check"
            : "cosignatures are missing: not enough of its witnesses have seen this checkpoint");
  }

  const seal::Note& note_;
  const Policy& policy_;
  std::uint64_t latest_;
  PolicyReport report_;
  // By witness.
  std::vector<std::optional<std::uint64_t>> times_ =
      std::vector<std::optional<std::uint64_t>>(policy_.witnesses.size());
  std::vector<bool> unchecked_ = std::vector<bool>(policy_.witnesses.size());
};

}  // namespace

PolicyReport check_policy(const seal::Note& note, const Policy& policy,
                          std::uint64_t latest_unix_s) {
  return Judge(note, policy, latest_unix_s).judge();
}

}  // namespace exhibit::verify
