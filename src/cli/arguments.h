// The command line, parsed by the table in flags.h.
//
// Flags may stand anywhere; `--name value`, `--name=value`, `-x value`, `-xvalue`, bundled switches
// (-qv); `--` ends flags; a single `-` is an argument. A flag given twice counts the last time,
// unless it is repeatable.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/flags.h"

namespace exhibit::cli {

/// What is wrong with a command line (exit status 2).
struct UsageError {
  std::string message;
  std::string hint;  // "did you mean ...?"; may be empty
};
template <class T>
using Parsed = std::expected<T, UsageError>;

class Arguments {
 public:
  const Verb* verb = nullptr;
  std::vector<std::string> positional;

  [[nodiscard]] bool has(std::string_view flag) const;
  /// The last value given, or `otherwise`.
  [[nodiscard]] std::string_view value(std::string_view flag,
                                       std::string_view otherwise = {}) const;
  [[nodiscard]] const std::vector<std::string>& values(std::string_view flag) const;

  void set(std::string_view flag, std::string value) {
    values_[std::string(flag)].push_back(std::move(value));
  }

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

/// `words` without the program's name. No words at all, `-h` and `--help` before a verb are the
/// verb `help`; `-V` and `--version` are `version`.
[[nodiscard]] Parsed<Arguments> parse_arguments(const std::vector<std::string>& words);

/// A whole decimal number in [low, high].
[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view text, std::uint64_t low,
                                                        std::uint64_t high);

/// The candidate that a mistyped word most likely means, by edit distance; empty when none is near.
[[nodiscard]] std::string_view nearest(std::string_view word,
                                       const std::vector<std::string_view>& candidates);

}  // namespace exhibit::cli
