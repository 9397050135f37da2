// C2SP tlog-policy: which logs and witnesses a verifier knows, and which of them must have signed.
//
// Names and comments are opaque octets, as the specification has it ("Character set").
#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "exhibit/verify.h"

namespace exhibit::verify {
namespace {

// Signature types of C2SP signed-note that are no cosignatures.
constexpr std::string_view kNeverCosignatures{"\x01\x02\x05", 3};

std::vector<std::string_view> words_of(std::string_view line) {
  constexpr std::string_view kSpace = " \t";
  std::vector<std::string_view> out;
  for (std::size_t at = 0; (at = line.find_first_not_of(kSpace, at)) != std::string_view::npos;) {
    const std::size_t end = std::min(line.find_first_of(kSpace, at), line.size());
    out.push_back(line.substr(at, end - at));
    at = end;
  }
  return out;
}

class Parser {
 public:
  Result<Policy> parse(std::string_view text) {
    if (text.size() > kPolicySizeMax) return fail(ErrorCode::limit, "a policy is at most 1 MiB", 0);
    for (std::string_view rest = text; !rest.empty();) {
      const std::uint64_t offset = text.size() - rest.size();
      const auto line = base::take_line(rest);
      if (!line)
        return fail(ErrorCode::malformed, "the last line of a policy has no newline", offset);
      if (auto taken = take(*line); !taken)
        return fail(taken.error().code, taken.error().what, offset);
    }
    if (!quorum_seen_)
      return fail(ErrorCode::malformed, "a policy has a quorum line: `quorum <name|none>`",
                  text.size());
    return std::move(policy_);
  }

 private:
  struct Key {
    PolicyKey key;
    std::string material;  // the public key's bytes
    char type = 0;
  };

  Result<void> take(std::string_view line) {
    for (const char c : line)
      if (const auto byte = static_cast<unsigned char>(c);
          (byte < 0x20 && c != '\t') || byte == 0x7f)
        return fail(ErrorCode::malformed,
                    "a policy holds no control character but tab and newline");
    const std::vector<std::string_view> words = words_of(line);
    if (words.empty() || words.front().starts_with('#')) return {};
    if (words.front() == "log") return take_log(words);
    if (words.front() == "witness") return take_witness(words);
    if (words.front() == "group") return take_group(words);
    if (words.front() == "quorum") return take_quorum(words);
    return fail(ErrorCode::malformed,
                "a line of a policy begins with log, witness, group, quorum or #");
  }

  static Result<Key> read_key(std::string_view vkey) {
    const auto parsed = seal::VerifierKey::parse(vkey);
    if (!parsed && parsed.error().code != ErrorCode::unsupported)
      return std::unexpected(parsed.error());
    // The form is right, whatever the algorithm: name+hash+base64(type || key).
    const std::size_t first = vkey.find('+'), second = vkey.find('+', first + 1);
    const std::string typed = *base::from_base64(vkey.substr(second + 1));
    const std::string id = *base::from_hex(vkey.substr(first + 1, second - first - 1));
    Key out{.key = {.name = std::string(vkey.substr(0, first)), .key_id = 0, .key = {}},
            .material = typed.substr(1),
            .type = typed.front()};
    for (const char c : id) out.key.key_id = out.key.key_id << 8 | static_cast<unsigned char>(c);
    if (parsed) out.key.key = *parsed;
    return out;
  }

  Result<void> take_log(std::span<const std::string_view> words) {
    if (words.size() != 2 && words.size() != 3)
      return fail(ErrorCode::malformed, "expected: log <vkey> [<url>]");
    if (policy_.logs.size() == kPolicyNamesMax)
      return fail(ErrorCode::limit, "a policy has at most 1024 logs");
    EXHIBIT_TRY(Key key, read_key(words[1]));
    if (key.key.key && key.key.key->role != seal::KeyRole::note)
      return fail(ErrorCode::unsupported, "a cosigner's key signs no log");
    if (!log_keys_.insert(key.material).second)
      return fail(ErrorCode::malformed, "another log of this policy has the same public key");
    policy_.logs.push_back(
        {.key = std::move(key.key), .url = std::string(words.size() == 3 ? words[2] : "")});
    return {};
  }

