// timestamp request, ask, add, verify: a time-stamping authority's word on when something existed.
#include <optional>
#include <utility>

#include "cli/case_access.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/safe_text.h"
#include "cli/small_file.h"
#include "cli/summary.h"
#include "cli/time_argument.h"
#include "cli/timestamp_options.h"
#include "exhibit/http.h"

namespace exhibit::cli {

namespace {

constexpr std::uint64_t kStampedSizeMax = std::uint64_t{1} << 30;

// In a column of its own.
std::string word_of(timestamp::Verdict verdict) {
  switch (verdict) {
    case timestamp::Verdict::valid:
      return "valid        ";
    case timestamp::Verdict::undecidable:
      return "undecidable  ";
    case timestamp::Verdict::invalid:
      break;
  }
  return "INVALID      ";
}

Result<std::vector<std::string>> read_files(const Arguments& arguments, std::string_view flag) {
  std::vector<std::string> out;
  for (const auto& path : arguments.values(flag)) {
    EXHIBIT_TRY(std::string bytes, read_small_file(path, timestamp::kCrlSizeMax));
    out.push_back(std::move(bytes));
  }
  return out;
}

// What it takes to judge a token, but for the token.
std::optional<casefile::StampFiles> files_asked(const Arguments& arguments,
                                                const Console& console) {
  casefile::StampFiles out;
  for (const auto& [flag, list] :
       {std::pair<std::string_view, std::vector<std::string>*>{"tsa-chain", &out.certificates},
        {"crl", &out.crls},
        {"ocsp", &out.ocsp_responses}}) {
    auto read = read_files(arguments, flag);
    if (!read) {
      (void)say_failed(console, "--" + std::string(flag), read.error());
      return std::nullopt;
    }
    *list = *std::move(read);
  }
  return out;
}

int keep(const Console& console, const casefile::Home& home, const std::string& directory,
         const casefile::StampFiles& given, const std::string& shown) {
  const auto done = casefile::add_stamp(home, directory, given);
  if (!done) return say_failed(console, shown, done.error());
  const Zone utc;
  std::string text = std::string(done->added ? "Kept" : "Kept before") + " with " +
                     counted(done->tree_size, "entry", "entries") + " of " +
                     safe_text(done->party) + ".\n  authority    " + safe_text(done->authority) +
                     "\n";
  if (done->time != event::kNoTime) text += "  not after    " + utc.text(done->time) + " UTC\n";
  text += "Nothing of it is trusted yet: `exhibit verify CASE --tsa-ca FILE` judges it.\n";
  return print(console, text);
}

}  // namespace

int run_timestamp_request(const Arguments& arguments, const Console& console) {
  if (!arguments.has("output")) {
    console.error("`timestamp request` needs -o FILE: the question to the authority");
    return exit_usage;
  }
  int status = exit_internal;
  const auto home = open_home(console, status);
  if (!home) return status;
  const auto asked = casefile::request_stamp(*home, arguments.positional[0], arguments.value("log"),
                                             arguments.value("tsa-policy"));
  if (!asked) return say_failed(console, safe_text(arguments.positional[0]), asked.error());
  const std::string out(arguments.value("output"));
  const auto written = write_whole(out, asked->der, arguments.has("force"));
  if (!written) return say_failed(console, "--output " + safe_text(out), written.error());
  if (out == "-") return exit_done;
  return print(console,
               safe_text(out) + " asks for a time stamp over " +
                   counted(asked->tree_size, "entry", "entries") + " of " +
                   safe_text(asked->party) +
                   ".\nCarry it to an authority, or post it:\n"
                   "  curl -H 'Content-Type: application/timestamp-query' --data-binary @" +
                   shell_word(out) + " -o answer.tsr URL\nThen:\n  exhibit timestamp add " +
                   shell_word(arguments.positional[0]) + " answer.tsr\n");
}

int run_timestamp_ask(const Arguments& arguments, const Console& console) {
  const std::string shown = safe_text(arguments.positional[1]);
  const auto url = http::Url::parse(arguments.positional[1]);
  if (!url) return say_failed(console, shown, url.error());
  auto given = files_asked(arguments, console);
  if (!given) return exit_usage;
  int status = exit_internal;
  const auto home = open_home(console, status);
  if (!home) return status;
  const std::string& directory = arguments.positional[0];
  const auto asked = casefile::request_stamp(*home, directory, arguments.value("log"),
                                             arguments.value("tsa-policy"));
  if (!asked) return say_failed(console, safe_text(directory), asked.error());
  const auto answer =
      http::exchange(*url, {.content_type = "application/timestamp-query",  // RFC 3161 3.4
                            .body = asked->der,
                            .response_size_max = timestamp::kTokenSizeMax,
                            .stop = &stop_flag()});
  if (!answer) {
    const int failed = say_failed(console, shown, answer.error());
    return answer.error().code == ErrorCode::interrupted ? failed : int{exit_peer};
  }
  if (answer->status != 200) {
    console.error(shown + ": answered " + std::to_string(answer->status));
    return exit_peer;
  }
  given->token = answer->body;
  // An answer to somebody else's question is none, whatever it stamps.
  const auto report = timestamp::verify_token(
      {.stamped = {}, .token = as_bytes(given->token), .request = as_bytes(asked->der)}, {});
  if (!report) return say_failed(console, shown, report.error());
  for (const auto& check : report->checks)
    if (check.verdict == timestamp::Verdict::invalid && check.id != "timestamp.imprint") {
      console.error(shown + ": " + safe_text(check.id) + ": " + safe_text(check.why));
      return exit_peer;
    }
  return keep(console, *home, directory, *given, shown);
}

int run_timestamp_add(const Arguments& arguments, const Console& console) {
  auto given = files_asked(arguments, console);
  if (!given) return exit_usage;
  const std::string shown = safe_text(arguments.positional[1]);
  const auto token = read_small_file(arguments.positional[1], timestamp::kTokenSizeMax);
  if (!token) return say_failed(console, shown, token.error());
  given->token = *token;
  int status = exit_internal;
  const auto home = open_home(console, status);
  if (!home) return status;
  return keep(console, *home, arguments.positional[0], *given, shown);
}

int run_timestamp_verify(const Arguments& arguments, const Console& console) {
  timestamp::Trust trust;
  if (!read_authorities(arguments, console, trust)) return exit_usage;
  const auto stamped = read_small_file(arguments.positional[0], kStampedSizeMax);
  if (!stamped) return say_failed(console, safe_text(arguments.positional[0]), stamped.error());
  const auto token = read_small_file(arguments.positional[1], timestamp::kTokenSizeMax);
  if (!token) return say_failed(console, safe_text(arguments.positional[1]), token.error());
  timestamp::Evidence evidence{.stamped = as_bytes(*stamped), .token = as_bytes(*token)};
  std::string request;
  if (arguments.has("request")) {
    auto read =
        read_small_file(std::string(arguments.value("request")), timestamp::kRequestSizeMax);
    if (!read) return say_failed(console, "--request", read.error());
    request = *std::move(read);
    evidence.request = as_bytes(request);
  }
  const auto given = files_asked(arguments, console);
  if (!given) return exit_usage;
  std::string chain;
  for (const std::string& pem : given->certificates) chain += pem + "\n";
  evidence.certificates_pem = chain;
  evidence.crls = given->crls;
  evidence.ocsp_responses = given->ocsp_responses;
  const auto report = timestamp::verify_token(evidence, trust);
  if (!report) return say_failed(console, "--tsa-ca", report.error());
  std::string text;
  for (const auto& check : report->checks)
    text += word_of(check.verdict) + safe_text(check.id) + ": " + safe_text(check.why) + "\n";
  text += "\n  authority    " + safe_text(report->authority) + "\n";
  const Zone utc;
  if (report->time) text += "  not after    " + utc.text(report->time->not_after) + " UTC\n";
  if (report->renew_before)
    text += "  stamp again before " + utc.text(*report->renew_before) + " UTC\n";
  const int printed = print(console, text);
  if (printed != exit_done) return printed;
  switch (report->verdict()) {
    case timestamp::Verdict::valid:
      return exit_done;
    case timestamp::Verdict::undecidable:
      return exit_undecidable;
    case timestamp::Verdict::invalid:
      break;
  }
  return exit_no;
}

}  // namespace exhibit::cli
