// The trust policy that a command line names, and the clock that it is judged by.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/arguments.h"
#include "cli/console.h"
#include "exhibit/verify.h"

namespace exhibit::cli {

/// A policy and the text that it was read from.
struct GivenPolicy {
  std::string text;
  verify::Policy policy;
};
/// What --policy names. Errors are said on the console; then nullopt: exit_usage.
[[nodiscard]] std::optional<GivenPolicy> read_policy(const Arguments& arguments,
                                                     const Console& console);
/// A small text file that `flag` names; `-` is standard input. Errors are said on the console; then
/// nullopt.
[[nodiscard]] std::optional<std::string> read_text(const Console& console, std::string_view flag,
                                                   const std::string& path);
/// Says what is wrong with which line, and returns exit_usage.
int say_wrong_line(const Console& console, const std::string& path, std::string_view text,
                   const Error& error);

/// Seconds since 1970.
[[nodiscard]] std::uint64_t now_unix_s();
/// A cosignature of a time after this one is of the future: another's clock may be ahead of ours by
/// five minutes.
[[nodiscard]] std::uint64_t latest_unix_s();

}  // namespace exhibit::cli
