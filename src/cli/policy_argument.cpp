#include "cli/policy_argument.h"

#include <chrono>

#include "cli/safe_text.h"
#include "cli/small_file.h"

namespace exhibit::cli {

namespace {

constexpr std::uint64_t kClockToleranceS = 300;

}  // namespace

std::optional<std::string> read_text(const Console& console, std::string_view flag,
                                     const std::string& path) {
  auto text = read_small_file(path, verify::kPolicySizeMax);
  if (text) return *std::move(text);
  console.error("--" + std::string(flag) + " " + safe_text(path) + ": " + describe(text.error()));
  return std::nullopt;
}

int say_wrong_line(const Console& console, const std::string& path, std::string_view text,
                   const Error& error) {
  console.error(safe_text(path) + ":" + std::to_string(verify::line_number(text, error.offset)) +
                ": " + error.what.c_str());
  return exit_usage;
}

std::optional<GivenPolicy> read_policy(const Arguments& arguments, const Console& console) {
  const std::string path(arguments.value("policy"));
  auto text = read_text(console, "policy", path);
  if (!text) return std::nullopt;
  auto policy = verify::parse_policy(*text);
  if (policy) return GivenPolicy{.text = *std::move(text), .policy = *std::move(policy)};
  (void)say_wrong_line(console, path, *text, policy.error());
  return std::nullopt;
}

std::uint64_t now_unix_s() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

std::uint64_t latest_unix_s() { return now_unix_s() + kClockToleranceS; }

}  // namespace exhibit::cli