  Result<void> define(std::string_view name, PolicyMember member) {
    if (name.size() > kPolicyNameSizeMax)
      return fail(ErrorCode::limit, "a name in a policy has at most 1024 bytes");
    if (name == "none")
      return fail(ErrorCode::malformed, "`none` is no name for a witness or group");
    if (!names_.emplace(name, member).second)
      return fail(ErrorCode::malformed, "the name is defined already");
    return {};
  }

  Result<void> take_witness(std::span<const std::string_view> words) {
    if (words.size() != 3 && words.size() != 4)
      return fail(ErrorCode::malformed, "expected: witness <name> <vkey> [<url>]");
    if (policy_.witnesses.size() == kPolicyNamesMax)
      return fail(ErrorCode::limit, "a policy has at most 1024 witnesses");
    EXHIBIT_TRY(Key key, read_key(words[2]));
    if (kNeverCosignatures.find(key.type) != std::string_view::npos)
      return fail(ErrorCode::unsupported, "a witness has a cosigner's key (type 04)");
    if (!witness_keys_.insert(key.material).second)
      return fail(ErrorCode::malformed, "another witness of this policy has the same public key");
    EXHIBIT_CHECK(define(words[1], {.group = false, .index = policy_.witnesses.size()}));
    policy_.witnesses.push_back({.name = std::string(words[1]),
                                 .key = std::move(key.key),
                                 .url = std::string(words.size() == 4 ? words[3] : "")});
    return {};
  }

  Result<void> take_group(std::span<const std::string_view> words) {
    constexpr std::size_t kHead = 3;  // group, name, threshold
    if (words.size() <= kHead)
      return fail(ErrorCode::malformed, "expected: group <name> <k|any|all> <member>...");
    if (policy_.groups.size() == kPolicyNamesMax)
      return fail(ErrorCode::limit, "a policy has at most 1024 groups");
    if (words.size() - kHead > kPolicyMembersMax)
      return fail(ErrorCode::limit, "a group has at most 2048 members");
    PolicyGroup group{.name = std::string(words[1]), .threshold = 1, .members = {}};
    for (const std::string_view word : words.subspan(kHead)) {
      const auto member = names_.find(word);
      if (member == names_.end())
        return fail(ErrorCode::malformed, "a member of the group is not defined above");
      // So that no witness counts twice ("Defining a witness group").
      if (!members_.insert(std::string(word)).second)
        return fail(ErrorCode::malformed, "a member of the group is in a group already");
      group.members.push_back(member->second);
    }
    if (words[2] == "all") {
      group.threshold = group.members.size();
    } else if (words[2] != "any") {
      const auto k = base::parse_decimal(words[2]);
      if (!k || *k < 1 || *k > group.members.size())
        return fail(ErrorCode::malformed,
                    "a group's threshold is any, all, or from 1 to the number of its members");
      group.threshold = static_cast<std::size_t>(*k);
    }
    EXHIBIT_CHECK(define(words[1], {.group = true, .index = policy_.groups.size()}));
    policy_.groups.push_back(std::move(group));
    return {};
  }

  Result<void> take_quorum(std::span<const std::string_view> words) {
    if (words.size() != 2) return fail(ErrorCode::malformed, "expected: quorum <name|none>");
    if (quorum_seen_) return fail(ErrorCode::malformed, "a policy has one quorum line only");
    quorum_seen_ = true;
    if (words[1] == "none") return {};
    const auto named = names_.find(words[1]);
    if (named == names_.end())
      return fail(ErrorCode::malformed, "the quorum names no witness or group defined above");
    policy_.quorum = named->second;
    return {};
  }

  Policy policy_;
  bool quorum_seen_ = false;
  std::map<std::string, PolicyMember, std::less<>> names_;
  std::set<std::string, std::less<>> members_, log_keys_, witness_keys_;
};

}  // namespace

Result<Policy> parse_policy(std::string_view text) { return Parser().parse(text); }

std::size_t line_number(std::string_view text, std::uint64_t offset) {
  const std::string_view before = text.substr(0, std::min<std::uint64_t>(offset, text.size()));
  return 1 + static_cast<std::size_t>(std::ranges::count(before, '\n'));
}

}  // namespace exhibit::verify
