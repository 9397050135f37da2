#include "cli/commands.h"

#include <algorithm>
#include <array>
#include <utility>

namespace exhibit::cli {

namespace {

constexpr auto kCommands = std::to_array<std::pair<std::string_view, Command>>({
    {"hunt", run_hunt},
    {"open", run_open},
    {"add", run_add},
    {"show", run_show},
    {"handover", run_handover},
    {"disclose", run_disclose},
    {"redact", run_redact},
    {"verify", run_verify},
    {"transfer", run_transfer},
    {"receive", run_receive},
    {"custody", run_custody},
    {"destroy", run_destroy},
    {"ledger", run_ledger},
    {"statement", run_statement},
    {"challenge", run_challenge},
    {"answer", run_answer},
    {"agree", run_agree},
    {"party new", run_party_new},
    {"party list", run_party_list},
    {"party add", run_party_add},
    {"party rotate", run_party_rotate},
    {"party revoke", run_party_revoke},
    {"cosign", run_cosign},
    {"merge", run_merge},
    {"timestamp request", run_timestamp_request},
    {"timestamp ask", run_timestamp_ask},
    {"timestamp add", run_timestamp_add},
    {"timestamp verify", run_timestamp_verify},
    {"witness serve", run_witness_serve},
    {"witness ask", run_witness_ask},
    {"rules list", run_rules_list},
    {"rules lint", run_rules_lint},
    {"rules test", run_rules_test},
    {"rules explain", run_rules_explain},
    {"completion", run_completion},
    {"doctor", run_doctor},
    {"version", run_version},
    {"help", run_help},
});

}  // namespace

Command find_command(std::string_view verb) {
  const auto* at = std::ranges::find(kCommands, verb, &std::pair<std::string_view, Command>::first);
  return at == kCommands.end() ? nullptr : at->second;
}

}  // namespace exhibit::cli
