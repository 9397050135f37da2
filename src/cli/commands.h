// One function for each verb (commands/<verb>.cpp). Each returns the exit status.
#pragma once

#include <string_view>

#include "cli/arguments.h"
#include "cli/console.h"

namespace exhibit::cli {

using Command = int (*)(const Arguments& arguments, const Console& console);

int run_hunt(const Arguments& arguments, const Console& console);
int run_open(const Arguments& arguments, const Console& console);
int run_add(const Arguments& arguments, const Console& console);
int run_show(const Arguments& arguments, const Console& console);
int run_handover(const Arguments& arguments, const Console& console);
int run_disclose(const Arguments& arguments, const Console& console);
int run_redact(const Arguments& arguments, const Console& console);
int run_verify(const Arguments& arguments, const Console& console);
int run_transfer(const Arguments& arguments, const Console& console);
int run_receive(const Arguments& arguments, const Console& console);
int run_custody(const Arguments& arguments, const Console& console);
int run_destroy(const Arguments& arguments, const Console& console);
int run_ledger(const Arguments& arguments, const Console& console);
int run_statement(const Arguments& arguments, const Console& console);
int run_challenge(const Arguments& arguments, const Console& console);
int run_answer(const Arguments& arguments, const Console& console);
int run_agree(const Arguments& arguments, const Console& console);
int run_party_list(const Arguments& arguments, const Console& console);
int run_party_new(const Arguments& arguments, const Console& console);
int run_party_rotate(const Arguments& arguments, const Console& console);
int run_party_revoke(const Arguments& arguments, const Console& console);
int run_party_add(const Arguments& arguments, const Console& console);
int run_cosign(const Arguments& arguments, const Console& console);
int run_timestamp_request(const Arguments& arguments, const Console& console);
int run_timestamp_verify(const Arguments& arguments, const Console& console);
int run_timestamp_ask(const Arguments& arguments, const Console& console);
int run_timestamp_add(const Arguments& arguments, const Console& console);
int run_merge(const Arguments& arguments, const Console& console);
int run_witness_serve(const Arguments& arguments, const Console& console);
int run_witness_ask(const Arguments& arguments, const Console& console);
int run_rules_list(const Arguments& arguments, const Console& console);
int run_rules_lint(const Arguments& arguments, const Console& console);
int run_rules_test(const Arguments& arguments, const Console& console);
int run_rules_explain(const Arguments& arguments, const Console& console);
int run_completion(const Arguments& arguments, const Console& console);
int run_doctor(const Arguments& arguments, const Console& console);
int run_version(const Arguments& arguments, const Console& console);
int run_help(const Arguments& arguments, const Console& console);

/// nullptr for a name that is no verb.
[[nodiscard]] Command find_command(std::string_view verb);

}  // namespace exhibit::cli
