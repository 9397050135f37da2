// timestamp request, add, verify: a time-stamping authority's word on when something existed.
#include <array>

#include "cli/case_access.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/safe_text.h"
#include "cli/small_file.h"
#include "cli/summary.h"
#include "cli/time_argument.h"
#include "cli/timestamp_options.h"

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

int run_timestamp_add(const Arguments& arguments, const Console& console) {
  casefile::StampFiles given;
  const auto token = read_small_file(arguments.positional[1], timestamp::kTokenSizeMax);
  if (!token) return say_failed(console, safe_text(arguments.positional[1]), token.error());
  given.token = *token;
  for (auto* const list : {&given.certificates, &given.crls, &given.ocsp_responses}) {
    const std::string_view flag = list == &given.certificates ? "tsa-chain"
                                  : list == &given.crls       ? "crl"
                                                              : "ocsp";
    auto read = read_files(arguments, flag);
    if (!read) return say_failed(console, "--" + std::string(flag), read.error());
    *list = *std::move(read);
  }
  int status = exit_internal;
  const auto home = open_home(console, status);
  if (!home) return status;
  const auto done = casefile::add_stamp(*home, arguments.positional[0], given);
  if (!done) return say_failed(console, safe_text(arguments.positional[1]), done.error());
  const Zone utc;
  std::string text = std::string(done->added ? "Kept" : "Kept before") + " with " +
                     counted(done->tree_size, "entry", "entries") + " of " +
                     safe_text(done->party) + ".\n  authority    " + safe_text(done->authority) +
                     "\n";
  if (done->time != event::kNoTime) text += "  not after    " + utc.text(done->time) + " UTC\n";
  text += "Nothing of it is trusted yet: `exhibit verify CASE --tsa-ca FILE` judges it.\n";
  return print(console, text);
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
  std::string chain;
  std::array<std::vector<std::string>, 3> given;
  constexpr std::array<std::string_view, 3> kFlags{"tsa-chain", "crl", "ocsp"};
  for (std::size_t i = 0; i < kFlags.size(); ++i) {
    auto read = read_files(arguments, kFlags[i]);
    if (!read) return say_failed(console, "--" + std::string(kFlags[i]), read.error());
    given[i] = *std::move(read);
  }
  for (const std::string& pem : given[0]) chain += pem + "\n";
  evidence.certificates_pem = chain;
  evidence.crls = given[1];
  evidence.ocsp_responses = given[2];
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
