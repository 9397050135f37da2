// witness serve, witness ask.
#include "exhibit/witness.h"

#include "base/time.h"
#include "cli/case_access.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/policy_argument.h"
#include "cli/safe_text.h"
#include "exhibit/http.h"
#include "exhibit/verify.h"

namespace exhibit::cli {

namespace {

constexpr std::string_view kAddCheckpoint = "/add-checkpoint", kCheckpoint = "/checkpoint";
constexpr std::size_t kSaidMax = 300;  // of a stranger's words, bytes

std::string time_text(std::uint64_t unix_s) {
  return base::to_rfc3339(base::kUnixEpochTicks +
                          static_cast<event::Ticks>(unix_s) * base::kTicksPerSecond);
}

bool needs(const Arguments& arguments, const Console& console, std::string_view flag,
           std::string_view what) {
  if (arguments.has(flag)) return true;
  console.error("`" + std::string(arguments.verb->name) + "` needs --" + std::string(flag) + " " +
                std::string(what));
  return false;
}

// ---- serve

witness::Answer answer_to(witness::Witness& witness, const http::Incoming& request) {
  const auto refuse = [](unsigned status, const char* why) {
    return witness::Answer{.status = status, .body = std::string(why) + "\n", .remark = why};
  };
  if (request.target == kAddCheckpoint) {
    if (request.method != "POST") return refuse(405, "add-checkpoint is a POST");
    return witness.add_checkpoint(request.body, now_unix_s());
  }
  std::string_view target = request.target;
  if (!target.starts_with('/') || !target.ends_with(kCheckpoint) ||
      target.size() < kCheckpoint.size() + 1)
    return refuse(404,
                  "there is nothing here: POST /add-checkpoint, or GET "
                  "/<SHA-256 of origin>/checkpoint");
  if (request.method != "GET") return refuse(405, "checkpoints are for GET");
  target.remove_prefix(1);
  target.remove_suffix(kCheckpoint.size());
  return witness.latest(target);
}

}  // namespace

int run_witness_serve(const Arguments& arguments, const Console& console) {
  if (!needs(arguments, console, "listen", "ADDR:PORT") ||
      !needs(arguments, console, "logs", "FILE: the verifier keys of the logs to cosign"))
    return exit_usage;
  const auto endpoint = http::Endpoint::parse(arguments.value("listen"));
  if (!endpoint) return say_failed(console, "--listen", endpoint.error());
  const std::string path(arguments.value("logs"));
  const auto text = read_text(console, "logs", path);
  if (!text) return exit_usage;
  const auto logs = witness::parse_logs(*text);
  if (!logs) return say_wrong_line(console, path, *text, logs.error());
  int status = exit_internal;
  auto home = open_home(console, status);
  if (!home) return status;
  const std::string_view name = arguments.value("as", "witness");
  auto opened = witness::open_witness(*home, name, std::string(arguments.value("state")), *logs);
  if (!opened) return say_failed(console, "the witness " + safe_text(name), opened.error());

  http::ServeOptions options;
  options.address = endpoint->address;
  options.port = endpoint->port;
  options.body_size_max = witness::kRequestSizeMax;
  options.stop = &stop_flag();
  options.listening = [&](std::uint16_t port) {
    const bool six = endpoint->address.find(':') != std::string::npos;
    status = print(console, "witness    " + opened->verifier_key().to_string() + "\nstate      " +
                                safe_text(opened->folder()) + "\nlistening  http://" +
                                (six ? "[" + endpoint->address + "]" : endpoint->address) + ":" +
                                std::to_string(port) + "\n");
  };
  options.handle = [&](const http::Incoming& request) {
    witness::Answer answer = answer_to(*opened, request);
    if (!answer.remark.empty()) {
      const std::string line = time_text(now_unix_s()) + " " + std::to_string(answer.status) + " " +
                               safe_text(answer.remark);
      if (answer.fork || answer.status >= 500)
        console.error(line);
      else
        console.note(line);
    }
    return http::Response{answer.status, std::move(answer.content_type), std::move(answer.body)};
  };
  const auto served = http::serve(options);
  if (!served) return say_failed(console, "listening", served.error());
  return status;
}

namespace {

// ---- ask

std::optional<std::vector<seal::VerifierKey>> witness_keys(const Arguments& arguments,
                                                           const Console& console) {
  std::vector<seal::VerifierKey> out;
  for (const std::string& text : arguments.values("witness-key")) {
    const auto key = seal::VerifierKey::parse(text);
    if (!key || key->role != seal::KeyRole::cosigner) {
      console.error(
          "--witness-key " + safe_text(text) + ": " +
          (key ? "this is the key of a log, not of a cosigner" : key.error().what.c_str()));
      return std::nullopt;
    }
    out.push_back(*key);
  }
  if (arguments.has("policy")) {
    const auto policy = read_policy(arguments, console);
    if (!policy) return std::nullopt;
    for (const verify::PolicyWitness& one : policy->policy.witnesses)
      if (one.key.key) out.push_back(*one.key.key);
  }
  if (out.empty()) {
    console.error(
        "nobody's cosignature would be believed: bring the witness's verifier key with "
        "--witness-key, or a --policy that names it");
    return std::nullopt;
  }
  return out;
}

std::string first_words(std::string_view said) {
  return safe_text(said.substr(0, std::min(said.find('\n'), kSaidMax)));
}

// What came of one log; `status` becomes the verb's where it is worse.
std::string told(const Console& console, const witness::AskedLog& log, int& status) {
  const witness::Asked& asked = log.asked;
  const std::string size = counted(log.tree_size, "entry", "entries");
  const auto bad = [&](int exit, std::string_view word, const std::string& rest) {
    status = std::max(status, exit);
    return console.paint(Style::bad, word) + ": " + rest;
  };
  switch (asked.outcome) {
    case witness::Outcome::cosigned:
      if (log.had_it) return "had been cosigned at " + size;
      return "cosigned at " + size + ", " + time_text(asked.time_unix_s) + " by its clock";
    case witness::Outcome::ahead:
      return bad(exit_no, "OLDER THAN WHAT IT SAW",
                 "the witness has cosigned " + counted(asked.witness_size, "entry", "entries") +
                     ", here are " + size +
                     ": this copy of the case was rolled back, or is behind");
    case witness::Outcome::inconsistent:
      return bad(exit_no, "NOT WHAT IT SAW",
                 "the witness says that these " + size + " do not go on from the " +
                     grouped(asked.witness_size) +
                     " that it cosigned: a fork (it said: " + first_words(asked.said) + ")");
    case witness::Outcome::unknown_log:
      return bad(exit_no, "not cosigned",
                 "the witness does not know this log; give its operator the log's verifier key");
    case witness::Outcome::refused:
      return bad(
          exit_no, "not cosigned",
          "the witness knows this log by another key (it said: " + first_words(asked.said) + ")");
    case witness::Outcome::unusable:
      break;
  }
  return bad(exit_peer, "not cosigned",
             "answer " + std::to_string(asked.status) + ": " + first_words(asked.said));
}

}  // namespace

int run_witness_ask(const Arguments& arguments, const Console& console) {
  const std::string& directory = arguments.positional[0];
  std::string prefix = arguments.positional[1];
  while (prefix.ends_with('/')) prefix.pop_back();
  const auto url = http::Url::parse(prefix + std::string(kAddCheckpoint));
  if (!url) return say_failed(console, safe_text(prefix), url.error());
  const auto keys = witness_keys(arguments, console);
  if (!keys) return exit_usage;
  int status = exit_internal;
  const auto home = open_home(console, status);
  if (!home) return status;
  std::vector<std::string> parties;
  if (arguments.has("as")) {
    parties.emplace_back(arguments.value("as"));
  } else if (auto own = casefile::own_parties(*home, directory)) {
    parties = *std::move(own);
  }
  bool on_the_wire = false;
  const auto post = [&](std::string_view body) -> Result<witness::Reply> {
    auto reply = http::exchange(*url, {.content_type = "text/plain",
                                       .body = std::string(body),
                                       .response_size_max = witness::kRequestSizeMax,
                                       .stop = &stop_flag()});
    on_the_wire = !reply;
    if (!reply) return std::unexpected(reply.error());
    return witness::Reply{reply->status, std::move(reply->content_type), std::move(reply->body)};
  };
  const auto done = witness::ask_for_case(directory, parties, *keys, latest_unix_s(), post);
  if (!done) {
    const bool peer = on_the_wire && done.error().code != ErrorCode::interrupted;
    const int failed = say_failed(console, safe_text(peer ? prefix : directory), done.error());
    return peer ? int{exit_peer} : failed;
  }
  std::string text;
  status = exit_done;
  for (const witness::AskedLog& log : *done)
    text += safe_text(log.party) + ": " + told(console, log, status) + "\n";
  const int printed = print(console, text);
  return printed != exit_done ? printed : status;
}

}  // namespace exhibit::cli
