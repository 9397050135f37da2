// Policies: what is accepted names only what it defines, and judges any note without a crash; no
// quorum is ever reached by a note that nobody cosigned.
#include <cstdint>
#include <cstdlib>

#include "exhibit/verify.h"

namespace {

using namespace exhibit;

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto policy = verify::parse_policy(text);
  if (!policy) {
    require(policy.error().offset <= text.size());
    require(verify::line_number(text, policy.error().offset) >= 1);
    return 0;
  }
  const auto member_exists = [&](const verify::PolicyMember& member, std::size_t groups) {
    return member.group ? member.index < groups : member.index < policy->witnesses.size();
  };
  for (std::size_t i = 0; i < policy->groups.size(); ++i) {
    const verify::PolicyGroup& group = policy->groups[i];
    require(group.threshold >= 1 && group.threshold <= group.members.size());
    for (const verify::PolicyMember& member : group.members) require(member_exists(member, i));
  }
  if (policy->quorum) require(member_exists(*policy->quorum, policy->groups.size()));
  // A signature line of everybody that the policy knows, and none of them right.
  seal::Note note{.text = "origin\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
                  .signatures = {}};
  const auto bare = verify::check_policy(note, *policy, 1);
  require(bare.verdict() != verify::Verdict::valid);
  require(!policy->quorum || bare.checks.back().verdict != verify::Verdict::valid);
  for (const verify::PolicyLog& log : policy->logs)
    note.signatures.push_back(
        {.name = log.key.name, .key_id = log.key.key_id, .blob = std::string(64, 'b')});
  for (const verify::PolicyWitness& witness : policy->witnesses)
    note.signatures.push_back(
        {.name = witness.key.name, .key_id = witness.key.key_id, .blob = std::string(72, 'b')});
  const auto signed_by_all = verify::check_policy(note, *policy, ~std::uint64_t{0});
  require(!signed_by_all.log && signed_by_all.cosigned.empty());
  return 0;
}
