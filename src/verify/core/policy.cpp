#include "verify/core/policy.h"

#include <algorithm>

namespace exhibit::verify::core {
namespace {

constexpr std::size_t kSizeMax = 1 << 20;
constexpr std::size_t kNamesMax = 1024;     // logs, witnesses, groups: of each
constexpr std::size_t kNameSizeMax = 1024;  // of a witness or group, bytes
constexpr std::size_t kMembersMax = 2048;   // of one group
constexpr std::uint64_t kTimeMax = (std::uint64_t{1} << 63) - 1;

std::string_view take_word(std::string_view& line) {
  constexpr std::string_view kSpace = " \t";
  const std::size_t start = std::min(line.find_first_not_of(kSpace), line.size());
  line.remove_prefix(start);
  const std::size_t end = std::min(line.find_first_of(kSpace), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(end);
  return word;
}

class Parser {
 public:
  explicit Parser(Arena& arena) : arena_(arena) {}

  Why parse(std::string_view text, Policy& out, std::size_t& line_number) {
    line_number = 1;
    if (text.size() > kSizeMax) return "a policy is at most 1 MiB";
    for (; !text.empty(); ++line_number) {
      const auto line = take_line(text);
      if (!line) return "the last line of a policy has no newline";
      EXHIBIT_WHY(take(*line));
    }
    if (!quorum_seen_) return "a policy has a quorum line: `quorum <name|none>`";
    out = {.logs = logs_.items(),
           .witnesses = witnesses_.items(),
           .groups = groups_.items(),
           .quorum = quorum_};
    return kHolds;
  }

 private:
  struct Named {
    std::string_view name;
    PolicyMember member;
    bool used = false;  // in a group
  };

  Why take(std::string_view line) {
    for (std::size_t i = 0; i < line.size(); ++i)
      if (const std::uint8_t c = byte_at(line, i); (c < 0x20 && c != '\t') || c == 0x7f)
        return "a policy holds no control character but tab and newline";
    const std::string_view what = take_word(line);
    if (what.empty() || what.starts_with('#')) return kHolds;
    if (what == "log") return take_log(line);
    if (what == "witness") return take_witness(line);
    if (what == "group") return take_group(line);
    if (what == "quorum") return take_quorum(line);
    return "a line of a policy begins with log, witness, group, quorum or #";
  }

  // Nothing more stands on the line, but for a URL.
  static bool ends(std::string_view line, bool url_allowed) {
    if (url_allowed) (void)take_word(line);
    return take_word(line).empty();
  }

  Named* find(std::string_view name) {
    for (Named& named : names_.items())
      if (named.name == name) return &named;
    return nullptr;
  }

  Why define(std::string_view name, PolicyMember member) {
    if (name.size() > kNameSizeMax) return "a name in a policy has at most 1024 bytes";
    if (name == "none") return "`none` is no name for a witness or group";
    if (find(name) != nullptr) return "the name is defined already";
    return names_.push(arena_, {.name = name, .member = member}) ? kHolds : kNoMemory;
  }

  Why take_log(std::string_view line) {
    const std::string_view vkey = take_word(line);
    if (vkey.empty() || !ends(line, true)) return "expected: log <vkey> [<url>]";
    if (logs_.size() == kNamesMax) return "a policy has at most 1024 logs";
    VerifierKey key;
    EXHIBIT_WHY(parse_verifier_key(arena_, vkey, key));
    if (key.role == kCosignerRole) return "a cosigner's key signs no log";
    for (const VerifierKey& other : logs_.items())
      if (other.material == key.material)
        return "another log of this policy has the same public key";
    return logs_.push(arena_, key) ? kHolds : kNoMemory;
  }

  Why take_witness(std::string_view line) {
    const std::string_view name = take_word(line);
    const std::string_view vkey = take_word(line);
    if (vkey.empty() || !ends(line, true)) return "expected: witness <name> <vkey> [<url>]";
    if (witnesses_.size() == kNamesMax) return "a policy has at most 1024 witnesses";
    VerifierKey key;
    EXHIBIT_WHY(parse_verifier_key(arena_, vkey, key));
    // Signature types of C2SP signed-note that are no cosignatures.
    if (key.role == 0x01 || key.role == 0x02 || key.role == 0x05)
      return "a witness has a cosigner's key (type 04)";
    for (const PolicyWitness& other : witnesses_.items())
      if (other.key.material == key.material)
        return "another witness of this policy has the same public key";
    EXHIBIT_WHY(define(name, {.group = false, .index = witnesses_.size()}));
    return witnesses_.push(arena_, {.name = name, .key = key}) ? kHolds : kNoMemory;
  }

  Why take_group(std::string_view line) {
    const std::string_view name = take_word(line);
    const std::string_view threshold = take_word(line);
    std::string_view word = take_word(line);
    if (word.empty()) return "expected: group <name> <k|any|all> <member>...";
    if (groups_.size() == kNamesMax) return "a policy has at most 1024 groups";
    List<PolicyMember> members;
    for (; !word.empty(); word = take_word(line)) {
      if (members.size() == kMembersMax) return "a group has at most 2048 members";
      Named* member = find(word);
      if (member == nullptr) return "a member of the group is not defined above";
      // So that no witness counts twice ("Defining a witness group").
      if (member->used) return "a member of the group is in a group already";
      member->used = true;
      if (!members.push(arena_, member->member)) return kNoMemory;
    }
    PolicyGroup group{.name = name, .threshold = 1, .members = members.items()};
    if (threshold == "all") {
      group.threshold = members.size();
    } else if (threshold != "any") {
      const auto k = parse_decimal(threshold);
      if (!k || *k < 1 || *k > members.size())
        return "a group's threshold is any, all, or from 1 to the number of its members";
      group.threshold = static_cast<std::size_t>(*k);
    }
    EXHIBIT_WHY(define(name, {.group = true, .index = groups_.size()}));
    return groups_.push(arena_, group) ? kHolds : kNoMemory;
  }

  Why take_quorum(std::string_view line) {
    const std::string_view name = take_word(line);
    if (name.empty() || !ends(line, false)) return "expected: quorum <name|none>";
    if (quorum_seen_) return "a policy has one quorum line only";
    quorum_seen_ = true;
    if (name == "none") return kHolds;
    const Named* named = find(name);
    if (named == nullptr) return "the quorum names no witness or group defined above";
    quorum_ = named->member;
    return kHolds;
  }

  Arena& arena_;
  List<VerifierKey> logs_;
  List<PolicyWitness> witnesses_;
  List<PolicyGroup> groups_;
  List<Named> names_;
  std::optional<PolicyMember> quorum_;
  bool quorum_seen_ = false;
};

// When something had witnessed; nothing where it had not.
using Time = std::optional<std::uint64_t>;

// By insertion: a few numbers, and std::sort would be the only thing that needs the library.
void sort(std::span<std::uint64_t> numbers) {
  for (std::size_t i = 1; i < numbers.size(); ++i)
    for (std::size_t k = i; k > 0 && numbers[k] < numbers[k - 1]; --k)
      std::swap(numbers[k], numbers[k - 1]);
}

// By place; memory that is used up leaves `out` empty, and the quorum unreached.
Time quorum_time(Arena& arena, const Policy& policy, std::span<const Time> witnesses) {
  List<Time> groups;
  const auto time_of = [&](const PolicyMember& member) {
    return member.group ? groups[member.index] : witnesses[member.index];
  };
  // Groups name only what is defined before them, so one pass settles all.
  for (const PolicyGroup& group : policy.groups) {
    List<std::uint64_t> times;
    for (const PolicyMember& member : group.members)
      if (const Time time = time_of(member))
        if (!times.push(arena, *time)) return std::nullopt;
    sort(times.items());
    const bool reached = times.size() >= group.threshold;
    if (!groups.push(arena, reached ? Time(times[group.threshold - 1]) : Time()))
      return std::nullopt;
  }
  return time_of(*policy.quorum);
}

}  // namespace

Why parse_policy(Arena& arena, std::string_view text, Policy& out, std::size_t& line) {
  return Parser(arena).parse(text, out, line);
}

PolicyVerdict check_policy(Arena& arena, const Note& note, const Policy& policy,
                           std::uint64_t latest_unix_s) {
  const Scratch scratch(arena);
  PolicyVerdict out;
  const auto say = [&](std::string_view check, Verdict verdict, Why why, std::string_view who) {
    if (verdict <= out.verdict) return;  // the worst, and of those the first
    out.verdict = verdict;
    out.check = check;
    out.why = why;
    out.who = who;
  };
  Checkpoint checkpoint;
  if (const Why why = parse_checkpoint(arena, note.text, checkpoint); !why.empty()) {
    say("policy.checkpoint", verdict_of(why), why, {});
    return out;
  }
  bool known = false, unchecked_log = false;
  for (const VerifierKey& log : policy.logs) {
    if (!has_line_of(note, log)) continue;
    if (!log.checked) {
      unchecked_log = unchecked_log || log.name == checkpoint.origin;
      continue;
    }
    // A signature under a known key must hold, whatever the origin (signed-note).
    if (is_signed(note, log) == Signed::wrong) {
      say("policy.log", Verdict::invalid, "a signature under a log key of the policy is wrong",
          log.name);
      break;
    }
    known = known || log.name == checkpoint.origin;
  }
  if (!known && out.verdict != Verdict::invalid)
    say("policy.log", Verdict::undecidable,
        unchecked_log ? "signed with an algorithm that this version does not check"
                      : "not signed by a log of the policy under this origin",
        checkpoint.origin);
  const std::uint64_t latest = std::min(latest_unix_s, kTimeMax);
  List<Time> times, with_unchecked;
  for (const PolicyWitness& witness : policy.witnesses) {
    Time time;
    bool unchecked = false;
    std::uint64_t seconds = 0;
    if (!has_line_of(note, witness.key)) {
    } else if (!witness.key.checked) {
      unchecked = true;
      say("policy.witness", Verdict::undecidable,
          "cosigned with an algorithm that this version does not check", witness.name);
    } else if (is_cosigned(note, witness.key, seconds) != Signed::yes) {
      say("policy.witness", Verdict::invalid, "the cosignature of a witness of the policy is wrong",
          witness.name);
    } else if (seconds == 0) {
      say("policy.witness", Verdict::invalid,
          "the cosignature of a witness of the policy names no time", witness.name);
    } else if (seconds > latest) {
      say("policy.witness", Verdict::invalid,
          "the cosignature of a witness of the policy is of the future", witness.name);
    } else {
      time = seconds;
    }
    if (!times.push(arena, time) || !with_unchecked.push(arena, unchecked ? Time(0) : time)) {
      say("policy.witness", Verdict::undecidable, kNoMemory, {});
      return out;
    }
  }
  if (!policy.quorum) return out;
  const std::string_view name = policy.quorum->group ? policy.groups[policy.quorum->index].name
                                                     : policy.witnesses[policy.quorum->index].name;
  if (const Time time = quorum_time(arena, policy, times.items())) {
    out.quorum = true;
    out.time = *time;
  } else {
    say("policy.quorum", Verdict::undecidable,
        quorum_time(arena, policy, with_unchecked.items())
            ? "not reached without cosignatures that this version does not check"
            : "cosignatures are missing: not enough of the policy's witnesses saw this checkpoint",
        name);
  }
  return out;
}

}  // namespace exhibit::verify::core
